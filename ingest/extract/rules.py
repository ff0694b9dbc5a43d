"""The rules that find lines which do not belong to the article.

A rule takes the lines and the Surroundings, and gives the lines to remove or to shorten. Losing
text is worse than leaving boilerplate. So most rules keep a line that ends like a sentence, or ask
for more evidence than its words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import regex

from ingest.extract.wording import (
    asks_reader,
    is_biography,
    is_date,
    is_ended,
    is_list_item,
    is_notice,
    is_phrase,
    is_sentence,
    key,
    line_hash,
    phrases_of,
    tells_of_author,
)
from ingest.words import size

RECURRING = "recurring"  # the stored name of the rule for lines that recur
HEAD_LINES = TAIL_LINES = 5  # lines at either end where dates, bylines and notices stand
PROSE = 15  # words: a line with as many is a paragraph
PLEA = 25  # words of a line that asks for something, at most
BIOGRAPHY = 40  # words of a line about the author, at most
GLUED = 200  # characters at the end of a line in which a headline is looked for
VERSE = 8  # words of a line of verse, at most
LINK = 6  # words: a link with as many is a headline, and not a name or a place
PARTS = regex.compile(r"\s*[|•·,]\s*|\s+[-–—]\s+")  # of a line with an author, a date and more
CLOCK = regex.compile(r"\d{1,2}[:.]\d\d(?: ?[AaPp]\.?[Mm]\.?)?(?: [A-Z]{2,4})?")
LEAD_END = regex.compile(r"[:：|>»–—]| - ")
#: Where a sentence ends and a headline may begin. With a space, the sentence must not end with a
#: short word such as "Mr." or "Sept.".
JOINT = regex.compile(
    r"""(?<=\p{Ll}[.!?]|[.!?]["”’»])(?=\p{Lu})"""
    r"""|(?<=\p{Ll}{4}[.!?]|[.!?]["”’»])\ +(?=\p{Lu})"""
)
HEADLINE = regex.compile(r"[^.!?…]{16,151}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a page has besides its text. It shows what is boilerplate. All texts are `key`s."""

    titles: frozenset[str] = frozenset()  # every form of the headline
    links: frozenset[str] = frozenset()  # the texts of the page's links
    headings: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()  # what the outlet calls itself
    recurring: frozenset[int] = frozenset()  # hashes of lines in many of the outlet's articles


#: What a rule found: the number of a line, and what replaces the line ("" removes it).
Findings = Mapping[int, str]
Rule = Callable[[Sequence[str], Surroundings], Findings]


def titles(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Lines above the text that repeat the headline."""
    return {
        at: "" for at, line in enumerate(lines[:HEAD_LINES]) if key(line) in surroundings.titles
    }


def symbols(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Lines without a word: rules, stars, arrows."""
    return {at: "" for at, line in enumerate(lines) if not key(line)}


def phrases(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Words of an interface: "Share", "Read more" and the like, in more than thirty languages."""
    return {at: "" for at, line in enumerate(lines) if is_phrase(line) and not is_list_item(line)}


def pointers(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Lines that point to another article: "Read also: ..."."""
    return {
        at: ""
        for at, line in enumerate(lines)
        if size(line) <= PLEA
        and (_points(line, surroundings.links) or _runs_into_link(line, surroundings.links))
    }


def pleas(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Short lines that ask for something: a subscription, a click, an address.

    Also short lines that say when and where something was filed, if they are not sentences.
    Quotations are kept.
    """
    return {
        at: ""
        for at, line in enumerate(lines)
        if len(line) < 250
        and size(line) <= PLEA
        and asks_reader(line, linked=key(line) in surroundings.links)
    }


def dates(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Lines with a date and nothing else, above and below the text.

    If such lines stand within the text too, they are the headings of its parts, and all stay.
    """
    found = [at for at, line in enumerate(lines) if len(line) < 120 and is_date(line)]
    prose = [at for at, line in enumerate(lines) if size(line) >= PROSE] or [0, len(lines) - 1]
    if any(prose[0] < at < prose[-1] for at in found):
        return {}
    return dict.fromkeys(set(found) & set(_ends(lines)), "")


def bylines(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Lines at the beginning that hold only authors, dates and the outlet's name."""
    return {
        at: ""
        for at in range(min(HEAD_LINES, len(lines)))
        if not is_date(lines[at])
        and all(_signs(part, surroundings) for part in PARTS.split(lines[at]))
    }


def links(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Lines that are the text of a link: the headlines of related articles.

    Items of lists and headings of sections may be links too. They stay.
    """
    return {
        at: ""
        for at, line in enumerate(lines)
        if _is_link(line, surroundings)
        and size(line) >= LINK
        and not _heads(at, lines, surroundings)
    }


def biographies(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Notes on the author among the last four lines, but not in the first half of a short text."""
    return {
        at: ""
        for at in range(max(1, (len(lines) + 1) // 2, len(lines) - 4), len(lines))
        if size(lines[at]) <= BIOGRAPHY
        and (
            is_biography(lines[at])
            or (_names_author(lines[at], surroundings.authors) and tells_of_author(lines[at]))
        )
    }


def notices(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Copyright lines and standards footers, at either end."""
    return {at: "" for at in _ends(lines) if size(lines[at]) <= 60 and is_notice(lines[at])}


def glued(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """A headline of another article at the end of a line, directly after its last sentence."""
    complete = _is_complete(lines[:-1])
    found = {}
    for at, line in enumerate(lines):
        for joint in JOINT.finditer(line, max(0, len(line) - GLUED)):
            tail = line[joint.end() :]
            last = at == len(lines) - 1 and HEADLINE.match(tail) and not is_ended(tail)
            spaced = joint.start() < joint.end()
            if _is_linked_headline(tail, surroundings) or (
                last and (not spaced or (complete and LINK <= size(tail) < PROSE))
            ):
                found[at] = line[: joint.start()]
                break
    return found


def trailing(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """The last one to three lines, if they do not end like sentences and nearly all paragraphs do.

    They are headings without their section, or headlines of other articles. Results, times and
    verses stay.
    """
    if not _is_complete(lines):
        return {}
    count = len(list(takewhile(_is_loose, reversed(lines))))
    verse = count == 3 and all(size(line) <= VERSE for line in lines[-3:])
    return dict.fromkeys(range(len(lines) - count, len(lines)), "") if count <= 3 - verse else {}


def recurring(lines: Sequence[str], surroundings: Surroundings) -> Findings:
    """Lines that recur across the outlet's articles."""
    if not surroundings.recurring:
        return {}
    return {at: "" for at, line in enumerate(lines) if line_hash(line) in surroundings.recurring}


#: The rules in order, each with the name that `removed_lines.rule` stores: never rename one.
RULES: Mapping[str, Rule] = {
    RECURRING: recurring,
    "symbols": symbols,
    "phrases": phrases,
    "pointers": pointers,
    "pleas": pleas,
    "titles": titles,  # from here on, rules look at the first or last lines of what is left
    "dates": dates,
    "bylines": bylines,
    "links": links,
    "biographies": biographies,
    "notices": notices,
    "glued": glued,
    "trailing": trailing,
}


def _is_link(line: str, surroundings: Surroundings) -> bool:
    return not line.startswith(("- ", "|")) and key(line) in surroundings.links


def _is_linked_headline(text: str, surroundings: Surroundings) -> bool:
    """Whether it is the text of a link, and not a sentence of the article that is linked."""
    return size(text) >= LINK and not text.endswith((".", "…")) and key(text) in surroundings.links


def _points(line: str, links: frozenset[str]) -> bool:
    """Whether a line begins with a pointer ("Read also:") and goes on with a link or a headline.

    "More – much more – is needed." is a sentence, so it stays.
    """
    end = LEAD_END.search(line)
    if end is None or key(line[: end.start()]) not in phrases_of("leads"):
        return False
    return key(line[end.end() :]) in links or not is_sentence(line)


def _is_complete(lines: Sequence[str]) -> bool:
    """Whether nearly all paragraphs of a text end like sentences."""
    long = [line for line in lines if size(line) >= PROSE]
    return len(long) >= 3 and sum(map(is_ended, long)) >= 0.9 * len(long)


def _heads(at: int, lines: Sequence[str], surroundings: Surroundings) -> bool:
    """Whether a line is the heading of the text that follows it."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return key(lines[at]) in surroundings.headings and size(below) >= 10


def _is_loose(line: str) -> bool:
    marked = line.startswith(("- ", "|")) or any(map(str.isdecimal, line))
    return not (marked or is_ended(line) or size(line) > 20)


def _ends(lines: Sequence[str]) -> Iterable[int]:
    return sorted(
        {*range(min(HEAD_LINES, len(lines))), *range(max(0, len(lines) - TAIL_LINES), len(lines))}
    )


def _signs(part: str, surroundings: Surroundings) -> bool:
    """Whether a part of a line belongs to a byline.

    It does if it is a date, a time, the outlet's name, an interface phrase, or an author with at
    most two words before the name.
    """
    found = key(part)
    if found in surroundings.names or is_date(part) or is_phrase(part):
        return True
    for author in surroundings.authors:
        if found.endswith(author) and len(found.split()) <= len(author.split()) + 2:
            return True
    return bool(CLOCK.fullmatch(part.strip()))


def _runs_into_link(line: str, links: frozenset[str]) -> bool:
    """Whether a line is a pointer ("Read also") with the text of a link directly after it."""
    found = key(line).split()
    heads = phrases_of("leads")
    return any(
        " ".join(found[:cut]) in heads and " ".join(found[cut:]) in links
        for cut in range(1, min(6, len(found) - 2))
    )


def _names_author(line: str, authors: frozenset[str]) -> bool:
    """Whether a line begins with an author's full name. A single name may begin any sentence."""
    return any(" " in author and f"{key(line)} ".startswith(f"{author} ") for author in authors)
