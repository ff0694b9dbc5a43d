"""Worker processes that extract pages and parse feeds, and can be killed."""

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pebble

from ingest.extract import extract_article
from ingest.feeds import parse_feed
from ingest.model import Article, Entry, Failed, Fetched, Outcome, ParsedFeed


class ExtractPool:
    """Worker processes that extract pages; one that overruns its limit is killed and replaced."""

    def __init__(self, pool: pebble.ProcessPool, time_limit: float) -> None:
        self._pool = pool
        self._time_limit = time_limit

    async def extract(self, entry: Entry, fetched: Fetched, first_seen: datetime) -> Article:
        """`extract_article` in a worker; also raises Failed(extract_timeout or extract_crash)."""
        future = self._pool.schedule(
            extract_article, args=(entry, fetched, first_seen), timeout=self._time_limit
        )
        try:
            return await asyncio.wrap_future(future)
        except Failed:
            raise
        except TimeoutError as error:
            raise Failed(Outcome.EXTRACT_TIMEOUT, f"over {self._time_limit:g} s") from error
        except Exception as error:  # whatever a page does to a parser costs that page alone
            raise Failed(Outcome.EXTRACT_CRASH, f"{type(error).__name__}: {error}") from error

    async def parse(self, fetched: Fetched) -> ParsedFeed:
        """`parse_feed` in a worker: a feed made to be slow ends as Failed(not_a_feed)."""
        future = self._pool.schedule(parse_feed, args=(fetched,), timeout=self._time_limit)
        try:
            return await asyncio.wrap_future(future)
        except Failed:
            raise
        except TimeoutError as error:
            limit = f"not parsed within {self._time_limit:g} s"
            raise Failed(Outcome.NOT_A_FEED, limit) from error
        except Exception as error:  # as above
            raise Failed(Outcome.NOT_A_FEED, f"{type(error).__name__}: {error}") from error


def _quiet() -> None:
    """trafilatura logs each page it finds nothing on; here that is a counted outcome."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@contextmanager
def open_pool(*, workers: int = 0, time_limit: float = 20) -> Iterator[ExtractPool]:
    """An ExtractPool for as long as the block lasts: `workers` processes (0: one a core), each
    page limited to `time_limit` seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.pool"])  # a replacement then starts at once
    pool = pebble.ProcessPool(
        max_workers=workers or os.cpu_count() or 1, context=context, initializer=_quiet
    )
    try:
        yield ExtractPool(pool, time_limit)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble's own omission
        pool.join()
