"""Feeds: subscribed to, polled, and moved to other addresses."""

from datetime import timedelta

import pytest
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

from ingest.feeds.parse import parse_feed
from ingest.feeds.plan import identify, plan_pages
from ingest.model import (
    Hints,
    Outcome,
)


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
    parsed = parse_feed(fetched(document, url=private))
    planned = plan_pages(identify(held.feed_id, parsed.entries, NOW), ())
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
