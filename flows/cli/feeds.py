"""`copydesk feeds ...`: the subscriptions, added and looked after by hand."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.cli import show
from flows.cli.options import Db
from flows.settings import Settings, read_settings
from ingest.model import CopydeskError, Feed
from ingest.urls import full_address, without_credentials
from storage.reading import open_reader
from storage.store import open_store

app = typer.Typer(help="Look after the subscriptions.", no_args_is_help=True, rich_markup_mode=None)
out = Console()

Url = Annotated[str, typer.Argument(help="The feed's address, now or formerly.", metavar="URL")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="A feed's address, or a site's page.", metavar="URL")],
    title: Annotated[str, typer.Option(help="Name. [default: the feed's own]")] = "",
    folder: Annotated[str, typer.Option(help="Folder, levels joined with /.")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Add every feed the page names, not the first alone.")
    ] = False,
    db: Db = None,
) -> None:
    """Subscribe to a feed, or to what a page names."""
    settings = read_settings(db=db)
    now = datetime.now(UTC)
    found = asyncio.run(_find(full_address(url), settings, now))
    chosen = found if every else found[:1]
    feeds = [Feed(url=f.url, title=title or f.title, folder=folder) for f in chosen]
    for feed, before in zip(feeds, _subscribe(settings.db, feeds, now), strict=True):
        _tell_added(feed, before, named=bool(title or folder))
    for feed in found[len(chosen) :]:
        out.print(Text.assemble(("also there: ", "dim"), _named(feed)))
    if len(found) > len(chosen):
        out.print("--all adds them too, or name one by its address.", style="dim")


def _subscribe(db: Path, feeds: Sequence[Feed], now: datetime) -> list[str | None]:
    """Makes feeds that were just read be polled; returns the state each had before, if any."""
    with open_store(db) as store, store.transaction():
        before = [store.feeds.state_of(feed.url) for feed in feeds]
        store.feeds.subscribe(feeds, now)
        for feed, state in zip(feeds, before, strict=True):
            store.feeds.answered(feed.url)
            if state != "active":  # one that was paused or removed is meant to be polled again
                store.feeds.set_state(feed.url, "active")
    return before


def _tell_added(feed: Feed, before: str | None, *, named: bool) -> None:
    said = {None: "added ", "active": "subscribed to already: "}.get(before, "polled again: ")
    out.print(Text.assemble((said, "green"), _named(feed)), soft_wrap=True)
    if before and named:
        out.print("    its title and folder stay as they were", style="dim")
    if feed.url != without_credentials(feed.url):
        out.print(
            "    its password is not kept: it is polled only by runs whose OPML file (--feeds, or "
            "the setting COPYDESK_FEEDS) lists the address with the password",
            soft_wrap=True,
        )


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="An OPML file.")],
    db: Db = None,
) -> None:
    """Subscribe to every feed of an OPML file, folders kept."""
    from flows.pipeline.polling import read_feeds

    feeds = read_feeds(file)
    settings = read_settings(db=db)
    with open_store(settings.db) as store, store.transaction():
        before = {feed.url for feed in store.feeds.listed()}
        store.feeds.subscribe(feeds, datetime.now(UTC))
        added = len({feed.url for feed in store.feeds.listed()} - before)
    out.print(f"{added} feeds added, {len(feeds) - added} subscribed to already")


@app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to. [default: the terminal]")] = None,
    db: Db = None,
) -> None:
    """Write the subscriptions as OPML, folders kept, passwords not: they are not stored."""
    from ingest.feeds.opml import write_opml

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
    """List the subscriptions, and when each is due."""
    with open_reader(read_settings(db=db).db, latest=True) as reader:
        found = reader.query(
            "SELECT folder, title, state, url, articles, next_due, due_reason, needs_credentials "
            "FROM feeds "
            "WHERE state <> 'removed' ORDER BY folder, title, url"
        )
    shown = ""
    for folder, title, state, url, articles, due, why, private in found.rows:
        if folder != shown:
            out.print(Text(folder, style="bold"))
            shown = folder
        when = f"due {show.moment(due)} UTC: {why}" if due else "due at once"
        line = f"{articles:,} articles, {when if state == 'active' else state}"
        out.print(Text.assemble((title or "untitled", "green"), f"  {line}"), soft_wrap=True)
        needs = ", needs the password that the OPML file has" if private else ""
        out.print(Text(f"    {url}{needs}", style="dim"), soft_wrap=True)


@app.command()
def health(db: Db = None) -> None:
    """Say how each feed fares, the worst first."""
    with open_reader(read_settings(db=db).db, latest=True) as reader:
        found = reader.query(
            "SELECT title, verdict, last_success, fresh_per_day, usual_per_day, due_reason, url "
            "FROM feed_health ORDER BY verdict = 'well', streak DESC, title"
        )
    for title, verdict, success, fresh, usual, why, url in found.rows:
        style = "green" if verdict == "well" else "red"
        out.print(Text.assemble((verdict, style), f"  {title or url}"), soft_wrap=True)
        before = "" if usual is None else f", {usual:.1f} before"
        last = f"last success {show.moment(success)} UTC" if success else "no success yet"
        figures = f"    {last}; {fresh:.1f} new a day{before}"
        out.print(Text(f"{figures}; {why}" if why else figures, style="dim"), soft_wrap=True)


@app.command()
def pause(url: Url, db: Db = None) -> None:
    """Stop polling a feed for the time being."""
    _set_state(url, "paused", read_settings(db=db))


@app.command()
def resume(url: Url, db: Db = None) -> None:
    """Poll a feed again, from the next run on."""
    _set_state(url, "active", read_settings(db=db))


@app.command()
def remove(url: Url, db: Db = None) -> None:
    """End a subscription; its articles stay."""
    _set_state(url, "removed", read_settings(db=db))


async def _find(url: str, settings: Settings, now: datetime) -> list[Feed]:
    """The feeds at an address; what hosts have asked of us holds here, and is kept for the runs."""
    from flows.pipeline.polling import find_feeds
    from ingest.fetch.client import open_fetcher

    with open_store(settings.db) as store:
        hosts = store.hosts.states()
    async with open_fetcher(
        user_agent=settings.user_agent,
        limits=settings.fetch_limits,
        proxy=settings.proxy,
        now=now,
        hosts=hosts,
    ) as fetcher:
        try:
            return await find_feeds(url, fetcher)
        finally:
            with open_store(settings.db) as store, store.transaction():
                store.hosts.put(fetcher.host_states(), now)


def _set_state(url: str, state: str, settings: Settings) -> None:
    address = full_address(url)
    with open_store(settings.db) as store:
        if store.feeds.state_of(address) is None:
            raise CopydeskError(
                f"no feed at {without_credentials(address)}: `copydesk feeds list` has their "
                "addresses"
            )
        store.feeds.set_state(address, state)
    out.print(f"{state}: {without_credentials(address)}")


def _named(feed: Feed) -> Text:
    return Text(f"{feed.title or 'untitled'}  {without_credentials(feed.url)}")
