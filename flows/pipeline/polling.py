"""Polls feeds: chooses them, asks for them, and stores what their answers say. No Prefect here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import xxhash

from flows.settings import Settings
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
)
from ingest.urls import without_credentials
from ingest.workers.pool import FAULTS, WorkerPool
from storage.store import Store, open_store


def read_feeds(path: Path) -> tuple[Feed, ...]:
    """The feeds that an OPML file lists. Raises CopydeskError, which names the file."""
    try:
        return parse_opml(path.read_bytes())
    except OSError as error:
        raise CopydeskError(f"cannot read the feed list {path}: {error.strerror}") from error
    except CopydeskError as error:
        raise CopydeskError(f"{path}: {error}") from error


def read_feed_list(settings: Settings) -> tuple[Feed, ...] | None:
    """The feeds of the settings' OPML file; None where no file is set."""
    return read_feeds(settings.feeds) if settings.feeds else None


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


async def parse_in(pool: WorkerPool, fetched: Fetched) -> ParsedFeed:
    """Runs `parse_feed` in a worker. A feed beyond the worker's limits is Failed(not_a_feed)."""
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
    """Asks for a feed with its validators, and parses a changed one. Never raises Failed."""
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
        attempt = went("feed", request, fetched, failure.outcome, at, failure.detail)
        return Poll(feed=feed, attempt=attempt)
    attempt = went("feed", request, fetched, Outcome.READ, at)
    return Poll(feed=answered, attempt=attempt, parsed=parsed, moved_to=moved_to)


def _check_credentials(feed: FeedState) -> None:
    """Raises Failed(no_credentials) where a feed needs a password and its address has none."""
    if feed.needs_credentials and feed.url == without_credentials(feed.url):
        raise Failed(
            Outcome.NO_CREDENTIALS, "its password is only in the OPML file: name that with --feeds"
        )


def record_polls(
    store: Store, run_id: int, polls: Sequence[Poll], fresh: Mapping[int, int], now: datetime
) -> None:
    """Stores each feed's poll, what it says about the feed, and when the feed is due again.

    `fresh` has the number of entries never listed before, by feed id.
    """
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
