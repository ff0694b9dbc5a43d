"""An entry within its bounds: what a feed made too long is cut. Pure.

A feed is read in a worker. The entries travel on through the main process to the database, so they
are cut where they come from. Each bound is several times what real feeds need.
"""

from collections.abc import Iterable
from dataclasses import replace

from ingest.model import Entry, ParsedFeed
from ingest.urls import MAX_ADDRESS

MAX_TITLE = 1_000  # characters of a title: longer is a text
MAX_SUMMARY = 20_000  # characters
MAX_CONTENT = 500_000  # characters of HTML: the longest article has 300,000
MAX_LANGUAGE = 100  # characters of a language tag
MAX_AUTHORS = 30
MAX_AUTHOR = 600  # characters: what a byline may have
MAX_CATEGORIES = 100
MAX_CATEGORY = 200  # characters
MAX_ENCLOSURES = 20
MAX_LISTED = MAX_ADDRESS + 1  # characters of an address: one more than is read shows it is too long


def bounded_feed(parsed: ParsedFeed) -> ParsedFeed:
    """The feed with its own values and its entries' within their bounds."""
    return replace(
        parsed,
        title=parsed.title[:MAX_TITLE],
        site_url=_address(parsed.site_url),
        language=parsed.language[:MAX_LANGUAGE],
        entries=tuple(map(bounded_entry, parsed.entries)),
    )


def bounded_entry(entry: Entry) -> Entry:
    """The entry with each value within its bound.

    An address that is too long is cut, and stays too long: it ends as bad_address. Content that is
    too long is left out, because a part of an article is no article. Ids have a bound in parse.py.
    """
    return replace(
        entry,
        url=entry.url[:MAX_LISTED],
        title=entry.title[:MAX_TITLE],
        summary=entry.summary[:MAX_SUMMARY],
        content=entry.content if len(entry.content) <= MAX_CONTENT else "",
        authors=_listed(entry.authors, MAX_AUTHORS, MAX_AUTHOR),
        language=entry.language[:MAX_LANGUAGE],
        categories=_listed(entry.categories, MAX_CATEGORIES, MAX_CATEGORY),
        enclosures=tuple(filter(None, map(_address, entry.enclosures[:MAX_ENCLOSURES]))),
    )


def _listed(values: Iterable[str], most: int, longest: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:longest] for value in tuple(values)[:most]))


def _address(url: str) -> str:
    return url if len(url) <= MAX_ADDRESS else ""
