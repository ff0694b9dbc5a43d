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
from ingest.model.pace import UNKNOWN, Pace
from ingest.model.page import (
    EntryOutcome,
    Page,
    PageResult,
)
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
    "NO_HINTS",
    "TEMPORARY",
    "UNKNOWN",
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
    "Pace",
    "Page",
    "PageResult",
    "ParsedFeed",
    "Poll",
    "Relation",
    "Removed",
    "Request",
    "Sketch",
    "Story",
    "Verdict",
]
