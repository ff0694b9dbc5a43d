"""When a feed is polled next. Pure.

A feed is polled when some new entries are expected, and rarely while it fails.
`ingest.feeds.pace` estimates how fast its entries appear. A feed is never polled before the time
that its server asks for. Failures lengthen the wait up to `Cadence.rarest`; only a feed that is
gone (410) is never polled again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import xxhash

from ingest.feeds.pace import clumping, expected, observe, rate, rolled_past
from ingest.model import HARD, WEIGHTS, Due, FeedState, Hints, Outcome, Pace

HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Why a feed was not asked, for each outcome without a request.
REASONS = {
    Outcome.COOLING: "its host asked us to wait",
    Outcome.PENDING: "the time for its host was over in this run",
    Outcome.NO_CREDENTIALS: "not asked, because its password or token is only in the OPML file",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How many new entries a poll waits for, and the limits of the wait between polls."""

    entries: float = 2.1  # a feed is polled again when this many new entries are expected
    share: float = 0.25  # or when they would fill this share of its window
    clumps: float = 0.33  # or this share divided by the size of its clumps of entries
    shortest: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=24)
    tick: timedelta = timedelta(minutes=10)  # the time between two scheduled runs
    rarest: timedelta = timedelta(days=7)  # the longest wait after failures
    patience: timedelta = timedelta(days=1)  # the longest wait that a server can ask for
    offset: float = 0.1  # a long wait is shortened by up to this share, so that feeds spread out


#: What applies where nothing else is set.
NEWS = Cadence()
#: The values of COPYDESK_FRESHNESS.
FRESHNESS = {
    "gentle": Cadence(entries=4, shortest=timedelta(minutes=30)),
    "news": NEWS,
    "live": Cadence(entries=0.8, longest=timedelta(hours=6)),
}


def bounded(cadence: Cadence, shortest: timedelta | None, longest: timedelta | None) -> Cadence:
    """A cadence with the bounds of one feed; None keeps the cadence's own bound.

    Where `longest` is less than `shortest`, `shortest` holds for both. No bound exceeds
    `Cadence.rarest`, so that `LONGEST_WAIT` holds for every feed.
    """
    least = min(shortest or cadence.shortest, cadence.rarest)
    most = min(longest or cadence.longest, cadence.rarest)
    return replace(cadence, shortest=least, longest=max(least, most))


def next_poll(
    feed: FeedState,
    outcome: Outcome,
    now: datetime,
    *,
    entries: int,
    fresh: int,
    hints: Hints,
    dates: Sequence[datetime | None] = (),
    cadence: Cadence = NEWS,
) -> Due:
    """When to poll a feed again after a poll at `now` (with a zone) that ended in `outcome`.

    `fresh` of its `entries` were new; `dates` has the date of each, in any order. The wait is the
    longest of three: the feed's interval, the wait after failures, and what the server asked for
    (up to `patience`). The poll falls on a tick, at most one tick later. If the feed skips that
    hour or day, the poll moves to the next hour that it does not skip.
    """
    if outcome is Outcome.GONE:
        return Due(
            at=None,
            interval=feed.interval,
            failures=feed.failures,
            reason="gone for good (410): not asked again",
            pace=feed.pace,
        )
    now = now.astimezone(UTC)  # adding hours to a local time goes wrong twice a year
    missed = outcome is Outcome.READ and rolled_past(feed.pace, entries, fresh)
    pace = feed.pace
    if outcome in {Outcome.READ, Outcome.UNCHANGED}:
        pace = observe(pace, now, entries=entries, fresh=fresh, dates=dates)
    interval = _interval(feed, pace, now, cadence, missed=missed)
    failures = 0.0
    wait = interval
    reason = f"in {_spoken(interval)}: {_rhythm(pace, outcome, entries, fresh, missed=missed)}"
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
    lot = xxhash.xxh3_64_intdigest(str(feed.feed_id).encode()) / 2**64
    due = _on_a_tick(now, wait, asked, lot, cadence)
    at = _allowed(due, lot, hints, cadence)
    if at > due:
        reason += f"; not before {at:%a %H:%M} UTC because of its skipHours or skipDays"
    return Due(at=at, interval=interval, failures=failures, reason=reason, pace=pace, missed=missed)


def _interval(
    feed: FeedState, pace: Pace, now: datetime, cadence: Cadence, *, missed: bool
) -> timedelta:
    """The time until enough new entries are expected, between `shortest` and `longest`.

    It is `shortest` after a poll that may have missed entries. A feed that was never read keeps its
    interval.
    """
    if pace.at is None:
        return min(max(feed.interval, cadence.shortest), cadence.longest)
    if missed:
        return cadence.shortest
    worth = cadence.entries
    if pace.window:
        clumps = cadence.clumps / clumping(pace)
        worth = min(worth, min(cadence.share, clumps) * pace.window)
    longest = cadence.longest.total_seconds()
    came = waited = 0.0
    for length, a_second in expected(pace, now):
        needed = (worth - came) / a_second if a_second > 0 else longest
        if needed <= length or waited + length >= longest:
            waited += min(needed, length)
            break
        came += a_second * length
        waited += length
    return min(max(timedelta(seconds=waited), cadence.shortest), cadence.longest)


def _rhythm(pace: Pace, outcome: Outcome, entries: int, fresh: int, *, missed: bool) -> str:
    found = "unchanged"
    if outcome is not Outcome.UNCHANGED:
        found = f"{fresh} of {entries} entries new" if entries else "it has no entries"
    if missed:
        return f"{found}, so that some may have been missed"
    return f"{found}, {rate(pace):.2g} a day expected"


def _on_a_tick(
    now: datetime, wait: timedelta, asked: timedelta, lot: float, cadence: Cadence
) -> datetime:
    """The last tick within the wait that is after `now` and after what the server asked for.

    The part of a wait beyond a quarter of the longest is shortened by up to `offset`. `lot`, a
    number from 0 to 1, decides by how much: else feeds that were added together would all be polled
    at one tick.
    """
    beyond = wait - max(cadence.shortest, cadence.longest / 4)
    if beyond > timedelta(0):
        wait = max(asked, wait - beyond * cadence.offset * lot)
    tick = cadence.tick
    ticks = max(1, wait // tick)
    begun = now - (now - EPOCH) % tick
    missing = now + max(asked, cadence.shortest / 2) - (begun + ticks * tick)
    return begun + (ticks + max(0, -(-missing // tick))) * tick


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


def _allowed(at: datetime, lot: float, hints: Hints, cadence: Cadence) -> datetime:
    """`at`, or a tick of the next hour that the feed does not skip. `lot` chooses the tick."""
    hours = _respected(hints.skip_hours, 24)
    days = _respected(hints.skip_days, 7)
    moved = at
    while moved.hour in hours or moved.weekday() in days:
        moved = moved.replace(minute=0, second=0, microsecond=0) + HOUR
    if moved == at:
        return at
    # not always on the hour: all feeds that skip the same hours would be asked at once
    return moved + int(lot * (HOUR / cadence.tick)) * cadence.tick


def _respected(skipped: Collection[int], all_of_them: int) -> frozenset[int]:
    """The hours or days that a feed skips; none where it skips all of them."""
    known = frozenset(range(all_of_them)) & frozenset(skipped)
    return known if len(known) < all_of_them else frozenset()


def _spoken(wait: timedelta) -> str:
    """A length of time in words: "45 min", "6 h", "7 days"."""
    minutes = wait / timedelta(minutes=1)
    if minutes < 1:
        return f"{wait.total_seconds():.0f} s"
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.2g} h" if minutes < 48 * 60 else f"{minutes / 1440:.2g} days"
