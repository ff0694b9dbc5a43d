"""`copydesk extract` and `copydesk reclean`: what is taken for an article, and why."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from flows.cli.options import Db, must_exist
from flows.pipeline.folding import refile_articles
from flows.settings import Settings, read_settings
from ingest.extract.article import Known, extract_article
from ingest.extract.cleaning import counted_lines, without_recurring
from ingest.extract.recipes import NO_RECIPE
from ingest.fetch.client import PAGE_TYPES, open_fetcher
from ingest.model import Article, CopydeskError, Entry, Failed, Fetched, Removed, Request
from ingest.urls import outlet
from ingest.words import size
from storage.reading import open_reader
from storage.store import Store, open_store

out = Console()


def extract(
    source: Annotated[
        str, typer.Argument(help="An address, or a saved page.", metavar="URL-OR-FILE")
    ],
    url: Annotated[
        str, typer.Option(help="The address that a saved page came from.")
    ] = "https://unknown.example/page",
    db: Db = None,
) -> None:
    """Show what would be filed of a page: the text with what is removed, each value's source.

    What the database knows of the outlet's boilerplate, and a recipe for it, are applied.
    """
    settings = read_settings(db=db)
    now = datetime.now(UTC)
    saved = Path(source)
    if not saved.is_file() and "://" not in source:
        raise CopydeskError(f"{source} is no such file, and no address: those begin with https://")
    try:
        fetched = (
            _saved(saved, url) if saved.is_file() else asyncio.run(_fetched(source, settings, now))
        )
        known = _known(settings, outlet(fetched.final_url), asked=db is not None)
        entry = Entry(url=fetched.url, entry_id="", title="")
        article = extract_article(entry, fetched, now, known)
    except Failed as failure:
        raise CopydeskError(
            f"{source} gives no article: {failure.outcome}, {failure.detail}"
        ) from failure
    except (OSError, ValueError) as error:
        raise CopydeskError(f"{source} cannot be read: {error}") from error
    out.print(_fields(article))
    if article.pruned:
        out.print(Text(f"\npruned: {', '.join(article.pruned)}", style="dim"))
    out.print(marked(article))


def reclean(db: Db = None) -> None:
    """Take out of filed articles what has since turned out to recur across their outlet."""
    settings = read_settings(db=db)
    must_exist(settings.db)
    window = timedelta(days=settings.window_days)
    changed = lines = 0
    with open_store(settings.db) as store:
        outlets = store.lines.outlets()
        for name in track(outlets, "recleaning", console=Console(stderr=True), transient=True):
            with store.transaction():
                removed = reclean_outlet(store, name)
                if removed:
                    refile_articles(store, store.runs.last(), removed, window)
            changed += len(removed)
            lines += sum(map(len, removed.values()))
        store.publish(keep=settings.keep_snapshots)
    out.print(f"{lines:,} lines taken out of {changed:,} articles of {len(outlets):,} outlets")


def reclean_outlet(store: Store, name: str) -> dict[int, list[Removed]]:
    """Takes out of an outlet's articles what recurs, once all are counted: those filed by an
    earlier version are not. What went, by article."""
    uncounted = store.lines.uncounted(name)
    store.lines.add_lines({i: counted_lines(t.split("\n")) for i, t in uncounted.items()})
    boilerplate = store.lines.recurring([name]).get(name, frozenset())
    cleaned = {
        article_id: (text, removed)
        for article_id, filed in store.lines.texts(name).items()
        for text, removed in [without_recurring(filed, boilerplate)]
        if removed
    }
    store.lines.replace_texts({i: (text, _words(text)) for i, (text, _) in cleaned.items()})
    store.lines.add_removed([(i, one) for i, (_, gone) in cleaned.items() for one in gone])
    return {i: removed for i, (_, removed) in cleaned.items()}


def marked(article: Article) -> Text:
    """An article's text as it stood on the page: removed lines struck out, with their rule."""
    gone = {one.at: one for one in article.removed if one.whole}
    ends = {one.at: one for one in article.removed if not one.whole}
    kept = iter(article.text.split("\n"))
    shown = Text("\n")
    for at in range(len(article.text.split("\n")) + len(gone)):
        if at in gone:
            shown.append_text(_struck(gone[at]))
        else:
            shown.append(next(kept))
            if at in ends:
                shown.append_text(_struck(ends[at]))
        shown.append("\n")
    return shown


def _struck(one: Removed) -> Text:
    return Text.assemble((one.line, "red strike"), (f"  [{one.rule}]", "red"))


def _words(text: str) -> int:
    return sum(map(size, text.split("\n")))


def _saved(path: Path, url: str) -> Fetched:
    return Fetched(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html"},
        body=path.read_bytes(),
        elapsed_ms=0,
    )


async def _fetched(url: str, settings: Settings, now: datetime) -> Fetched:
    async with open_fetcher(
        user_agent=settings.user_agent, limits=settings.fetch_limits, proxy=settings.proxy, now=now
    ) as fetcher:
        return await fetcher.fetch(Request(url=url), PAGE_TYPES, robots=True)


def _known(settings: Settings, name: str, *, asked: bool) -> Known:
    """What the database knows of an outlet; nothing where there is none that was asked for, or a
    run is writing it."""
    recipe = settings.read_recipes().get(name, NO_RECIPE)
    if not asked and not settings.db.exists():
        return Known(recipe=recipe)
    try:
        with open_reader(settings.db) as reader:
            recurring = reader.lines.recurring([name]).get(name, frozenset())
    except CopydeskError as error:
        if not settings.db.exists():
            raise
        Console(stderr=True).print(f"without what is known of {name}: {error}", markup=False)
        recurring = frozenset()
    return Known(recurring=recurring, recipe=recipe)


def _fields(article: Article) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    table.add_column(style="dim", no_wrap=True)
    day = "%Y-%m-%d" if article.published_day_only else "%Y-%m-%d %H:%M:%S UTC"
    rows = [
        ("verdict", article.verdict, article.reason),
        ("title", article.title, article.title_from),
        ("subtitle", article.subtitle, ""),
        ("authors", ", ".join(article.authors), article.authors_from),
        ("credits", ", ".join(article.credits), article.authors_from),
        (
            "agency",
            f"{article.agency} {article.agency_confidence:.2f}: {article.agency_evidence}"
            if article.agency
            else "",
            article.agency_from,
        ),
        (
            "published",
            f"{article.published:{day}}" if article.published else "",
            article.published_from,
        ),
        (
            "modified",
            f"{article.modified:%Y-%m-%d %H:%M:%S UTC}" if article.modified else "",
            article.modified_from,
        ),
        ("language", article.language, "text"),
        ("section", article.section, ""),
        ("tags", ", ".join(article.tags), ""),
        ("image", article.image, ""),
        ("free", {None: "", True: "yes", False: "no"}[article.is_free], ""),
        ("outlet", article.outlet, ""),
        ("url", article.url, ""),
        ("words", f"{article.words:,}", article.text_from),
    ]
    for name, value, source in rows:
        table.add_row(name, Text(str(value) or "—"), Text(source if value else ""))
    return table
