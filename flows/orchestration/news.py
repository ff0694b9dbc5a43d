"""The ingest flow: polls the feeds, then takes their new pages through the stages, in batches.

    feeds (OPML, database) -> poll feeds -> take up pages
        for each batch of pages:  fetch pages -> extract pages -> file pages
    -> artifacts: the run in figures, the stories it added to

A task is a batch, never an article: Prefect then shows some ten tasks a run, and its server stays
idle. While one batch is extracted and filed, the next is being fetched.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path
from typing import TypeVar, cast

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.orchestration.artifacts import publish
from flows.pipeline import stages
from flows.pipeline.polling import feeds_to_poll, parse_in, poll_feed
from flows.pipeline.progress import report
from flows.pipeline.stages import PRELOAD, Answer, TakenUp
from flows.pipeline.stopwatch import Stopwatch
from flows.settings import Settings, read_settings
from ingest.extract.article import Known
from ingest.extract.recipes import Recipe
from ingest.feeds.plan import batches
from ingest.fetch.client import Fetcher, open_fetcher
from ingest.model import CopydeskError, FeedState, Page, PageResult, Poll
from ingest.urls import outlet
from ingest.workers.pool import WorkerPool, open_pool
from storage.store import Store, open_store

#: Seconds that a run waits for another, for upkeep, or for whoever reads the database itself.
PATIENCE = 300
#: How far back articles tell what an outlet's boilerplate is: sites change, and cost must not grow.
BOILERPLATE_DAYS = timedelta(days=90)

Item = TypeVar("Item")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the tasks of one run share. Prefect passes it on untouched: it is never stored."""

    run_id: int
    now: datetime
    settings: Settings
    store: Store
    fetcher: Fetcher
    pool: WorkerPool
    recipes: Mapping[str, Recipe]
    watch: Stopwatch
    known: dict[str, Known] = field(default_factory=dict)  # of each outlet, read once a run


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some of a run's pages, and where they stand among all of them."""

    pages: Sequence[Page]
    number: int  # from 1
    of: int
    all_pages: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


# `poll` and `take up` are one task each, the others one a batch. None is retried as a whole and
# none has a cache: what failed is in the account, page by page, and the next run takes it up.


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
    """Files the poll and opens the account of every page it listed for the first time."""
    with run.watch.timing("load"):
        return await _to_the_end(
            stages.take_up, run.store, run.run_id, polls, run.now, run.settings.max_attempts
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
    """Extracts the articles of a batch, in the worker processes."""
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
    filed = await _to_the_end(
        stages.file_batch,
        run.store,
        run.run_id,
        results,
        now=run.now,
        window=timedelta(days=run.settings.window_days),
        watch=run.watch,
    )
    for _ in filed:
        report("pages filed", batch.all_pages)
    return filed


async def _to_the_end(work: Callable[..., Done], *args: object, **more: object) -> Done:
    """The work done in a thread. Where we are cancelled meanwhile, its transaction ends first: the
    connection is one, and what records the run's end must not land in the middle of it."""
    working = asyncio.ensure_future(asyncio.to_thread(work, *args, **more))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait([working])
        raise


async def _each(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Done]], stage: str, total: int
) -> list[Done]:
    """The work done for all items at once, in their order; the worker has its own limits."""

    async def reported(item: Item) -> Done:
        done = await work(item)
        report(stage, total)
        return done

    return list(await asyncio.gather(*map(reported, items)))


async def _take_through(run: Run, pages: Sequence[Page]) -> None:
    """All pages through the stages, batch by batch; while one is worked on, the next is fetched."""
    logger = get_run_logger()
    parts = batches(pages, run.settings.batch)
    queue = [
        Batch(pages=part, number=number, of=len(parts), all_pages=len(pages))
        for number, part in enumerate(parts, start=1)
    ]
    async with asyncio.TaskGroup() as group:
        ahead: asyncio.Task[list[Answer]] | None = None
        for batch, following in zip_longest(queue, queue[1:]):
            fetching = ahead or group.create_task(fetch_pages(run, batch))
            with run.watch.timing("fetch"):
                answers = await fetching
            ahead = group.create_task(fetch_pages(run, following)) if following else None
            results = await extract_pages(run, batch, answers)
            filed = await file_pages(run, batch, results)
            articles = sum(result.article is not None for result in filed)
            logger.info("batch %s: %d pages, %d articles", batch, len(filed), articles)


def _run_name() -> str:
    clock = flow_run.parameters.get("now")
    return f"news as of {clock:%Y-%m-%d %H:%M}" if clock else "news"


@flow(name="copydesk", flow_run_name=_run_name, persist_result=False)
async def news(
    feeds: Path | None = None,
    db: Path | None = None,
    now: datetime | None = None,
    due: bool = False,
) -> int:
    """One run: every feed polled once, every page they list accounted for. Returns its number.

    Args:
        feeds: An OPML file to poll; without it, the setting, else every feed in the database.
        db: The DuckDB file; without it, the setting.
        now: The run's clock; without it, the time it is.
        due: Poll only the feeds whose time has come, not all.

    Raises:
        CopydeskError: There is nothing to poll, or the database or a file cannot be used.
    """
    settings = read_settings(feeds=feeds, db=db)
    clock = now or datetime.now(UTC)
    with open_store(settings.db, patience=PATIENCE) as store:
        subscribed = feeds_to_poll(store, settings, clock, due=due)
        run_id = store.runs.begin(clock)
        watch = Stopwatch()
        try:
            with watch.timing("total"):
                await _work(run_id, clock, settings, store, subscribed, watch)
        except BaseException:
            store.runs.end(run_id, "failed", watch.seconds)
            with suppress(CopydeskError):  # what ended the run is what is to be heard
                store.publish(keep=settings.keep_snapshots)
            raise
        store.runs.end(run_id, "finished", watch.seconds)
        published = store.publish(keep=settings.keep_snapshots)
        get_run_logger().info("published %s in %.1f s", published.path, published.seconds)
        summary = await publish(store.reader(), run_id)
    message = f"{summary.articles} new articles, {summary.folded} stories folded"
    # Prefect takes the state apart: it shows the message, and the caller gets the number
    return cast("int", Completed(message=message, data=run_id))


async def _work(
    run_id: int,
    clock: datetime,
    settings: Settings,
    store: Store,
    feeds: Sequence[FeedState],
    watch: Stopwatch,
) -> TakenUp:
    async with open_fetcher(
        user_agent=settings.user_agent,
        limits=settings.fetch_limits,
        proxy=settings.proxy,
        now=clock,
        hosts=store.hosts.states(),
        robots=store.hosts.robots(clock - timedelta(days=1)),
    ) as fetcher:
        with open_pool(
            workers=settings.workers,
            time_limit=settings.page_time_limit,
            memory_limit=settings.page_memory_limit,
            preload=PRELOAD,
        ) as pool:
            run = Run(
                run_id=run_id,
                now=clock,
                settings=settings,
                store=store,
                fetcher=fetcher,
                pool=pool,
                recipes=settings.read_recipes(),
                watch=watch,
            )
            try:
                polls = await poll_feeds(run, feeds)
                taken = await take_up_pages(run, polls)
                get_run_logger().info(
                    "%d feeds polled, %d entries, %d pages to fetch (%d from earlier runs)",
                    len(polls),
                    taken.entries,
                    len(taken.pages),
                    taken.retried,
                )
                await _take_through(run, taken.pages)
            finally:  # what hosts have asked of us holds however the run ends
                with store.transaction():
                    store.hosts.put(fetcher.host_states(), clock)
                    store.hosts.put_robots(fetcher.robots_texts(), clock)
                _tell_missed(fetcher.robots_missed())
    return taken


def _tell_missed(missed: Mapping[str, str]) -> None:
    if missed:
        get_run_logger().warning(
            "robots.txt of %d hosts is missing or incomplete, the rest counts as allowed: %s",
            len(missed),
            "; ".join(f"{host}: {why}" for host, why in islice(missed.items(), 20)),
        )
