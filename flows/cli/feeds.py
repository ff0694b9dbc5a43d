"""`copydesk feeds ...`: adds, lists, pauses and removes subscriptions."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.cli import show
from flows.cli.options import Db
from flows.cli.show import shown
from flows.pipeline.limited import PRELOAD_FEEDS
from flows.pipeline.polling import read_feeds
from flows.pipeline.subscribing import change_state, find_feeds_politely, import_feeds, subscribe
from flows.settings import read_settings
from ingest.feeds.opml import write_opml
from ingest.model import CopydeskError, Feed
from ingest.urls import full_address, without_secrets
from storage.listing import feed_health, listed_feeds
from storage.reading import open_reader
from storage.store import open_store

app = typer.Typer(
    help="Add, list, pause and remove feeds.", no_args_is_help=True, rich_markup_mode=None
)
out = Console()

Url = Annotated[
    str, typer.Argument(help="The feed's address, or one it had before.", metavar="URL")
]


@app.command()
def add(
    url: Annotated[
        str,
        typer.Argument(help="The address of a feed, or of a page that names feeds.", metavar="URL"),
    ],
    title: Annotated[
        str, typer.Option(help="A title for the feed. [default: the feed's own]")
    ] = "",
    folder: Annotated[
        str, typer.Option(help="A folder. Join the levels with /: Regional/North.")
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Add every feed that the page names, not only the first.")
    ] = False,
    db: Db = None,
) -> None:
    """Subscribe to a feed. If URL is a web page, subscribe to the first feed that it names."""
    settings = read_settings(db=db)
    now = datetime.now(UTC)
    found = asyncio.run(find_feeds_politely(full_address(url), settings, now))
    chosen = found if every else found[:1]
    feeds = [Feed(url=f.url, title=title or f.title, folder=folder) for f in chosen]
    for feed, before in zip(feeds, subscribe(settings.db, feeds, now), strict=True):
        _tell_added(feed, before, named=bool(title or folder))
    for feed in found[len(chosen) :]:
        out.print(Text.assemble(("also there: ", "dim"), _named(feed)))
    if len(found) > len(chosen):
        out.print("--all adds them too. You can also add one by its address.", style="dim")


def _tell_added(feed: Feed, before: str | None, *, named: bool) -> None:
    said = {None: "added ", "active": "subscribed to already: "}.get(before, "polled again: ")
    out.print(Text.assemble((said, "green"), _named(feed)), soft_wrap=True)
    if before and named:
        out.print("    its title and folder stay as they were", style="dim")
    if feed.url != without_secrets(feed.url):
        out.print(
            "    its password or token is not kept: it is polled only by runs whose OPML file "
            "(--feeds, or the setting COPYDESK_FEEDS) lists the address with it",
            soft_wrap=True,
        )


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An OPML file.")],
    db: Db = None,
) -> None:
    """Subscribe to every feed of an OPML file. Folders are kept."""
    feeds = read_feeds(file, PRELOAD_FEEDS)
    added = import_feeds(read_settings(db=db).db, feeds, datetime.now(UTC))
    out.print(f"{added} feeds added, {len(feeds) - added} subscribed to already")


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(help="The file to write. [default: the terminal]")
    ] = None,
    db: Db = None,
) -> None:
    """Write the subscriptions as OPML, with folders. Passwords and tokens are missing."""
    with open_store(read_settings(db=db).db) as store:
        document = write_opml(store.feeds.listed())
    if file is None:
        out.file.write(document.decode())
        return
    try:
        file.write_bytes(document)
    except OSError as error:
        raise CopydeskError(f"cannot write {file}: {error.strerror}") from error
    out.print(f"written to {file}")


@app.command("list")
def list_(db: Db = None) -> None:
    """List the feeds, and when each is polled next."""
    with open_reader(read_settings(db=db).db, latest=True) as reader:
        listed = listed_feeds(reader)
    folder = ""
    for feed in listed:
        if feed.folder != folder:
            out.print(Text(shown(feed.folder), style="bold"))
            folder = feed.folder
        due, why = feed.next_due, feed.due_reason
        when = f"due {show.moment(due)} UTC: {shown(why)}" if due else "due at once"
        title = (shown(feed.title) or "untitled", "green")
        state = when if feed.state == "active" else shown(feed.state)
        line = f"  {feed.articles:,} articles, {state}"
        out.print(Text.assemble(title, line), soft_wrap=True)
        needs = ", needs the password or token in the OPML file" if feed.needs_credentials else ""
        out.print(
            Text(f"    {shown(without_secrets(feed.url))}{needs}", style="dim"), soft_wrap=True
        )


@app.command()
def health(db: Db = None) -> None:
    """Show how well each feed works, the worst first."""
    with open_reader(read_settings(db=db).db, latest=True) as reader:
        found = feed_health(reader)
    for feed in found:
        style = "green" if feed.verdict == "well" else "red"
        title = f"  {shown(feed.title) or shown(feed.url)}"
        out.print(Text.assemble((shown(feed.verdict), style), title), soft_wrap=True)
        usual, success, why = feed.usual_per_day, feed.last_success, feed.due_reason
        before = "" if usual is None else f", {usual:.1f} before"
        last = f"last success {show.moment(success)} UTC" if success else "no success yet"
        figures = f"    {last}; {feed.fresh_per_day:.1f} new a day{before}"
        if feed.may_have_missed:
            figures += f"; {feed.may_have_missed} polls in 7 days may have missed entries"
        out.print(Text(f"{figures}; {shown(why)}" if why else figures, style="dim"), soft_wrap=True)


@app.command()
def pause(url: Url, db: Db = None) -> None:
    """Stop polling a feed until you resume it."""
    _set_state(url, "paused", db)


@app.command()
def resume(url: Url, db: Db = None) -> None:
    """Poll a feed again, from the next run on."""
    _set_state(url, "active", db)


@app.command()
def remove(url: Url, db: Db = None) -> None:
    """Remove a feed. Its articles stay."""
    _set_state(url, "removed", db)


def _set_state(url: str, state: str, db: Path | None) -> None:
    change_state(read_settings(db=db).db, url, state)
    out.print(Text(f"{state}: {shown(without_secrets(full_address(url)))}"), soft_wrap=True)


def _named(feed: Feed) -> Text:
    return Text(f"{shown(feed.title) or 'untitled'}  {shown(without_secrets(feed.url))}")
