"""A page, which is an address that a feed lists, and its result."""

from dataclasses import dataclass
from datetime import datetime

from ingest.model.article import Article
from ingest.model.feed import Entry
from ingest.model.fetch import Attempt
from ingest.model.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address that is seen for the first time, with the entry of the feed that lists it.

    `url` is the canonical address, and `page_id` is its hash. The address to fetch is `entry.url`,
    as the feed has it.
    """

    page_id: int
    url: str
    feed_id: int
    first_seen: datetime
    entry: Entry
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingPage:
    """A page that waits to be fetched, without its entry.

    A run may have 40,000 of them. Their entries are read from the database a batch at a time.
    """

    page_id: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """The result of a page: its request, its outcome, and its article where it has one.

    `article_id` is the id of `article`, or of the stored article that the page leads to
    (duplicate_url). `other` is what was read from a page that is not a full article.
    """

    page: Page
    attempt: Attempt
    outcome: Outcome
    detail: str = ""
    article: Article | None = None
    other: Article | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOutcome:
    """The outcome of one entry, or of several entries of a feed that have the same outcome.

    `page_id` is set where the address is too long to identify a page. Versions without that limit
    may have stored a page of this id; such a page stays known.
    """

    feed_id: int
    outcome: Outcome
    url: str = ""
    detail: str = ""
    entries: int = 1
    page_id: int | None = None
