"""Recognises news agencies and syndicates by their names, hosts and folders.

Takes a credit, a host or a path. Gives the key of the agency that it names. The agencies are in
agencies.toml. A short name ("AP", "ANI", "PA") counts only in the letter case of agencies.toml:
"Ani" is a first name and "pa" a word. A long name counts in any letter case.
"""

import re
import tomllib
from importlib import resources

import regex

from ingest import wordlists
from ingest.wordlists import any_of

WORDS = wordlists.read("ingest.agencies", "words.toml")
#: Words before or after an agency's name in a credit that do not change its meaning.
NEXT_TO_NAME = regex.compile(
    rf"^{any_of(WORDS['before_name'])}\s+|\s+{any_of(WORDS['after_name'])}$", regex.IGNORECASE
)
EDGES = " \t\r\n.,;:!()[]{}<>|/*–—-\"'„“”«»（）【】[]"
SEPARATORS = re.compile(rf"\s*[/|;+&]\s*|\s*,\s*|\s+{any_of(WORDS['second_after'])}\s+")


#: Below "/tag/", "/author/" and the like, a folder with an agency's name holds pages about the
#: agency.
_NOT_ABOUT = "".join(
    rf"(?<!/{name})" for name in ("tag", "tags", "topic", "topics", "author", "authors", "people")
)
_AP = any_of(("ap", "aponline", "ap-news", "ap-wire", "associated-press", "apnews"))
_WIRE_FOLDERS = any_of(
    (
        "wire(s)",
        "agency",
        "agencies",
        "newswire",
        "agenturen",
        "agencia(s)",
        "agence",
        "news-agency",
    )
)
_KEYS = ("afp", "dpa", "upi", "efe", "ansa", "pti", "ani", "ians", "xinhua")
_BELOW_WIRE = any_of((*_KEYS, "ap", "reuters", "pa", "aap", "cp", "apa"))
_ALONE = any_of((*_KEYS, "lusa"))
#: Folders in addresses: the pattern, the agency ("" for the key in the folder), the confidence.
PATHS = (
    (re.compile(r"/wirestory/", re.IGNORECASE), "ap", 0.75),
    (re.compile(rf"{_NOT_ABOUT}/{_AP}/", re.IGNORECASE), "ap", 0.8),
    (re.compile(rf"{_NOT_ABOUT}/(?:reuters|rtr|rtrs)/", re.IGNORECASE), "reuters", 0.8),
    (re.compile(rf"/{_WIRE_FOLDERS}/(?P<key>{_BELOW_WIRE})/", re.IGNORECASE), "", 0.8),
    (re.compile(rf"{_NOT_ABOUT}/(?P<key>{_ALONE})(?:/|-(?=\w))"), "", 0.7),
)
AGENCIES = tomllib.loads(
    resources.files("ingest.agencies").joinpath("agencies.toml").read_text("utf-8")
)


def _by(kind: str) -> dict[str, str]:
    """The key of each agency by its "short" names, its "names" or its "sites"."""
    return {name: key for key, agency in AGENCIES.items() for name in agency.get(kind, ())}


def _case_folded(name: str) -> str:
    return name.casefold().removeprefix("the ")


SHORT = _by("short")
LONG = {_case_folded(name): key for name, key in _by("names").items()}
SPELLINGS = {_case_folded(name): name for name in _by("names")}
DOMAINS = _by("sites")


def site_agency(host: str) -> str:
    """The key of the agency that owns the site of a host; "" for other sites."""
    labels = host.lower().partition(":")[0].split(".")
    domains = (".".join(labels[-count:]) for count in (2, 3))
    return next((DOMAINS[domain] for domain in domains if domain in DOMAINS), "")


def path_agency(path: str) -> tuple[str, float]:
    """The key of the agency that a folder in an address names, and how sure that is (0 to 1).

    It is "" and 0 if no folder names one.
    """
    for pattern, key, confidence in PATHS:
        found = pattern.search(path)
        if found:
            return key or found["key"].lower(), confidence
    return "", 0.0


def spelled(credit: str) -> str:
    """An agency's credit as agencies.toml spells it: "associated press" is Associated Press."""
    bare, _ = _bare(credit)
    return SPELLINGS.get(bare.casefold(), bare)


def named_agency(credit: str) -> str:
    """The key of the first agency that a credit names; "" if it names none.

    A whole part of the credit must be the name: so it is in "Reuters Staff" and "AFP/dpa", but not
    in "Reuters Events".
    """
    credit = " ".join(credit[:200].split())
    return _exactly(credit) or next(
        (key for part in SEPARATORS.split(credit) if (key := _exactly(part))), ""
    )


def is_agency(credit: str) -> bool:
    """Whether a credit is one agency's name and nothing else."""
    return bool(_exactly(" ".join(credit[:200].split())))


def _exactly(name: str) -> str:
    return _bare(name)[1]


def _bare(name: str) -> tuple[str, str]:
    """A name without the words next to it, and the key of its agency ("" if it has none)."""
    for _ in range(4):
        name = name.strip(EDGES)
        key = SHORT.get(name) or LONG.get(name.casefold())
        bare = name if key else NEXT_TO_NAME.sub("", name)
        if bare == name:
            return name, key or ""
        name = bare
    return name, ""
