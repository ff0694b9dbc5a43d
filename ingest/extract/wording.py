"""Says what a line of a page is by its words: a button, a date, a notice, a note on the author.

Takes a line, gives yes or no. The words of more than thirty languages are in phrases.toml and
words.toml. The names of months and days come from Babel.
"""

import re
from functools import cache, lru_cache

import regex
import xxhash

from ingest import wordlists
from ingest.metadata.byline_words import ROLE
from ingest.wordlists import any_of
from ingest.words import UNCACHED_FROM, size, words

WORDS = wordlists.read("ingest.extract", "words.toml")
SHORT = 8  # words of an interface phrase, at most
NO_WORD = regex.compile(r"[\W_]+")  # re takes the vowel signs of Hindi for marks
ENDS = tuple(".!?…。！？؟।۔:;\"'“”’»)]")  # signs at the end of a sentence, in most scripts
FULL_STOP = re.compile(r"(?<![.…])[.。।۔][\"'“”’»)\]]*\s*$")
QUOTES = tuple("\"'“”„«»‘’「『")
NUMBERED = re.compile(r"\s*[0-9]+[.)]")
COUNT = re.compile(r"^\W*\d+\s+|\s+\(?\d+\)?\W*$")
PERSON = (
    r"\p{Lu}[\p{L}.'’-]+"
    rf"(?: (?:\p{{Lu}}[\p{{L}}.'’-]*|{any_of(WORDS['name_particles'])})){{1,4}}"
)
AUTHOR = rf"\b{any_of(WORDS['authors'])}\b"
#: A note on an author: "Ann Lee is a reporter for the Gazette", "Contact her at ann@...".
BIOGRAPHY = regex.compile(
    rf"^(?!{any_of(WORDS['no_authors'])}\b)(?:"
    rf"{PERSON},? is (?:an?|the|our|one of|currently)\b.{{0,80}}?"
    rf"(?:{AUTHOR}|\b{any_of(WORDS['authors_by_full_name'])}\b)"
    rf"|\p{{Lu}}[\p{{L}}’'-]+ is (?:an?|our) .{{0,40}}?{AUTHOR})"
    rf"|^(?i:{any_of(WORDS['contact'])} \S.{{0,60}}?@)"
)
#: Words, other than roles, that show that a line is about the author whom it names.
OF_AUTHOR = regex.compile(rf"@|\b{any_of(WORDS['of_author'])}\b", regex.IGNORECASE)
RESERVED = (
    rf"{any_of(WORDS['rights_reserved'])}|may not be {any_of(WORDS['may_not_be'])}"
    rf"(?:,? (?:or )?{any_of(WORDS['may_not_be_nor'])}| in whole| without)"
)
NOTICE = re.compile(
    r"^\W*(?:©|\(c\) ?(?:19|20)\d\d|copyright\W{1,3}(?:\(c\) ?)?(?:19|20)\d\d)"
    rf"|^\W*copyright\b[^.]{{0,40}}(?:19|20)\d\d\W*$"
    rf"|{RESERVED}|^{any_of(WORDS['appeared_first'])} ",
    re.IGNORECASE,
)


def key(text: str) -> str:
    """The form of a line for comparing: its letters and digits, casefolded, single spaces."""
    return _key(text) if len(text) <= UNCACHED_FROM else _letters_of(text)


@lru_cache(maxsize=1 << 14)
def _key(text: str) -> str:
    return _letters_of(text)


def _letters_of(text: str) -> str:
    return str(NO_WORD.sub(" ", text)).strip().casefold()


def line_hash(line: str) -> int:
    """The 63-bit hash by which a line is counted in all articles of an outlet."""
    return xxhash.xxh3_64_intdigest(key(line).encode()) >> 1


def is_ended(line: str) -> bool:
    """Whether a line ends like a sentence, a question, a quotation or the like."""
    return line.rstrip().endswith(ENDS)


def is_sentence(line: str) -> bool:
    """Whether a line ends with a full stop. Headlines and buttons do not."""
    return bool(FULL_STOP.search(line))


def is_list_item(line: str) -> bool:
    """Whether a line is an item of a list: "- YouTube", but not "- Advertisement -"."""
    return bool(NUMBERED.match(line)) or (line.startswith("- ") and not line.endswith("-"))


def is_phrase(line: str) -> bool:
    """Whether a line is what an interface says, such as "Share" or "3 Comments"."""
    if len(line) >= 80 or size(line) > SHORT or "%" in line or "?" in line or is_sentence(line):
        return False
    if key(line) in phrases_of("lines"):
        return True
    bare = COUNT.sub("", line)
    return bare != line and ":" not in bare and key(bare) in phrases_of("counted")


def asks_reader(line: str, *, linked: bool = False) -> bool:
    """Whether a line asks its reader for something, or says when and where something was filed.

    Some beginnings ("Get the latest") stand in news as well. They count only if the line is a link,
    does not end like a sentence, or names a service.
    """
    if line.startswith(("- ", "|", *QUOTES)):
        return False
    found = f"{key(line)} "
    if found.startswith(_beginnings("asks")):
        return True
    if found.startswith(_beginnings("stamps")):
        return not is_ended(line)
    served = linked or not is_ended(line) or not phrases_of("services").isdisjoint(found.split())
    return served and found.startswith(_beginnings("invites"))


def is_biography(line: str) -> bool:
    """Whether a line says for whom somebody writes, or how to reach them."""
    return bool(BIOGRAPHY.search(line))


def tells_of_author(line: str) -> bool:
    """Whether a line that names an author is about the author and not about the news."""
    return bool(ROLE.search(line) or OF_AUTHOR.search(line))


def is_notice(line: str) -> bool:
    """Whether a line reserves rights, or says where the text was published first."""
    return bool(NOTICE.search(line))


def is_date(line: str) -> bool:
    """Whether a line holds only a date."""
    found = words(line)
    return (
        1 < len(found) <= 14  # a year alone may be a heading
        and any(any(c.isdecimal() for c in word) for word in found)
        and any(word in _calendar() or re.fullmatch(r"(?:19|20)\d\d년?", word) for word in found)
        and all(
            word[0].isdecimal() or word in _calendar() or word in phrases_of("dated")
            for word in found
        )
    )


@cache
def phrases_of(kind: str) -> frozenset[str]:
    """The phrases of a kind, as keys."""
    phrases = wordlists.read("ingest.extract", "phrases.toml")[kind]
    return frozenset(map(key, phrases)) - {""}


@cache
def _beginnings(kind: str) -> tuple[str, ...]:
    """The phrases of a kind, each with a space at its end, as beginnings of longer keys."""
    return tuple(phrase + " " for phrase in phrases_of(kind))


@cache
def _calendar() -> frozenset[str]:
    """The words of the names of months and days, in all languages whose dates are known."""
    languages = WORDS["languages_of_dates"]
    names = wordlists.month_names(languages) | wordlists.day_names(languages)
    return frozenset(
        word for name in names for word in words(name) if not word.isdecimal()
    )  # "tháng 1" is January
