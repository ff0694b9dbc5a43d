"""`copydesk sql`, `copydesk story` and `copydesk status`: questions to the database."""

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.cli import show
from flows.cli.options import Db
from flows.settings import read_settings
from ingest.dedup.sketch import SketchParams
from storage.reading import open_reader

out = Console()


def sql(
    query: Annotated[str, typer.Argument(help='Any DuckDB SQL, for instance "FROM stories".')],
    db: Db = None,
    style: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(show.FORMATS)}.")
    ] = "table",
) -> None:
    """Ask the database in SQL, as of its last run.

    "FROM dictionary" explains every view and every column.
    """
    if style not in show.FORMATS:
        raise typer.BadParameter(f"one of: {', '.join(show.FORMATS)}", param_hint="--format")
    with open_reader(read_settings(db=db).db) as reader:
        show.table(reader.query(query), style, out, note=str(reader.as_of()))


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
    if stale:
        out.print(
            f"{stale:,} articles are indexed with other parameters, so no new copies of them are "
            "found: run `copydesk reindex`",
            style="red",
        )
    with open_reader(path) as reader:
        out.print(Text(f"Readers see {reader.as_of().file}, {reader.as_of()}", style="dim"))
