"""A subscription, what its document lists, and what a poll of it came to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model.fetch import NO_HINTS, Attempt, Hints
from ingest.model.pace import UNKNOWN, Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription, as an OPML file lists it."""

    url: str
    title: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A subscription: what its answers so far leave to ask with next time, and its rhythm."""

    feed_id: int
    url: str
    needs_credentials: bool = False  # the database has its address without them
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    interval: timedelta = timedelta(hours=1)  # how often it is worth asking, as learned
    failures: float = 0  # weighted, since its last success
    streak: int = 0  # failed polls since its last success
    succeeded_at: datetime | None = None
    fresh_at: datetime | None = None  # its last poll that brought a new entry
    rhythm: timedelta | None = None  # the usual time between two such polls
    full_at: datetime | None = None  # when it was last asked without validators to see if they lie
    moved_to: str = ""  # where its last permanent redirect led
    moved_times: int = 0  # how often in a row it led there
    pace: Pace = UNKNOWN  # how fast its entries appear
    asks: Hints = NO_HINTS  # what still holds of what it last said: all but Retry-After


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a feed is to be polled next, and why then."""

    at: datetime | None  # None: never again (410)
    interval: timedelta
    failures: float
    reason: str
    pace: Pace = UNKNOWN  # as this poll leaves it
    missed: bool = False  # whether this poll may have missed entries: all it listed were new


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed. Texts are plain, without markup, but for `content`."""

    url: str  # absolute; empty where the item has no link
    entry_id: str
    title: str
    summary: str = ""
    content: str = ""  # the full text as HTML, where the feed carries it
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_from: str = ""  # the element that gave the date: "published" or "updated"
    updated: datetime | None = None
    updated_from: str = ""  # likewise
    language: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()  # addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed's document says, in its own order."""

    title: str
    site_url: str
    language: str
    entries: tuple[Entry, ...]
    hints: Hints = NO_HINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One feed polled: how the request went, and what its document held where it brought one."""

    feed: FeedState  # with the validators to ask with next time
    attempt: Attempt
    parsed: ParsedFeed | None = None
    moved_to: str = ""  # where permanent redirects alone led
