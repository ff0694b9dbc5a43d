"""`copydesk sql`, `copydesk story` and `copydesk status`: questions to the database."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.cli import show
from flows.cli.options import Db, ForSpreadsheets, check_for_spreadsheets
from flows.settings import read_settings
from ingest.dedup.sketch import SketchParams
from ingest.model import CopydeskError
from storage.core.limits import capped_memory, watched
from storage.reading import open_reader

out = Console()


def sql(
    query: Annotated[str, typer.Argument(help='Any DuckDB SQL, for instance "FROM stories".')],
    db: Db = None,
    style: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(show.FORMATS)}.")
    ] = "table",
    for_spreadsheets: ForSpreadsheets = False,
) -> None:
    """Ask the database in SQL, as of its last run.

    "FROM dictionary" explains every view and every column. The settings COPYDESK_QUERY_... limit
    memory, time and rows. Where a limit ends a query, the exit status is 1. A query that goes on
    after Ctrl-C is ended by a second one.
    """
    if style not in show.FORMATS:
        raise typer.BadParameter(f"one of: {', '.join(show.FORMATS)}", param_hint="--format")
    check_for_spreadsheets(style, for_spreadsheets=for_spreadsheets)
    settings = read_settings(db=db)
    limits = settings.query_limits
    with open_reader(settings.db) as reader:
        note = str(reader.as_of())
        with watched(limits), capped_memory(limits.megabytes):
            answer = reader.query(query, limits)
        show.table(answer, style, out, note=note, for_spreadsheets=for_spreadsheets)
    if answer.cut:
        raise CopydeskError(
            f"these are the first {limits.rows:,} rows and there are more: ask for fewer, or raise "
            "COPYDESK_QUERY_ROWS"
        )


def story(
    key: Annotated[
        str,
        typer.Argument(
            help="The number of a story, or the address of an article.", metavar="URL-OR-ID"
        ),
    ],
    db: Db = None,
) -> None:
    """Show a story: its original and each copy."""
    with open_reader(read_settings(db=db).db) as reader:
        out.print(show.story_tree(reader.story(key)), soft_wrap=True)
        out.print(str(reader.as_of()), style="dim", highlight=False)


def status(db: Db = None) -> None:
    """Show what the database holds and how the last run ended."""
    path = read_settings(db=db).db
    with open_reader(path, latest=True) as reader:
        out.print(show.status(reader.status(), str(path)))
        stale = reader.index.stale(SketchParams().fingerprint)
        postponed = reader.uncompared()
    if stale:
        out.print(
            f"{stale:,} articles are indexed with other parameters, so no new copies of them are "
            "found: run `copydesk reindex`",
            style="red",
        )
    if postponed:
        out.print(
            f"{postponed:,} articles are still to be compared with others, because their batches "
            "had more to compare than is done at once: run `copydesk reindex`",
            style="red",
        )
    with open_reader(path) as reader:
        out.print(Text(f"Readers see {reader.as_of().file}, {reader.as_of()}", style="dim"))
