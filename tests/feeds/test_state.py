from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.builders import FEED_URL, NOW, ago, attempt, state

from ingest.feeds.state import asked_of_us, is_silent, learn, new_address, request_for
from ingest.model import Due, Hints, Outcome, Pace, ParsedFeed, Poll

HOUR = timedelta(hours=1)
DUE = Due(at=NOW + HOUR, interval=HOUR, failures=0, reason="every 60 min")
NEW_HOME = "https://new.example/feed"
VALIDATED = {"etag": '"v1"', "last_modified": "Wed, 16 Sep 2026 10:00:00 GMT"}


def polled(feed, outcome=Outcome.READ, *, moved_to="", validators="etag"):
    request = attempt(outcome, kind="feed", url=feed.url, validators=validators)
    return Poll(feed=feed, attempt=request, moved_to=moved_to)


def test_a_feed_is_asked_with_both_validators():
    asked = request_for(state(**VALIDATED), NOW)
    assert (asked.etag, asked.last_modified) == tuple(VALIDATED.values())


def test_a_feed_unchanged_for_far_longer_than_its_rhythm_is_asked_once_in_full():
    quiet = state(**VALIDATED, rhythm=HOUR, fresh_at=ago(days=3))
    assert is_silent(quiet, NOW)
    assert request_for(quiet, NOW).etag == ""
    told = learn(polled(quiet, Outcome.UNCHANGED, validators=""), DUE, 0, NOW)
    assert request_for(told, NOW + HOUR).etag == VALIDATED["etag"]
    assert request_for(told, NOW + timedelta(days=3)).etag == ""


def test_a_feed_that_is_slow_by_nature_is_not_doubted():
    weekly = state(**VALIDATED, rhythm=timedelta(days=7), fresh_at=ago(days=30))
    assert not is_silent(weekly, NOW)


def test_a_feed_without_a_history_is_not_doubted():
    assert not is_silent(state(**VALIDATED), NOW)


def test_a_poll_keeps_the_pace_that_it_leads_to():
    pace = Pace(at=NOW, window=20, entries=7, days=1)
    for outcome in (Outcome.READ, Outcome.TIMEOUT):
        assert learn(polled(state(), outcome), replace(DUE, pace=pace), 0, NOW).pace == pace


def test_a_new_entry_that_a_run_with_its_clock_ahead_found_leaves_no_negative_gap():
    ahead = state(fresh_at=NOW + timedelta(days=900), rhythm=HOUR)
    feed = learn(polled(ahead), DUE, 1, NOW)
    assert timedelta(0) <= feed.rhythm <= HOUR
    assert feed.fresh_at == NOW


def test_the_rhythm_is_the_usual_time_between_new_entries():
    feed = state()
    for day in range(40):
        feed = learn(polled(feed), DUE, 1, NOW + timedelta(days=day))
    assert feed.rhythm == timedelta(days=1)
    assert feed.fresh_at == NOW + timedelta(days=39)


def test_a_failure_lengthens_the_streak_and_a_success_ends_it():
    feed = state()
    for _ in range(3):
        feed = learn(polled(feed, Outcome.TIMEOUT), DUE, 0, NOW)
    assert (feed.streak, feed.succeeded_at) == (3, None)
    feed = learn(polled(feed, Outcome.UNCHANGED), DUE, 0, NOW)
    assert (feed.streak, feed.succeeded_at) == (0, NOW)


def moves(*steps):
    """The feed after polls, each an outcome and where it was redirected to for good."""
    feed = state()
    for outcome, moved_to in steps:
        feed = learn(polled(feed, outcome, moved_to=moved_to), DUE, 0, NOW)
    return feed


def test_three_permanent_redirects_in_a_row_to_a_feed_are_a_new_address():
    twice = [(Outcome.READ, NEW_HOME)] * 2
    assert new_address(moves(*twice)) is None
    assert new_address(moves(*twice, (Outcome.UNCHANGED, NEW_HOME))) == NEW_HOME


def test_a_redirect_that_wavers_starts_again():
    steps = [(Outcome.READ, NEW_HOME)] * 2
    assert new_address(moves(*steps, (Outcome.READ, ""), *steps)) is None
    assert new_address(moves(*steps, (Outcome.READ, "https://other.example/"), *steps)) is None


def test_a_maintenance_page_moves_nothing():
    assert new_address(moves(*[(Outcome.NOT_A_FEED, "https://parked.example/")] * 9)) is None


def test_a_redirect_to_where_it_is_moves_nothing():
    assert new_address(moves(*[(Outcome.READ, FEED_URL)] * 9)) is None


@given(st.lists(st.sampled_from([Outcome.READ, Outcome.TIMEOUT, Outcome.NOT_A_FEED]), max_size=9))
def test_only_successes_move_a_feed(outcomes):
    feed = moves(*[(outcome, NEW_HOME) for outcome in outcomes])
    assert feed.moved_times == outcomes.count(Outcome.READ)


ASKS = Hints(ttl=HOUR, max_age=2 * HOUR, skip_hours=frozenset({3}), skip_days=frozenset({6}))


def test_what_a_feed_asked_for_holds_through_answers_that_do_not_repeat_it():
    feed = state(asks=ASKS)
    for outcome, status in ((Outcome.UNCHANGED, 304), (Outcome.TIMEOUT, None)):
        request = attempt(outcome, kind="feed", url=feed.url, status=status)
        assert asked_of_us(Poll(feed=feed, attempt=request)) == ASKS
        feed = learn(Poll(feed=feed, attempt=request), DUE, 0, NOW)
    assert feed.asks == ASKS


def test_a_304_may_say_anew_how_long_it_holds():
    hints = Hints(max_age=HOUR, retry_after=HOUR)
    request = attempt(Outcome.UNCHANGED, kind="feed", status=304, hints=hints)
    asked = asked_of_us(Poll(feed=state(asks=ASKS), attempt=request))
    assert (asked.max_age, asked.retry_after, asked.ttl) == (HOUR, HOUR, HOUR)
    assert learn(Poll(feed=state(asks=ASKS), attempt=request), DUE, 0, NOW).asks.retry_after is None


def test_a_new_document_asks_for_what_it_says_and_no_more():
    parsed = ParsedFeed(title="", site_url="", language="", entries=(), hints=Hints(ttl=2 * HOUR))
    request = attempt(Outcome.READ, kind="feed", status=200)
    asked = asked_of_us(Poll(feed=state(asks=ASKS), attempt=request, parsed=parsed))
    assert asked == Hints(ttl=2 * HOUR)


def test_who_was_not_asked_has_not_failed():
    for outcome in (Outcome.COOLING, Outcome.PENDING, Outcome.NO_CREDENTIALS):
        assert learn(polled(state(), outcome), DUE, 0, NOW).streak == 0
