"""The account of pages: nothing that a feed listed is lost."""

import tracemalloc
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.builders import (
    FEED_ID,
    NOW,
    ago,
    article,
    entry,
    feed,
    page,
    result,
    state,
)
from support.filing import pending, rows

from ingest.feeds.plan import identify, plan_pages
from ingest.model import (
    NOT_ASKED,
    TEMPORARY,
    Entry,
    EntryOutcome,
    Outcome,
)
from ingest.urls import MAX_ADDRESS, canonical_form, url_id

LATER = NOW + timedelta(days=30)  # when every wait is over


TEXT = st.text(max_size=20)
FIRST, LAST = datetime(1900, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001  hypothesis adds the zone
#: Values for a field of an entry, by its type: a field that is added later gets some as well.
VALUES = {
    str: TEXT,
    datetime | None: st.none() | st.datetimes(FIRST, LAST, timezones=st.just(UTC)),
    tuple[str, ...]: st.lists(TEXT).map(tuple),
}
NUMBERS = count()


@given(told=st.builds(Entry, **{field.name: VALUES[field.type] for field in fields(Entry)}))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_whole_entry_comes_back_as_its_feed_told_it(store, run, told):
    listed = replace(page(f"https://wire.example/{next(NUMBERS)}"), entry=told)
    store.pages.add(run, [listed])
    assert listed in pending(store, 3, LATER)


def test_a_page_to_fetch_comes_back_as_its_feed_told_it(store, run):
    told = page(
        "https://wire.example/news/1?utm_source=rss",
        entry_id="urn:1",
        title="Quay's “long” night",
        summary="Seven to five",
        content="<p>港口</p>",
        authors=("Ana Lund", "Jo Kern"),
        published=ago(hours=3),
        published_from="updated",
        language="en",
        updated=ago(hours=1),
        updated_from="updated",
        categories=("Harbour", "Votes"),
        enclosures=("https://wire.example/quay.jpg",),
    )
    store.pages.add(run, [told, page("https://wire.example/news/2")])
    assert pending(store, 3, LATER) == [told, page("https://wire.example/news/2")]


def test_a_page_added_twice_is_held_once(store, run):
    store.pages.add(run, [page()])
    store.pages.add(run, [page(title="Another title")])
    assert pending(store, 3, LATER) == [page()]
    assert store.pages.known([page().page_id, 1]) == {page().page_id}


def test_the_oldest_pages_come_first(store, run):
    late = page("https://wire.example/late")
    early = page("https://wire.example/early", first_seen=ago(days=1))
    store.pages.add(run, [late])
    store.pages.add(run, [early])
    assert pending(store, 3, LATER) == [early, late]


def settle(store, run, outcome):
    for held in pending(store, 3, LATER):
        store.pages.settle(run, [result(held, outcome)], NOW)


@pytest.mark.parametrize("outcome", sorted(TEMPORARY - NOT_ASKED))
def test_a_failure_that_may_pass_is_tried_again_up_to_the_limit(store, run, outcome):
    store.pages.add(run, [page()])
    tried = []
    while waiting := pending(store, 3, LATER):
        tried += [held.attempts for held in waiting]
        settle(store, run, outcome)
    assert tried == [0, 1, 2]
    assert rows(store, "SELECT outcome, attempts FROM pages") == [(outcome, 3)]


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.NO_TEXT, Outcome.EXTRACT_TIMEOUT])
def test_a_failure_that_stays_is_not_tried_again(store, run, outcome):
    store.pages.add(run, [page()])
    settle(store, run, outcome)
    assert pending(store, 3, LATER) == []


def test_a_page_says_which_article_it_led_to(store, run):
    arrived = article()
    short = page("https://short.example/x")
    store.pages.add(run, [page(arrived.url), short])
    repeat = result(short, Outcome.DUPLICATE_URL, article_id=arrived.article_id)
    store.pages.settle(run, [result(arrived), repeat], NOW)
    assert rows(store, "SELECT url, outcome, article_id FROM pages ORDER BY url") == [
        (short.url, "duplicate_url", arrived.article_id),
        (arrived.url, "new", arrived.article_id),
    ]


def test_a_sighting_is_recorded_once_for_each_feed(store, run):
    store.feeds.subscribe([feed("https://other.example/rss")], NOW)
    elsewhere = page(feed_id=state("https://other.example/rss").feed_id)
    store.pages.add(run, [page()])
    store.pages.add_sightings([page(first_seen=ago(hours=1))])
    store.pages.add_sightings([page(), elsewhere])
    assert rows(store, "SELECT feed_id, first_seen FROM core.sightings") == [
        (FEED_ID, ago(hours=1)),
        (elsewhere.feed_id, NOW),
    ]
    assert rows(store, "SELECT pages FROM feeds") == [(1,), (1,)]


@pytest.mark.parametrize("title", ["nul \0 byte", "'; DROP TABLE core.pages; --", "emoji 🚢", ""])
def test_texts_are_stored_as_they_are(store, run, title):
    store.pages.add(run, [page(title=title)])
    (held,) = pending(store, 3, LATER)
    assert held.entry.title == title


def test_the_outcomes_of_a_run_add_up_to_the_entries_it_read_and_took_up(store):
    store.feeds.subscribe([feed()], NOW)
    first = store.runs.begin(ago(hours=1))
    listed = [entry(f"https://wire.example/{n}") for n in range(4)] + [entry("")]
    account(store, first, listed, Outcome.TIMEOUT)
    second = store.runs.begin(NOW)
    account(store, second, [*listed, entry("mailto:desk@wire.example")], Outcome.GONE)
    for run, read in ((first, 5), (second, 6 + 4)):
        summary = store.reader().run_summary(run)
        assert summary.read == sum(summary.entries.values()) == read
    assert store.reader().run_summary(second).entries == {
        "gone": 4,
        "known": 4,
        "bad_address": 1,
        "no_link": 1,
    }
    assert rows(store, "SELECT outcome, count(*) FROM pages GROUP BY ALL") == [("gone", 4)]


def account(store, run, entries, outcome):
    """One feed's entries taken through a run in which every page ends alike."""
    identified = identify(FEED_ID, entries, NOW)
    ids = [item.page_id for item in identified if not isinstance(item, EntryOutcome)]
    planned = plan_pages(identified, store.pages.known(ids))
    store.pages.add(run, planned.pages)
    store.pages.add_sightings(planned.listed)
    store.pages.add_outcomes(run, planned.outcomes)
    waiting = pending(store, 3, LATER)
    store.pages.settle(run, [replace(result(p), outcome=outcome) for p in waiting], NOW)
    retried = len(waiting) - len(planned.pages)
    store.runs.note_entries(run, feeds=1, entries=len(entries), retried=retried)
    store.runs.end(run, "finished", {"total": 1.0})


@pytest.mark.parametrize("outcome", [Outcome.COOLING, Outcome.PENDING])
def test_waiting_for_a_host_costs_a_page_no_attempt(store, run, outcome):
    store.pages.add(run, [page()])
    for _ in range(9):
        settle(store, run, outcome)
    assert [held.attempts for held in pending(store, 3, LATER)] == [0]


def test_a_page_that_failed_is_left_for_an_hour_and_then_for_four(store, run):
    store.pages.add(run, [page()])
    settle(store, run, Outcome.TIMEOUT)
    assert pending(store, 3, NOW + timedelta(minutes=59)) == []
    assert len(pending(store, 3, NOW + timedelta(minutes=60))) == 1
    settle(store, run, Outcome.TIMEOUT)
    assert pending(store, 3, NOW + timedelta(hours=3)) == []
    assert len(pending(store, 3, NOW + timedelta(hours=4))) == 1


@pytest.mark.parametrize("outcome", [Outcome.COOLING, Outcome.PENDING])
def test_a_page_that_was_not_asked_for_does_not_begin_its_wait_again(store, run, outcome):
    store.pages.add(run, [page()])
    settle(store, run, Outcome.TIMEOUT)
    (held,) = pending(store, 3, NOW + timedelta(hours=1))
    store.pages.settle(run, [result(held, outcome)], NOW + timedelta(hours=1))
    assert len(pending(store, 3, NOW + timedelta(minutes=61))) == 1


def test_a_page_its_host_did_not_come_to_is_counted_as_pending(store, run):
    store.pages.add(run, [page()])
    settle(store, run, Outcome.PENDING)
    assert rows(store, "SELECT outcome FROM pages") == [("pending",)]
    assert rows(store, "SELECT outcome, entries FROM outcomes") == [("pending", 1)]


# bounds


def test_of_each_host_the_oldest_pages_are_taken_up_as_many_as_are_asked_for(store, run):
    many = [page(f"https://many.example/{n}", first_seen=ago(hours=n)) for n in range(30)]
    few = [page(f"https://few.example/{n}", first_seen=ago(days=9)) for n in range(2)]
    store.pages.add(run, [*many, *few])
    taken = pending(store, 3, LATER, of_host=3)
    assert [held.url for held in taken] == [p.url for p in (*few, many[29], many[28], many[27])]
    assert len(pending(store, 3, LATER)) == 32


def test_pending_pages_come_without_their_entries_and_are_loaded_in_the_order_asked_for(store, run):
    pages = [page(f"https://wire.example/{n}", content=f"<p>{n}</p>") for n in range(3)]
    store.pages.add(run, pages)
    first, _, third = store.pages.pending(3, LATER)
    assert (first.page_id, first.url) == (pages[0].page_id, pages[0].url)
    assert store.pages.load([third, first]) == [pages[2], pages[0]]
    assert store.pages.load([]) == []


def test_what_a_run_holds_of_pending_pages_does_not_grow_with_their_contents(store, run):
    long = [page(f"https://wire.example/{n}", content="<p>x</p>" * 2_000) for n in range(1_000)]
    store.pages.add(run, long)
    del long
    tracemalloc.start()
    held = store.pages.pending(3, LATER)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(held) == 1_000
    assert size < 1_000_000  # the contents are 16 MB


def test_a_page_whose_worker_is_killed_is_tried_twice_again_and_no_more(store, run):
    store.pages.add(run, [page()])
    tries = 0
    while pending(store, 100, LATER):
        settle(store, run, Outcome.EXTRACT_KILLED)
        tries += 1
    assert tries == 3
    assert rows(store, "SELECT outcome, attempts FROM pages") == [("extract_killed", 3)]


def test_a_page_does_not_wait_for_an_hour_that_only_a_wrong_clock_could_name(store, run):
    store.pages.add(run, [page()])
    (held,) = pending(store, 3, NOW)
    store.pages.settle(run, [result(held, Outcome.TIMEOUT)], NOW + timedelta(days=1000))
    assert len(pending(store, 3, NOW)) == 1


def test_a_page_with_an_address_longer_than_today_s_limit_stays_pending_and_keeps_its_id(
    store, run
):
    stored = a_long_page()
    store.pages.add(run, [stored])
    assert pending(store, 3, LATER) == [stored]
    assert store.pages.known([stored.page_id, 1]) == {stored.page_id}


def a_long_page():
    """A page as an earlier version stored it."""
    url = canonical_form(f"https://wire.example/{'a' * 10 * MAX_ADDRESS}")
    return replace(page(), page_id=url_id(url), url=url, entry=entry(url))
