"""Feeds: subscribed to, polled, and moved to other addresses."""

from datetime import UTC, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.builders import (
    FEED_ID,
    FEED_URL,
    NOW,
    ago,
    attempt,
    entry,
    feed,
    fetched,
    poll,
    state,
)
from support.filing import record_polls, rows

from ingest.feeds.listed import listed_feed
from ingest.feeds.plan import plan_pages
from ingest.model import UNKNOWN, Hints, Outcome, Pace


def test_feeds_are_subscribed_to_once_and_come_back_in_the_order_given(store):
    first, second = feed("https://a.example/rss"), feed("https://b.example/rss")
    store.feeds.subscribe([first], NOW)
    given = store.feeds.subscribe([second, first, second], NOW)
    assert [held.url for held in given] == [second.url, first.url]
    assert [held.url for held in store.feeds.active()] == [first.url, second.url]


def test_subscribing_again_keeps_the_validators(store, run):
    polled = state(etag='"v1"', last_modified="Wed, 16 Sep 2026 10:00:00 GMT", body_hash="abc")
    record_polls(store, run, [poll(polled, entries=[entry()])], NOW)
    assert store.feeds.subscribe([feed(title="Another name")], NOW) == [polled]
    assert store.feeds.active() == [polled]


def test_a_feeds_own_title_counts_only_where_the_list_gives_none(store):
    named, unnamed = feed("https://a.example/rss", title="Mine"), feed("https://b.example/rss")
    store.feeds.subscribe([named, unnamed], NOW)
    run = store.runs.begin(NOW)
    record_polls(store, run, [poll(state(f.url), entries=[]) for f in (named, unnamed)], NOW)
    assert rows(store, "SELECT title FROM feeds ORDER BY url") == [("Mine",), ("Wire",)]


def test_a_poll_that_failed_leaves_validators_and_says_why(store, run):
    held = state(etag='"v1"', body_hash="abc")
    record_polls(store, run, [poll(held, entries=[])], ago(hours=1))
    failure = attempt(Outcome.TIMEOUT, kind="feed", url=FEED_URL, detail="ReadTimeout")
    record_polls(store, run, [poll(held, attempt=failure)], NOW)
    assert store.feeds.active() == [held]
    assert rows(store, "SELECT outcome, detail, polled_at, read_at FROM feeds") == [
        ("timeout", "ReadTimeout", NOW, ago(hours=1))
    ]
    assert rows(store, "SELECT outcome FROM fetches WHERE kind = 'feed'") == [
        ("read",),
        ("timeout",),
    ]


def everything(store):
    """Every value of every table, as one text."""
    tables = rows(store, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'core'")
    return " ".join(repr(rows(store, f"FROM core.{table}")) for (table,) in tables)


def test_a_feeds_credentials_are_used_and_never_stored(store):
    private = "https://ana:secret@wire.example/feeds/all.xml"
    (held,) = store.feeds.subscribe([feed(private)], NOW)
    assert held.url == private
    run = store.runs.begin(NOW)
    public = attempt(kind="feed", url="https://wire.example/feeds/all.xml")
    record_polls(store, run, [poll(held, attempt=public, entries=[])], NOW)
    assert [again.url for again in store.feeds.active()] == ["https://wire.example/feeds/all.xml"]
    assert store.feeds.subscribe([feed(private)], NOW) == [held]
    assert "secret" not in everything(store)


def test_relative_links_of_a_feed_with_credentials_do_not_store_them(store):
    private = "https://ana:secret@wire.example/feeds/all.xml"
    (held,) = store.feeds.subscribe([feed(private)], NOW)
    run = store.runs.begin(NOW)
    document = (
        '<rss version="2.0"><channel><title>Wire</title><link>/</link>'
        "<item><title>a</title><link>/news/1</link></item></channel></rss>"
    )
    parsed = listed_feed(fetched(document, url=private), held.feed_id, NOW)
    planned = plan_pages(parsed.listed, ())
    record_polls(store, run, [poll(held, attempt=attempt(kind="feed"), parsed=parsed)], NOW)
    store.pages.add(run, planned.pages)
    store.pages.add_sightings(planned.listed)
    store.pages.add_outcomes(run, planned.outcomes)
    assert "secret" not in everything(store)


def test_what_a_feed_asked_for_is_there_at_its_next_poll(store, run):
    asks = Hints(
        ttl=timedelta(hours=6),
        max_age=timedelta(minutes=30),
        skip_hours=frozenset({0, 23}),
        skip_days=frozenset({6}),
    )
    record_polls(store, run, [poll(state(asks=asks))], NOW)
    assert store.feeds.active() == [state(asks=asks)]


@pytest.mark.usefixtures("run")
def test_a_feed_that_needs_a_password_is_known_to_until_it_was_read_without(store):
    store.feeds.subscribe([feed("https://ana:secret@wire.example/feeds/all.xml")], NOW)
    assert [held.needs_credentials for held in store.feeds.active()] == [True]
    store.feeds.subscribe([feed()], NOW)  # an export of ours lists it bare: that proves nothing
    assert [held.needs_credentials for held in store.feeds.active()] == [True]
    store.feeds.answered(FEED_URL)
    assert [held.needs_credentials for held in store.feeds.active()] == [False]


def moved(store, url, to):
    (held,) = [held for held in store.feeds.active() if held.url == url]
    return store.feeds.move(held, to, NOW)


@pytest.mark.usefixtures("run")
def test_a_feed_can_move_back_to_its_first_address(store):
    there = "https://new.example/feed"
    assert moved(store, FEED_URL, there)
    assert moved(store, there, FEED_URL)
    assert [held.url for held in store.feeds.active()] == [FEED_URL]
    assert moved(store, FEED_URL, there)
    assert rows(store, "SELECT former_urls FROM feeds") == [([FEED_URL, there],)]


@pytest.mark.usefixtures("run")
def test_a_feed_moves_to_where_only_a_removed_one_was(store):
    there = "https://new.example/feed"
    store.feeds.subscribe([feed(there)], NOW)
    assert not moved(store, FEED_URL, there)
    store.feeds.set_state(there, "removed")
    assert moved(store, FEED_URL, there)
    (held,) = store.feeds.active()
    assert (held.feed_id, held.url) == (FEED_ID, there)
    assert store.feeds.subscribe([feed(there)], NOW) == [held]


@pytest.mark.usefixtures("run")
def test_a_feed_that_has_moved_moves_there_only_once(store):
    there = "https://new.example/feed"
    assert moved(store, FEED_URL, there)
    assert not moved(store, there, there)
    assert rows(store, "SELECT former_urls FROM feeds") == [([FEED_URL],)]


# secrets in the query of an address

PRIVATE = "https://wire.example/feed?show=7&token=1f9c0a"


@pytest.mark.usefixtures("run")
def test_a_feeds_token_is_used_and_never_stored(store):
    (held,) = store.feeds.subscribe([feed(PRIVATE)], NOW)
    assert (held.url, held.needs_credentials) == (PRIVATE, True)
    assert store.feeds.subscribe([feed(PRIVATE)], NOW) == [held]
    shown = {one.url for one in store.feeds.listed()}
    assert shown == {FEED_URL, "https://wire.example/feed?show=7&token="}
    assert store.feeds.state_of(PRIVATE) == "active"
    assert "1f9c0a" not in everything(store)


@pytest.mark.usefixtures("run")
def test_a_feed_is_found_by_its_address_without_the_token_and_with_another(store):
    (held,) = store.feeds.subscribe([feed(PRIVATE)], NOW)
    for listed in ("https://wire.example/feed?show=7&token=", PRIVATE.replace("1f9c0a", "2e8b")):
        assert [one.feed_id for one in store.feeds.subscribe([feed(listed)], NOW)] == [held.feed_id]


def test_a_feed_that_an_earlier_version_stored_with_its_token_keeps_its_id_and_works(store, run):
    before = state(PRIVATE, etag='"v1"')
    store._connection.execute(
        "INSERT INTO core.feeds BY NAME "
        "SELECT * REPLACE (? AS feed_id, ? AS url, ? AS etag) FROM core.feeds",
        [before.feed_id, PRIVATE, before.etag],
    )
    (held,) = store.feeds.subscribe([feed(PRIVATE)], NOW)
    assert held == before
    record_polls(store, run, [poll(held, entries=[])], NOW)
    assert before in store.feeds.active()
    assert store.feeds.state_of(PRIVATE) == "active"
    store.feeds.answered(PRIVATE)
    assert not any(one.needs_credentials for one in store.feeds.active())


def test_feeds_of_one_list_that_differ_in_their_keys_only_are_two_feeds(store):
    both = [feed(f"https://wire.example/rss?key={name}") for name in ("sports", "politics")]
    first, second = store.feeds.subscribe(both, NOW)
    assert first.feed_id != second.feed_id
    assert [one.url for one in (first, second)] == [one.url for one in both]
    turned = store.feeds.subscribe(both[::-1], NOW)
    assert [one.feed_id for one in turned] == [second.feed_id, first.feed_id]
    (alone,) = store.feeds.subscribe(both[1:], NOW)
    assert alone.feed_id == second.feed_id


# a clock that was ahead


def test_a_feed_that_a_run_with_a_wrong_clock_put_off_for_years_is_due_and_told(store, run):
    ahead = NOW.replace(year=NOW.year + 40)
    (held,) = store.feeds.active()
    record_polls(store, run, [poll(held, entries=[])], ahead)
    assert [one.feed_id for one in store.feeds.due(NOW)] == [held.feed_id]
    assert store.feeds.due(ahead) == []
    ((verdict, why),) = rows(store, "SELECT verdict, due_reason FROM feed_health")
    assert verdict.startswith("due now: the clock of a run was ahead")
    assert why == "due now: the clock of a run was ahead"
    assert rows(store, "SELECT due_reason FROM feeds") == [(why,)]


def test_a_feed_that_is_due_within_the_longest_wait_is_not_due(store, run):
    (held,) = store.feeds.active()
    record_polls(store, run, [poll(held, entries=[])], NOW)
    assert store.feeds.due(NOW) == []
    assert store.feeds.due(NOW + timedelta(hours=1)) != []


# the pace


COUNTS = st.floats(0, 1e12)
PACES = st.just(UNKNOWN) | st.builds(
    Pace,
    at=st.datetimes(NOW.replace(tzinfo=None, year=1990), timezones=st.just(UTC)),
    window=st.integers(0, 100_000),
    entries=COUNTS,
    days=COUNTS,
    spread=COUNTS,
    silence=COUNTS,
    by_hour=st.tuples(*[COUNTS] * 24),
    by_day=st.tuples(*[COUNTS] * 7),
    hours_watched=st.tuples(*[COUNTS] * 24),
    days_watched=st.tuples(*[COUNTS] * 7),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PACES)
def test_the_pace_of_a_feed_comes_back_as_it_was_stored(store, run, pace):
    record_polls(store, run, [poll(state(pace=pace), entries=[])], NOW)
    assert [held.pace for held in store.feeds.active()] == [pace]


def test_the_bounds_of_a_feed_are_there_at_its_next_poll(store, run):
    bounds = {"feed_id": FEED_ID, "shortest_seconds": 3600.0, "longest_seconds": 7200.0}
    store.feeds._tables.update("feeds", "feed_id", [bounds])
    record_polls(store, run, [poll(state(), entries=[])], NOW)
    (held,) = store.feeds.active()
    assert (held.shortest, held.longest) == (timedelta(hours=1), timedelta(hours=2))
