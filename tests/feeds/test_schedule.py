from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW, ago, state
from support.newsfeeds import RealRule, make_sources, run, summary

from ingest.feeds.schedule import FRESHNESS, bounded, next_poll
from ingest.model import LONGEST_WAIT, UNKNOWN, WEIGHTS, FeedState, Hints, Outcome, Pace

CADENCE = FRESHNESS["news"]
FAILURES = [
    *(Outcome.NOT_A_FEED, Outcome.BAD_ADDRESS, Outcome.FORBIDDEN_ADDRESS, Outcome.REFUSED),
    *(Outcome.TOO_LARGE, Outcome.HTTP_ERROR, Outcome.TOO_MANY_REDIRECTS, *WEIGHTS),
]


def minutes(count):
    return timedelta(minutes=count)


BEFORE = NOW - minutes(10)


def steady(a_day, *, at=BEFORE, window=20, **counts):
    """The pace of a feed whose entries have appeared at one rate for ten days."""
    return Pace(at=at, window=window, entries=a_day * 10, days=10, **counts)


def due(
    outcome=Outcome.UNCHANGED, *, entries=0, fresh=0, hints=None, now=NOW, cadence=CADENCE, **feed
):
    polled = state(**{"interval": minutes(60), **feed})
    asked = hints or Hints()
    return next_poll(
        polled, outcome, now, entries=entries, fresh=fresh, hints=asked, cadence=cadence
    )


@pytest.mark.parametrize(("a_day", "wait"), [(288, 10), (144, 20), (48, 60), (24, 120)])
def test_a_feed_is_asked_again_before_more_than_two_new_entries_are_expected(a_day, wait):
    found = due(pace=steady(a_day), feed_id=1)
    assert found.at - NOW == minutes(wait)
    assert found.interval == pytest.approx(minutes(CADENCE.entries * 1440 / a_day), rel=0.02)


def test_a_small_window_is_asked_for_before_a_quarter_of_it_is_expected_to_be_new():
    assert due(pace=steady(24, window=4)).interval == pytest.approx(minutes(60), rel=0.02)


def test_a_feed_whose_entries_come_in_clumps_is_asked_more_often():
    clumps = due(pace=steady(24, spread=240 * 12))
    assert clumps.interval < due(pace=steady(24)).interval / 3
    roomy = due(pace=steady(24, spread=240 * 12, window=100))
    assert roomy.interval == due(pace=steady(24)).interval


def test_an_unchanged_answer_and_one_with_an_entry_leave_a_known_rate_alike():
    known = steady(48)
    unchanged, one = due(pace=known), due(Outcome.READ, entries=20, fresh=1, pace=known)
    assert one.interval == pytest.approx(unchanged.interval, rel=0.01)
    assert one.interval < unchanged.interval


def test_quiet_hours_are_slept_through_and_busy_ones_are_not():
    by_hour = (0.5,) * 6 + (200.0,) * 12 + (0.5,) * 6
    pace = steady(86, by_hour=by_hour, hours_watched=(20.0,) * 24)
    noon = due(pace=pace)
    night = NOW.replace(hour=19)
    late = due(pace=replace(pace, at=night - minutes(10)), now=night)
    assert noon.at - NOW <= minutes(20)
    assert timedelta(hours=6) <= late.at - night <= timedelta(hours=11, minutes=30)


def test_a_poll_that_lists_only_new_entries_may_have_missed_some_and_is_repeated_at_once():
    found = due(Outcome.READ, entries=20, fresh=20, pace=steady(1))
    assert found.missed
    assert found.interval == CADENCE.shortest
    assert "may have been missed" in found.reason


@pytest.mark.parametrize(
    ("pace", "entries", "fresh"),
    [(UNKNOWN, 20, 20), (steady(9), 20, 19), (steady(9), 0, 0), (steady(9, window=0), 3, 3)],
)
def test_no_other_poll_is_said_to_have_missed_any(pace, entries, fresh):
    assert not due(Outcome.READ, entries=entries, fresh=fresh, pace=pace).missed


def test_a_feed_that_stops_is_asked_ever_more_rarely_but_never_dropped():
    feed, now, waits = state(pace=steady(144)), NOW, []
    for _ in range(200):
        found = next_poll(feed, Outcome.UNCHANGED, now, entries=0, fresh=0, hints=Hints())
        feed = replace(feed, pace=found.pace)
        waits.append(found.at - now)
        now = found.at
    assert waits[0] == minutes(20)
    assert CADENCE.longest * (1 - CADENCE.offset) <= waits[-1] <= CADENCE.longest
    assert sum(wait < CADENCE.longest / 2 for wait in waits) < 60


def test_a_feed_can_be_given_bounds_of_its_own():
    hourly = bounded(CADENCE, timedelta(hours=1), timedelta(hours=1))
    assert due(pace=steady(288), cadence=hourly).at - NOW == timedelta(hours=1)
    rare = due(pace=steady(0.01), cadence=bounded(CADENCE, None, timedelta(days=6))).at - NOW
    assert timedelta(days=5) < rare <= timedelta(days=6)
    assert bounded(CADENCE, timedelta(days=2), None).longest == timedelta(days=2)
    assert bounded(CADENCE, None, None) == CADENCE


@pytest.mark.parametrize("bounds", [(None, timedelta(days=400)), (timedelta(days=400), None)])
def test_no_bound_of_a_feed_leads_beyond_the_longest_wait(bounds):
    cadence = bounded(replace(CADENCE, tick=timedelta(hours=1)), *bounds)
    skips = Hints(skip_hours=frozenset(range(23)), skip_days=frozenset(range(6)))
    for outcome in (Outcome.READ, Outcome.UNCHANGED, Outcome.TIMEOUT, Outcome.NOT_A_FEED):
        found = due(outcome, entries=9, pace=steady(0.001), hints=skips, cadence=cadence)
        assert found.at - NOW < LONGEST_WAIT


def test_a_feed_that_was_never_read_keeps_its_interval_while_it_fails():
    assert due(Outcome.TIMEOUT).interval == minutes(60)


@pytest.mark.parametrize(
    ("outcome", "failures", "wait"),
    [
        (Outcome.NOT_A_FEED, 1, 120),
        (Outcome.REFUSED, 1, 120),
        (Outcome.ROBOTS, 1, 120),
        (Outcome.NOT_FOUND, 0.5, 60 * 2**0.5),
        (Outcome.TLS_FAILED, 0.5, 60 * 2**0.5),
        (Outcome.DNS_FAILED, 0.25, 60 * 2**0.25),
        (Outcome.COOLING, 0, 60),
    ],
)
def test_a_failure_counts_as_much_as_it_tells(outcome, failures, wait):
    found = due(outcome)
    assert (found.failures, found.interval) == (failures, minutes(60))
    assert found.at - NOW == minutes(wait // 10 * 10)


def test_a_feed_that_fails_for_ever_is_still_asked_once_a_week():
    found = due(Outcome.NOT_A_FEED, failures=1e6)
    assert timedelta(days=6) < found.at - NOW <= timedelta(days=7)


@pytest.mark.parametrize("outcome", [Outcome.READ, Outcome.UNCHANGED])
def test_success_forgets_the_failures(outcome):
    assert due(outcome, failures=9).failures == 0


def test_a_feed_that_is_gone_is_not_asked_again():
    found = due(Outcome.GONE)
    assert found.at is None
    assert "410" in found.reason


@pytest.mark.parametrize(
    ("hints", "wait", "reason"),
    [
        (Hints(retry_after=minutes(80)), minutes(80), "80 min (Retry-After)"),
        (Hints(max_age=timedelta(hours=3)), timedelta(hours=3), "3 h (Cache-Control)"),
        (Hints(retry_after=timedelta(days=99)), timedelta(days=1), "24 h (Retry-After)"),
        (Hints(retry_after=minutes(81)), minutes(90), "81 min (Retry-After)"),
        (Hints(retry_after=minutes(5)), minutes(60), "in 63 min: unchanged, 48 a day expected"),
        (Hints(retry_after=minutes(-5)), minutes(60), "in 63 min"),
    ],
)
def test_what_a_server_asks_for_is_the_least_it_gets_up_to_a_day(hints, wait, reason):
    found = due(hints=hints, pace=steady(48))
    assert found.at - NOW == wait
    assert reason in found.reason


def test_a_feed_that_was_not_asked_is_told_why():
    assert "time for its host was over" in due(Outcome.PENDING).reason
    assert due(Outcome.PENDING).at - NOW == minutes(10)
    assert "password" in due(Outcome.NO_CREDENTIALS).reason
    assert due(Outcome.NO_CREDENTIALS, failures=1).failures == 1


def test_the_reason_says_what_is_wrong_and_how_long_it_will_be():
    found = due(Outcome.NOT_A_FEED, failures=1.5)
    assert found.reason == "failing: 2.5 weighted failures, next try in 5.7 h"
    throttled = due(Outcome.THROTTLED, hints=Hints(retry_after=timedelta(hours=3)))
    assert throttled.reason == "server asked for 3 h (Retry-After); 0.5 weighted failures"
    assert "asked us to wait" in due(Outcome.COOLING).reason


def test_skipped_hours_and_days_move_a_poll_on():
    thursday = datetime(2026, 9, 17, 22, 30, tzinfo=UTC)
    nights = Hints(skip_hours=frozenset({22, 23, 0, 1, 2, 3}), skip_days=frozenset({4}))
    found = due(hints=nights, now=thursday)
    assert found.at.replace(minute=0) == datetime(2026, 9, 19, 4, tzinfo=UTC)
    assert f"Sat 04:{found.at:%M} UTC" in found.reason


def test_a_feed_that_skips_everything_skips_nothing():
    always = Hints(skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))
    assert due(hints=always, pace=steady(48)).at == NOW + minutes(60)


def test_feeds_that_are_asked_rarely_are_not_all_asked_at_one_tick():
    times = {due(feed_id=number, pace=steady(0.1)).at for number in range(100)}
    assert len(times) > 10
    hours = Hints(skip_hours=frozenset({NOW.hour, NOW.hour + 1}))
    assert len({due(feed_id=n, pace=steady(48), hints=hours).at for n in range(100)}) == 6


def test_a_poll_falls_on_a_tick_however_late_in_the_run_its_answer_came():
    for late in range(0, 300, 7):
        now = NOW + timedelta(seconds=late)
        assert due(pace=steady(288), now=now).at == NOW + minutes(10)
    assert due(pace=steady(288), now=NOW + minutes(9)).at == NOW + minutes(20)


WAITS = st.timedeltas(timedelta(days=-1), timedelta(days=400))
HINTS = st.builds(
    Hints,
    retry_after=st.none() | WAITS,
    max_age=st.none() | WAITS,
    ttl=st.none() | WAITS,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
STATES = st.builds(
    FeedState,
    feed_id=st.integers(0, 2**63 - 1),
    url=st.just("https://wire.example/feed"),
    interval=st.timedeltas(timedelta(0), timedelta(days=400)),
    failures=st.floats(0, 1e6),
    pace=st.builds(
        Pace,
        at=st.none() | st.datetimes(NOW.replace(tzinfo=None, year=1990), timezones=st.just(UTC)),
        window=st.integers(0, 1000),
        entries=st.floats(0, 1e6),
        days=st.floats(0, 1e3),
        spread=st.floats(0, 1e9),
        silence=st.floats(0, 1e6),
        by_hour=st.tuples(*[st.floats(0, 1e4)] * 24),
        hours_watched=st.tuples(*[st.floats(0, 28)] * 24),
    ),
)
MOMENTS = st.datetimes(
    min_value=NOW.replace(tzinfo=None, year=2000),
    max_value=NOW.replace(tzinfo=None, year=2100),
    timezones=st.timezones(),
)
COUNTS = st.integers(0, 1000)
ASKED = st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.GONE])
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(STATES, ASKED, MOMENTS, COUNTS, COUNTS, HINTS)
def test_whatever_happens_the_next_poll_is_neither_too_soon_nor_too_late(
    feed, outcome, now, entries, fresh, hints
):
    found = next_poll(feed, outcome, now, entries=entries, fresh=fresh, hints=hints)
    now = now.astimezone(UTC)
    asked = [hint for hint in (hints.retry_after, hints.max_age, hints.ttl) if hint]
    assert found.at > now
    assert all(found.at >= now + min(hint, CADENCE.patience) for hint in asked)
    assert CADENCE.shortest <= found.interval <= CADENCE.longest
    failed = outcome not in {Outcome.READ, Outcome.UNCHANGED}
    longest = CADENCE.rarest if failed else CADENCE.longest
    assert found.at <= now + longest + CADENCE.tick + 8 * DAY  # to skip is to wait a week
    if not hints.skip_hours and not hints.skip_days:
        assert found.at <= now + longest + CADENCE.tick
    assert (found.at - EPOCH) % CADENCE.tick == timedelta(0)
    assert found.reason
    assert found.failures >= 0
    if len(hints.skip_hours) < 24:
        assert found.at.hour not in hints.skip_hours
    if len(hints.skip_days) < 7:
        assert found.at.weekday() not in hints.skip_days


@given(STATES, st.sampled_from(FAILURES), MOMENTS, st.floats(0, 100))
def test_the_more_a_feed_has_failed_the_longer_it_is_left_alone(feed, outcome, now, more):
    less, worse = (
        next_poll(
            FeedState(feed_id=1, url="", interval=feed.interval, failures=failures),
            outcome,
            now,
            entries=0,
            fresh=0,
            hints=Hints(),
        )
        for failures in (feed.failures, feed.failures + more)
    )
    assert less.at <= worse.at
    assert less.failures <= worse.failures


@given(st.floats(0.001, 500), st.floats(1, 100), MOMENTS, st.integers(1, 200))
def test_the_faster_a_feed_the_sooner_it_is_asked_again(a_day, times, now, window):
    at = now.astimezone(UTC) - minutes(10)
    slow, fast = (
        due(pace=steady(r, at=at, window=window), now=now) for r in (a_day, a_day * times)
    )
    assert fast.interval <= slow.interval
    assert fast.at <= slow.at


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=40)), max_size=30), st.randoms())
def test_the_order_of_the_entries_in_a_document_does_not_matter(ages, chance):
    dates = [NOW - age for age in ages]
    mixed = chance.sample(dates, len(dates))
    first, second = (
        next_poll(
            state(), Outcome.READ, NOW, entries=len(ages), fresh=0, hints=Hints(), dates=given
        )
        for given in (dates, mixed)
    )
    assert first == second


def test_the_dates_of_the_first_document_tell_the_rate():
    def first(dates):
        return next_poll(
            state(), Outcome.READ, NOW, entries=20, fresh=20, hints=Hints(), dates=dates
        )

    hourly = [NOW - timedelta(hours=number) for number in range(20)]
    assert first(hourly).interval == pytest.approx(minutes(126), rel=0.2)
    assumed = first([None] * 20).interval
    future = [date + timedelta(hours=3) for date in hourly]
    for dates in (future, [NOW] * 20, hourly[:9], [*hourly[:15], *[None] * 5]):
        assert first(dates).interval == assumed
    stale = [date - timedelta(days=300) for date in hourly]
    assert first(stale).interval == CADENCE.longest


def test_the_first_poll_of_all_may_lie_in_the_past():
    past = ago(days=300)
    assert due(now=past, pace=steady(48, at=past)).at == past + minutes(60)


@pytest.mark.slow
def test_the_simulated_newsrooms_are_read_in_time():
    """A floor for what `tests/benchmarks/schedule.py` measures, on a seed of its own."""
    found = summary(run(make_sources(7, 60), lambda s: RealRule(s, CADENCE), window=20, tick=600))
    assert found.requests <= 24.5  # the seed's feeds are busier than most
    assert found.median <= 7.6
    assert found.busy_p95 <= 42
    assert found.lost <= 0.0005


@pytest.mark.slow
def test_more_freshness_is_more_requests_and_less_delay():
    sources = make_sources(8, 12)
    gentle, news, live = (
        summary(run(sources, lambda s, c=cadence: RealRule(s, c), window=20, tick=600))
        for cadence in (FRESHNESS["gentle"], FRESHNESS["news"], FRESHNESS["live"])
    )
    assert gentle.requests < news.requests < live.requests
    assert gentle.median > news.median > live.median
