"""The values of feeds and pages, made safe: text, plain text, an absolute address, a date. Pure.

The languages, zones and other words of dates are in dates.toml.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urljoin

import dateutil.parser  # type: ignore[import-untyped]
import lxml.html

REMARK = re.compile(r"\s*\([^)]*\)$")  # as in "+0200 (CEST)"
OFFSET = re.compile(r"\b(GMT|UTC)\s?(?=[+-]\d)")  # dateutil reads "GMT+2" as two hours west of UTC
WEEKDAY = re.compile(r"^[^\W\d]+\.?,\s*")  # in any language
DOTTED = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2}")
EARLY_YEAR = re.compile(r"(?<![\d:+-])00\d\d\b")  # dateutil reads the year 0001 as 2001
MAX_DATE = 100  # characters: a longer text is a sentence, and dateutil spends seconds on it

#: What a terminal obeys: `ESC [ 31 m` (a colour), `ESC ] 8 ; ...` (a link), other pairs with ESC.
#: Each has a form that begins with one character of U+0080 to U+009F. Texts decoded with a wrong
#: encoding contain these characters too: `â€\x9d` was a quotation mark. There they begin a sequence
#: only where it has parameters or an end, so that no words are lost.
ESCAPES = re.compile(
    r"(?:\x1b\[[0-?]*|\x9b[0-?]+)[ -/]*[@-~]?"
    r"|\x1b[\]PX^_][^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)?"
    r"|[\x90\x98\x9d-\x9f][^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]?"
)
#: Embeddings, overrides and isolates turn the text around them, also beyond their own text. The
#: marks U+200E and U+200F stay, as do the joiners U+200C and U+200D: they turn nothing, and Hebrew,
#: Arabic, Persian, Indic scripts and emoji need them.
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")  # but no tab or line feed


def text(value: object) -> str:
    """The text of a value, `harmless`; empty where the value is no text.

    Every text of a feed, a page or a subscription list enters through this function, `plain`,
    `clean_text` or `harmless`.
    """
    return harmless(value).strip() if isinstance(value, str) else ""


def clean_text(line: str) -> str:
    """A stranger's text as one line, which neither steers a terminal nor turns the text around it.

    As `harmless`, but a run of control characters and line breaks becomes one space.
    """
    return CONTROLS.sub(" ", _dropped(line)).strip().encode("utf-8", "replace").decode()


def harmless(written: str) -> str:
    """A stranger's text that neither steers a terminal nor turns the text around it.

    Escape sequences and controls of direction are dropped. Every other control character becomes a
    space, but line feeds and tabs stay. Half an emoji becomes a `?`.
    """
    return CONTROL.sub(" ", _dropped(written)).encode("utf-8", "replace").decode()


def _dropped(written: str) -> str:
    return TURNING.sub("", ESCAPES.sub("", written))


def plain(value: object) -> str:
    """The plain text of a title or summary, which in feeds may hold markup and entities."""
    markup = text(value)
    if "<" not in markup and "&" not in markup:
        return " ".join(markup.split())
    try:
        parsed = lxml.html.fromstring(f"<p>{markup}</p>")
        return text(" ".join(parsed.text_content().split()))
    except (lxml.etree.LxmlError, ValueError):
        return " ".join(markup.split())


def absolute(base: str, link: str) -> str:
    """A link made absolute with `base`; unchanged where it is no valid address."""
    # an address contains no white space: a line break in it comes from the document
    link = re.sub(r"[\t\n]+\s*", "", text(link.replace("\r", "\n")))
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link  # feeds/plan.py counts it as bad_address


def moment(written: str) -> datetime | None:
    """A written date as a datetime in UTC; None where it is unclear or longer than MAX_DATE.

    A date without a zone counts as UTC. A date is unclear where the day or the month is missing,
    and where it has two meanings, as 09/10/2026 has.
    """
    written = " ".join(written.split())
    if not written or len(written) > MAX_DATE:
        return None
    try:
        return utc(datetime.fromisoformat(written))
    except ValueError:
        if EARLY_YEAR.search(written):
            return None
        return _guessed(OFFSET.sub("", REMARK.sub("", WEEKDAY.sub("", written))))


def utc(zoned: datetime) -> datetime | None:
    """A datetime in UTC; None where that lies outside the years 1 to 9999."""
    try:
        return zoned.astimezone(UTC) if zoned.tzinfo else zoned.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _guessed(written: str) -> datetime | None:
    """The date, where all readings of it agree.

    dateutil takes what is missing from a default, and a number may be the day or the month. So the
    date is read with two defaults, and with the day and the month first.
    """
    day_first = [True] if DOTTED.match(written) else [True, False]
    defaults = [datetime(2001, 1, 1), datetime(2004, 2, 2)]  # noqa: DTZ001  the zone is read
    readings = {
        _read(written, dayfirst=first, default=default)
        for first in day_first
        for default in defaults
    }
    return readings.pop() if len(readings) == 1 else None


def _read(written: str, *, dayfirst: bool, default: datetime) -> datetime | None:
    try:
        parsed = _parser().parse(written, dayfirst=dayfirst, default=default, tzinfos=_zone)
    except Exception:  # dateutil lets any exception of its own arithmetic through, decimal's too
        return None
    return utc(parsed) if isinstance(parsed, datetime) else None


def _zone(name: str | None, seconds: int | None) -> tzinfo:
    """The zone that dateutil asks for, by its offset or name; UTC for an unknown name."""
    if seconds is None:
        seconds = round(zones().get(name or "", 0) * 3600)
    return timezone(timedelta(seconds=seconds))


@cache
def zones() -> Mapping[str, float]:
    """The abbreviations of time zones, with their hours east of UTC."""
    listed = _date_words()["zones"]
    return {name: float(hours) for hours, names in listed.items() for name in names}


@cache
def months() -> tuple[frozenset[str], ...]:
    """The names of the twelve months in lower case, in all languages of dates.toml together."""
    from babel import Locale  # at the first date only: loading the languages takes 0.1 s

    found: list[set[str]] = [set() for _ in range(12)]
    for language in _date_words()["languages"]:
        for form in Locale.parse(language).months.values():  # in a date, and standing alone
            for number, name in (*form["wide"].items(), *form["abbreviated"].items()):
                found[number - 1] |= _spellings(name)
    for name, number in _date_words()["months"].items():
        found[number - 1].add(name)
    return tuple(map(frozenset, found))


def _spellings(name: str) -> set[str]:
    """How a month's name is written; nothing for names that are not one word of letters."""
    plain = name.lower().rstrip(".")
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return {plain, bare} if plain.isalpha() else set()


@cache
def _date_words() -> dict[str, Any]:
    return tomllib.loads(resources.files("ingest").joinpath("dates.toml").read_text("utf-8"))


@cache
def _parser() -> dateutil.parser.parser:
    return dateutil.parser.parser(_Names())


class _Names(dateutil.parser.parserinfo):  # type: ignore[misc]
    """The words that dateutil reads dates with. It needs no names of weekdays: they are cut off."""

    def __init__(self) -> None:
        self.JUMP = [*dateutil.parser.parserinfo.JUMP, *_date_words()["fillers"]]
        self.MONTHS = [tuple(names) for names in months()]
        super().__init__()
