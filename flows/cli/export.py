"""`copydesk export`: articles as files, for those who ask elsewhere than in SQL."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flows.cli.options import Db, moment
from flows.settings import read_settings
from storage.reading import open_reader
from storage.snapshot.export import FORMATS, PARTITIONS
from storage.snapshot.manifest import Shape

out = Console()

Since = Annotated[
    datetime | None,
    typer.Option(
        parser=moment,
        metavar="TIME",
        help="Only articles that appeared since then: 2026-09-14. By day, whole days from it on; "
        "files of earlier days in DIR stay.",
        show_default=False,
    ),
]


def export(
    folder: Annotated[Path, typer.Argument(help="Where to; made if missing.", metavar="DIR")],
    style: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")
    ] = "parquet",
    since: Since = None,
    partition: Annotated[
        str, typer.Option(help=f"A file for each of these, of: {','.join(PARTITIONS)}.")
    ] = "",
    originals: Annotated[
        bool, typer.Option("--originals", help="One article a story: no copies.")
    ] = False,
    db: Db = None,
) -> None:
    """Write the articles as files, as of the last run.

    A second export to the same DIR replaces each file in one step, and removes those of the last
    one that have no articles any more. _manifest.json says what is there.
    """
    if style not in FORMATS:
        raise typer.BadParameter(f"one of: {', '.join(FORMATS)}", param_hint="--format")
    keys = tuple(name.strip() for name in partition.split(",") if name.strip())
    if not set(keys) <= set(PARTITIONS):
        raise typer.BadParameter(f"of: {','.join(PARTITIONS)}", param_hint="--partition")
    shape = Shape(format=style, partition=tuple(dict.fromkeys(keys)), originals=originals)
    with open_reader(read_settings(db=db).db) as reader:
        done = reader.export(folder, shape, since=since)
        out.print(
            f"{done.rows:,} articles in {len(done.files):,} files to {folder}, {reader.as_of()}",
            soft_wrap=True,
            highlight=False,
        )
    if done.removed:
        out.print(f"{len(done.removed):,} files removed: this export has no articles for them")
