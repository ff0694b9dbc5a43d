"""A JSON Feed becomes entries. Pure.

Versions 1.0 and 1.1: https://www.jsonfeed.org/version/1.1/
"""

import html
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ingest.model import Entry, Failed, Outcome, ParsedFeed
from ingest.values import absolute, moment, plain, text

VERSION = "jsonfeed.org/version/"


def parse_json_feed(document: str, base: str) -> ParsedFeed:
    """The entries of a JSON Feed. Raises Failed(not_a_feed) for any other document.

    Links are made absolute with `base`. A value of the wrong type counts as absent.
    """
    try:
        feed = json.loads(document, strict=False)
    except (ValueError, RecursionError) as error:
        raise Failed(Outcome.NOT_A_FEED, f"not JSON: {error}") from error
    if not isinstance(feed, dict) or VERSION not in text(feed.get("version")):
        raise Failed(Outcome.NOT_A_FEED, "JSON, but its version is not a JSON Feed's")
    language = text(feed.get("language"))
    return ParsedFeed(
        title=plain(feed.get("title")),
        site_url=absolute(base, text(feed.get("home_page_url"))),
        language=language,
        entries=tuple(_entry(item, language, base) for item in _objects(feed.get("items"))),
    )


def _entry(item: Mapping[str, Any], language: str, base: str) -> Entry:
    published, updated = _date(item, "date_published"), _date(item, "date_modified")
    authors = [*_objects(item.get("authors"))] or [*_objects([item.get("author")])]
    return Entry(
        url=absolute(base, text(item.get("url")) or text(item.get("external_url"))),
        entry_id=_id(item.get("id")),
        title=plain(item.get("title")),
        summary=plain(item.get("summary")),
        content=text(item.get("content_html")) or html.escape(text(item.get("content_text"))),
        authors=tuple(name for author in authors if (name := plain(author.get("name")))),
        published=published or updated,
        published_from="published" if published else "updated" if updated else "",
        updated=updated,
        updated_from="updated" if updated else "",
        language=text(item.get("language")) or language,
        categories=tuple(dict.fromkeys(_texts(item.get("tags")))),
        enclosures=tuple(
            absolute(base, url)
            for attachment in _objects(item.get("attachments"))
            if (url := text(attachment.get("url")))
        ),
    )


def _date(item: Mapping[str, Any], key: str) -> datetime | None:
    return moment(text(item.get(key)))


def _id(value: object) -> str:
    """An id as text. Some feeds have a number here, although the format does not allow it."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return text(str(value)) if is_number else text(value)


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    return (one for one in (value if isinstance(value, list) else []) if isinstance(one, dict))


def _texts(value: object) -> Iterator[str]:
    return (one for item in (value if isinstance(value, list) else []) if (one := plain(item)))
