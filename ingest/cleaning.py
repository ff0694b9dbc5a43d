"""Extracted lines become an article's text: what the site put between and around them goes. Pure.

Each rule looks at all lines and names those it would drop, or shorten; `clean` applies them in
order and keeps what went, by rule, so that anybody can see what was removed and why. The gain of
every rule is measured by `make eval`.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

import regex
import xxhash

from ingest.model import Article, Line, Removed
from ingest.wording import is_date, key, phrases_of
from ingest.words import words

LEAST_KEPT = 0.4  # of a text's words: where less would remain, the rules do not know the page
HEAD = TAIL = 5  # lines at either end where dates, bylines and notices stand
SHORT = 8  # words of an interface phrase, at most
PROSE = 15  # words from which a line is a paragraph
PLEA = 25  # words of a line that asks for something, at most
LINK = 6  # words from which a link's text can be told from a name or a place
ENDS = tuple(".!?…。！？؟।۔:;\"'”’»)]")  # what a sentence ends with, in most scripts
PARTS = re.compile(r"\s*[|•·,]\s*|\s+[-–—]\s+")  # of a line with an author, a date and more
CLOCK = re.compile(r"\d{1,2}[:.]\d\d(?: ?[AaPp]\.?[Mm]\.?)?(?: [A-Z]{2,4})?")
BIOGRAPHY = re.compile(
    r"^.{3,60}? is (?:an?|the|our|one of|currently|co-?founder|founder) .{0,80}?"
    r"(?:reporter|journalist|writer|editor|correspondent|author|columnist|contributor"
    r"|freelanc|blogger|producer)"
    r"|^(?:reach|contact|follow|email|e-mail|write to) \S.{0,60}?@",
    re.IGNORECASE,
)
COPYRIGHT = re.compile(
    r"©|\(c\) ?(?:19|20)\d\d|\bcopyright\W{1,3}(?:19|20)\d\d"
    r"|^\W*copyright\b[^.]{0,40}(?:19|20)\d\d\W*$|all rights reserved"
    r"|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados"
    r"|todos os direitos reservados|tutti i diritti riservati|riproduzione riservata"
    r"|все права защищены|版权所有|無断転載|무단 ?전재"
    r"|may not be (?:published, |reproduced(?:,| in whole| or| without))",
    re.IGNORECASE,
)
LEAD_END = re.compile(r"[:：|>»–—]| - ")
DASHES = ("–", "—", " - ")
NUMBERED = re.compile(r"\s*[0-9]+[.)]")
QUOTES = tuple("\"'“”„«»‘’「『")
#: Where a sentence ends and a headline may begin: before a space not after "Mr." or "Sept.".
JOINT = regex.compile(
    r"""(?<=\p{Ll}[.!?]|[.!?]["”’»])(?=\p{Lu})"""
    r"""|(?<=\p{Ll}{4}[.!?]|[.!?]["”’»])\ +(?=\p{Lu})"""
)
HEADLINE = regex.compile(r"[^.!?…]{16,151}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a page holds beside its text, by which furniture is told. All compared as `key`s."""

    titles: frozenset[str] = frozenset()  # every form of the headline
    links: frozenset[str] = frozenset()  # the texts of the page's links
    headings: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # what the outlet calls itself
    recurring: frozenset[int] = frozenset()  # hashes of lines in many of the outlet's articles


#: A rule's findings: the number of a line, and what is to stand in its place ("" for nothing).
Findings = Mapping[int, str]
Rule = Callable[[Sequence[str], Surroundings], Findings]


@lru_cache(maxsize=1 << 14)
def size(line: str) -> int:
    """Its length in words. Every rule asks; a text's lines fit into the cache many times over."""
    return len(words(line))


def line_hash(line: str) -> int:
    """What a line is counted by, over all articles of an outlet: 63 bits."""
    return xxhash.xxh3_64_intdigest(key(line).encode()) >> 1


def counted(article: Article) -> list[Line]:
    """The distinct lines of an article, those taken out because they recur among them: else they
    would be forgotten once they are gone from every text."""
    lines = article.text.split("\n")
    lines += [one.line for one in article.removed if one.rule == recurring.__name__]
    return [
        Line(hash=hashed, words=size(line))
        for hashed, line in {line_hash(line): line for line in lines if key(line)}.items()
    ]


def without_recurring(text: str, furniture: frozenset[int]) -> tuple[str, list[Removed]]:
    """A filed text without what has turned out to recur, and what that was."""
    rules = {recurring.__name__: recurring}
    kept, gone = clean(text.split("\n"), Surroundings(recurring=furniture), rules)
    return "\n".join(kept), gone


def clean(
    lines: Sequence[str], around: Surroundings, rules: Mapping[str, Rule] | None = None
) -> tuple[list[str], list[Removed]]:
    """The lines that are the article's, and those that are not. All are kept where the rules would
    leave less than `LEAST_KEPT` of the words: then it is the rules that are wrong."""
    kept, removed = list(enumerate(lines)), list[Removed]()
    for name, rule in (RULES if rules is None else rules).items():
        found = rule([line for _, line in kept], around)
        removed += [_gone(kept[place], left, name) for place, left in found.items()]
        renewed = ((at, found.get(place, line)) for place, (at, line) in enumerate(kept))
        kept = [(at, line) for at, line in renewed if line]
    left = [line for _, line in kept]
    before = sum(size(line) for line in lines)
    if sum(size(line) for line in left) < LEAST_KEPT * before:
        return [line for line in lines if line], []
    return left, removed


def _gone(numbered: tuple[int, str], left: str, rule: str) -> Removed:
    at, line = numbered
    return Removed(line=line[len(left) :].strip(), rule=rule, at=at, whole=not left)


def titles(lines: Sequence[str], around: Surroundings) -> Findings:
    """The headline again, above the text."""
    return {at: "" for at, line in enumerate(lines[:HEAD]) if key(line) in around.titles}


def symbols(lines: Sequence[str], around: Surroundings) -> Findings:
    """Lines without a word: rules, stars, arrows."""
    return {at: "" for at, line in enumerate(lines) if not key(line)}


def phrases(lines: Sequence[str], around: Surroundings) -> Findings:
    """What an interface says: "Share", "Advertisement", "Read more", in forty languages."""
    known = phrases_of("lines")
    return {
        at: ""
        for at, line in enumerate(lines)
        if len(line) < 80
        and _letters(line) in known
        and size(line) <= SHORT
        and not NUMBERED.match(line)
    }


def pointers(lines: Sequence[str], around: Surroundings) -> Findings:
    """Lines that point to another article: "Read also: ..."."""
    return {
        at: ""
        for at, line in enumerate(lines)
        if size(line) <= PLEA and (_points(line) or _runs_into_link(line, around.links))
    }


def pleas(lines: Sequence[str], around: Surroundings) -> Findings:
    """Short lines that ask for something, a subscription, a click, an address; or that say when and
    where something was filed, and are no sentence. What somebody is quoted with is neither."""
    asks = tuple(ask + " " for ask in phrases_of("asks"))
    stamps = tuple(stamp + " " for stamp in phrases_of("stamps"))
    return {
        at: ""
        for at, line in enumerate(lines)
        if not line.startswith(("- ", "|", *QUOTES))
        and len(line) < 250
        and size(line) <= PLEA
        and (key(line) + " ").startswith(asks if _is_ended(line) else (*asks, *stamps))
    }


def dates(lines: Sequence[str], around: Surroundings) -> Findings:
    """Lines at either end that hold a date and nothing else."""
    return {at: "" for at in _ends(lines) if is_date(lines[at])}


def bylines(lines: Sequence[str], around: Surroundings) -> Findings:
    """Lines at the head that hold nothing but authors, dates and the outlet's name."""
    return {
        at: ""
        for at in range(min(HEAD, len(lines)))
        if all(_signs(part, around) for part in PARTS.split(lines[at]))
    }


def links(lines: Sequence[str], around: Surroundings) -> Findings:
    """Whole lines that are a link's text: a related headline. Not the items of lists nor the
    headings of sections, which may be links and the article's own."""
    return {
        at: ""
        for at, line in enumerate(lines)
        if _is_link(line, around) and size(line) >= LINK and not _heads(at, lines, around)
    }


def biographies(lines: Sequence[str], around: Surroundings) -> Findings:
    """Who wrote it, in the last four lines, but not in the first half of a brief."""
    return {
        at: ""
        for at in range(max(1, (len(lines) + 1) // 2, len(lines) - 4), len(lines))
        if BIOGRAPHY.search(lines[at]) or _names_author(lines[at], around.authors)
    }


def notices(lines: Sequence[str], around: Surroundings) -> Findings:
    """Copyright lines and standards footers, at either end."""
    return {at: "" for at in _ends(lines) if COPYRIGHT.search(lines[at]) and size(lines[at]) <= 60}


def glued(lines: Sequence[str], around: Surroundings) -> Findings:
    """A headline of another article at the end of a line, run together with its last sentence."""
    complete = _is_complete(lines[:-1])
    found = {}
    for at, line in enumerate(lines):
        for joint in JOINT.finditer(line):
            tail = line[joint.end() :]
            last = at == len(lines) - 1 and HEADLINE.match(tail) and not _is_ended(tail)
            spaced = joint.start() < joint.end()
            if _is_linked_headline(tail, around) or (
                last and (not spaced or (complete and LINK <= size(tail) < PROSE))
            ):
                found[at] = line[: joint.start()]
                break
    return found


def trailing(lines: Sequence[str], around: Surroundings) -> Findings:
    """One to three last lines that end no sentence, below a text whose paragraphs all do: headings
    left without their section, headlines of other articles."""
    if not _is_complete(lines):
        return {}
    count = len(list(takewhile(_is_loose, reversed(lines))))
    return dict.fromkeys(range(len(lines) - count, len(lines)), "") if count <= 3 else {}


def recurring(lines: Sequence[str], around: Surroundings) -> Findings:
    """Lines that recur across the outlet's articles."""
    if not around.recurring:
        return {}
    return {at: "" for at, line in enumerate(lines) if line_hash(line) in around.recurring}


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        recurring,
        symbols,
        phrases,
        pointers,
        pleas,
        titles,  # from here on a rule looks at one end of what the others left
        dates,
        bylines,
        links,
        biographies,
        notices,
        glued,
        trailing,
    )
}


def _is_link(line: str, around: Surroundings) -> bool:
    return not line.startswith(("- ", "|")) and key(line) in around.links


def _is_linked_headline(text: str, around: Surroundings) -> bool:
    """Whether it is the text of a link and no sentence of the article's that happens to be one."""
    return size(text) >= LINK and not text.endswith((".", "…")) and key(text) in around.links


def _points(line: str) -> bool:
    """Whether a line begins with a lead; before a dash the line must be no sentence: "More – much
    more – is needed."."""
    end = LEAD_END.search(line)
    if end is None or key(line[: end.start()]) not in phrases_of("leads"):
        return False
    return end[0] not in DASHES or not line.rstrip().endswith(".")


def _is_complete(lines: Sequence[str]) -> bool:
    """Whether it is a text whose paragraphs end as sentences do."""
    long = [line for line in lines if size(line) >= PROSE]
    return len(long) >= 3 and sum(map(_is_ended, long)) >= 0.9 * len(long)


def _heads(at: int, lines: Sequence[str], around: Surroundings) -> bool:
    """Whether a line is the heading of the text that follows it."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return key(lines[at]) in around.headings and size(below) >= 10


def _is_ended(line: str) -> bool:
    return line.rstrip().endswith(ENDS)


def _is_loose(line: str) -> bool:
    return not (line.startswith(("- ", "|")) or _is_ended(line) or size(line) > 20)


def _ends(lines: Sequence[str]) -> Iterable[int]:
    return sorted({*range(min(HEAD, len(lines))), *range(max(0, len(lines) - TAIL), len(lines))})


def _letters(line: str) -> str:
    """Its words without numbers: "Share 12" is "share"."""
    return " ".join(word for word in key(line).split() if not word.isdecimal())


def _signs(part: str, around: Surroundings) -> bool:
    """Whether a part of a line is an author with at most two words before, a date, the outlet's
    name, or a word that stands with these."""
    found = key(part)
    if found in around.names or is_date(part) or _letters(part) in phrases_of("lines"):
        return True
    for author in around.authors:
        if found.endswith(author) and len(found.split()) <= len(author.split()) + 2:
            return True
    return bool(CLOCK.fullmatch(part.strip()))


def _runs_into_link(line: str, links: frozenset[str]) -> bool:
    """Whether a line is a known lead that runs on into a link's text."""
    found = key(line).split()
    heads = phrases_of("leads")
    return any(
        " ".join(found[:cut]) in heads and " ".join(found[cut:]) in links
        for cut in range(1, min(6, len(found) - 2))
    )


def _names_author(line: str, authors: frozenset[str]) -> bool:
    """Whether a line begins with the author's full name: a single word may begin any sentence."""
    return any(" " in author and f"{key(line)} ".startswith(f"{author} ") for author in authors)
