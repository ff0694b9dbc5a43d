"""How sites word what they print around an article: phrases in forty languages, and dates. Pure.

The phrases are in phrases.toml; the names of months and days are CLDR's.
"""

import re
import tomllib
from functools import cache
from importlib import resources

from babel import Locale

from ingest.words import words

NO_WORD = re.compile(r"[\W_]+")
DATE_LOCALES = (
    *("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "pl", "cs", "sk", "hu"),
    *("ro", "hr", "sr", "sr_Latn", "sl", "bg", "ru", "uk", "el", "tr", "ar", "fa", "he", "hi"),
    *("bn", "ur", "id", "ms", "vi", "th", "lt", "lv", "et", "ca", "sq", "mk", "ka", "hy", "az"),
)


def key(text: str) -> str:
    """A line as it is compared: its letters and digits alone, casefolded, words apart."""
    return NO_WORD.sub(" ", text).strip().casefold()


def is_date(line: str) -> bool:
    """Whether a line holds a date and nothing else."""
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
    data = tomllib.loads(resources.files("ingest").joinpath("phrases.toml").read_text("utf-8"))
    return frozenset(key(phrase) for phrase in data[kind]) - {""}


@cache
def _calendar() -> frozenset[str]:
    """The names of months and days in the languages of `DATE_LOCALES`."""
    names: set[str] = set()
    for code in DATE_LOCALES:
        locale = Locale.parse(code)
        for table in (locale.months, locale.days):
            for form in ("format", "stand-alone"):
                for width in ("wide", "abbreviated"):
                    for name in table[form][width].values():
                        names.update(words(name))
    return frozenset(name for name in names if not name.isdecimal())  # "tháng 1" is January
