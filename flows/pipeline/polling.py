"""Feeds: which to poll, asking for them, and what their answers teach. No Prefect here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import xxhash

from flows.settings import Settings
from ingest.feeds.discover import discover, well_known
from ingest.feeds.opml import parse_opml
from ingest.feeds.parse import parse_feed
from ingest.feeds.schedule import next_poll
from ingest.feeds.state import asked_of_us, learn, new_address, request_for
from ingest.fetch.client import FEED_TYPES, Fetcher
from ingest.fetch.ledger import failed, went
from ingest.model import (
    CopydeskError,
    Due,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Outcome,
    ParsedFeed,
    Poll,
    Request,
)
from ingest.urls import without_credentials
from ingest.workers.pool import FAULTS, WorkerPool
from storage.store import Store

#: Feeds of one page that are looked at: a page that names more is a directory, or means us harm.
MAX_CANDIDATES = 50


def read_feeds(path: Path) -> tuple[Feed, ...]:
    """The feeds an OPML file lists. Raises CopydeskError that names the file."""
    try:
        return parse_opml(path.read_bytes())
    except OSError as error:
        raise CopydeskError(f"cannot read the feed list {path}: {error.strerror}") from error
    except CopydeskError as error:
        raise CopydeskError(f"{path}: {error}") from error


def check_feeds(store: Store, settings: Settings) -> None:
    """Raises CopydeskError where there is no subscription, and no list to begin with.

    Where all are paused, gone or removed a run has still its pages to fetch.
    """
    if settings.feeds is None and not store.feeds.any():
        raise CopydeskError(
            f"{settings.db} has no feeds to poll: name an OPML file with --feeds, for instance "
            "deploy/feeds.opml, or add one with `copydesk feeds add`"
        )


def feeds_to_poll(store: Store, settings: Settings, now: datetime, *, due: bool) -> list[FeedState]:
    """The feeds of the settings' list, subscribed to where they are not yet; without a list all
    there are. With `due` only those whose time has come."""
    check_feeds(store, settings)
    if settings.feeds:
        with store.transaction():
            feeds = store.feeds.subscribe(read_feeds(settings.feeds), now)
    else:
        feeds = store.feeds.active()
    if not due:
        return feeds
    ready = {feed.feed_id for feed in store.feeds.due(now)}
    return [feed for feed in feeds if feed.feed_id in ready]


async def find_feeds(url: str, fetcher: Fetcher) -> list[Feed]:
    """The feeds at an address: the one there, else those its page names, else the usual places.

    Only what parses as a feed is returned, in threads of its own. Raises CopydeskError where
    nothing does.
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


async def parse_in(pool: WorkerPool, fetched: Fetched) -> ParsedFeed:
    """`parse_feed` in a worker: a feed that would harm it ends as Failed(not_a_feed)."""
    try:
        return await pool.run(parse_feed, fetched)
    except Failed as failure:
        if failure.outcome in FAULTS:
            raise Failed(Outcome.NOT_A_FEED, failure.detail) from failure
        raise


async def poll_feed(
    feed: FeedState,
    fetcher: Fetcher,
    parse: Callable[[Fetched], Awaitable[ParsedFeed]],
    now: datetime,
) -> Poll:
    """Asks for a feed, conditionally, and parses what is new. Never raises Failed."""
    request = request_for(feed, now)
    try:
        _check_credentials(feed)
        fetched = await fetcher.fetch(request, FEED_TYPES)
    except Failed as failure:
        return Poll(feed=feed, attempt=failed("feed", request, failure, fetcher.now()))
    at = fetcher.now()
    moved_to = without_credentials(fetched.moved_to)
    if fetched.not_modified:
        attempt = went("feed", request, fetched, Outcome.UNCHANGED, at)
        return Poll(feed=feed, attempt=attempt, moved_to=moved_to)
    answered = replace(
        feed,
        etag=fetched.headers.get("etag", ""),
        last_modified=fetched.headers.get("last-modified", ""),
        body_hash=xxhash.xxh3_128_hexdigest(fetched.body),
    )
    if answered.body_hash == feed.body_hash:
        attempt = went("feed", request, fetched, Outcome.UNCHANGED, at)
        return Poll(feed=answered, attempt=attempt, moved_to=moved_to)
    try:
        parsed = await parse(fetched)
    except Failed as failure:
        attempt = went("feed", request, fetched, failure.outcome, at)
        return Poll(feed=feed, attempt=replace(attempt, detail=failure.detail))
    attempt = went("feed", request, fetched, Outcome.READ, at)
    return Poll(feed=answered, attempt=attempt, parsed=parsed, moved_to=moved_to)


def _check_credentials(feed: FeedState) -> None:
    """Raises Failed(no_credentials) where a feed needs some and its address is the bare one."""
    if feed.needs_credentials and feed.url == without_credentials(feed.url):
        raise Failed(
            Outcome.NO_CREDENTIALS, "its password is only in the OPML file: name that with --feeds"
        )


def record_polls(
    store: Store, run_id: int, polls: Sequence[Poll], fresh: Mapping[int, int], now: datetime
) -> None:
    """What each feed's poll teaches, and when it is due again; `fresh` has its new entries."""
    dues: dict[int, Due] = {}
    counts: dict[int, tuple[int, int]] = {}
    learned: list[Poll] = []
    for poll in polls:
        feed_id = poll.feed.feed_id
        entries = len(poll.parsed.entries) if poll.parsed else 0
        counts[feed_id] = entries, fresh.get(feed_id, 0)
        dues[feed_id] = next_poll(
            poll.feed,
            poll.attempt.outcome,
            poll.attempt.at or now,  # what a server asks for counts from its answer
            entries=entries,
            fresh=fresh.get(feed_id, 0),
            hints=asked_of_us(poll),
        )
        feed = learn(poll, dues[feed_id], fresh.get(feed_id, 0), now)
        learned.append(replace(poll, feed=feed))
    store.feeds.record_polls(run_id, learned, dues, counts, now)
    for poll in learned:
        address = new_address(poll.feed)
        if address:
            store.feeds.move(poll.feed, address, now)
