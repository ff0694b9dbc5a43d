"""When a feed is asked again: once some new entries are expected, rarely while it fails.

How fast its entries appear is estimated in `ingest.feeds.pace`. No feed is ever given up: its
failures only lengthen the wait, up to `Cadence.rarest`. Pure.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import xxhash

from ingest.feeds.pace import clumping, expected, observe, rate, rolled_past
from ingest.model import NOT_ASKED, Due, FeedState, Hints, Outcome, Pace

#: How much a failure weighs. Hard ones (1) rarely pass by themselves; the others often do.
WEIGHTS = {
    **dict.fromkeys(NOT_ASKED, 0.0),
    Outcome.DNS_FAILED: 0.25,
    **dict.fromkeys(
        (
            *(Outcome.NOT_FOUND, Outcome.THROTTLED, Outcome.CHALLENGED, Outcome.SERVER_ERROR),
            *(Outcome.CONNECTION_FAILED, Outcome.TIMEOUT, Outcome.TRUNCATED, Outcome.TLS_FAILED),
        ),
        0.5,
    ),
}
HARD = 1.0
HOUR = timedelta(hours=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Why a feed was not asked.
REASONS = {
    Outcome.COOLING: "its host asked for patience",
    Outcome.PENDING: "its host's time was up in this run",
    Outcome.NO_CREDENTIALS: "not asked without its password, which only the OPML file has",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How polling follows a feed: what it may cost, and its bounds."""

    entries: float = 2.1  # a feed is asked again before so many new ones are expected
    share: float = 0.25  # of its window that they may fill
    clumps: float = 0.33  # the same where entries come in clumps, over the size of a clump
    shortest: timedelta = timedelta(minutes=10)
    longest: timedelta = timedelta(hours=24)
    tick: timedelta = timedelta(minutes=10)  # the scheduler runs so often, from the full hour on
    rarest: timedelta = timedelta(days=7)  # the longest wait failures lead to
    patience: timedelta = timedelta(days=1)  # a server that asks for more gets this
    offset: float = 0.1  # share that may be taken off a long wait, so that feeds spread


#: What COPYDESK_FRESHNESS names.
FRESHNESS = {
    "gentle": Cadence(entries=4, shortest=timedelta(minutes=30)),
    "news": Cadence(),
    "live": Cadence(entries=0.8, longest=timedelta(hours=6)),
}


def bounded(cadence: Cadence, shortest: timedelta | None, longest: timedelta | None) -> Cadence:
    """A cadence with the bounds that one feed was given; None leaves one as it is.

    Where they cross, the shortest interval holds.
    """
    least = cadence.shortest if shortest is None else shortest
    return replace(cadence, shortest=least, longest=max(least, longest or cadence.longest))


def next_poll(
    feed: FeedState,
    outcome: Outcome,
    now: datetime,
    *,
    entries: int,
    fresh: int,
    hints: Hints,
    dates: Sequence[datetime | None] = (),
    cadence: Cadence = Cadence(),
) -> Due:
    """When to ask a feed again after a poll at `now` (with a zone) that ended in `outcome`.

    `fresh` of its `entries` were new; `dates` has the date of each, in any order. Always after
    `now`, and never before the time its server asked for (up to `patience`). At the latest it is a
    tick more than the longest of interval, failures' wait and what was asked, then the next hour
    that the feed does not skip.
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
        reason += f"; not before {at:%a %H:%M} UTC, by its skipHours or skipDays"
    return Due(at=at, interval=interval, failures=failures, reason=reason, pace=pace, missed=missed)


def _interval(
    feed: FeedState, pace: Pace, now: datetime, cadence: Cadence, *, missed: bool
) -> timedelta:
    """The time until the entries that a poll is worth are expected, within its bounds.

    Where a poll may have missed some it is the shortest. A feed that was never read keeps what it
    had.
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
        found = f"{fresh} of {entries} entries new" if entries else "it lists nothing"
    if missed:
        return f"{found}, so that some may have been missed"
    return f"{found}, {rate(pace):.2g} a day expected"


def _on_a_tick(
    now: datetime, wait: timedelta, asked: timedelta, lot: float, cadence: Cadence
) -> datetime:
    """The last tick within a wait, but after `now` and after what a server asked for.

    What a wait has beyond a quarter of the longest is shortened by up to `offset`, by the feed's
    lot from 0 to 1: feeds that were added together would all be asked at one tick.
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
    """The longest wait a server or its feed asked for, and where it said so."""
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
    """`at`, or a tick of the next hour that the feed does not skip, by its lot."""
    hours = _respected(hints.skip_hours, 24)
    days = _respected(hints.skip_days, 7)
    moved = at
    while moved.hour in hours or moved.weekday() in days:
        moved = moved.replace(minute=0, second=0, microsecond=0) + HOUR
    if moved == at:
        return at
    # not on the hour: feeds that skip the same ones would all be asked at once
    return moved + int(lot * (HOUR / cadence.tick)) * cadence.tick


def _respected(skipped: Collection[int], all_of_them: int) -> frozenset[int]:
    """What a feed skips, unless that leaves nothing."""
    known = frozenset(range(all_of_them)) & frozenset(skipped)
    return known if len(known) < all_of_them else frozenset()


def _spoken(wait: timedelta) -> str:
    """A time as people say it: "45 min", "6 h", "7 days"."""
    minutes = wait / timedelta(minutes=1)
    if minutes < 1:
        return f"{wait.total_seconds():.0f} s"
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.2g} h" if minutes < 48 * 60 else f"{minutes / 1440:.2g} days"
