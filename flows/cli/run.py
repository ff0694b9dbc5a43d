"""`copydesk run`, `copydesk demo` and `copydesk serve`: read feeds once, or on a schedule."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from flows.cli import show
from flows.cli.options import Db, clock_option
from flows.orchestration.quack import serving_quack
from flows.orchestration.schedule import run_now, serve_schedule
from flows.orchestration.server import a_server, prepare
from flows.pipeline.limited import PRELOAD_FEEDS
from flows.pipeline.polling import check_feeds, read_feed_list
from flows.pipeline.progress import listener
from flows.sample.newsroom import FEEDS, RECIPES, sample_newsroom
from flows.sample.only_sample import refuse_real_database
from flows.settings import Settings, read_settings
from ingest.model import Feed
from storage.reading import open_reader

out = Console()
err = Console(stderr=True)

Feeds = Annotated[
    Path | None,
    typer.Option(
        help="An OPML file. Its feeds are added to the database, and only they are polled. "
        "[default: COPYDESK_FEEDS, else every feed in the database]",
        show_default=False,
    ),
]
Now = Annotated[
    datetime | None,
    typer.Option(
        parser=clock_option,
        metavar="TIME",
        help="The time of the run, for replays: 2016-11-05T02:00Z. [default: the current time]",
        show_default=False,
    ),
]


def run(
    feeds: Feeds = None,
    db: Db = None,
    now: Now = None,
    due: Annotated[bool, typer.Option("--due", help="Poll only the feeds that are due.")] = False,
) -> None:
    """Read the feeds once: poll, fetch, extract, fold, store."""
    settings = read_settings(feeds=feeds, db=db)
    _run(settings, read_feed_list(settings), now, due=due)


def demo(
    db: Annotated[
        Path,
        typer.Option(
            help="The DuckDB file. A database with other feeds is refused.", envvar="COPYDESK_DB"
        ),
    ] = Path("demo.duckdb"),
    now: Now = None,
) -> None:
    """Run everything on a sample newsroom, offline.

    A second run adds nothing.
    """
    with sample_newsroom() as proxy:
        # only the sample's server knows these hosts, and it needs no pause between requests
        settings = read_settings(feeds=FEEDS, db=db, proxy=proxy, host_gap=0, recipes=RECIPES)
        listed = read_feed_list(settings)
        refuse_real_database(settings.db, listed or ())
        _run(settings, listed, now, due=False)
    program = Path(sys.argv[0])
    short = program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program.name
    out.print("Ask it something, for instance which outlet copies most:", style="bold")
    out.print(
        f'  {short} sql --db {settings.db} "SELECT outlet, count(*) AS articles, '
        "count(*) FILTER (NOT is_original) AS copies FROM articles GROUP BY outlet "
        'ORDER BY copies DESC"',
        soft_wrap=True,
        highlight=False,
    )
    out.print(f"  {short} story --db {settings.db} 1", highlight=False)


def serve(
    feeds: Feeds = None,
    db: Db = None,
    quack: Annotated[
        bool,
        typer.Option("--quack", help="Also serve the snapshot to DuckDB clients."),
    ] = False,
) -> None:
    """Read the feeds on a schedule, with Prefect's UI.

    Stops on Ctrl-C. Starts a Prefect server on 127.0.0.1 unless PREFECT_API_URL names one. Only one
    run goes on at a time. A run that comes due during another one, or was missed, is cancelled.
    """
    settings = read_settings(feeds=feeds, db=db)
    check_feeds(settings, read_feed_list(settings, PRELOAD_FEEDS))
    with serving_quack(settings, out) if quack else nullcontext():
        serve_schedule(settings, out)


def _run(
    settings: Settings, listed: tuple[Feed, ...] | None, now: datetime | None, *, due: bool
) -> None:
    check_feeds(settings, listed)  # before Prefect starts, which takes seconds
    try:
        with _watching() as waiting:
            prepare(quiet=True)
            with a_server(settings, waiting, lasting=False):
                run_id = run_now(settings, listed, now, due=due)
    except KeyboardInterrupt:
        err.print("Stopped. What was filed stays, and the next run goes on from there.")
        raise
    with open_reader(settings.db, latest=True) as reader:
        summary = reader.run_summary(run_id)
        out.print(show.run_summary(summary))
        if not (summary.feeds or due):
            out.print("No feed was polled: all are paused, gone or removed; see `feeds list`.")
        largest = reader.largest_stories(8, run_id)
    if largest:
        out.print(show.stories(largest, "\nThe largest stories with new articles"))


@contextmanager
def _watching() -> Iterator[Callable[[str], None]]:
    """Shows a run's progress: first what it waits for, then a bar for each stage."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        waiting = progress.add_task("starting", total=None)
        bars: dict[str, TaskID] = {}

        def on_report(stage: str, total: int) -> None:
            progress.update(waiting, visible=False)
            if stage not in bars:
                bars[stage] = progress.add_task(stage, total=total)
            progress.advance(bars[stage])

        token = listener.set(on_report)
        try:
            yield lambda what: progress.update(waiting, description=what)
        finally:
            listener.reset(token)
