"""An address that a feed listed, and how it ended."""

from dataclasses import dataclass
from datetime import datetime

from ingest.model.article import Article
from ingest.model.feed import Entry
from ingest.model.fetch import Attempt
from ingest.model.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address seen for the first time, and what its feed said of it: the account's unit.

    `url` is canonical and gives the identity; `entry.url` is what the feed listed and is fetched.
    """

    page_id: int
    url: str
    feed_id: int
    first_seen: datetime
    entry: Entry
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """One page done: how the request went, and how the page ended.

    `article_id` names the article it led to: `article`, or one already held (duplicate_url).
    `other` is what was read from a page that is no article.
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
    """How an entry ended, or how many of one feed did where they share an uneventful end."""

    feed_id: int
    outcome: Outcome
    url: str = ""
    detail: str = ""
    entries: int = 1
