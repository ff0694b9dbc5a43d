"""Word lists in TOML files, and the regular expressions that are built from them.

A file has a table for each kind of word. The table has a list for each language. `read` gives the
words of each kind. `any_of` makes the part of a regular expression that matches any of them.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from babel import Locale

#: The signs in the words of a list: "writer(s)", "eine * von", "fox #", "the post ... on".
NOTATION = re.compile(r"(\([^()]*\)|\*|#|\.{3}|')")
MARKS = {"*": r"\w+", "#": r"\d+", "...": ".{1,200}", "'": "['’]"}


@cache
def read(package: str, file: str) -> Mapping[str, tuple[str, ...]]:
    """The words of each kind in a package's TOML file: all languages together, each word once."""
    tables = tomllib.loads(resources.files(package).joinpath(file).read_text("utf-8"))
    return {kind: tuple(dict.fromkeys(_listed(table))) for kind, table in tables.items()}


def _listed(table: object) -> Iterable[str]:
    """The words in a table by language, in a list, or in a text with spaces between them."""
    if isinstance(table, Mapping):
        return [word for listed in table.values() for word in _listed(listed)]
    return table.split() if isinstance(table, str) else map(str, table)  # type: ignore[call-overload]


def any_of(words: Iterable[str]) -> str:
    """A group that matches any of the words, the longest first.

    In a word, "(s)" stands for an "s" that may be missing, "*" for any one word, "#" for a number,
    "..." for any text of up to 200 characters, and "'" for either kind of apostrophe.
    """
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(_pattern, longest_first))})"


def _pattern(word: str) -> str:
    return "".join(map(_part, NOTATION.split(word)))


def _part(part: str) -> str:
    if part.startswith("(") and part.endswith(")"):
        return f"(?:{re.escape(part[1:-1])})?"
    return MARKS.get(part) or re.escape(part)


@cache
def month_names(locales: tuple[str, ...]) -> frozenset[str]:
    """The names and short names of months that Babel has, in lower case, without a full stop."""
    return frozenset(_names(locales, "months"))


@cache
def day_names(locales: tuple[str, ...]) -> frozenset[str]:
    """The names and short names of weekdays that Babel has, in the same form."""
    return frozenset(_names(locales, "days"))


def _names(locales: tuple[str, ...], what: str) -> Iterable[str]:
    for code in locales:
        table = getattr(Locale.parse(code), what)
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for name in table[form][width].values():
                    yield name.rstrip(".").casefold()
