"""One run of the pipeline, as the flow makes it but without Prefect."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from support.fetching import AGENT, limit

from flows.pipeline.limited import PRELOAD
from flows.pipeline.polling import parse_in, poll_feed
from flows.pipeline.stages import (
    extract_page,
    fetch_page,
    file_batch,
    known_outlets,
    take_up,
)
from flows.pipeline.stopwatch import Stopwatch
from ingest.feeds.plan import batches
from ingest.fetch.client import open_fetcher
from ingest.workers.pool import open_pool


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What a run is made under. The limits on a page are short: a test waits for them."""

    now: object
    resolve: object = None
    proxy: str | None = None
    limits: object = None
    batch: int = 50
    workers: int = 2
    page_time_limit: float = 20
    page_memory_limit: int = 400


def run_once(store, feeds, conditions):
    """Polls the feeds, takes every page to its outcome and files it. Returns the run's number."""
    states = store.feeds.subscribe(feeds, conditions.now)
    run_id = store.runs.begin(conditions.now)
    watch = Stopwatch()
    with watch.timing("total"):
        asyncio.run(_run(store, run_id, states, conditions, watch))
    store.runs.end(run_id, "finished", watch.seconds)
    return run_id


async def _run(store, run_id, states, conditions, watch):
    more = {"resolve": conditions.resolve} if conditions.resolve else {}
    async with open_fetcher(
        user_agent=AGENT,
        limits=conditions.limits or limit(),
        now=conditions.now,
        proxy=conditions.proxy,
        hosts=store.hosts.states(),
        robots=store.hosts.robots(conditions.now - timedelta(days=1)),
        **more,
    ) as fetcher:
        with open_pool(
            workers=conditions.workers,
            time_limit=conditions.page_time_limit,
            memory_limit=conditions.page_memory_limit,
            preload=PRELOAD,
        ) as pool:
            parse = partial(parse_in, pool)
            polls = await asyncio.gather(
                *(poll_feed(state, fetcher, parse, conditions.now) for state in states)
            )
            pages = take_up(store, run_id, polls, conditions.now, 3).pages
            for batch in batches(pages, conditions.batch):
                answers = await asyncio.gather(
                    *(fetch_page(page, fetcher) for page in store.pages.load(batch))
                )
                known = known_outlets(store, answers, {})
                results = await asyncio.gather(
                    *(extract_page(answer, pool, known) for answer in answers)
                )
                file_batch(
                    store, run_id, results, now=conditions.now, window=timedelta(14), watch=watch
                )
        with store.transaction():
            store.hosts.put(fetcher.host_states(), conditions.now)
            store.hosts.put_robots(fetcher.robots_texts(), conditions.now)
