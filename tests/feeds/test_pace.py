from datetime import UTC, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW

from ingest.feeds.pace import clumping, expected, observe, rate, rolled_past
from ingest.model import UNKNOWN

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def watch(pace, polls, since=NOW):
    """The pace after polls of `(hours since the one before, new entries)`, without dates."""
    for hours, fresh in polls:
        since += timedelta(hours=hours)
        pace = observe(pace, since, entries=20 if fresh else 0, fresh=fresh)
    return pace


def first(dates, at=NOW):
    return observe(UNKNOWN, at, entries=len(dates), fresh=len(dates), dates=dates)


def by_the_hour(pace, since):
    """Entries expected in each of the 24 hours from a full hour on."""
    hours = expected(pace, since)
    return [length * a_second for length, a_second in (next(hours) for _ in range(24))]


@pytest.mark.parametrize("a_day", [4, 24, 96, 288])
def test_a_first_document_tells_the_rate_and_polls_keep_it(a_day):
    gap = DAY / a_day
    pace = first([NOW - gap * (number + 0.5) for number in range(20)])
    assert rate(pace) == pytest.approx(a_day, rel=0.1)
    hours = 24 / a_day
    assert rate(watch(pace, [(hours, 1)] * 100)) == pytest.approx(a_day, rel=0.1)


def test_without_dates_the_arrivals_tell_the_rate():
    pace = first([None] * 20)
    assert rate(watch(pace, [(1, 4)] * 48)) == pytest.approx(96, rel=0.1)
    assert rate(watch(pace, [(24, 0)] * 14)) < 1


def test_hours_and_days_show_where_there_is_history():
    pace = first([NOW - HOUR * number for number in range(20)])
    flat = by_the_hour(pace, NOW)
    assert max(flat) < 1.5 * min(flat)
    for _ in range(20):
        pace = watch(pace, [(0.5, 4)] * 24 + [(1, 0)] * 12, pace.at)
    busy, quiet = by_the_hour(pace, NOW)[:12], by_the_hour(pace, NOW)[12:]
    assert min(busy) > 6
    assert max(quiet) < 1


def test_an_entry_counts_at_its_date_where_that_is_credible():
    pace = first([NOW - HOUR * number for number in range(20)])
    at = NOW + 6 * HOUR
    told = observe(pace, at, entries=4, fresh=1, dates=[NOW - HOUR, NOW, NOW + HOUR, NOW - DAY])
    silent = observe(pace, at, entries=4, fresh=1)
    assert told.by_hour[(NOW + HOUR).hour] > pace.by_hour[(NOW + HOUR).hour] + 0.9
    assert silent.by_hour[(NOW + HOUR).hour] < pace.by_hour[(NOW + HOUR).hour] + 0.3
    assert rate(told) == pytest.approx(rate(silent))


def test_a_silence_slows_a_feed_down_and_one_entry_ends_it():
    pace = first([NOW - HOUR * number for number in range(20)])
    rates = [rate(watch(pace, [(24, 0)] * days)) for days in range(6)]
    assert all(later < before for before, later in pairwise(rates))
    assert rates[-1] < rates[0] / 10
    assert rate(watch(pace, [(24, 0)] * 5 + [(24, 1)])) > 3 * rates[-1]


def test_bursts_are_clumps_and_single_entries_are_none():
    pace = first([NOW - HOUR * number for number in range(20)])
    assert clumping(watch(pace, [(1, 1)] * 200)) < 1.2
    assert clumping(watch(pace, [(1, 0)] * 23 + [(1, 15)] * 1)) > 2
    assert clumping(watch(pace, ([(1, 0)] * 23 + [(1, 15)]) * 14)) > 6


def test_a_window_of_nothing_but_new_entries_raises_the_rate_at_once():
    slow = watch(first([None] * 20), [(24, 0)] * 10)
    at = slow.at + DAY
    assert rolled_past(slow, 20, 20)
    dateless = observe(slow, at, entries=20, fresh=20)
    dated = observe(
        slow, at, entries=20, fresh=20, dates=[at - HOUR / 2 * number for number in range(20)]
    )
    assert rate(dateless) > 20
    assert rate(dated) == pytest.approx(48, rel=0.5)


def test_a_poll_that_is_not_later_than_the_last_changes_nothing():
    pace = first([NOW - HOUR * number for number in range(20)])
    assert observe(pace, NOW, entries=20, fresh=9) == pace
    assert observe(pace, NOW - DAY, entries=20, fresh=9) == pace


def test_a_poll_of_a_run_whose_clock_was_years_ahead_does_not_stop_the_counting():
    pace = first([NOW - HOUR * number for number in range(20)])
    ahead = observe(pace, NOW.replace(year=2066), entries=0, fresh=0)
    back = observe(ahead, NOW + DAY, entries=20, fresh=9)
    assert back.at == NOW + DAY
    assert observe(back, NOW + 2 * DAY, entries=20, fresh=9).entries > back.entries + 8


POLLS = st.lists(
    st.tuples(
        st.timedeltas(timedelta(seconds=1), timedelta(days=400)),
        st.integers(0, 200),
        st.integers(0, 200),
        st.lists(st.none() | st.timedeltas(timedelta(days=-9), timedelta(days=900)), max_size=40),
    ),
    max_size=12,
)


@given(POLLS)
def test_whatever_polls_bring_the_counts_stay_sound(polls):
    pace, now = UNKNOWN, NOW
    for gap, entries, fresh, ages in polls:
        now += gap
        dates = [None if age is None else now - age for age in ages]
        pace = observe(pace, now, entries=entries, fresh=fresh, dates=dates)
        assert pace.at == now.astimezone(UTC)
        counts = [pace.entries, pace.days, pace.spread, pace.silence, *pace.by_hour, *pace.by_day]
        assert all(0 <= count < 1e12 for count in counts)
        assert 0 <= rate(pace) < 1e9
        assert clumping(pace) >= 1
        assert all(0 <= count < 1e9 for count in by_the_hour(pace, now))
