"""The tasks of one run, as Prefect shows them. Each calls the pipeline for one batch.

`poll feeds` and `take up pages` are one task each in a run, the others one task for each batch. No
task is retried and none has a cache: a page that failed has its outcome, and the next run tries it
again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.pipeline import stages
from flows.pipeline.polling import parse_in, poll_feed
from flows.pipeline.progress import report
from flows.pipeline.stages import Answer, TakenUp
from flows.pipeline.stopping import Stop
from flows.pipeline.stopwatch import Stopwatch
from flows.settings import Settings
from ingest.extract.article import Known
from ingest.extract.recipes import Recipe
from ingest.fetch.client import Fetcher
from ingest.model import FeedState, Page, PageResult, Poll
from ingest.urls import outlet
from ingest.workers.pool import WorkerPool
from storage.store import Store

#: Boilerplate is learned from articles of this many days. A site's boilerplate changes, and the
#: cost of a run must not grow with the age of the database.
BOILERPLATE_DAYS = timedelta(days=90)

#: Seconds between two attempts to stop what a cancelled run does in the database.
INTERRUPT_SECONDS = 0.5

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the tasks of one run share. Prefect passes it on and never stores it."""

    run_id: int
    now: datetime
    settings: Settings
    store: Store
    fetcher: Fetcher
    pool: WorkerPool
    recipes: Mapping[str, Recipe]
    watch: Stopwatch
    known: dict[str, Known] = field(default_factory=dict)  # by outlet, each read once in a run
    #: The feed of each page that is not asked for, because the time of its host is over.
    waiting: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some of a run's pages, with their position among all of them."""

    pages: Sequence[Page]
    number: int  # from 1
    of: int  # how many batches there are
    all_pages: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def without_hosts_that_are_over(self, run: Run) -> "Batch":
        """The batch without the pages of hosts whose time is over. Those are counted in
        `run.waiting`."""
        over = [page for page in self.pages if run.fetcher.is_over(page.entry.url)]
        run.waiting.extend(page.feed_id for page in over)
        left = {page.page_id for page in over}
        return replace(self, pages=[page for page in self.pages if page.page_id not in left])


@task(task_run_name="poll feeds", cache_policy=NO_CACHE, persist_result=False)
async def poll_feeds(run: Run, feeds: Sequence[FeedState]) -> list[Poll]:
    """Asks for every feed and parses those that have changed."""
    with run.watch.timing("poll"):
        return await _each(
            feeds,
            lambda feed: poll_feed(feed, run.fetcher, partial(parse_in, run.pool), run.now),
            "feeds polled",
            len(feeds),
        )


@task(task_run_name="take up pages", cache_policy=NO_CACHE, persist_result=False)
async def take_up_pages(run: Run, polls: Sequence[Poll]) -> TakenUp:
    """Stores the polls and every page they listed for the first time."""
    with run.watch.timing("load"):
        return await _to_the_end(
            stages.take_up,
            run.store,
            run.run_id,
            polls,
            run.now,
            run.settings.max_attempts,
            run.settings.cadence,
        )


@task(task_run_name="fetch pages {batch}", cache_policy=NO_CACHE, persist_result=False)
async def fetch_pages(run: Run, batch: Batch) -> list[Answer]:
    """Asks for a batch of pages."""
    return await _each(
        batch.pages,
        lambda page: stages.fetch_page(page, run.fetcher),
        "pages fetched",
        batch.all_pages,
    )


@task(task_run_name="extract pages {batch}", cache_policy=NO_CACHE, persist_result=False)
async def extract_pages(run: Run, batch: Batch, answers: Sequence[Answer]) -> list[PageResult]:
    """Extracts the articles of a batch in the worker processes."""
    fresh = [
        one for one in answers if one.fetched and outlet(one.fetched.final_url) not in run.known
    ]
    since = run.now - BOILERPLATE_DAYS
    run.known.update(await _to_the_end(stages.known_outlets, run.store, fresh, run.recipes, since))
    with run.watch.timing("extract"):
        return await _each(
            answers,
            lambda answer: stages.extract_page(answer, run.pool, run.known),
            "pages extracted",
            batch.all_pages,
        )


@task(task_run_name="file pages {batch}", cache_policy=NO_CACHE, persist_result=False)
async def file_pages(run: Run, batch: Batch, results: Sequence[PageResult]) -> list[PageResult]:
    """Compares, folds and files a batch in one transaction."""
    stop = Stop()
    filed = await _to_the_end(
        stages.file_batch,
        run.store,
        run.run_id,
        results,
        now=run.now,
        window=timedelta(days=run.settings.window_days),
        watch=run.watch,
        check=stop.check,
        stop=stop,
    )
    for _ in filed:
        report("pages filed", batch.all_pages)
    return filed


async def leave_pending(run: Run) -> None:
    """Counts the pages that were not asked for, because the time of their hosts is over."""
    await _to_the_end(stages.leave_pending, run.store, run.run_id, run.waiting)


async def _to_the_end(
    work: Callable[..., Done],
    store: Store,
    *args: object,
    stop: Stop | None = None,
    **more: object,
) -> Done:
    """Does the work in a thread. Where the run is cancelled, stops the work and waits for its end.

    A query is interrupted. Work without queries is asked to `stop`. There is one connection.
    Storing the end of the run must not fall into the work's transaction, which is rolled back.
    """
    working = asyncio.ensure_future(asyncio.to_thread(work, store, *args, **more))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        if stop:
            stop.ask()
        while not working.done():
            store.interrupt()
            await asyncio.wait([working], timeout=INTERRUPT_SECONDS)
        if not working.cancelled():
            working.exception()  # asyncio complains of one that nobody has read
        raise


async def _each(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Done]], stage: str, total: int
) -> list[Done]:
    """Does the work for all items at the same time; what does it has limits of its own."""

    async def reported(item: Item) -> Done:
        done = await work(item)
        report(stage, total)
        return done

    return list(await asyncio.gather(*map(reported, items)))
