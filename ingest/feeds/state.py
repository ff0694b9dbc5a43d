"""What a feed's answers teach about it: when its validators lie, where it has moved. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from ingest.model import NOT_ASKED, Due, FeedState, Hints, Outcome, Poll, Request

#: How many of its usual silences a feed may keep before its "unchanged" is doubted.
DOUBT = 10
LEAST_DOUBT = timedelta(days=2)
#: How often in a row a permanent redirect must lead to one place before that is the address.
MOVES = 3
SUCCESSES = frozenset({Outcome.READ, Outcome.UNCHANGED})
#: A rhythm follows the last gap by this share: some ten gaps are remembered.
WEIGHT = 0.2


def request_for(feed: FeedState, now: datetime) -> Request:
    """What to ask a feed: with both validators, or without where they have come to be doubted."""
    if is_silent(feed, now) and not _asked_in_full(feed, now):
        return Request(url=feed.url)
    return Request(url=feed.url, etag=feed.etag, last_modified=feed.last_modified)


def is_silent(feed: FeedState, now: datetime) -> bool:
    """Whether a feed that answers has brought nothing new for far longer than its rhythm."""
    if feed.fresh_at is None or feed.rhythm is None:
        return False
    return now - feed.fresh_at > max(DOUBT * feed.rhythm, LEAST_DOUBT)


def _asked_in_full(feed: FeedState, now: datetime) -> bool:
    """Whether that has been tried within the patience we have with this feed."""
    patience = max(DOUBT * (feed.rhythm or timedelta(0)), LEAST_DOUBT)
    return feed.full_at is not None and now - feed.full_at <= patience


def asked_of_us(poll: Poll) -> Hints:
    """When a feed and its server want us back: what was said now, and what holds of before.

    A document says the feed's part anew, a 304 and a failure nothing of it; a Cache-Control that is
    not repeated with a 304 still holds (RFC 9111, 4.3.4).
    """
    said, held = poll.attempt.hints, poll.feed.asks
    document = poll.parsed.hints if poll.parsed else held
    max_age = held.max_age if said.max_age is None and poll.attempt.status != 200 else said.max_age
    return replace(document, retry_after=said.retry_after, max_age=max_age)


def learn(poll: Poll, due: Due, fresh: int, now: datetime) -> FeedState:
    """The feed as its poll leaves it: its rhythm, its failures, how firmly it has moved.

    `fresh` is the number of entries never listed before.
    """
    feed = replace(
        poll.feed,
        interval=due.interval,
        failures=due.failures,
        asks=replace(asked_of_us(poll), retry_after=None),
    )
    if poll.attempt.outcome not in SUCCESSES:
        return replace(feed, streak=feed.streak + (poll.attempt.outcome not in NOT_ASKED))
    moved_to, moved_times = _moves(poll)
    feed = replace(feed, streak=0, succeeded_at=now, moved_to=moved_to, moved_times=moved_times)
    if not poll.attempt.validators:
        feed = replace(feed, full_at=now)
    if fresh:
        feed = replace(feed, rhythm=_rhythm(feed, now), fresh_at=now)
    return feed


def _rhythm(feed: FeedState, now: datetime) -> timedelta | None:
    if feed.fresh_at is None:
        return None
    gap = now - feed.fresh_at
    return gap if feed.rhythm is None else feed.rhythm + WEIGHT * (gap - feed.rhythm)


def _moves(poll: Poll) -> tuple[str, int]:
    """Only an answer that is a feed counts: a parked domain or a maintenance page moves nothing."""
    if not poll.moved_to or poll.moved_to == poll.feed.url:
        return "", 0
    again = poll.moved_to == poll.feed.moved_to
    return poll.moved_to, poll.feed.moved_times + 1 if again else 1


def new_address(feed: FeedState) -> str | None:
    """The address that a feed has moved to for good, if it has."""
    return feed.moved_to if feed.moved_times >= MOVES else None
