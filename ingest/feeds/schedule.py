"""When a feed is polled next. Pure.

A feed is polled often while it has new entries, and rarely while it fails. It is never polled
before the time that its server asks for. Failures lengthen the wait up to `Cadence.rarest`; only a
feed that is gone (410) is never polled again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import xxhash

from ingest.model import HARD, WEIGHTS, Due, FeedState, Hints, Outcome

HOUR = timedelta(hours=1)
#: Why a feed was not asked, for each outcome without a request.
REASONS = {
    Outcome.COOLING: "its host asked us to wait",
    Outcome.PENDING: "the time for its host was over in this run",
    Outcome.NO_CREDENTIALS: "not asked, because its password is only in the OPML file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """The limits of the wait between polls, and the factors that change a feed's interval."""

    shortest: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=24)
    slower: float = 1.5  # factor where no entry is new
    faster: float = 0.5  # factor where all are new; between the two it is interpolated
    unchanged: float = 1.25  # factor after a 304
    rarest: timedelta = timedelta(days=7)  # the longest wait after failures
    patience: timedelta = timedelta(days=1)  # the longest wait that a server can ask for
    jitter: float = 0.1  # the wait grows by up to this share, so that feeds do not come in step


def next_poll(
    feed: FeedState,
    outcome: Outcome,
    now: datetime,
    *,
    entries: int,
    fresh: int,
    hints: Hints,
    cadence: Cadence = Cadence(),
) -> Due:
    """When to poll a feed again after a poll at `now` (with a zone) that ended in `outcome`.

    `fresh` of its `entries` were new. The wait is the longest of three: the feed's interval, the
    wait after failures, and what the server asked for (up to `patience`). The jitter is added. If
    the feed skips that hour or day, the poll moves to the next hour that it does not skip.
    """
    if outcome is Outcome.GONE:
        return Due(
            at=None,
            interval=feed.interval,
            failures=feed.failures,
            reason="gone for good (410): not asked again",
        )
    now = now.astimezone(UTC)  # adding hours to a local time goes wrong twice a year
    interval = _interval(feed, outcome, entries, fresh, cadence)
    failures = 0.0
    wait = interval
    reason = f"every {_spoken(interval)}; {_rhythm(outcome, entries, fresh)}"
    if outcome not in {Outcome.READ, Outcome.UNCHANGED}:
        failures = max(feed.failures, 0) + WEIGHTS.get(outcome, HARD)
        wait = interval * min(2 ** min(failures, 64), cadence.rarest / interval)
        reason = f"failing: {failures:g} weighted failures, next try in {_spoken(wait)}"
        if outcome is Outcome.PENDING:
            wait = cadence.shortest
        if outcome in REASONS:
            reason = f"{REASONS[outcome]}: next try in {_spoken(wait)}"
    asked, by = _asked(hints, cadence)
    if asked > wait:
        wait, reason = asked, f"server asked for {_spoken(asked)} ({by})"
        if failures:
            reason += f"; {failures:g} weighted failures"
    later = wait * cadence.jitter * _share(feed.feed_id, now)
    at = _allowed(now + wait + later, later, hints)
    if at > now + wait + later:
        reason += f"; not before {at:%a %H:%M} UTC because of its skipHours or skipDays"
    return Due(at=at, interval=interval, failures=failures, reason=reason)


def _interval(
    feed: FeedState, outcome: Outcome, entries: int, fresh: int, cadence: Cadence
) -> timedelta:
    """The feed's interval after this poll, between `shortest` and `longest`."""
    interval = min(max(feed.interval, cadence.shortest), cadence.longest)
    if outcome is Outcome.READ:
        share = min(max(fresh, 0) / entries, 1) if entries > 0 else 0
        interval *= cadence.slower + (cadence.faster - cadence.slower) * share
    elif outcome is Outcome.UNCHANGED:
        interval *= cadence.unchanged
    return min(max(interval, cadence.shortest), cadence.longest)


def _rhythm(outcome: Outcome, entries: int, fresh: int) -> str:
    if outcome is Outcome.UNCHANGED:
        return "unchanged"
    return f"{fresh} of {entries} entries new" if entries else "it has no entries"


def _asked(hints: Hints, cadence: Cadence) -> tuple[timedelta, str]:
    """The longest wait that a server or its feed asked for, and the name of what asked."""
    asked = {
        "Retry-After": _capped(hints.retry_after, cadence),
        "Cache-Control": _capped(hints.max_age, cadence),
        "its ttl": _capped(hints.ttl, cadence),
    }
    by = max(asked, key=lambda name: asked[name])
    return asked[by], by


def _capped(asked: timedelta | None, cadence: Cadence) -> timedelta:
    return min(max(asked or timedelta(), timedelta()), cadence.patience)


def _allowed(at: datetime, jitter: timedelta, hints: Hints) -> datetime:
    """`at`, or the start of the next hour that the feed does not skip, plus the jitter."""
    hours = _respected(hints.skip_hours, 24)
    days = _respected(hints.skip_days, 7)
    moved = at
    while moved.hour in hours or moved.weekday() in days:
        moved = moved.replace(minute=0, second=0, microsecond=0) + HOUR
    if moved == at:
        return at
    # not exactly on the hour: all feeds that skip the same hours would be asked at once
    return moved + min(jitter, HOUR - timedelta(seconds=1))


def _respected(skipped: Collection[int], all_of_them: int) -> frozenset[int]:
    """The hours or days that a feed skips; none where it skips all of them."""
    known = frozenset(range(all_of_them)) & frozenset(skipped)
    return known if len(known) < all_of_them else frozenset()


def _share(feed_id: int, now: datetime) -> float:
    """A number from 0 to 1 that depends on the feed and the hour only.

    It is not random, so that a replay has the same result however long the answers take.
    """
    return xxhash.xxh3_64_intdigest(f"{feed_id} {now:%Y-%m-%d %H}".encode()) / 2**64


def _spoken(wait: timedelta) -> str:
    """A length of time in words: "45 min", "6 h", "7 days"."""
    minutes = wait / timedelta(minutes=1)
    if minutes < 1:
        return f"{wait.total_seconds():.0f} s"
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.2g} h" if minutes < 48 * 60 else f"{minutes / 1440:.2g} days"
