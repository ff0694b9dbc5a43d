"""The types that a Reader returns: a run, a story, an article, the state of a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The answer to a query: column names, and rows of as many values."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    cut: bool = False  # whether the query has more rows than its limit let it answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """How one run went."""

    run_id: int
    started_at: datetime
    state: str
    feeds: dict[str, int]  # number of feeds by outcome
    entries: dict[str, int]  # number of entries by outcome
    read: int  # entries read, and pages tried again: the sum of `entries`
    articles: int
    folded: int  # stories of two or more articles that the run added to
    total_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySummary:
    """One story of several articles: who had it first, and who ran it."""

    story_id: int
    title: str
    original_outlet: str
    appeared: datetime
    articles: int
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article of a story, or one that is linked with it."""

    article_id: int
    relation: str  # "original", or its relation to the original
    outlet: str
    title: str
    url: str
    appeared: datetime
    similarity: float  # share of the shorter text found in the other, in the same order
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """One article with its text."""

    article_id: int
    story_id: int
    outlet: str
    title: str
    url: str
    appeared: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTree:
    """A story: its original and copies, and the updates and round-ups linked with one of them."""

    story_id: int
    members: tuple[Member, ...]
    linked: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a database holds."""

    schema: int
    counts: dict[str, int]
    pages: dict[str, int]  # number of addresses by outcome
    feeds: dict[str, int]  # number of feeds by the outcome of their last poll
    last_run: RunSummary | None
    unfinished: int  # runs that failed or crashed


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """Which state of a database a reader sees: the file, and the last run in it."""

    file: Path
    run_id: int | None  # None before the first run
    when: datetime | None  # that run's end, or its start where it has none

    def __str__(self) -> str:
        if self.when is None:
            return "before the first run"
        return f"as of run {self.run_id}, {self.when:%Y-%m-%d %H:%M} UTC"
