"""Extractors side by side on labelled pages: Copydesk's and three ways to call trafilatura.

Each extractor makes a `Reading` of a page. `measure` takes its time and counts the correct values.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import trafilatura

from ingest.evaluation.score import Score
from ingest.evaluation.text import Labelled, same_authors, same_title, text_score
from ingest.extract.article import extract_article
from ingest.model import CopydeskError, Entry, Failed, Fetched

#: On this page every extractor looks for dates in all languages, and so loads their data.
UNDATED = (
    b"<html><body><p class='date'>vor drei Tagen, mardi 3 mai</p><p>The quay.</p></body></html>"
)
OURS = "copydesk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an extractor read on a page. None means that it never reads this value."""

    text: str
    title: str | None = None
    authors: tuple[str, ...] | None = None
    date: str | None = None


Extractor = Callable[[Labelled], Reading]


@dataclass(slots=True, kw_only=True)
class Tally:
    """The correct values of an extractor, summed over all pages. `seconds` are CPU time."""

    body: Score = field(default_factory=Score)
    seconds: float = 0.0
    right: dict[str, int] = field(default_factory=dict)  # by the field's name
    asked: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, label: str, right: bool | None) -> None:
        """Counts a field that has a label, unless the extractor never reads this field."""
        if label and right is not None:
            self.asked[name] = self.asked.get(name, 0) + 1
            self.right[name] = self.right.get(name, 0) + right


def extractors(now: datetime) -> dict[str, Extractor]:
    """The extractors by name; `now` is the time at which pages count as fetched."""
    return {
        OURS: partial(_copydesk, now=now),
        "trafilatura.bare_extraction, with metadata": _bare,
        "trafilatura.extract(html)": _default,
        "trafilatura.extract(html, include_comments=False)": _no_comments,
    }


def measure(
    pages: Sequence[Labelled], readers: dict[str, Extractor], tallies: dict[str, Tally]
) -> Iterator[tuple[Labelled, dict[str, Score]]]:
    """Lets the extractors take turns on every page, and adds the counts to `tallies`.

    Yields each page with each extractor's agreement. Raises CopydeskError for a page that an
    extractor cannot read.
    """
    for reader in readers.values():  # loading at the first call is not part of the measured time
        reader(pages[0])
        reader(replace(pages[0], html=UNDATED))
    for page in pages:
        yield page, {name: _measured(tallies[name], read, page) for name, read in readers.items()}


def _measured(tally: Tally, reader: Extractor, page: Labelled) -> Score:
    start = time.process_time()
    try:
        reading = reader(page)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise CopydeskError(f"the labelled page {page.name} cannot be measured: {error}") from error
    tally.seconds += time.process_time() - start
    body = text_score(reading.text, page.text)
    tally.body += body
    title, authors, date = reading.title, reading.authors, reading.date
    tally.count("title", page.title, None if title is None else same_title(title, page.title))
    tally.count(
        "author", page.author, None if authors is None else same_authors(authors, page.author)
    )
    tally.count("date", page.date, None if date is None else date == page.date[:10])
    return body


def _copydesk(page: Labelled, now: datetime) -> Reading:
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
        article = extract_article(Entry(url=url, entry_id="", title=""), fetched, now)
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
