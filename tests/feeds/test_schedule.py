from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW, ago, state

from ingest.feeds.schedule import Cadence, next_poll
from ingest.model import WEIGHTS, FeedState, Hints, Outcome

CADENCE = Cadence()
STEADY = Cadence(jitter=0)
FAILURES = [
    *(Outcome.NOT_A_FEED, Outcome.BAD_ADDRESS, Outcome.FORBIDDEN_ADDRESS, Outcome.REFUSED),
    *(Outcome.TOO_LARGE, Outcome.HTTP_ERROR, Outcome.TOO_MANY_REDIRECTS, *WEIGHTS),
]


def minutes(count):
    return timedelta(minutes=count)


def due(outcome=Outcome.READ, *, entries=20, fresh=10, hints=None, now=NOW, cadence=STEADY, **feed):
    polled = state(**{"interval": minutes(60), **feed})
    asked = hints or Hints()
    return next_poll(
        polled, outcome, now, entries=entries, fresh=fresh, hints=asked, cadence=cadence
    )


@pytest.mark.parametrize(
    ("entries", "fresh", "interval"),
    [(20, 0, 90), (20, 5, 75), (20, 10, 60), (20, 20, 30), (0, 0, 90), (2, 5, 30)],
)
def test_news_makes_the_next_poll_come_sooner_and_none_later(entries, fresh, interval):
    assert due(entries=entries, fresh=fresh).interval == minutes(interval)


def test_an_unchanged_feed_slows_down_gently():
    assert due(Outcome.UNCHANGED).interval == minutes(75)


@pytest.mark.parametrize(
    ("learned", "fresh", "interval"),
    [(minutes(11), 20, minutes(10)), (timedelta(hours=23), 0, timedelta(hours=24))],
)
def test_the_interval_keeps_its_bounds(learned, fresh, interval):
    assert due(interval=learned, fresh=fresh).interval == interval


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
    assert (found.at - NOW) / minutes(1) == pytest.approx(wait)


def test_a_feed_that_fails_for_ever_is_still_asked_once_a_week():
    found = due(Outcome.NOT_A_FEED, failures=1e6)
    assert found.at - NOW == timedelta(days=7)


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
        (Hints(retry_after=minutes(5)), minutes(60), "every 60 min; 10 of 20 entries new"),
        (Hints(retry_after=minutes(-5)), minutes(60), "every 60 min"),
    ],
)
def test_what_a_server_asks_for_is_the_least_it_gets_up_to_a_day(hints, wait, reason):
    found = due(hints=hints)
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
    assert found.at == datetime(2026, 9, 19, 4, tzinfo=UTC)
    assert "Sat 04:00 UTC" in found.reason


def test_a_feed_that_skips_everything_skips_nothing():
    always = Hints(skip_hours=frozenset(range(24)), skip_days=frozenset(range(7)))
    assert due(hints=always).at == NOW + minutes(60)


def test_feeds_with_one_rhythm_are_not_asked_in_step():
    times = {due(feed_id=number, cadence=CADENCE).at for number in range(100)}
    assert len(times) == 100
    assert due(cadence=CADENCE) == due(cadence=CADENCE)


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
)
MOMENTS = st.datetimes(
    min_value=NOW.replace(tzinfo=None, year=2000),
    max_value=NOW.replace(tzinfo=None, year=2100),
    timezones=st.timezones(),
)
COUNTS = st.integers(0, 1000)
ASKED = st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.GONE])
DAY = timedelta(days=1)


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
    assert found.at <= now + longest * (1 + CADENCE.jitter) + 8 * DAY  # to skip is to wait a week
    if not hints.skip_hours and not hints.skip_days:
        assert found.at <= now + longest * (1 + CADENCE.jitter)
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


def test_the_first_poll_of_all_may_lie_in_the_past():
    assert due(now=ago(days=300)).at == ago(days=300) + minutes(60)
