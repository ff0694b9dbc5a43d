"""`copydesk eval text`: how well articles are read, measured on labelled pages."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import trafilatura
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ingest.evaluation.score import Score
from ingest.evaluation.text import (
    Labelled,
    read_labelled,
    same_authors,
    same_title,
    text_score,
)
from ingest.extract.article import extract_article
from ingest.model import CopydeskError, Entry, Failed, Fetched

out = Console()


#: A page whose date is looked for in every language, which loads them all.
UNDATED = (
    b"<html><body><p class='date'>vor drei Tagen, mardi 3 mai</p><p>The quay.</p></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an extractor made of a page; None for what it does not tell."""

    text: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    date: str | None = None


@dataclass(slots=True, kw_only=True)
class Totals:
    """An extractor's sums over all pages."""

    body: Score
    seconds: float = 0.0
    right: dict[str, int]
    asked: dict[str, int]


def text(
    path: Annotated[
        Path,
        typer.Argument(
            help="A folder or zip of NAME.html[.gz] and NAME.json with url, "
            "title, author, date and text."
        ),
    ],
    worst: Annotated[int, typer.Option(help="How many of the worst pages to list.")] = 10,
) -> None:
    """Measure the extraction of articles, side by side with trafilatura in the same run.

    Seconds are CPU time of one core; the extractors take turns on every page.
    """
    readers: dict[str, Callable[[Labelled], Reading]] = {
        "copydesk": _copydesk,
        "trafilatura.bare_extraction, with metadata": _bare,
        "trafilatura.extract(html)": _default,
        "trafilatura.extract(html, include_comments=False)": _no_comments,
    }
    pages = list(read_labelled(path))
    for reader in readers.values():  # what is loaded at the first call is nobody's time
        reader(pages[0])
        reader(replace(pages[0], html=UNDATED))
    totals_by_reader = {name: Totals(body=Score(), right={}, asked={}) for name in readers}
    ours: list[tuple[Labelled, Score]] = []
    for page in track(pages, "measuring", console=Console(stderr=True), transient=True):
        for name, reader in readers.items():
            body = _measure(totals_by_reader[name], reader, page)
            if name == "copydesk":
                ours.append((page, body))
    out.print(_table(totals_by_reader, len(pages)))
    out.print(_worst(ours, worst))


def _measure(totals: Totals, reader: Callable[[Labelled], Reading], page: Labelled) -> Score:
    start = time.process_time()
    try:
        reading = reader(page)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CopydeskError(f"the labelled page {page.name} cannot be measured: {error}") from error
    totals.seconds += time.process_time() - start
    body = text_score(reading.text, page.text)
    totals.body += body
    _judge(
        totals,
        "title",
        page.title,
        None if reading.title is None else same_title(reading.title, page.title),
    )
    _judge(
        totals,
        "author",
        page.author,
        None if reading.authors is None else same_authors(reading.authors, page.author),
    )
    _judge(
        totals, "date", page.date, None if reading.date is None else reading.date == page.date[:10]
    )
    return body


def _judge(totals: Totals, field: str, label: str, right: bool | None) -> None:
    """Counts a field where people said what it is, and the extractor says anything of it."""
    if label and right is not None:
        totals.asked[field] = totals.asked.get(field, 0) + 1
        totals.right[field] = totals.right.get(field, 0) + right


def _copydesk(page: Labelled) -> Reading:
    url = page.url if "://" in page.url else f"https://{page.url}"
    fetched = Fetched(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": "text/html"},
        body=page.html,
        elapsed_ms=0,
    )
    try:
        article = extract_article(Entry(url=url, entry_id="", title=""), fetched, datetime.now(UTC))
    except Failed:
        return Reading(text="", title="", authors=(), date="")
    return Reading(
        text=article.text,
        title=article.title,
        authors=article.authors or article.credits or (article.byline,),
        date=f"{article.published:%Y-%m-%d}" if article.published else "",
    )


def _bare(page: Labelled) -> Reading:
    found = trafilatura.bare_extraction(page.html, url=page.url, with_metadata=True)
    if not isinstance(found, trafilatura.settings.Document):
        return Reading(text="", title="", authors=(), date="")
    names = tuple((found.author or "").split("; "))
    return Reading(
        text=found.text or "", title=found.title or "", authors=names, date=found.date or ""
    )


def _default(page: Labelled) -> Reading:
    return Reading(text=trafilatura.extract(page.html) or "")


def _no_comments(page: Labelled) -> Reading:
    return Reading(text=trafilatura.extract(page.html, include_comments=False) or "")


def _table(totals_by_reader: dict[str, Totals], pages: int) -> Table:
    table = Table(title=f"{pages} pages", title_justify="left", box=None)
    table.add_column("")
    for column in ("precision", "recall", "F1", "title", "author", "date", "pages/s a core"):
        table.add_column(column, justify="right")
    for name, totals in totals_by_reader.items():
        shares = [
            f"{totals.right[field] / totals.asked[field]:.3f}" if totals.asked.get(field) else ""
            for field in ("title", "author", "date")
        ]
        table.add_row(
            name,
            *(
                f"{value:.4f}"
                for value in (totals.body.precision, totals.body.recall, totals.body.f1)
            ),
            *shares,
            f"{pages / max(totals.seconds, 1e-9):.1f}",
        )
    return table


def _worst(ours: list[tuple[Labelled, Score]], limit: int) -> Table:
    table = Table(
        title="\nThe worst pages, by words wrong or missed", title_justify="left", box=None
    )
    for column in ("page", "F1", "wrong", "missed", "address"):
        table.add_column(column, justify="left" if column == "address" else "right")
    ranked = sorted(ours, key=lambda one: one[1].wrong + one[1].missed, reverse=True)
    for page, body in ranked[:limit]:
        table.add_row(page.name, f"{body.f1:.2f}", str(body.wrong), str(body.missed), page.url[:90])
    return table
