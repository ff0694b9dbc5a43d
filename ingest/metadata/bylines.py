"""A byline becomes the names of people, and of organisations that supplied the text.

    raw -> without markup, addresses, dates -> pieces -> without "By" and "Staff Writer"
        -> each piece is a person, an organisation, or nothing

Takes the bylines of a page as printed, gives a Byline. The words that tell the pieces apart are in
words.toml. trafilatura's normalize_authors is not used, because it keeps titles and agencies among
the names.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import regex

from ingest.agencies.names import is_agency, named_agency, spelled
from ingest.metadata import byline_words as patterns
from ingest.metadata.name_case import PARTICLES, usual_case
from ingest.metadata.outlet_names import forms_of_name, is_own_name, letters_of

MAX_BYLINE = 600  # characters of one raw byline: longer is a paragraph
LONGEST_NAME = 60
LONGEST_PIECE = 150  # of a name with its title
MOST_WORDS = 7  # of a name: "María del Carmen Gutiérrez de la Vega" has seven
MOST_NAMES = 30

TAG = re.compile(r"<[^<>]{0,300}>")
INVISIBLE = regex.compile(r"[\p{Cf}\p{Cc}\p{Co}]+")
ADDRESS = regex.compile(
    r"\(?\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\)?|\(?@[\w.]{2,30}\)?|\b(?:https?://|www\.)\S+",
    regex.V1,
)
SPLIT = regex.compile(r"\s*[;|•·●▪♦→»\n\t；]\s*|\s*(?:/(?!RL\b)|／)\s*|\s*[、]\s*|…")
#: A dash between a name and, in most cases, a place: "Ana Souza - São Paulo".
DASH = regex.compile(r"\s+[–—-]{1,3}\s+")
#: "新华社记者 李明 张华": Chinese has a space between two names. Japanese has one within a name.
CHINESE = regex.compile(r"^(\p{Han}{2,8}[社网报])?(?:本报|特约|见习|实习)?记者[:：\s]*")
CHINESE_NAMES = regex.compile(r"\s+(?=\p{Han}{2,4}(?:\s|$))")
COMMA = regex.compile(r"\s*[,،，]\s*")
NOT_IN_NAMES = regex.compile(r"\d|[{}\[\]=?!%$€£_]")
TOGETHER = regex.compile(r"\s*[/+]\s*|\s+[–—-]{1,3}\s+")
SENTENCE = regex.compile(r"\p{Ll}{3}\.$")
DIGIT = re.compile(r"\d")
#: A desk's code, as in "dpa/lnw", or the name of an account.
CODE = regex.compile(r"[a-z0-9]+|[A-Z]{2,5}|[a-z0-9]+[._-][a-z0-9._-]+")
WORD = regex.compile(r"\p{L}[\p{L}\p{M}\p{Pd}'’.·]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """The people who sign, and the organisations that supplied the text: each once, in order."""

    authors: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()


def clean_authors(
    raw: Iterable[str], *, own_names: Iterable[str] = (), organisations: Iterable[str] = ()
) -> Byline:
    """The people and organisations in raw bylines.

    `own_names` are the names of the outlet itself (site name, host). They are left out.
    `organisations` are names that surely are not a person's.
    """
    outlets = frozenset(name for given in own_names for name in forms_of_name(given))
    authors: dict[str, str] = {}
    suppliers: dict[str, str] = {}
    for byline in islice(raw, MOST_NAMES):
        _sort(_pieces(_plain(byline)), outlets, authors, suppliers)
    for name in islice(organisations, MOST_NAMES):
        for supplier in _suppliers(_without_edges(_plain(name)), outlets):
            suppliers.setdefault(letters_of(supplier), supplier)
    return Byline(
        authors=tuple(authors.values())[:MOST_NAMES], credits=tuple(suppliers.values())[:MOST_NAMES]
    )


def _plain(byline: str) -> str:
    if len(byline) > MAX_BYLINE:
        return ""
    text = html.unescape(html.unescape(byline)) if "&" in byline else byline
    text = TAG.sub("; ", text)
    text = INVISIBLE.sub(" ", text.replace("\n", ";").replace("\t", ";"))
    if "@" in text or "://" in text or "www." in text:
        text = ADDRESS.sub(";", text)
    text = " ".join(text.split())
    return patterns.moment_pattern().sub(";", text) if DIGIT.search(text) else text


def _pieces(byline: str) -> list[list[str]]:
    """The groups of a byline. Each is a list of the pieces between commas."""
    chinese = CHINESE.match(byline)
    if chinese:
        names = CHINESE_NAMES.sub(";", byline[chinese.end() :])
        byline = f"{chinese[1] or ''};{names}"
    groups = []
    for part in SPLIT.split(byline):
        bare = "" if patterns.NOT_BY.match(part) else _without_edges(part)
        if bare:
            groups.append([piece for piece in COMMA.split(bare) if piece])
    return groups


def _sort(
    groups: list[list[str]],
    outlets: frozenset[str],
    authors: dict[str, str],
    suppliers: dict[str, str],
) -> None:
    """Adds each piece to the people or to the organisations."""
    for listed in groups:
        group = [f"{listed[1]} {listed[0]}"] if _is_reversed(listed) else listed
        lone = len(group) == 1
        placed = bool(patterns.ORGANISATION.search(group[0])) and not named_agency(group[0])
        last = ""
        for number, piece in enumerate(group):
            if last and patterns.POST_NOMINAL.fullmatch(piece) and not is_agency(piece):
                authors[last] = f"{authors[last]}, {piece}"
                continue
            if patterns.NOT_BY.match(piece):
                continue
            for name in _joined(piece):
                person = "" if number and placed else _who(name, outlets)
                for supplier in _suppliers(name, outlets, person):
                    suppliers.setdefault(letters_of(supplier), supplier)
                if person and " " not in person and person.isascii() and suppliers:
                    continue  # "EFE / Madrid", "AFP/File"
                if person and (lone or not number or not _is_place(person, group)):
                    last = letters_of(person)
                    authors.setdefault(last, person)


def _who(name: str, outlets: frozenset[str]) -> str:
    """The person in a piece: the part before a dash; without a person there, the part after it."""
    people = (_person(part, outlets) for part in DASH.split(name))
    return next(filter(None, people), "")


def _is_place(person: str, group: list[str]) -> bool:
    """Whether a name in a list is a place: one word after full names, as in "Ann Lee, London"."""
    full = any(" " in piece for piece in group)
    return person[0].islower() or (full and " " not in person and person.isascii())


def _is_reversed(group: list[str]) -> bool:
    """Whether a group is "Last, First", as in the metadata of libraries."""
    if len(group) != 2 or not all(group):
        return False
    last, first = group
    return (
        len(last.split()) == 1
        and len(first.split()) <= 2
        and _looks_named(last)
        and _looks_named(first)
        and not patterns.ROLE.search(first)
        and not named_agency(first)
        and not named_agency(last)
        and not patterns.ORGANISATION.search(last)
        and not patterns.POST_NOMINAL.fullmatch(first)
    )


def _joined(piece: str) -> list[str]:
    """The names in a piece joined by "and"; an organisation's name is not cut in two."""
    cut = patterns.CONJUNCTION.split(piece)
    if len(cut) < 2 or (patterns.ORGANISATION.search(piece) and not any(map(is_agency, cut))):
        return [piece]
    full = any(" " in part for part in cut)
    parts = cut[:1]
    for conjunction, part in zip(patterns.CONJUNCTION.findall(piece), cut[1:], strict=True):
        # "Ana Ortega y Gasset" is one person; "Linny y Peter" are two
        if full and " " not in part and len(conjunction.strip()) == 1 and not is_agency(part):
            parts[-1] += conjunction + part
        else:
            parts.append(part)
    return [part for part in parts if part.strip()]


def _suppliers(name: str, outlets: frozenset[str], person: str = "") -> list[str]:
    """The organisations in a piece: an agency anywhere in it, else a name with "News" in it."""
    bare = _without_edges(name).removeprefix("The ")
    if not bare or is_own_name(bare, outlets):
        return []
    here = _without_edges(patterns.AFFILIATION.sub("", bare))
    if is_agency(here):
        return [spelled(here)]
    found = [spelled(part) for part in TOGETHER.split(name) if is_agency(part)]
    if found:
        return found
    first, _, rest = bare.partition(" ")
    held = patterns.IN_BRACKETS.search(bare)
    led = first.upper() if patterns.ROLE_AT_END.search(rest) else ""  # "AP Science Writer"
    for part in (held[1] if held else "", led, *_at_end(bare)):
        if is_agency(part):
            return [spelled(part)]
    named = patterns.ORGANISATION.search(bare) or patterns.ARTICLE.fullmatch(bare)
    named = named and not person and not patterns.ROLE.search(bare)
    return [bare] if named and len(bare) <= LONGEST_NAME and _looks_named(bare) else []


def _at_end(name: str) -> list[str]:
    """The last one to four words of a name, longest first: "JOHN SMITH The Associated Press"."""
    words = name.split()
    return [" ".join(words[-count:]) for count in range(4, 0, -1) if count < len(words)]


def _person(piece: str, outlets: frozenset[str]) -> str:
    """The person that a piece names, or ""."""
    name = _without_edges(piece)
    if len(name) > LONGEST_PIECE:
        return ""
    name = patterns.IN_BRACKETS.sub("", name)
    name = _without_title(name)
    agency = next(filter(is_agency, _at_end(name)), "")
    name = name.removesuffix(agency)
    name = _without_edges(
        patterns.ROLE_AT_END.sub("", _without_edges(patterns.AFFILIATION.sub("", name)))
    )
    name = _without_edges(patterns.ROLE_AT_START.sub("", name))
    name = _without_title(patterns.AVATAR.sub("", name))
    if " " not in name and piece.count(" ") > 1 and name.isascii():
        return ""  # the rest of a title: "Luxury Travel Expert"
    if (
        not name
        or not _looks_named(name)
        or (is_own_name(name, outlets) and not _is_known_name(name))
        or named_agency(name)
        or CODE.fullmatch(name)
        or is_agency(name.split()[0])
        or (name.islower() and is_agency(name.split()[0].upper()))
        or patterns.ORGANISATION.search(name)
        or patterns.ROLE.search(name)
        or patterns.ARTICLE.fullmatch(name)
        or (name.islower() and name.count(" ") > 2)
        or letters_of(name) in patterns.NOBODY
    ):
        return ""
    return usual_case(name)


def _is_known_name(name: str) -> bool:
    """Whether a name is surely a person's. Many sites have the name of their only author."""
    first, _, rest = name.casefold().partition(" ")
    return first in patterns.GIVEN_NAMES and rest.count(" ") < 2 and rest.isalpha()


def _without_title(name: str) -> str:
    """A name of two or three words, without a title after it: "Ann Lee Content Director"."""
    words = name.split()
    if len(words) < 4 or not patterns.ROLE.search(words[-1]):
        return name
    middle = len(words[1].rstrip(".")) == 1 or words[1].casefold() in PARTICLES
    return " ".join(words[: 3 if middle else 2])


def _without_edges(text: str) -> str:
    """A piece without "By", the buttons printed next to a name, and stray punctuation."""
    for _ in range(6):
        before = text
        text = text.strip(' \t\r\n,;:*_~|/\\<>«»“”"=+#•').rstrip("-–—")
        text = patterns.LEAD.sub("", patterns.BUTTONS.sub("", text))
        by, _, rest = text.partition(" ")
        text = rest if by.casefold() in patterns.BY and is_agency(rest) else text
        if text == before:
            break
    return text.removesuffix(".") if SENTENCE.search(text) else text


def _looks_named(name: str) -> bool:
    if len(name) > LONGEST_NAME or NOT_IN_NAMES.search(name):
        return False
    names = name.split()
    return bool(WORD.match(name)) and len(names) <= MOST_WORDS and not patterns.PROSE.search(name)
