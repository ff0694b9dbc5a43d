"""A feed: the subscription, its state, its document and its entries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model.fetch import NO_HINTS, Hints
from ingest.model.pace import UNKNOWN, Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription, as an OPML file has it."""

    url: str
    title: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """The state of a subscription: what the next request sends, and what decides its time."""

    feed_id: int
    url: str
    needs_credentials: bool = False  # its address has a password or token, which is not stored
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    interval: timedelta = timedelta(hours=1)  # between polls, adapted to its new entries
    failures: float = 0  # sum of their weights since its last success
    streak: int = 0  # failed polls since its last success
    succeeded_at: datetime | None = None
    fresh_at: datetime | None = None  # its last poll that brought a new entry
    rhythm: timedelta | None = None  # the usual gap between polls that bring new entries
    full_at: datetime | None = None  # when it last answered a request without validators
    moved_to: str = ""  # the target of its last permanent redirect
    moved_times: int = 0  # polls in a row with that target
    pace: Pace = UNKNOWN  # how fast its entries appear
    shortest: timedelta | None = None  # bounds of its interval; None: those of all feeds
    longest: timedelta | None = None
    asks: Hints = NO_HINTS  # its wishes that still hold: all but Retry-After


#: No rule gives a longer wait: a week after failures, a tick, and a week of skipped days and hours.
#: A feed that is due later was polled by a run whose clock was ahead.
LONGEST_WAIT = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a feed is polled next, and why."""

    at: datetime | None  # None: never again, because it is gone (410)
    interval: timedelta
    failures: float
    reason: str
    pace: Pace = UNKNOWN  # as this poll leaves it
    missed: bool = False  # whether this poll may have missed entries: all it listed were new


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed. Its texts have no markup, except `content`."""

    url: str  # absolute; empty where the item has no link
    entry_id: str
    title: str
    summary: str = ""
    content: str = ""  # the full text as HTML, where the feed carries it
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_from: str = ""  # the name of the date's element, as "published" or "lastmod"
    updated: datetime | None = None
    updated_from: str = ""  # likewise, as "updated" or "dc:date"
    language: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()  # addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The content of a feed's document, with its entries in their order."""

    title: str
    site_url: str
    language: str
    entries: tuple[Entry, ...]
    hints: Hints = NO_HINTS
