"""The flow of one run: polls the feeds, then takes their new pages through the stages.

    feeds (OPML file or database) -> poll feeds -> take up pages
        for each batch of pages:  fetch pages -> extract pages -> file pages
    -> artifacts: the run in figures, and the stories that it added to

A task is a batch, never an article. Prefect then shows about ten tasks for a run, and its server
has little to do.

`news` is what a deployment starts: it reads the settings and the OPML file itself. `news_with` is
the same flow for a caller that has read them.
"""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from prefect import flow, get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed

from flows.orchestration.artifacts import publish
from flows.orchestration.tasks import (
    Batch,
    Run,
    extract_pages,
    fetch_pages,
    file_pages,
    leave_pending,
    poll_feeds,
    take_up_pages,
)
from flows.pipeline.limited import open_workers
from flows.pipeline.polling import feeds_to_poll, read_feed_list
from flows.pipeline.stages import Answer, TakenUp
from flows.pipeline.stopwatch import Stopwatch
from flows.settings import Settings, read_settings
from ingest.feeds.plan import batches
from ingest.fetch.client import open_fetcher
from ingest.model import CopydeskError, Feed, FeedState, PendingPage
from storage.store import Store, open_store

if TYPE_CHECKING:
    from prefect import Flow

NAME = "copydesk"
#: Seconds that a run waits for the database where another process has it open.
PATIENCE = 300


def _run_name() -> str:
    clock = flow_run.parameters.get("now")
    return f"news as of {clock:%Y-%m-%d %H:%M}" if clock else "news"


@flow(name=NAME, flow_run_name=_run_name, persist_result=False)
async def news(
    feeds: Path | None = None,
    db: Path | None = None,
    now: datetime | None = None,
    due: bool = False,
) -> int:
    """One run: every feed is polled once, and every page has an outcome. Returns its number.

    Args:
        feeds: An OPML file to poll. Without it, the setting; else every feed in the database.
        db: The DuckDB file. Without it, the setting.
        now: The time that the run takes for now. Without it, the current time.
        due: Poll only the feeds whose time has come.

    Raises:
        CopydeskError: There is nothing to poll, or the database or a file cannot be used.
    """
    settings = read_settings(feeds=feeds, db=db)
    return await _run_once(settings, read_feed_list(settings), now, due=due)


def news_with(
    settings: Settings, listed: Sequence[Feed] | None
) -> "Flow[..., Coroutine[Any, Any, int]]":
    """The flow `news` for settings and a feed list that the caller has read.

    They are no parameters of the flow: Prefect stores parameters, and feeds may have passwords.
    """

    @flow(name=NAME, flow_run_name=_run_name, persist_result=False)
    async def news(now: datetime | None = None, due: bool = False) -> int:
        return await _run_once(settings, listed, now, due=due)

    return news


async def _run_once(
    settings: Settings, listed: Sequence[Feed] | None, now: datetime | None, *, due: bool
) -> int:
    clock = now or datetime.now(UTC)
    with open_store(settings.db, patience=PATIENCE) as store:
        feeds = feeds_to_poll(store, settings, listed, clock, due=due)
        run_id = store.runs.begin(clock)
        watch = Stopwatch()
        try:
            with watch.timing("total"):
                await _work(run_id, clock, settings, store, feeds, watch)
        except BaseException:
            store.runs.end(run_id, "failed", watch.seconds)
            with suppress(CopydeskError):  # the caller is to get the error that ended the run
                store.publish(keep=settings.keep_snapshots)
            raise
        store.runs.end(run_id, "finished", watch.seconds)
        published = store.publish(keep=settings.keep_snapshots)
        get_run_logger().info("published %s in %.1f s", published.path, published.seconds)
        summary = await publish(store.reader(), run_id)
    message = f"{summary.articles} new articles, {summary.folded} stories folded"
    # Prefect takes the state apart: its UI shows the message, and the caller gets the number
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
        with open_workers(settings) as pool:
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
                # the polls have every entry of the run: nothing here may hold them any longer
                taken = await take_up_pages(run, await poll_feeds(run, feeds))
                get_run_logger().info(
                    "%d feeds polled, %d entries, %d pages to fetch (%d from earlier runs)",
                    len(feeds),
                    taken.entries,
                    len(taken.pages),
                    taken.retried,
                )
                await _take_through(run, taken.pages)
            finally:  # what hosts asked for is kept, however the run ends
                with store.transaction():
                    store.hosts.put(fetcher.host_states(), clock)
                    store.hosts.put_robots(fetcher.robots_texts(), clock)
                _tell_missed(fetcher.robots_missed())
    return taken


async def _take_through(run: Run, pages: Sequence[PendingPage]) -> None:
    """Takes the pages through the stages. The next batch is fetched while one is extracted.

    The entries of a batch are read when its turn comes. They take about 5 KB a page.
    """
    logger = get_run_logger()
    parts = batches(pages, run.settings.batch)
    queue = (
        Batch(pages=run.store.pages.load(part), number=number, of=len(parts), all_pages=len(pages))
        for number, part in enumerate(parts, start=1)
    )
    async with asyncio.TaskGroup() as group:
        ahead = _fetching(run, queue, group)
        while ahead:
            batch, fetching = ahead
            with run.watch.timing("fetch"):
                answers = await fetching
            ahead = _fetching(run, queue, group)
            results = await extract_pages(run, batch, answers)
            filed = await file_pages(run, batch, results)
            articles = sum(result.article is not None for result in filed)
            logger.info("batch %s: %d pages, %d articles", batch, len(filed), articles)
    await leave_pending(run)


def _fetching(
    run: Run, queue: Iterator[Batch], group: asyncio.TaskGroup
) -> tuple[Batch, asyncio.Task[list[Answer]]] | None:
    """Starts to fetch the next batch with pages of hosts that have time left. None: no more."""
    for whole in queue:
        batch = whole.without_hosts_that_are_over(run)
        if batch.pages:
            return batch, group.create_task(fetch_pages(run, batch))
    return None


def _tell_missed(missed: Mapping[str, str]) -> None:
    if missed:
        get_run_logger().warning(
            "robots.txt of %d hosts is missing or incomplete, so the rest counts as allowed: %s",
            len(missed),
            "; ".join(f"{host}: {why}" for host, why in islice(missed.items(), 20)),
        )
