"""The stages of a run, each over one batch: ingest computes, storage remembers. No Prefect here.

    poll_feed     FeedState -> Poll                      network (polling.py)
    take_up       [Poll] -> pending pages                one transaction
    fetch_page    Page -> Answer                         network
    extract_page  Answer -> PageResult                   worker processes
    file_batch    [PageResult] -> articles and stories   one transaction

A failure arrives here as an exception and leaves as a value. Each feed and each page has exactly
one outcome.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flows.pipeline.comparing import go_on
from flows.pipeline.folding import file_articles
from flows.pipeline.polling import record_polls
from flows.pipeline.stopwatch import Stopwatch
from ingest.extract.article import Known, extract_article
from ingest.extract.cleaning import counted
from ingest.extract.recipes import NO_RECIPE, Recipe
from ingest.feeds.plan import plan_pages, settle_duplicates
from ingest.feeds.schedule import NEWS, Cadence
from ingest.fetch.client import PAGE_TYPES, Fetcher
from ingest.fetch.errors import shown
from ingest.fetch.ledger import failed, went
from ingest.model import (
    Attempt,
    EntryOutcome,
    Failed,
    Fetched,
    Outcome,
    Page,
    PageResult,
    PendingPage,
    Poll,
    Request,
    Verdict,
)
from ingest.urls import outlet
from ingest.workers.pool import WorkerPool
from storage.store import Store

#: Pages of one host that a run takes up at most. With a gap of half a second between requests, the
#: time that a run spends on a host (`host_time`, 600 s) is enough for 1,200.
MAX_OF_HOST = 1_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page's request, and the answer where there was one."""

    page: Page
    attempt: Attempt
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """What follows from polling: how many entries were read, and which pages to fetch."""

    entries: int
    retried: int  # pages of earlier runs that are tried again
    pages: tuple[PendingPage, ...]  # `store.pages.load` reads the entries of some of them


def take_up(
    store: Store,
    run_id: int,
    polls: Sequence[Poll],
    now: datetime,
    max_attempts: int,
    cadence: Cadence = NEWS,
) -> TakenUp:
    """Stores the polls and every page they listed first, and returns the pages to fetch."""
    identified = [item for poll in polls if poll.parsed for item in poll.parsed.listed]
    entries = sum(poll.parsed.entries for poll in polls if poll.parsed)
    with store.transaction():
        ids = {item.page_id for item in identified if item.page_id is not None}
        plan = plan_pages(identified, store.pages.known(ids))
        fresh = Counter(page.feed_id for page in plan.pages)
        record_polls(store, run_id, polls, fresh, now, cadence)
        store.pages.add(run_id, plan.pages)
        store.pages.add_sightings(plan.listed)
        store.pages.add_outcomes(run_id, plan.outcomes)
        pages = store.pages.pending(max_attempts, now, MAX_OF_HOST)
        taken = {page.page_id for page in pages}
        waiting = [page for page in plan.pages if page.page_id not in taken]
        store.pages.add_outcomes(run_id, still_pending(page.feed_id for page in waiting))
        retried = len(pages) + len(waiting) - len(plan.pages)
        store.runs.note_entries(run_id, len(polls), entries, retried)
    return TakenUp(entries=entries, retried=retried, pages=tuple(pages))


def still_pending(feed_ids: Iterable[int]) -> list[EntryOutcome]:
    """One outcome for each feed: how many of its pages this run leaves as they are, pending.

    `feed_ids` has the feed of each of these pages.
    """
    return [
        EntryOutcome(feed_id=feed_id, outcome=Outcome.PENDING, entries=number)
        for feed_id, number in Counter(feed_ids).items()
    ]


def leave_pending(store: Store, run_id: int, feed_ids: Iterable[int]) -> None:
    """Counts pages that are not asked for, because the time of their hosts is over.

    `feed_ids` has the feed of each of these pages.
    """
    store.pages.add_outcomes(run_id, still_pending(feed_ids))


async def fetch_page(page: Page, fetcher: Fetcher) -> Answer:
    """Asks for a page where its site's robots.txt allows it. Never raises Failed."""
    request = Request(url=page.entry.url)
    try:
        fetched = await fetcher.fetch(request, PAGE_TYPES, robots=True)
    except Failed as failure:
        attempt = failed("page", request, failure, fetcher.now())
        return Answer(page=page, attempt=attempt, fetched=None)
    attempt = went("page", request, fetched, Outcome.READ, fetcher.now())
    return Answer(page=page, attempt=attempt, fetched=fetched)


def known_outlets(
    store: Store,
    answers: Iterable[Answer],
    recipes: Mapping[str, Recipe],
    since: datetime | None = None,
) -> dict[str, Known]:
    """The boilerplate and the recipe of each outlet that answered, by outlet.

    Boilerplate is learned from the articles that appeared after `since`.
    """
    outlets = {outlet(answer.fetched.final_url) for answer in answers if answer.fetched}
    recurring = store.lines.recurring(outlets, since)
    return {
        name: Known(recurring=recurring.get(name, frozenset()), recipe=recipes.get(name, NO_RECIPE))
        for name in outlets
    }


async def extract_page(answer: Answer, pool: WorkerPool, known: Mapping[str, Known]) -> PageResult:
    """Extracts the article of an answered page. Never raises Failed."""
    result = PageResult(
        page=answer.page,
        attempt=answer.attempt,
        outcome=answer.attempt.outcome,
        detail=answer.attempt.detail,
    )
    if answer.fetched is None:
        return result
    about = known.get(outlet(answer.fetched.final_url), Known())
    try:
        read = await pool.run(
            extract_article, answer.page.entry, answer.fetched, answer.page.first_seen, about
        )
    except Failed as failure:
        return replace(result, outcome=failure.outcome, detail=shown(failure.detail))
    if read.verdict == Verdict.FULL:
        return replace(result, outcome=Outcome.NEW, article=read)
    return replace(result, outcome=read.verdict.outcome, detail=shown(read.reason), other=read)


def file_batch(
    store: Store,
    run_id: int,
    results: Sequence[PageResult],
    *,
    now: datetime,
    window: timedelta,
    watch: Stopwatch,
    check: Callable[[], None] = go_on,
) -> list[PageResult]:
    """Files articles, sketches, index rows, matches, stories and outcomes in one transaction.

    Returns the results as filed. The result of an article that was filed before is duplicate_url.
    `check` is called often; where it raises, nothing is filed.
    """
    with watch.timing("load"), store.transaction():
        ids = [result.article.article_id for result in results if result.article]
        settled = settle_duplicates(results, store.articles.known(ids))
        articles = [result.article for result in settled if result.article]
        file_articles(store, run_id, articles, window, watch, check=check)
        store.lines.add_lines({a.article_id: counted(a) for a in articles})
        store.lines.add_removed(
            [(a.article_id, one) for a in articles for one in a.removed], run_id
        )
        store.pages.settle(run_id, settled, now)
    return settled
