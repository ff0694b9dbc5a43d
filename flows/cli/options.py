"""Options that several commands take, and what they check."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.settings import Settings
from ingest.model import CopydeskError

DEFAULT_DB = Settings.model_fields["db"].default
Db = Annotated[
    Path | None,
    typer.Option(
        help=f"The DuckDB file. [default: COPYDESK_DB, else {DEFAULT_DB}]", show_default=False
    ),
]

#: The years that the time of a run may have.
YEARS = range(1970, 2201)

ForSpreadsheets = Annotated[
    bool,
    typer.Option(
        "--for-spreadsheets",
        help="With --format csv: a text that a spreadsheet would take for a formula gets an "
        "apostrophe before it.",
    ),
]


def time_option(text: str) -> datetime:
    """A time in ISO 8601. A time without a zone is UTC."""
    try:
        when = datetime.fromisoformat(text)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter("write it like 2016-11-05T02:00Z") from error


def clock_option(text: str) -> datetime:
    """The time of a run, in ISO 8601 and UTC. Times are counted on from it and back from it."""
    when = time_option(text)
    if when.year not in YEARS:
        raise typer.BadParameter(f"the year must be from {YEARS[0]} to {YEARS[-1]}")
    return when


def must_exist(db: Path) -> None:
    """Raises CopydeskError where there is no database, for commands that must not create one."""
    if not db.exists():
        raise CopydeskError(f"no database at {db}: `copydesk run` or `copydesk demo` makes one")


def check_for_spreadsheets(style: str, *, for_spreadsheets: bool) -> None:
    """Refuses --for-spreadsheets with another format than CSV."""
    if for_spreadsheets and style != "csv":
        raise typer.BadParameter("only with --format csv", param_hint="--for-spreadsheets")
