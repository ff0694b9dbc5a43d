"""The analysts' views as one SQL text: the files of storage/views, in order, with constants.

A constant that Python and SQL both need is written once, in `ingest.model`. The views name it as
`$likely`; here its value is filled in. The filled-in text decides whether a database's views are
renewed: so they are when a constant changes.
"""

from pathlib import Path
from string import Template

from ingest.model import COMPARED_WORDS, LIKELY, NOT_ASKED, WEIGHTS
from storage.core.tables import quoted

FOLDER = Path(__file__).parent.parent / "views"

#: The files, in the order in which they are applied. What a file uses stands before it.
AREAS = (
    "articles",
    "matches",
    "stories",
    "agencies",
    "pages",
    "feeds",
    "requests",
    "runs",
    "search",
    "dictionary",
)

#: What a failure weighs that is called soft. One that weighs less is called passing, all others
#: hard.
SOFT = 0.5

CONSTANTS = {
    "likely": str(LIKELY),
    "compared_words": str(COMPARED_WORDS),
    "not_asked": quoted(NOT_ASKED),
    "passing": quoted(outcome for outcome, weight in WEIGHTS.items() if weight < SOFT),
    "soft": quoted(outcome for outcome, weight in WEIGHTS.items() if weight == SOFT),
}


def views_sql() -> str:
    """The statements that create all views and macros."""
    texts = [(FOLDER / f"{area}.sql").read_text() for area in AREAS]
    return "\n".join(Template(text).substitute(CONSTANTS) for text in texts)
