"""Writes names in capitals or small letters as usual: "ANN MCKAY" becomes "Ann McKay"."""

import regex

#: Words in small letters within a name.
PARTICLES = frozenset(
    ("van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "do", "du", "la",
     "le", "y", "e", "i", "bin", "ibn", "al", "el", "ten", "ter", "zu", "zum", "zur", "af", "av")
)  # fmt: skip
KEPT = frozenset({"II", "III", "IV"})
#: Endings of names such as MacDonald. Mackie and Machado have no second capital.
MACS = (
    "Arthur", "Aulay", "Callum", "Donald", "Dougall", "Dowell", "Farlane", "Gillivray", "Gregor",
    "Innes", "Intyre", "Kinnon", "Lachlan", "Lean", "Leod", "Millan", "Namara", "Naughton", "Neil",
    "Pherson", "Swan",
)  # fmt: skip
MAC = {f"Mac{rest.lower()}": f"Mac{rest}" for rest in MACS}
SPOKEN = regex.compile(r"[AEIOUY]|[^\x00-\x7f]")
STARTS = regex.compile(r"(?<![\p{L}\p{M}])\p{L}")
SECOND = regex.compile(r"^(Mc|O['’]|D['’])(\p{L})")


def usual_case(name: str) -> str:
    """A name in capitals or in small letters, as it is usually written. Others stay as they are."""
    words = name.split()
    shouted = name.isupper() and len(words) > 1 and max(map(len, words)) > 2
    if not shouted and not (name.islower() and len(words) > 1):
        return name
    return " ".join(_usual(word.upper(), first=not number) for number, word in enumerate(words))


def _usual(word: str, *, first: bool) -> str:
    """A word in capitals as part of a name."""
    lower = word.lower()
    if lower in PARTICLES and not first:
        return lower
    if "." in word[:-1] or word in KEPT or not SPOKEN.search(word):
        return word  # initials, numerals, JJ and DJ
    usual: str = STARTS.sub(lambda start: start[0].upper(), lower)
    usual = SECOND.sub(lambda found: found[1] + found[2].upper(), usual)
    return MAC.get(usual, usual)
