"""The types that the steps of the pipeline pass on. Each entity has a file."""

from ingest.model.article import (
    COMPARED_WORDS,
    LIKELY,
    Article,
    ArticleText,
    Line,
    Removed,
    Verdict,
)
from ingest.model.feed import (
    LONGEST_WAIT,
    Due,
    Entry,
    Feed,
    FeedState,
    ParsedFeed,
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
    HARD,
    MAX_KILLS,
    NOT_ASKED,
    TEMPORARY,
    WEIGHTS,
    CopydeskError,
    Failed,
    Outcome,
)
from ingest.model.pace import UNKNOWN, Pace
from ingest.model.page import (
    EntryOutcome,
    Page,
    PageResult,
    PendingPage,
)
from ingest.model.poll import ListedFeed, Poll
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
    "COMPARED_WORDS",
    "FOLDS",
    "HARD",
    "LIKELY",
    "LONGEST_WAIT",
    "MAX_KILLS",
    "NOT_ASKED",
    "NO_DATE",
    "NO_HINTS",
    "TEMPORARY",
    "UNKNOWN",
    "WEIGHTS",
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
    "ListedFeed",
    "Match",
    "Outcome",
    "Pace",
    "Page",
    "PageResult",
    "ParsedFeed",
    "PendingPage",
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
