"""The state of a feed after a poll, and the request that the next poll makes. Pure.

    request_for(feed)  -> Request     which validators (ETag, Last-Modified) to send
    learn(poll, due)   -> FeedState   the feed with what the poll has shown
    new_address(feed)  -> address     where the feed has moved to, or None

Some servers answer "not modified" although there is news. So a feed that has been silent for far
longer than usual is asked without validators once in a while.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from ingest.model import NOT_ASKED, Due, FeedState, Hints, Outcome, Poll, Request

#: A feed is silent if it has had no new entry for this many times its usual gap, and for at least
#: the minimum.
SILENT_GAPS = 10
MIN_SILENCE = timedelta(days=2)
#: A feed has moved after this many polls in a row with a permanent redirect to the same address.
REDIRECTS_TO_MOVE = 3
SUCCESSES = frozenset({Outcome.READ, Outcome.UNCHANGED})
#: The weight of the last gap in the smoothed gap between new entries (exponential smoothing).
SMOOTHING = 0.2


def request_for(feed: FeedState, now: datetime) -> Request:
    """The request for a feed: with its validators, or without them where it is silent.

    A silent feed is asked without validators once in each period of `_max_silence`.
    """
    if is_silent(feed, now) and not _was_asked_in_full(feed, now):
        return Request(url=feed.url)
    return Request(url=feed.url, etag=feed.etag, last_modified=feed.last_modified)


def is_silent(feed: FeedState, now: datetime) -> bool:
    """Whether a feed has had no new entry for far longer than its usual gap."""
    if feed.fresh_at is None or feed.rhythm is None:
        return False
    return now - feed.fresh_at > _max_silence(feed)


def _was_asked_in_full(feed: FeedState, now: datetime) -> bool:
    """Whether the feed has lately answered a request without validators."""
    return feed.full_at is not None and now - feed.full_at <= _max_silence(feed)


def _max_silence(feed: FeedState) -> timedelta:
    """How long a feed may have no new entry before its "not modified" is no longer believed."""
    return max(SILENT_GAPS * (feed.rhythm or timedelta(0)), MIN_SILENCE)


def asked_of_us(poll: Poll) -> Hints:
    """The wishes of a feed and its server about the next poll, after this poll.

    A new document replaces the feed's own wishes (ttl, skipHours, skipDays). After a 304 or a
    failure the earlier ones still hold. So does an earlier Cache-Control that a 304 does not repeat
    (RFC 9111, 4.3.4).
    """
    said, held = poll.attempt.hints, poll.feed.asks
    document = poll.parsed.hints if poll.parsed else held
    max_age = held.max_age if said.max_age is None and poll.attempt.status != 200 else said.max_age
    return replace(document, retry_after=said.retry_after, max_age=max_age)


def learn(poll: Poll, due: Due, fresh: int, now: datetime) -> FeedState:
    """The feed after a poll that ended at `now`: its pace, its failures, where it redirects.

    `due` is when it is polled next. `fresh` is the number of entries never listed before.
    """
    feed = replace(
        poll.feed,
        interval=due.interval,
        failures=due.failures,
        pace=due.pace,
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
    """The smoothed gap between polls that bring new entries.

    Where the last such poll lies in the future, the clock of its run was ahead: the gap is 0.
    """
    if feed.fresh_at is None:
        return None
    gap = max(now - feed.fresh_at, timedelta(0))
    return gap if feed.rhythm is None else feed.rhythm + SMOOTHING * (gap - feed.rhythm)


def _moves(poll: Poll) -> tuple[str, int]:
    """Where permanent redirects lead, and for how many polls in a row they have led there.

    The caller asks this only after a success: a feed does not move to a parked domain or to a
    maintenance page.
    """
    if not poll.moved_to or poll.moved_to == poll.feed.url:
        return "", 0
    again = poll.moved_to == poll.feed.moved_to
    return poll.moved_to, poll.feed.moved_times + 1 if again else 1


def new_address(feed: FeedState) -> str | None:
    """The address that a feed has moved to for good; None where it has not moved."""
    return feed.moved_to if feed.moved_times >= REDIRECTS_TO_MOVE else None
