"""What feeds put where a text, an address or a date belongs, made fit to keep. Pure."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import ClassVar
from urllib.parse import urljoin

import dateutil.parser  # type: ignore[import-untyped]
import lxml.html

#: Hours east of UTC of abbreviations in feeds; of those with two meanings, that of RFC 822.
ZONE_NAMES = {
    0: "UT UTC GMT Z WET",
    1: "WEST BST CET MET MEZ",
    2: "CEST MEST MESZ EET SAST",
    3: "EEST MSK TRT",
    5: "PKT",
    7: "WIB",
    8: "HKT SGT AWST",
    9: "JST KST",
    9.5: "ACST",
    10: "AEST",
    10.5: "ACDT",
    11: "AEDT",
    12: "NZST",
    13: "NZDT",
    -3: "ADT BRT ART",
    -4: "AST EDT",
    -5: "EST CDT",
    -6: "CST MDT",
    -7: "MST PDT",
    -8: "PST AKDT",
    -9: "AKST",
}
ZONES = {name: east for east, names in ZONE_NAMES.items() for name in names.split()}
REMARK = re.compile(r"\s*\([^)]*\)$")  # as in "+0200 (CEST)"
OFFSET = re.compile(r"\b(GMT|UTC)\s?(?=[+-]\d)")  # "GMT+2", which dateutil takes for west of UTC
WEEKDAY = re.compile(r"^[^\W\d]+\.?,\s*")  # in any language
DOTTED = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2}")
EARLY_YEAR = re.compile(r"(?<![\d:+-])00\d\d\b")  # dateutil makes 2001 of the year 0001
LONGEST_DATE = 100  # characters: a longer one is a sentence, on which dateutil spends seconds

#: What a terminal obeys: `ESC [ 31 m` (a colour), `ESC ] 8 ; ...` (a link), other pairs with ESC.
ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
#: Embeddings, overrides and isolates turn the text around them, also beyond their own text. The
#: marks U+200E and U+200F stay, as do the joiners U+200C and U+200D: they turn nothing, and Hebrew,
#: Arabic, Persian, Indic scripts and emoji need them.
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def text(value: object) -> str:
    """A value where text should be: anything else counts as absent, half an emoji as a `?`.

    Control characters go: a terminal that shows a title would obey them.
    """
    if not isinstance(value, str):
        return ""
    return CONTROL.sub(" ", value).strip().encode("utf-8", "replace").decode()


def clean_text(line: str) -> str:
    """A stranger's text as one line that neither steers a terminal nor turns the text around it.

    Escape sequences and controls of direction are dropped. A run of other control characters and
    line breaks becomes a space. Half an emoji becomes a `?`.
    """
    line = TURNING.sub("", ESCAPES.sub("", line))
    return CONTROLS.sub(" ", line).strip().encode("utf-8", "replace").decode()


def plain(value: object) -> str:
    """The text of a title or summary, in which feeds put markup and entities of all kinds."""
    markup = text(value)
    if "<" not in markup and "&" not in markup:
        return " ".join(markup.split())
    try:
        parsed = lxml.html.fromstring(f"<p>{markup}</p>")
        return text(" ".join(parsed.text_content().split()))
    except (lxml.etree.LxmlError, ValueError):
        return " ".join(markup.split())


def absolute(base: str, link: str) -> str:
    """A link as seen from `base`; as it stands where it is no address at all."""
    # an address has no white space in it: what is there comes from the document's line breaks
    link = re.sub(r"[\t\r\n]+\s*", "", link.strip())
    try:
        return urljoin(base, link) if link else ""
    except ValueError:
        return link  # the planner counts it as bad_address


def moment(written: str) -> datetime | None:
    """A date in whatever spelling as UTC, without a zone taken for UTC; None where it is unclear.

    Unclear is also a day or month left out, and 09/10/2026, which is two days.
    """
    written = " ".join(written.split())
    if not written or len(written) > LONGEST_DATE:
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
    # what is left out is taken from the default and both day and month may come first: a date is
    # clear where all four readings agree
    first = [True] if DOTTED.match(written) else [True, False]
    defaults = [datetime(2001, 1, 1), datetime(2004, 2, 2)]  # noqa: DTZ001  the zone is read
    readings = {
        _read(written, dayfirst=day, default=default) for day in first for default in defaults
    }
    return readings.pop() if len(readings) == 1 else None


def _read(written: str, *, dayfirst: bool, default: datetime) -> datetime | None:
    try:
        parsed = PARSER.parse(written, dayfirst=dayfirst, default=default, tzinfos=_zone)
    except Exception:  # dateutil lets out whatever its own arithmetic raises, decimal's included
        return None
    return utc(parsed) if isinstance(parsed, datetime) else None


def _zone(name: str | None, seconds: int | None) -> tzinfo:
    """A zone dateutil came upon; one nobody knows counts as UTC, as none at all does."""
    if seconds is None:
        seconds = round(ZONES.get(name or "", 0) * 3600)
    return timezone(timedelta(seconds=seconds))


class _Names(dateutil.parser.parserinfo):  # type: ignore[misc]
    """The names of months in the larger European languages; a day's name tells nothing."""

    JUMP: ClassVar[list[str]] = [
        *dateutil.parser.parserinfo.JUMP,
        "de",
        "del",
        "di",
        "le",
        "den",
        "um",
        "uhr",
    ]
    MONTHS: ClassVar[list[tuple[str, ...]]] = [
        tuple(names.split())
        for names in (
            "jan january januar jänner janvier janv enero ene gennaio gen janeiro januari",
            "feb february februar février févr fév fevrier febrero febbraio fevereiro fev februari",
            "mar march märz mär maerz mars marzo março marco maart mrt",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august août aout agosto ago augustus",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober okt octobre octubre ottobre ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dezember dez décembre déc decembre diciembre dic dicembre dezembro",
        )
    ]


PARSER = dateutil.parser.parser(_Names())
