"""The stages of a run, each over one batch: ingest computes, storage remembers. No Prefect here.

    poll_feed     FeedState -> Poll                      network
    take_up       [Poll] -> pages to fetch               one transaction
    fetch_page    Page -> Answer                         network
    extract_page  Answer -> PageResult                   worker processes
    file_batch    [PageResult] -> articles and stories   one transaction

Failures arrive here as exceptions and leave as values: one outcome a feed, one a page.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import xxhash

from flows.folding import file_articles
from flows.stopwatch import Stopwatch
from ingest.discover import discover, well_known
from ingest.extract import ExtractPool
from ingest.feeds import parse_feed
from ingest.fetch import FEED_TYPES, PAGE_TYPES, Fetcher, hints
from ingest.follow import learn, new_address, request_for
from ingest.model import (
    Attempt,
    CopydeskError,
    Due,
    Failed,
    Feed,
    FeedState,
    Fetched,
    Hints,
    Outcome,
    Page,
    PageResult,
    ParsedFeed,
    Poll,
    Request,
)
from ingest.opml import parse_opml
from ingest.plan import identify, plan_pages, settle_duplicates
from ingest.schedule import next_poll
from ingest.urls import without_credentials
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page's request, with what it brought, if anything."""

    page: Page
    attempt: Attempt
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """What a poll left to do."""

    entries: int
    retried: int
    pages: tuple[Page, ...]


def read_feeds(path: Path) -> tuple[Feed, ...]:
    """The feeds an OPML file lists. Raises CopydeskError that names the file."""
    try:
        return parse_opml(path.read_bytes())
    except OSError as error:
        raise CopydeskError(f"cannot read the feed list {path}: {error.strerror}") from error
    except CopydeskError as error:
        raise CopydeskError(f"{path}: {error}") from error


async def find_feeds(url: str, fetcher: Fetcher) -> list[Feed]:
    """The feeds at an address: the one there, else those its page names, else the usual places.

    Only what parses as a feed is returned. Raises CopydeskError where nothing does.
    """
    try:
        fetched = await fetcher.fetch(Request(url=url), FEED_TYPES)
    except Failed as failure:
        shown = without_credentials(url)
        raise CopydeskError(f"{shown}: {failure.outcome} {failure.detail}".rstrip()) from failure
    try:
        return [Feed(url=url, title=parse_feed(fetched).title)]
    except Failed:
        named = discover(fetched)
    usual = [Feed(url=address) for address in well_known(fetched.final_url)]
    for candidates in (named, usual):
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
        parsed = parse_feed(await fetcher.fetch(Request(url=feed.url), FEED_TYPES))
    except Failed:
        return None
    return replace(feed, title=parsed.title or feed.title)


async def poll_feed(
    feed: FeedState,
    fetcher: Fetcher,
    parse: Callable[[Fetched], Awaitable[ParsedFeed]],
    now: datetime,
) -> Poll:
    """Asks for a feed, conditionally, and parses what is new. Never raises Failed."""
    request = request_for(feed, now)
    try:
        fetched = await fetcher.fetch(request, FEED_TYPES)
    except Failed as failure:
        return Poll(feed=feed, attempt=_failed("feed", request, failure))
    digest = xxhash.xxh3_128_hexdigest(fetched.body)
    moved_to = without_credentials(fetched.moved_to)
    if fetched.not_modified or digest == feed.body_hash:
        attempt = _went("feed", request, fetched, Outcome.UNCHANGED)
        return Poll(feed=feed, attempt=attempt, moved_to=moved_to)
    try:
        parsed = await parse(fetched)
    except Failed as failure:
        went = _went("feed", request, fetched, failure.outcome)
        return Poll(feed=feed, attempt=replace(went, detail=failure.detail))
    answered = replace(
        feed,
        etag=fetched.headers.get("etag", ""),
        last_modified=fetched.headers.get("last-modified", ""),
        body_hash=digest,
    )
    attempt = _went("feed", request, fetched, Outcome.READ)
    return Poll(feed=answered, attempt=attempt, parsed=parsed, moved_to=moved_to)


def take_up(
    store: Store, run_id: int, polls: Sequence[Poll], now: datetime, max_attempts: int
) -> TakenUp:
    """Files a poll, opens the account of every page it listed, and says which pages to fetch."""
    identified = [
        item
        for poll in polls
        if poll.parsed
        for item in identify(poll.feed.feed_id, poll.parsed.entries, now)
    ]
    with store.transaction():
        ids = {item.page_id for item in identified if isinstance(item, Page)}
        plan = plan_pages(identified, store.known_pages(ids))
        _record_polls(store, run_id, polls, Counter(page.feed_id for page in plan.pages), now)
        store.add_pages(run_id, plan.pages)
        store.add_sightings(plan.listed)
        store.add_outcomes(run_id, plan.outcomes)
        pages = store.pending_pages(max_attempts, now)
        retried = len(pages) - len(plan.pages)
        store.note_entries(run_id, len(polls), len(identified), retried)
    return TakenUp(entries=len(identified), retried=retried, pages=tuple(pages))


def _record_polls(
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
            now,
            entries=entries,
            fresh=fresh.get(feed_id, 0),
            hints=_hints(poll),
        )
        feed = learn(poll, dues[feed_id], fresh.get(feed_id, 0), now)
        learned.append(replace(poll, feed=feed))
    store.feeds.record_polls(run_id, learned, dues, counts, now)
    for poll in learned:
        address = new_address(poll.feed)
        if address:
            store.feeds.move(poll.feed, address, now)


def _hints(poll: Poll) -> Hints:
    """What the server's headers and the feed's own elements say, together."""
    if poll.parsed is None:
        return poll.attempt.hints
    return replace(
        poll.parsed.hints,
        retry_after=poll.attempt.hints.retry_after,
        max_age=poll.attempt.hints.max_age,
    )


async def fetch_page(page: Page, fetcher: Fetcher) -> Answer:
    """Asks for a page, if its site's robots.txt lets us. Never raises Failed."""
    request = Request(url=page.entry.url)
    try:
        fetched = await fetcher.fetch(request, PAGE_TYPES, robots=True)
    except Failed as failure:
        return Answer(page=page, attempt=_failed("page", request, failure), fetched=None)
    return Answer(page=page, attempt=_went("page", request, fetched, Outcome.READ), fetched=fetched)


async def extract_page(answer: Answer, pool: ExtractPool) -> PageResult:
    """Extracts the article from an answer, if there is one. Never raises Failed."""
    result = PageResult(
        page=answer.page,
        attempt=answer.attempt,
        outcome=answer.attempt.outcome,
        detail=answer.attempt.detail,
    )
    if answer.fetched is None:
        return result
    try:
        article = await pool.extract(answer.page.entry, answer.fetched, answer.page.first_seen)
    except Failed as failure:
        return replace(result, outcome=failure.outcome, detail=failure.detail)
    return replace(result, outcome=Outcome.NEW, article=article)


def file_batch(
    store: Store,
    run_id: int,
    results: Sequence[PageResult],
    *,
    now: datetime,
    window: timedelta,
    watch: Stopwatch,
) -> list[PageResult]:
    """Files a batch: articles, sketches, index rows, matches, stories and outcomes together.

    Returns the results as filed: an article that was held already has become a duplicate_url.
    """
    with watch.timing("load"), store.transaction():
        ids = [result.article.article_id for result in results if result.article]
        settled = settle_duplicates(results, store.known_articles(ids))
        articles = [result.article for result in settled if result.article]
        file_articles(store, run_id, articles, window, watch)
        store.settle_pages(run_id, settled, now)
    return settled


def _went(kind: str, request: Request, fetched: Fetched, outcome: Outcome) -> Attempt:
    return Attempt(
        kind=kind,
        url=without_credentials(request.url),
        outcome=outcome,
        final_url=without_credentials(fetched.final_url),
        status=fetched.status,
        bytes=len(fetched.body),
        elapsed_ms=fetched.elapsed_ms,
        validators=_validators(request),
        hints=hints(fetched.headers),
    )


def _failed(kind: str, request: Request, failure: Failed) -> Attempt:
    return Attempt(
        kind=kind,
        url=without_credentials(request.url),
        outcome=failure.outcome,
        status=failure.status,
        detail=failure.detail,
        validators=_validators(request),
        hints=Hints(retry_after=failure.retry_after),
    )


def _validators(request: Request) -> str:
    sent = {"etag": request.etag, "last-modified": request.last_modified}
    return ", ".join(name for name, value in sent.items() if value)
