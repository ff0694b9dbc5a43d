"""A feed's document becomes entries: RSS, RDF and Atom by feedparser, JSON Feed here. Pure."""

import calendar
import html
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
import lxml.html

from ingest.model import Entry, Failed, Fetched, Outcome, ParsedFeed
from ingest.urls import without_credentials

JSON_FEED_VERSION = "https://jsonfeed.org/version/"


def parse_feed(fetched: Fetched) -> ParsedFeed:
    """The entries of a feed, in its order. Raises Failed(not_a_feed) where there is no feed.

    A malformed feed gives what can be had of it; a well-formed one without items is a feed.
    """
    if not fetched.body.strip():
        raise Failed(Outcome.NOT_A_FEED, "the body is empty")
    if fetched.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return _parse_json_feed(fetched)
    return _parse_xml_feed(fetched)


def _parse_xml_feed(fetched: Fetched) -> ParsedFeed:
    headers = {**fetched.headers, "content-location": fetched.final_url}
    # the body is decoded and in memory, so these two would only mislead
    headers.pop("content-encoding", None)
    headers.pop("content-length", None)
    try:
        parsed = feedparser.parse(fetched.body, response_headers=headers)
    except Exception as error:  # feedparser lets exceptions of its SAX and date code through
        raise Failed(Outcome.NOT_A_FEED, f"{type(error).__name__}: {error}") from error
    if not parsed.entries and not parsed.version:
        kind = fetched.content_type or "no content type"
        raise Failed(Outcome.NOT_A_FEED, f"no feed in {len(fetched.body):,} bytes of {kind}")
    language = _text(parsed.feed.get("language"))
    base = without_credentials(fetched.final_url)
    return ParsedFeed(
        title=_plain(parsed.feed.get("title")),
        site_url=_text(parsed.feed.get("link")),
        language=language,
        entries=tuple(_xml_entry(item, language, base) for item in parsed.entries),
    )


def _xml_entry(item: feedparser.FeedParserDict, language: str, base: str) -> Entry:
    # a damaged feed has None, or a list, where feedparser promises text
    url = _absolute(base, _text(item.get("feedburner_origlink")) or _text(item.get("link")))
    title = _plain(item.get("title"))
    published, published_from = _xml_date(item)
    bodies = [_text(part.get("value")) for part in item.get("content", [])]
    return Entry(
        url=url,
        entry_id=_text(item.get("id")) or url or title,
        title=title,
        summary=_plain(item.get("summary")),
        content=max(bodies, key=len, default=""),
        authors=tuple(filter(None, (_plain(a.get("name")) for a in item.get("authors", [])))),
        published=published,
        published_from=published_from,
        language=language,
    )


def _xml_date(item: feedparser.FeedParserDict) -> tuple[datetime | None, str]:
    for name in ("published", "updated"):
        # feedparser has already turned the date into UTC; it maps dc:date to `updated`
        # and answers for an absent `updated` with `published`, warning that it will not for ever
        parsed = item[f"{name}_parsed"] if f"{name}_parsed" in item.keys() else None  # noqa: SIM118
        if parsed:
            try:
                return datetime.fromtimestamp(calendar.timegm(parsed), UTC), name
            except (ValueError, OverflowError, OSError):
                continue
    return None, ""


def _parse_json_feed(fetched: Fetched) -> ParsedFeed:
    try:
        document = json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise Failed(Outcome.NOT_A_FEED, f"not JSON: {error}") from error
    if not _text(document.get("version")).startswith(JSON_FEED_VERSION):
        raise Failed(Outcome.NOT_A_FEED, "JSON, but its version is not a JSON Feed's")
    language = _text(document.get("language"))
    items = document.get("items")
    return ParsedFeed(
        title=_text(document.get("title")),
        site_url=_text(document.get("home_page_url")),
        language=language,
        entries=tuple(
            _json_entry(item, language, without_credentials(fetched.final_url))
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, dict)
        ),
    )


def _json_entry(item: Mapping[str, Any], language: str, base: str) -> Entry:
    url = _absolute(base, _text(item.get("url")) or _text(item.get("external_url")))
    authors = item.get("authors") or [item.get("author")]
    published, published_from = _json_date(item)
    plain = html.escape(_text(item.get("content_text")))
    return Entry(
        url=url,
        entry_id=_text(str(item.get("id") or url)),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")),
        content=_text(item.get("content_html")) or plain,
        authors=tuple(
            _text(author.get("name"))
            for author in (authors if isinstance(authors, list) else [])
            if isinstance(author, dict) and _text(author.get("name"))
        ),
        published=published,
        published_from=published_from,
        language=_text(item.get("language")) or language,
    )


def _json_date(item: Mapping[str, Any]) -> tuple[datetime | None, str]:
    for key, name in (("date_published", "published"), ("date_modified", "updated")):
        try:
            moment = datetime.fromisoformat(_text(item.get(key)))
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return zoned.astimezone(UTC), name
        except (ValueError, OverflowError):
            continue
    return None, ""


def _absolute(base: str, link: str) -> str:
    try:
        return urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return link.strip()  # not an address at all: the planner counts it as bad_address


def _text(value: object) -> str:
    """A value where text should be: anything else counts as absent, half an emoji as a `?`."""
    return value.strip().encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _plain(value: object) -> str:
    """The text of a title or summary, in which feeds put markup and entities of all kinds."""
    markup = _text(value)
    if "<" not in markup and "&" not in markup:
        return " ".join(markup.split())
    try:
        return " ".join(lxml.html.fromstring(f"<p>{markup}</p>").text_content().split())
    except (lxml.etree.ParserError, ValueError):
        return " ".join(markup.split())
