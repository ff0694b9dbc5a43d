"""`copydesk extract`: what would be stored of one page, and where each value comes from."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.options import Db
from flows.cli.show import shown
from flows.settings import Settings, read_settings
from ingest.extract.article import Known, extract_article
from ingest.extract.recipes import NO_RECIPE
from ingest.fetch.client import PAGE_TYPES, open_fetcher
from ingest.model import Article, CopydeskError, Entry, Failed, Fetched, Removed, Request
from ingest.urls import outlet
from storage.reading import open_reader

out = Console()


def extract(
    source: Annotated[
        str,
        typer.Argument(
            help="The address of a page, or a file with a saved page.", metavar="URL-OR-FILE"
        ),
    ],
    url: Annotated[
        str, typer.Option(help="For a saved page: the address that it was saved from.")
    ] = "https://unknown.example/page",
    db: Db = None,
) -> None:
    """Show what would be stored of a page.

    Prints its text, its values, and the source of each value. Removed lines are struck out. Applies
    the outlet's recipe, and the boilerplate that the database knows of the outlet, if there is a
    database.
    """
    settings = read_settings(db=db)
    now = datetime.now(UTC)
    saved = Path(source)
    if not saved.is_file() and "://" not in source:
        raise CopydeskError(
            f"{source} is neither a file nor an address: an address begins with https://"
        )
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
        out.print(Text(f"\npruned: {', '.join(map(shown, article.pruned))}", style="dim"))
    out.print(marked(article))


def marked(article: Article) -> Text:
    """An article's text as on the page. Removed lines are struck out, with the rule after each."""
    gone = {one.at: one for one in article.removed if one.whole}
    ends = {one.at: one for one in article.removed if not one.whole}
    kept = iter(article.text.split("\n"))
    lines = Text("\n")
    for at in range(len(article.text.split("\n")) + len(gone)):
        if at in gone:
            lines.append_text(_struck(gone[at]))
        else:
            lines.append(shown(next(kept)))
            if at in ends:
                lines.append_text(_struck(ends[at]))
        lines.append("\n")
    return lines


def _struck(one: Removed) -> Text:
    return Text.assemble((shown(one.line), "red strike"), (f"  [{one.rule}]", "red"))


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
    """The outlet's recipe, and its boilerplate where the database can be read.

    Raises CopydeskError where the database was `asked` for and does not exist.
    """
    recipe = settings.read_recipes().get(name, NO_RECIPE)
    if not asked and not settings.db.exists():
        return Known(recipe=recipe)
    try:
        with open_reader(settings.db) as reader:
            recurring = reader.lines.recurring([name]).get(name, frozenset())
    except CopydeskError as error:
        if not settings.db.exists():
            raise
        told = f"without what is known of {shown(name)}: {shown(error)}"
        Console(stderr=True).print(told, markup=False)
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
        table.add_row(name, Text(shown(value) or "—"), Text(shown(source) if value else ""))
    return table
