"""The stages of a run, each over one batch: ingest computes, storage remembers. No Prefect here.

    poll_feed     FeedState -> Poll                      network
    take_up       [Poll] -> pages to fetch               one transaction
    fetch_page    Page -> Answer                         network
    extract_page  Answer -> PageResult                   worker processes
    file_batch    [PageResult] -> articles and stories   one transaction

Failures arrive here as exceptions and leave as values: one outcome a feed, one a page.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import xxhash

from ingest.dedup import FoldParams, compare, fold
from ingest.extract import ExtractPool
from ingest.feeds import parse_feed
from ingest.fetch import FEED_TYPES, PAGE_TYPES, Fetcher
from ingest.model import (
    Attempt,
    CopydeskError,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Match,
    Outcome,
    Page,
    PageResult,
    Poll,
    Request,
)
from ingest.opml import parse_opml
from ingest.plan import identify, plan_pages, settle_duplicates
from ingest.sketch import SketchParams, shingle, sketch_articles
from ingest.urls import without_credentials
from storage.store import Store

SKETCH = SketchParams()
FOLD = FoldParams()


class Stopwatch:
    """Seconds spent, by the name of what they were spent on."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def timing(self, name: str, *, within: str = "") -> Iterator[None]:
        """Adds the block's duration under a name; and takes it from another that it is part of."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.seconds[name] += spent
            if within:
                self.seconds[within] -= spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page's request, with what it brought, if anything."""

    page: Page
    attempt: Attempt
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """What a poll left to do."""

    entries: int
    retried: int
    pages: tuple[Page, ...]


def read_feeds(path: Path) -> tuple[Feed, ...]:
    """The feeds an OPML file lists. Raises CopydeskError that names the file."""
    try:
        return parse_opml(path.read_bytes())
    except OSError as error:
        raise CopydeskError(f"cannot read the feed list {path}: {error.strerror}") from error
    except CopydeskError as error:
        raise CopydeskError(f"{path}: {error}") from error


async def poll_feed(feed: FeedState, fetcher: Fetcher) -> Poll:
    """Asks for a feed, conditionally, and parses what is new. Never raises Failed."""
    request = Request(url=feed.url, etag=feed.etag, last_modified=feed.last_modified)
    try:
        fetched = await fetcher.fetch(request, FEED_TYPES)
    except Failed as failure:
        return Poll(feed=feed, attempt=_failed("feed", feed.url, failure))
    digest = xxhash.xxh3_128_hexdigest(fetched.body)
    if fetched.not_modified or digest == feed.body_hash:
        return Poll(feed=feed, attempt=_went("feed", fetched, Outcome.UNCHANGED))
    try:
        parsed = parse_feed(fetched)
    except Failed as failure:
        attempt = replace(_went("feed", fetched, failure.outcome), detail=failure.detail)
        return Poll(feed=feed, attempt=attempt)
    answered = replace(
        feed,
        etag=fetched.headers.get("etag", ""),
        last_modified=fetched.headers.get("last-modified", ""),
        body_hash=digest,
    )
    return Poll(feed=answered, attempt=_went("feed", fetched, Outcome.READ), parsed=parsed)


def take_up(
    store: Store, run_id: int, polls: Sequence[Poll], now: datetime, max_attempts: int
) -> TakenUp:
    """Files a poll, opens the account of every page it listed, and says which pages to fetch."""
    identified = [
        item
        for poll in polls
        if poll.parsed
        for item in identify(poll.feed.feed_id, poll.parsed.entries, now)
    ]
    with store.transaction():
        ids = {item.page_id for item in identified if isinstance(item, Page)}
        plan = plan_pages(identified, store.known_pages(ids))
        store.record_polls(run_id, polls, now)
        store.add_pages(run_id, plan.pages)
        store.add_sightings(plan.listed)
        store.add_outcomes(run_id, plan.outcomes)
        pages = store.pending_pages(max_attempts)
    return TakenUp(
        entries=len(identified), retried=len(pages) - len(plan.pages), pages=tuple(pages)
    )


async def fetch_page(page: Page, fetcher: Fetcher) -> Answer:
    """Asks for a page. Never raises Failed."""
    try:
        fetched = await fetcher.fetch(Request(url=page.entry.url), PAGE_TYPES)
    except Failed as failure:
        return Answer(page=page, attempt=_failed("page", page.entry.url, failure), fetched=None)
    return Answer(page=page, attempt=_went("page", fetched, Outcome.READ), fetched=fetched)


async def extract_page(answer: Answer, pool: ExtractPool) -> PageResult:
    """Extracts the article from an answer, if there is one. Never raises Failed."""
    result = PageResult(
        page=answer.page,
        attempt=answer.attempt,
        outcome=answer.attempt.outcome,
        detail=answer.attempt.detail,
    )
    if answer.fetched is None:
        return result
    try:
        article = await pool.extract(answer.page.entry, answer.fetched, answer.page.first_seen)
    except Failed as failure:
        return replace(result, outcome=failure.outcome, detail=failure.detail)
    return replace(result, outcome=Outcome.NEW, article=article)


def file_batch(
    store: Store,
    run_id: int,
    results: Sequence[PageResult],
    *,
    now: datetime,
    window: timedelta,
    watch: Stopwatch,
) -> list[PageResult]:
    """Files a batch: articles, sketches, index rows, matches, stories and outcomes together.

    Returns the results as filed: an article that was held already has become a duplicate_url.
    """
    with watch.timing("load"), store.transaction():
        ids = [result.article.article_id for result in results if result.article]
        settled = settle_duplicates(results, store.known_articles(ids))
        articles = [result.article for result in settled if result.article]
        fresh = [article.article_id for article in articles]
        with watch.timing("fold", within="load"):
            sketches = sketch_articles(articles, SKETCH)
        store.add_articles(run_id, articles, sketches)
        pairs = store.colliding(fresh, window)
        texts = store.texts({article_id for pair in pairs for article_id in pair})
        with watch.timing("fold", within="load"):
            matches = compare_pairs(pairs, texts)
        store.add_matches(run_id, matches)
        candidates, edges = store.neighbourhood(fresh)
        with watch.timing("fold", within="load"):
            stories = fold(candidates, edges)
        store.put_stories(run_id, stories)
        store.settle_pages(run_id, settled, now)
    return settled


def compare_pairs(pairs: Sequence[tuple[int, int]], texts: dict[int, str]) -> list[Match]:
    """Every pair compared in full; those that are related."""
    sets = {article_id: shingle(text, SKETCH) for article_id, text in texts.items()}
    compared = (compare(a, sets[a], b, sets[b], FOLD) for a, b in pairs)
    return [match for match in compared if match]


def _went(kind: str, fetched: Fetched, outcome: Outcome) -> Attempt:
    return Attempt(
        kind=kind,
        url=without_credentials(fetched.url),
        outcome=outcome,
        final_url=without_credentials(fetched.final_url),
        status=fetched.status,
        bytes=len(fetched.body),
        elapsed_ms=fetched.elapsed_ms,
    )


def _failed(kind: str, url: str, failure: Failed) -> Attempt:
    return Attempt(
        kind=kind, url=without_credentials(url), outcome=failure.outcome, detail=failure.detail
    )
