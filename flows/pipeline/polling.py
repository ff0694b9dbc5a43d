"""Polls feeds: chooses them, asks for them, and stores what their answers say. No Prefect here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import xxhash

from flows.pipeline.limited import PRELOAD
from flows.settings import Settings
from ingest.feeds.listed import listed_feed
from ingest.feeds.opml import feeds_in
from ingest.feeds.schedule import NEWS, Cadence, bounded, next_poll
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
    ListedFeed,
    Outcome,
    Poll,
)
from ingest.urls import without_credentials, without_secrets
from ingest.workers.pool import FAULTS, WorkerPool, open_pool
from storage.store import Store, open_store

#: Bytes of a list of feeds. A list of 10,000 feeds takes 3 MB.
MAX_LIST = 50_000_000


def read_feeds(path: Path, preload: Sequence[str] = PRELOAD) -> tuple[Feed, ...]:
    """The feeds that an OPML file lists. Raises CopydeskError, which names the file.

    Such lists are passed on, so the file is parsed in a worker process, within limits. `preload` is
    what the workers of this program have imported.
    """
    try:
        with path.open("rb") as file:
            document = file.read(MAX_LIST + 1)
    except OSError as error:
        raise CopydeskError(f"cannot read the feed list {path}: {error.strerror}") from error
    if len(document) > MAX_LIST:
        raise CopydeskError(f"{path}: a feed list of more than {MAX_LIST / 1e6:.0f} MB")
    try:
        with open_pool(workers=1, preload=preload) as pool:
            return pool.wait(feeds_in, document)
    except Failed as failure:
        raise CopydeskError(f"{path}: {failure.detail}") from failure


def read_feed_list(settings: Settings, preload: Sequence[str] = PRELOAD) -> tuple[Feed, ...] | None:
    """The feeds of the settings' OPML file; None where no file is set. `preload`: `read_feeds`."""
    return read_feeds(settings.feeds, preload) if settings.feeds else None


def check_feeds(settings: Settings, listed: Sequence[Feed] | None) -> None:
    """Opens the database and raises CopydeskError where a run would have no feeds at all."""
    with open_store(settings.db) as store:
        _check_feeds(store, settings, listed)


def _check_feeds(store: Store, settings: Settings, listed: Sequence[Feed] | None) -> None:
    """A database whose feeds are all paused, gone or removed passes: its pages may be pending."""
    if listed is None and not store.feeds.any():
        raise CopydeskError(
            f"{settings.db} has no feeds to poll: name an OPML file with --feeds, for instance "
            "deploy/feeds.opml, or add one with `copydesk feeds add`"
        )


def feeds_to_poll(
    store: Store, settings: Settings, listed: Sequence[Feed] | None, now: datetime, *, due: bool
) -> list[FeedState]:
    """The feeds that a run polls: those `listed`, or all in the database where that is None.

    Listed feeds that are new are subscribed to. With `due`, only feeds whose time has come. Raises
    CopydeskError where the database has no feeds and none are listed.
    """
    _check_feeds(store, settings, listed)
    if listed is None:
        feeds = store.feeds.active()
    else:
        with store.transaction():
            feeds = store.feeds.subscribe(listed, now)
    if not due:
        return feeds
    ready = {feed.feed_id for feed in store.feeds.due(now)}
    return [feed for feed in feeds if feed.feed_id in ready]


async def parse_in(pool: WorkerPool, fetched: Fetched, feed_id: int, now: datetime) -> ListedFeed:
    """Runs `listed_feed` in a worker. A feed beyond the worker's limits is Failed(not_a_feed)."""
    try:
        return await pool.run(listed_feed, fetched, feed_id, now)
    except Failed as failure:
        if failure.outcome in FAULTS:
            raise Failed(Outcome.NOT_A_FEED, failure.detail) from failure
        raise


async def poll_feed(
    feed: FeedState,
    fetcher: Fetcher,
    parse: Callable[[Fetched, int, datetime], Awaitable[ListedFeed]],
    now: datetime,
) -> Poll:
    """Asks for a feed with its validators, and parses a changed one. Never raises Failed.

    `parse` is `parse_in` with a pool.
    """
    request = request_for(feed, now)
    try:
        _check_credentials(feed)
        fetched = await fetcher.fetch(request, FEED_TYPES)
    except Failed as failure:
        return Poll(feed=feed, attempt=failed("feed", request, failure, fetcher.now()))
    at = fetcher.now()
    moved_to = _storable(fetched.moved_to)
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
        parsed = await parse(fetched, feed.feed_id, now)
    except Failed as failure:
        attempt = went("feed", request, fetched, failure.outcome, at, failure.detail)
        return Poll(feed=feed, attempt=attempt)
    attempt = went("feed", request, fetched, Outcome.READ, at)
    return Poll(feed=answered, attempt=attempt, parsed=parsed, moved_to=moved_to)


def _storable(moved_to: str) -> str:
    """The address of a permanent redirect; empty where a part of it must not be stored.

    A feed never moves to an address with a secret: without the secret, nobody could read it there.
    """
    address = without_credentials(moved_to)
    return address if address == without_secrets(address) else ""


def _check_credentials(feed: FeedState) -> None:
    """Raises Failed(no_credentials) where a feed needs a secret and its address has none."""
    if feed.needs_credentials and feed.url == without_secrets(feed.url):
        raise Failed(
            Outcome.NO_CREDENTIALS,
            "its password or token is only in the OPML file: name that with --feeds",
        )


def record_polls(
    store: Store,
    run_id: int,
    polls: Sequence[Poll],
    fresh: Mapping[int, int],
    now: datetime,
    cadence: Cadence = NEWS,
) -> None:
    """Stores each feed's poll, what it says about the feed, and when the feed is due again.

    `fresh` has the number of entries never listed before, by feed id. A feed's own bounds of its
    interval go before those of the cadence.
    """
    dues: dict[int, Due] = {}
    counts: dict[int, tuple[int, int]] = {}
    learned: list[Poll] = []
    for poll in polls:
        feed_id = poll.feed.feed_id
        entries = poll.parsed.entries if poll.parsed else 0
        counts[feed_id] = entries, fresh.get(feed_id, 0)
        dues[feed_id] = next_poll(
            poll.feed,
            poll.attempt.outcome,
            poll.attempt.at or now,  # what a server asks for counts from its answer
            entries=entries,
            fresh=fresh.get(feed_id, 0),
            hints=asked_of_us(poll),
            dates=poll.parsed.dates if poll.parsed else (),
            cadence=bounded(cadence, poll.feed.shortest, poll.feed.longest),
        )
        feed = learn(poll, dues[feed_id], fresh.get(feed_id, 0), now)
        learned.append(replace(poll, feed=feed))
    store.feeds.record_polls(run_id, learned, dues, counts, now)
    for poll in learned:
        address = new_address(poll.feed)
        if address:
            store.feeds.move(poll.feed, address, now)
