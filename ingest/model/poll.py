"""One poll of a feed: the request, and what the feed lists."""

from dataclasses import dataclass
from datetime import datetime

from ingest.model.feed import FeedState
from ingest.model.fetch import NO_HINTS, Attempt, Hints
from ingest.model.page import EntryOutcome, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """The document of a feed, with a page or an outcome for each of its entries.

    An EntryOutcome may stand for several entries. `dates` has the date of each entry, or None; of a
    document with very many entries it has only the first.
    """

    title: str
    site_url: str
    language: str
    listed: tuple[Page | EntryOutcome, ...]
    hints: Hints = NO_HINTS
    dates: tuple[datetime | None, ...] = ()

    @property
    def entries(self) -> int:
        """The number of entries in the document."""
        return sum(1 if isinstance(one, Page) else one.entries for one in self.listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One poll of a feed: the request, and the document where the answer has one."""

    feed: FeedState  # with the validators of this answer
    attempt: Attempt
    parsed: ListedFeed | None = None
    moved_to: str = ""  # the address that a chain of permanent redirects only has led to
