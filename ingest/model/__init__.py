"""The types that travel through the pipeline: a file an entity."""

from ingest.model.article import (
    Article,
    ArticleText,
    Line,
    Removed,
    Verdict,
)
from ingest.model.feed import (
    Due,
    Entry,
    Feed,
    FeedState,
    ParsedFeed,
    Poll,
)
from ingest.model.fetch import (
    NO_HINTS,
    Attempt,
    Fetched,
    Hints,
    HostState,
    Request,
)
from ingest.model.outcome import (
    NOT_ASKED,
    TEMPORARY,
    CopydeskError,
    Failed,
    Outcome,
)
from ingest.model.page import (
    EntryOutcome,
    Page,
    PageResult,
)
from ingest.model.sourced import NO_DATE, Sourced, SourcedDate
from ingest.model.story import (
    FOLDS,
    FoldArticle,
    Match,
    Relation,
    Sketch,
    Story,
)

__all__ = [
    "FOLDS",
    "NOT_ASKED",
    "NO_DATE",
    "NO_HINTS",
    "TEMPORARY",
    "Article",
    "ArticleText",
    "Attempt",
    "CopydeskError",
    "Due",
    "Entry",
    "EntryOutcome",
    "Failed",
    "Feed",
    "FeedState",
    "Fetched",
    "FoldArticle",
    "Hints",
    "HostState",
    "Line",
    "Match",
    "Outcome",
    "Page",
    "PageResult",
    "ParsedFeed",
    "Poll",
    "Relation",
    "Removed",
    "Request",
    "Sketch",
    "Sourced",
    "SourcedDate",
    "Story",
    "Verdict",
]
