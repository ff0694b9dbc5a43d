"""The document of a feed becomes entries. Pure.

    Fetched -> text (decode.py)
            -> JSON Feed (jsonfeed.py) | sitemap (sitemap.py) | RSS, RDF, Atom (here, by feedparser)
            -> entries, each with an id -> ParsedFeed

Dates are read by `moment` in values.py; `_date` here adds what feedparser alone can read.
"""

import calendar
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import xxhash

from ingest.decode import document_text
from ingest.feeds.bounds import bounded_feed
from ingest.feeds.jsonfeed import parse_json_feed
from ingest.feeds.sitemap import parse_sitemap
from ingest.model import Entry, Failed, Fetched, Hints, Outcome, ParsedFeed
from ingest.urls import without_secrets
from ingest.values import absolute, moment, plain, text

DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
FEED_ELEMENT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
TITLE = re.compile(r"<title[^<>]*>([^<]{1,200})", re.IGNORECASE)
FORMAT_WITHIN = 10_000  # characters at the beginning in which the root element is looked for

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
REFERENCE = re.compile(r"&(?:amp;)?#(x[0-9a-f]+|\d+);?", re.IGNORECASE)
REFERENCES = re.compile(r"(?:&(?:amp;)?#(?:x[0-9a-f]+|\d+);?)+", re.IGNORECASE)
#: Elements on which feedparser fails if others around them are missing. They contain no news.
BREAKS_FEEDPARSER = re.compile(
    r"</?(?:(?:georss|gml|geo|icbm|psc):\w+|textinput)\b[^<>]*>", re.IGNORECASE
)

SKIPS = re.compile(r"<skip(hours|days)\b[^<>]*>(.{0,2000}?)</skip\1", re.IGNORECASE | re.DOTALL)
SKIPPED = re.compile(r"<(?:hour|day)>\s*(\w+)", re.IGNORECASE)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PERIODS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 720, "yearly": 8760}  # hours
MAX_TTL = timedelta(days=366)
MAX_ID = 2_500  # characters of an entry's id: most ids are addresses, or a number and an address
LATER_DATE = re.compile(r"<(?:\w+:)(?:updated|modified)\b", re.IGNORECASE)


def parse_feed(fetched: Fetched) -> ParsedFeed:
    """The entries of a feed, in its order. Raises Failed(not_a_feed) where there is no feed.

    Of a malformed feed the readable entries are kept. A well-formed feed may have no entries.
    """
    document = document_text(fetched).strip().lstrip("\ufeff")
    base = without_secrets(fetched.final_url)  # a link to "#top" resolves to all of it
    if not document:
        raise Failed(Outcome.NOT_A_FEED, "the body is empty")
    root = _root(document)
    if document.startswith("{"):
        parsed = parse_json_feed(document, base)
    elif root in {"urlset", "sitemapindex"}:
        parsed = parse_sitemap(_mended(document), base)
    elif root == "html" and not FEED_ELEMENT.search(document):
        raise Failed(Outcome.NOT_A_FEED, _what_the_page_is(document))
    else:
        parsed = _parse_xml_feed(_mended(document), base, fetched)
    return bounded_feed(replace(parsed, entries=tuple(_identified(parsed.entries))))


def _root(document: str) -> str:
    """The name of the document's first element, in lower case."""
    element = ROOT.search(COMMENT.sub("", document[:FORMAT_WITHIN]))
    return element[1].lower() if element else ""


def _what_the_page_is(document: str) -> str:
    title = TITLE.search(document)
    return f"an HTML page, {plain(title[1])!r}" if title else "an HTML page"


def _mended(document: str) -> str:
    """An XML document without its declaration, control characters and impossible references."""
    return REFERENCES.sub(_mended_references, CONTROLS.sub("", DECLARATION.sub("", document)))


def _mended_references(run: re.Match[str]) -> str:
    """A run of character references, where each stands for a character that XML allows.

    Two references to the UTF-16 halves of an emoji (`&#55357;&#56832;`) become one to the emoji.
    One half alone becomes a replacement character. Other impossible references are removed.
    """
    numbers = [_number(reference) for reference in REFERENCE.findall(run[0])]
    if all(number in {9, 10, 13} or 32 <= number < 0xD800 for number in numbers):
        return run[0]
    sound = [chr(n) for n in numbers if n in {9, 10, 13} or 32 <= n < 0x110000]
    joined = "".join(sound).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    start = "&amp;#" if run[0].startswith("&amp;") else "&#"
    return "".join(f"{start}{ord(c)};" for c in joined if not CONTROLS.match(c))


def _number(reference: str) -> int:
    digits = reference.lower().removeprefix("x").lstrip("0") or "0"
    return int(digits, 16 if reference[0] in "xX" else 10) if len(digits) < 8 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What all entries of one document have in common."""

    base: str
    language: str
    is_atom: bool
    updated: str  # the name of its element for the date of the last change


def _parse_xml_feed(document: str, base: str, fetched: Fetched) -> ParsedFeed:
    parsed = _fed(document, base, fetched.headers.get("content-language", ""))
    version = text(parsed.get("version"))
    if not parsed.entries and not version:
        kind = fetched.content_type or "no content type"
        raise Failed(Outcome.NOT_A_FEED, f"no feed in {len(fetched.body):,} bytes of {kind}")
    # feedparser gives dc:date as `updated`; in RSS it is mostly the only date of an item
    is_dublin = version.startswith("rss") and "<dc:date" in document
    context = _Context(
        base=base,
        language=text(parsed.feed.get("language")),
        is_atom=version.startswith("atom"),
        updated="dc:date" if is_dublin and not LATER_DATE.search(document) else "updated",
    )
    return ParsedFeed(
        title=plain(parsed.feed.get("title")),
        site_url=absolute(base, text(parsed.feed.get("link"))),
        language=context.language,
        entries=tuple(_entry(item, context) for item in parsed.entries),
        hints=_hints(parsed.feed, document),
    )


def _fed(document: str, base: str, language: str) -> feedparser.FeedParserDict:
    """The document as feedparser reads it. Raises Failed(not_a_feed) where feedparser fails."""
    headers = {
        "content-type": "application/xml; charset=utf-8",
        "content-location": base,
        **({"content-language": language} if language else {}),
    }
    try:
        return _parsed(document, headers)
    except Exception:  # feedparser raises whatever its SAX, geography and date code raises
        try:
            return _parsed(BREAKS_FEEDPARSER.sub("", document), headers)
        except Exception as error:
            raise Failed(Outcome.NOT_A_FEED, f"{type(error).__name__}: {error}") from error


def _parsed(document: str, headers: Mapping[str, str]) -> feedparser.FeedParserDict:
    # a stream: given bytes that are the name of a file, feedparser would open that file
    stream = io.BytesIO(document.encode("utf-8", "replace"))
    return feedparser.parse(stream, response_headers=dict(headers))


def _entry(item: feedparser.FeedParserDict, context: _Context) -> Entry:
    # in a damaged feed feedparser gives None or a list where its manual says text
    link = text(item.get("feedburner_origlink")) or text(item.get("link"))
    bodies = [text(part.get("value")) for part in _dicts(item.get("content"))]
    names = {"published": "published", "updated": context.updated, "created": "created"}
    dates = [(_date(item, key), name) for key, name in names.items()]
    published, published_from = next((found for found in dates if found[0]), (None, ""))
    updated, updated_from = dates[1] if dates[1][0] else (None, "")
    tags = (plain(tag.get("label") or tag.get("term")) for tag in _dicts(item.get("tags")))
    # dict.get, because feedparser's own `get` would search the content of a <links> element
    links = (one for one in _dicts(dict.get(item, "links")) if one.get("rel") == "enclosure")
    enclosures = (absolute(context.base, text(enclosure.get("href"))) for enclosure in links)
    return Entry(
        url=absolute(context.base, link),
        entry_id=text(item.get("id")),
        title=plain(item.get("title")),
        summary=plain(item.get("summary")),
        content=max(bodies, key=len, default=""),
        authors=tuple(filter(None, (plain(a.get("name")) for a in _dicts(item.get("authors"))))),
        published=published,
        published_from=published_from,
        updated=updated,
        updated_from=updated_from,
        language=_language(item, context),
        categories=tuple(dict.fromkeys(filter(None, tags))),
        enclosures=tuple(dict.fromkeys(filter(None, enclosures))),
    )


def _language(item: feedparser.FeedParserDict, context: _Context) -> str:
    own = text(item.get("language"))
    if context.is_atom and not own:  # xml:lang in RSS is a default of the software
        own = text((item.get("title_detail") or {}).get("language"))
    return own or context.language


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _date(item: feedparser.FeedParserDict, name: str) -> datetime | None:
    # dict.get, because feedparser's own `get` gives `published` where `updated` is absent
    written = text(dict.get(item, name))
    parsed = dict.get(item, f"{name}_parsed")
    clear = moment(written)
    # feedparser also reads Korean, Greek and Hungarian dates, but it reads 09-10-2026 as 2009
    if clear or not parsed or not any(map(str.isalpha, written)):
        return clear
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _identified(entries: Iterable[Entry]) -> Iterable[Entry]:
    """The entries, each with an id that differs from the others of the feed where possible.

    The id is the entry's own. If entries with different links share an id, the link is added to it.
    An entry without an id has its link as id. Without a link the id is the title with a hash of the
    text.
    """
    entries = list(entries)
    links: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        links[entry.entry_id].add(entry.url)
    return [
        replace(entry, entry_id=_bounded(_identity(entry, len(links[entry.entry_id]))))
        for entry in entries
    ]


def _bounded(entry_id: str) -> str:
    """An id of at most MAX_ID characters: of a longer one the beginning, and a hash of it all."""
    if len(entry_id) <= MAX_ID:
        return entry_id
    whole = xxhash.xxh3_128_hexdigest(entry_id.encode("utf-8", "replace"))
    return f"{entry_id[: MAX_ID - len(whole) - 1]} {whole}"


def _identity(entry: Entry, links: int) -> str:
    if entry.entry_id:
        return f"{entry.entry_id} {entry.url}".strip() if links > 1 else entry.entry_id
    if entry.url:
        return entry.url
    said = (entry.content or entry.summary).encode("utf-8", "replace")
    return f"{entry.title} {xxhash.xxh3_64_hexdigest(said)}".strip()


def _hints(feed: feedparser.FeedParserDict, document: str) -> Hints:
    skips = {kind.lower(): SKIPPED.findall(inside) for kind, inside in SKIPS.findall(document)}
    hours = [int(hour) for hour in skips.get("hours", []) if hour.isdecimal() and len(hour) < 3]
    days = [day.lower() for day in skips.get("days", [])]
    return Hints(
        ttl=_ttl(feed),
        skip_hours=frozenset(hour % 24 for hour in hours if hour <= 24),  # early RSS counts to 24
        skip_days=frozenset(WEEKDAYS.index(day) for day in days if day in WEEKDAYS),
    )


def _ttl(feed: feedparser.FeedParserDict) -> timedelta | None:
    """The time to live: <ttl> in minutes, or else the period of the RSS syndication module."""
    minutes = _count(feed.get("ttl"))
    if not minutes:
        period = PERIODS.get(text(feed.get("sy_updateperiod")).lower(), 0)
        minutes = period * 60 / (_count(feed.get("sy_updatefrequency")) or 1)
    return min(timedelta(minutes=minutes), MAX_TTL) if minutes else None


def _count(value: object) -> float:
    digits = text(value)
    return float(digits) if digits.isdecimal() and len(digits) < 8 else 0
