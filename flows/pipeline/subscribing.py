"""Subscriptions that a person adds, imports or changes. No Prefect here."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flows.settings import Settings
from ingest.feeds.discover import discover, well_known
from ingest.feeds.parse import parse_feed
from ingest.fetch.client import FEED_TYPES, Fetcher, open_fetcher
from ingest.model import CopydeskError, Failed, Feed, Request
from ingest.urls import full_address, without_credentials
from storage.store import open_store

#: How many of the feeds that one page names are tried. A page with more is a directory or hostile.
MAX_CANDIDATES = 50


def subscribe(db: Path, feeds: Sequence[Feed], now: datetime) -> list[str | None]:
    """Makes feeds active that were just read. Returns each one's earlier state, None for a new one.

    A feed that was paused or removed becomes active again.
    """
    with open_store(db) as store, store.transaction():
        before = [store.feeds.state_of(feed.url) for feed in feeds]
        store.feeds.subscribe(feeds, now)
        for feed, state in zip(feeds, before, strict=True):
            store.feeds.answered(feed.url)
            if state != "active":
                store.feeds.set_state(feed.url, "active")
    return before


def import_feeds(db: Path, feeds: Sequence[Feed], now: datetime) -> int:
    """Subscribes to the feeds of a list. Returns how many of them are new."""
    with open_store(db) as store, store.transaction():
        before = {feed.url for feed in store.feeds.listed()}
        store.feeds.subscribe(feeds, now)
        return len({feed.url for feed in store.feeds.listed()} - before)


def change_state(db: Path, url: str, state: str) -> None:
    """Makes a feed active, paused or removed. Raises CopydeskError where there is none."""
    address = full_address(url)
    with open_store(db) as store:
        if store.feeds.state_of(address) is None:
            raise CopydeskError(
                f"no feed at {without_credentials(address)}: `copydesk feeds list` has their "
                "addresses"
            )
        store.feeds.set_state(address, state)


async def find_feeds_politely(url: str, settings: Settings, now: datetime) -> list[Feed]:
    """The feeds at an address. Requests follow what the hosts asked for in earlier runs.

    What the hosts ask for now is stored for the next runs. Raises CopydeskError as `find_feeds`.
    """
    with open_store(settings.db) as store:
        hosts = store.hosts.states()
    async with open_fetcher(
        user_agent=settings.user_agent,
        limits=settings.fetch_limits,
        proxy=settings.proxy,
        now=now,
        hosts=hosts,
    ) as fetcher:
        try:
            return await find_feeds(url, fetcher)
        finally:
            with open_store(settings.db) as store, store.transaction():
                store.hosts.put(fetcher.host_states(), now)


async def find_feeds(url: str, fetcher: Fetcher) -> list[Feed]:
    """The feeds at an address: the feed there, or those its page names, or the usual places.

    Returns only what could be parsed as a feed. Raises CopydeskError where nothing could.
    """
    try:
        fetched = await fetcher.fetch(Request(url=url), FEED_TYPES)
    except Failed as failure:
        shown = without_credentials(url)
        raise CopydeskError(f"{shown}: {failure.outcome} {failure.detail}".rstrip()) from failure
    try:
        return [Feed(url=url, title=(await asyncio.to_thread(parse_feed, fetched)).title)]
    except Failed:
        named = await asyncio.to_thread(discover, fetched)
    usual = [Feed(url=address) for address in well_known(fetched.final_url)]
    for candidates in (named[:MAX_CANDIDATES], usual):
        tried = await asyncio.gather(*(_try_feed(feed, fetcher) for feed in candidates))
        found = [feed for feed in tried if feed]
        if found:
            return found
    raise CopydeskError(
        f"{without_credentials(url)} is no feed, its page names none that can be read, "
        "and there is none in the usual places"
    )


async def _try_feed(feed: Feed, fetcher: Fetcher) -> Feed | None:
    try:
        fetched = await fetcher.fetch(Request(url=feed.url), FEED_TYPES)
        parsed = await asyncio.to_thread(parse_feed, fetched)
    except Failed:
        return None
    return replace(feed, title=parsed.title or feed.title)
