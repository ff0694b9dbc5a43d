"""`copydesk reclean`, `reindex`, `upkeep` and `export`: work on the articles that are stored."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from flows.cli.options import (
    Db,
    ForSpreadsheets,
    check_for_spreadsheets,
    clock_option,
    must_exist,
    time_option,
)
from flows.pipeline import folding, recleaning
from flows.pipeline.upkeep import keep_up
from flows.settings import read_settings
from storage.reading import open_reader
from storage.snapshot.manifest import FORMATS, PARTITIONS, Shape
from storage.store import open_store

out = Console()

Since = Annotated[
    datetime | None,
    typer.Option(
        parser=time_option,
        metavar="TIME",
        help="Only articles that appeared at this time or later: 2026-09-14. With --partition day, "
        "whole days; files of earlier days stay in DIR.",
        show_default=False,
    ),
]


def reclean(db: Db = None) -> None:
    """Remove boilerplate from stored articles.

    Boilerplate is a line that recurs in articles of the same outlet. A run removes the lines that
    it knows to recur. A line that is recognised later stays in the articles stored before. This
    command removes it there.
    """
    settings = read_settings(db=db)
    must_exist(settings.db)
    changed = lines = 0
    with open_store(settings.db) as store:
        outlets = len(store.lines.outlets())
        cleaned = recleaning.reclean(store, timedelta(days=settings.window_days))
        console = Console(stderr=True)
        for removed in track(cleaned, "recleaning", outlets, console=console, transient=True):
            changed += len(removed)
            lines += sum(map(len, removed.values()))
        store.publish(keep=settings.keep_snapshots)
    out.print(f"{lines:,} lines taken out of {changed:,} articles of {outlets:,} outlets")


def reindex(db: Db = None) -> None:
    """Compare all articles again and rebuild the stories.

    Needed when CHANGELOG.md says so, or after you changed parameters. Stories keep their numbers.
    """
    settings = read_settings(db=db)
    must_exist(settings.db)
    with open_store(settings.db) as store:
        before = store.stories.moves()
        count = folding.reindex(store, store.runs.last(), timedelta(days=settings.window_days))
        moved = store.stories.moves() - before
        store.publish(keep=settings.keep_snapshots)
    out.print(
        f"{count:,} articles indexed, compared and folded again; {moved:,} of them are in another "
        "story now (view moves)",
        soft_wrap=True,
    )


def upkeep(
    db: Db = None,
    now: Annotated[
        datetime | None,
        typer.Option(
            parser=clock_option,
            metavar="TIME",
            help="The time from which ages are counted: 2016-11-05T02:00Z. "
            "[default: the current time]",
            show_default=False,
        ),
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild the file in any case.")
    ] = False,
) -> None:
    """Delete old data, and rebuild the file if a quarter of it is unused.

    The settings COPYDESK_KEEP_... say what is old. `copydesk serve` does this once a day.
    """
    settings = read_settings(db=db)
    must_exist(settings.db)
    for done in keep_up(settings, now or datetime.now(UTC), rebuild=rebuild):
        out.print(Text.assemble((f"{done.step:<9}", "bold"), done.what), soft_wrap=True)


def export(
    folder: Annotated[
        Path, typer.Argument(help="The folder to write to. It is made if missing.", metavar="DIR")
    ],
    style: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")
    ] = "parquet",
    since: Since = None,
    partition: Annotated[
        str,
        typer.Option(
            help="Write one file for each value of these columns. One or more of: "
            f"{','.join(PARTITIONS)}, with commas between."
        ),
    ] = "",
    originals: Annotated[
        bool, typer.Option("--originals", help="Only the original of each story, no copies.")
    ] = False,
    for_spreadsheets: ForSpreadsheets = False,
    db: Db = None,
) -> None:
    """Write the articles as files, as of the last run.

    A second export to the same DIR replaces each file in one step. It removes files of an earlier
    export that have no articles any more. _manifest.json lists the files.
    """
    if style not in FORMATS:
        raise typer.BadParameter(f"one of: {', '.join(FORMATS)}", param_hint="--format")
    check_for_spreadsheets(style, for_spreadsheets=for_spreadsheets)
    keys = tuple(name.strip() for name in partition.split(",") if name.strip())
    if not set(keys) <= set(PARTITIONS):
        raise typer.BadParameter(f"of: {','.join(PARTITIONS)}", param_hint="--partition")
    shape = Shape(
        format=style,
        partition=tuple(dict.fromkeys(keys)),
        originals=originals,
        for_spreadsheets=for_spreadsheets,
    )
    with open_reader(read_settings(db=db).db) as reader:
        done = reader.export(folder, shape, since=since)
        out.print(
            f"{done.rows:,} articles in {len(done.files):,} files to {folder}, {reader.as_of()}",
            soft_wrap=True,
            highlight=False,
        )
    if done.removed:
        out.print(f"{len(done.removed):,} files removed: this export has no articles for them")
