"""The command line: parses, calls one function, prints. Prefect is imported only where a run is."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.text import Text

from flows.cli import evals as eval_cli
from flows.cli import explain, show
from flows.cli import export as export_cli
from flows.cli import extract as extract_cli
from flows.cli import feeds as feeds_cli
from flows.cli.newsroom import FEEDS as SAMPLE_FEEDS
from flows.cli.newsroom import RECIPES as SAMPLE_RECIPES
from flows.cli.newsroom import sample_newsroom
from flows.cli.options import Db, moment, must_exist
from flows.orchestration.quack import serving_quack
from flows.orchestration.server import a_server, prepare, run_now, serve_schedule
from flows.pipeline.progress import listener
from flows.pipeline.upkeep import keep_up
from flows.settings import Settings, read_settings
from ingest.dedup.sketch import SketchParams
from ingest.model import CopydeskError
from ingest.urls import without_credentials
from storage.reading import open_reader
from storage.store import open_store

HELP = """
Fetch news feeds, extract the articles, fold wire copies, ask in SQL.

\b
  copydesk demo                       see it work, offline
  copydesk run --feeds feeds.opml     read your feeds once
  copydesk serve --feeds feeds.opml   read them on a schedule
  copydesk sql "FROM stories"         ask

Everything is filed in one DuckDB file: --db, or COPYDESK_DB, or the default below. Settings come
from options, then COPYDESK_* variables, then copydesk.toml; `copydesk settings` lists them all.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(feeds_cli.app, name="feeds")
app.add_typer(eval_cli.app, name="eval")
app.command()(extract_cli.extract)
app.command()(extract_cli.reclean)
app.command()(export_cli.export)
out = Console()
err = Console(stderr=True)

Feeds = Annotated[
    Path | None,
    typer.Option(
        help="An OPML file: its feeds are added to the database, and only they are "
        "polled. Without it, every feed in the database is."
    ),
]


Now = Annotated[
    datetime | None,
    typer.Option(
        parser=moment,
        metavar="TIME",
        help="The run's clock, for replays: 2016-11-05T02:00Z. [default: the time it is]",
        show_default=False,
    ),
]


@app.command()
def run(
    feeds: Feeds = None,
    db: Db = None,
    now: Now = None,
    due: Annotated[
        bool, typer.Option("--due", help="Poll only the feeds whose time has come.")
    ] = False,
) -> None:
    """Read the feeds once: poll, fetch, extract, fold, file."""
    settings = read_settings(feeds=feeds, db=db)
    _run(settings, now, due=due)


@app.command()
def demo(db: Db = None, now: Now = None) -> None:
    """Run it all on a sample newsroom, offline.

    Files it in demo.duckdb in this folder unless --db or COPYDESK_DB says otherwise. A second run
    adds nothing.
    """
    target = db or (None if "COPYDESK_DB" in os.environ else Path("demo.duckdb"))
    with sample_newsroom() as proxy:
        # for this process: the sample's hosts exist only here, and nobody minds our haste
        os.environ |= {"COPYDESK_PROXY": proxy, "COPYDESK_HOST_GAP": "0"}
        os.environ["COPYDESK_RECIPES"] = str(SAMPLE_RECIPES)
        settings = read_settings(feeds=SAMPLE_FEEDS, db=target)
        _refuse_real(settings.db)
        _run(settings, now, due=False)
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


@app.command()
def serve(
    feeds: Feeds = None,
    db: Db = None,
    quack: Annotated[
        bool,
        typer.Option(
            "--quack", help="Serve the published database to DuckDB clients, too: read-only."
        ),
    ] = False,
) -> None:
    """Read the feeds on a schedule, with Prefect's UI.

    Goes on until Ctrl-C. Starts a Prefect server on 127.0.0.1 unless PREFECT_API_URL names one.
    Only one run goes on at a time: one that comes due meanwhile, or was missed, is cancelled, not
    queued.
    """
    settings = read_settings(feeds=feeds, db=db)
    _check(settings)
    with serving_quack(settings, out) if quack else nullcontext():
        serve_schedule(settings, out)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help='Any DuckDB SQL, for instance "FROM stories".')],
    db: Db = None,
    style: Annotated[
        str, typer.Option("--format", help=f"One of: {', '.join(show.FORMATS)}.")
    ] = "table",
) -> None:
    """Ask the database in SQL, as of its last run.

    "FROM dictionary" says what every view and column holds.
    """
    if style not in show.FORMATS:
        raise typer.BadParameter(f"one of: {', '.join(show.FORMATS)}", param_hint="--format")
    with open_reader(read_settings(db=db).db) as reader:
        show.table(reader.query(query), style, out, note=str(reader.as_of()))


@app.command()
def story(
    key: Annotated[
        str,
        typer.Argument(help="The number of a story, or an article's address.", metavar="URL-OR-ID"),
    ],
    db: Db = None,
) -> None:
    """Show a story: the original and each copy."""
    with open_reader(read_settings(db=db).db) as reader:
        out.print(show.story_tree(reader.story(key)), soft_wrap=True)
        out.print(str(reader.as_of()), style="dim", highlight=False)


app.command()(explain.why)
app.command()(explain.diff)


@app.command()
def reindex(db: Db = None) -> None:
    """Find all copies anew, after an upgrade or a change of what counts as one."""
    from flows.pipeline import folding

    settings = read_settings(db=db)
    must_exist(settings.db)
    with open_store(settings.db) as store:
        count = folding.reindex(store, store.runs.last(), timedelta(days=settings.window_days))
        store.publish(keep=settings.keep_snapshots)
    out.print(f"{count:,} articles indexed, compared and folded anew")


@app.command()
def status(db: Db = None) -> None:
    """Say what is there and how the last run went."""
    path = read_settings(db=db).db
    with open_reader(path, latest=True) as reader:
        out.print(show.status(reader.status(), str(path)))
        stale = reader.index.stale(SketchParams().fingerprint)
    if stale:
        out.print(
            f"{stale:,} articles are indexed with other parameters and have no new copies found: "
            "`copydesk reindex` makes up for it",
            style="red",
        )
    with open_reader(path) as reader:
        out.print(Text(f"Readers see {reader.as_of().file}, {reader.as_of()}", style="dim"))


@app.command()
def upkeep(
    db: Db = None,
    now: Now = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Rebuild the file however little air is in it.")
    ] = False,
) -> None:
    """Drop and roll up what is old, as the settings say; rebuild a file full of air.

    `copydesk serve` does it once a day.
    """
    settings = read_settings(db=db)
    must_exist(settings.db)
    for done in keep_up(settings, now or datetime.now(UTC), rebuild=rebuild):
        out.print(Text.assemble((f"{done.step:<9}", "bold"), done.what), soft_wrap=True)


@app.command()
def settings() -> None:
    """List the settings: now, and what each is for."""
    now = read_settings()
    for name, field in Settings.model_fields.items():
        value = without_credentials(str(getattr(now, name)))
        out.print(Text.assemble((f"COPYDESK_{name.upper()}", "cyan"), f" = {value}"))
        out.print(Padding(field.description or "", (0, 0, 0, 4)))


def _run(settings: Settings, now: datetime | None, *, due: bool) -> None:
    _check(settings)
    try:
        with _watching() as waiting:
            prepare(quiet=True)
            with a_server(settings, waiting, lasting=False):
                run_id = run_now(settings, now, due=due)
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


def _check(settings: Settings) -> None:
    """What can be wrong is found here: nobody shall wait for Prefect to hear of a typing error."""
    from flows.pipeline.polling import check_feeds, read_feeds

    if settings.feeds:
        read_feeds(settings.feeds)
    with open_store(settings.db) as store:
        check_feeds(store, settings)


def _refuse_real(path: Path) -> None:
    """The sample must not be mixed into somebody's real database."""
    from flows.pipeline.polling import read_feeds

    sample = {feed.url for feed in read_feeds(SAMPLE_FEEDS)}
    if path.exists():
        with open_store(path) as store:  # a writer brings an old schema up to date
            held = {row[0] for row in store.reader().query("SELECT url FROM feeds").rows}
        if held - sample:
            raise CopydeskError(
                f"{path} holds real feeds, and the demo would mix its fictional ones in: "
                "name another file with --db"
            )


@contextmanager
def _watching() -> Iterator[Callable[[str], None]]:
    """Shows a run's progress: first what is being waited for, then a bar for each stage."""
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


def main() -> None:
    """The program: what the user can act on is said in a sentence, with exit status 1."""
    try:
        app()
    except CopydeskError as error:
        _complain(str(error))
    except Exception as error:
        if os.environ.get("COPYDESK_TRACEBACK"):
            raise
        _complain(
            f"this should not happen: {type(error).__name__}: {error} "
            "(COPYDESK_TRACEBACK=1 shows where; please report it)"
        )


def _complain(what: str) -> NoReturn:
    err.print(Text(f"copydesk: {what}"), style="red", soft_wrap=True)
    sys.exit(1)
