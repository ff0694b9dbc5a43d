from dataclasses import replace
from datetime import timedelta

import pytest
from support.builders import (
    FEED_ID,
    FEED_URL,
    NOW,
    ago,
    article,
    attempt,
    candidate,
    entry,
    feed,
    fetched,
    match,
    page,
    poll,
    prose,
    result,
    state,
)
from support.filing import file_articles, record_polls

from ingest.feeds.parse import parse_feed
from ingest.feeds.plan import identify, plan_pages
from ingest.fetch.ledger import failed
from ingest.model import (
    NOT_ASKED,
    TEMPORARY,
    EntryOutcome,
    Failed,
    Hints,
    HostState,
    Outcome,
    Relation,
    Request,
    Story,
)
from ingest.urls import host_of
from storage.store import open_store

WEEK = timedelta(days=7)

LATER = NOW + timedelta(days=30)  # when every wait is over


def rows(store, sql):
    return list(store.reader().query(sql).rows)


@pytest.fixture
def run(store):
    """The number of a run that polls one feed."""
    store.feeds.subscribe([feed()], NOW)
    return store.begin_run(NOW)


def index(store, run, *articles):
    store.add_articles(run, articles)


# runs


def test_runs_are_numbered_from_one(store):
    assert [store.begin_run(NOW), store.begin_run(NOW)] == [1, 2]


def test_a_run_ends_with_its_figures(store):
    run = store.begin_run(NOW)
    seconds = {"poll": 1.5, "load": 0.5, "total": 90.0}
    store.note_entries(run, feeds=3, entries=40, retried=2)
    store.end_run(run, "finished", seconds)
    assert rows(
        store,
        "SELECT state, feeds, entries, retried, poll_seconds, fetch_seconds, finished_at FROM runs",
    ) == [("finished", 3, 40, 2, 1.5, None, NOW + timedelta(seconds=90))]


def test_a_killed_run_is_marked_crashed_and_its_pages_are_still_to_fetch(db):
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        killed = store.begin_run(NOW)
        with store.transaction():
            store.add_pages(killed, [page()])
        # no end_run: the process was killed here
    with open_store(db) as store:
        store.begin_run(NOW)
        assert rows(store, "SELECT run_id, state FROM runs ORDER BY run_id") == [
            (1, "crashed"),
            (2, "running"),
        ]
        assert store.pending_pages(3, LATER) == [page()]


def test_a_finished_run_stays_finished(store):
    run = store.begin_run(NOW)
    store.end_run(run, "finished", {"total": 1.0})
    store.begin_run(NOW)
    assert rows(store, f"SELECT state FROM runs WHERE run_id = {run}") == [("finished",)]


# transactions


def write_everything_and_be_killed(store, run):
    with store.transaction():
        store.add_pages(run, [page()])
        store.add_sightings([page()])
        record_polls(store, run, [poll(state(etag='"v1"'), entries=[entry()])], NOW)
        store.add_outcomes(run, [EntryOutcome(feed_id=FEED_ID, outcome=Outcome.NO_LINK)])
        index(store, run, article())
        store.add_matches(run, [match(1, 2)])
        store.put_stories(1, [Story(story_id=None, original=1, members=(1, 2))])
        store.settle_pages(run, [result(article())], NOW)
        raise KeyboardInterrupt


def test_a_transaction_that_fails_leaves_nothing_of_its_block(store, run):
    with pytest.raises(KeyboardInterrupt):
        write_everything_and_be_killed(store, run)
    written = ["bands", "fetches", "matches", "members", "outcomes", "pages", "sightings"]
    for table in [*written, "articles", "sketches"]:
        assert rows(store, f"FROM core.{table}") == []
    assert store.feeds.active() == [state()]


def test_after_a_failed_transaction_the_store_still_works(store, run):
    with pytest.raises(ZeroDivisionError), store.transaction():
        raise ZeroDivisionError
    with store.transaction():
        store.add_pages(run, [page()])
    assert store.pending_pages(3, LATER) == [page()]


# feeds


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
    run = store.begin_run(NOW)
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
    run = store.begin_run(NOW)
    public = attempt(kind="feed", url="https://wire.example/feeds/all.xml")
    record_polls(store, run, [poll(held, attempt=public, entries=[])], NOW)
    assert [again.url for again in store.feeds.active()] == ["https://wire.example/feeds/all.xml"]
    assert store.feeds.subscribe([feed(private)], NOW) == [held]
    assert "secret" not in everything(store)


def test_relative_links_of_a_feed_with_credentials_do_not_store_them(store):
    private = "https://ana:secret@wire.example/feeds/all.xml"
    (held,) = store.feeds.subscribe([feed(private)], NOW)
    run = store.begin_run(NOW)
    document = (
        '<rss version="2.0"><channel><title>Wire</title><link>/</link>'
        "<item><title>a</title><link>/news/1</link></item></channel></rss>"
    )
    parsed = parse_feed(fetched(document, url=private))
    planned = plan_pages(identify(held.feed_id, parsed.entries, NOW), ())
    record_polls(store, run, [poll(held, attempt=attempt(kind="feed"), parsed=parsed)], NOW)
    store.add_pages(run, planned.pages)
    store.add_sightings(planned.listed)
    store.add_outcomes(run, planned.outcomes)
    assert "secret" not in everything(store)


# pages


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
    )
    store.add_pages(run, [told, page("https://wire.example/news/2")])
    assert store.pending_pages(3, LATER) == [told, page("https://wire.example/news/2")]


def test_a_page_added_twice_is_held_once(store, run):
    store.add_pages(run, [page()])
    store.add_pages(run, [page(title="Another title")])
    assert store.pending_pages(3, LATER) == [page()]
    assert store.known_pages([page().page_id, 1]) == {page().page_id}


def test_the_oldest_pages_come_first(store, run):
    late = page("https://wire.example/late")
    early = page("https://wire.example/early", first_seen=ago(days=1))
    store.add_pages(run, [late])
    store.add_pages(run, [early])
    assert store.pending_pages(3, LATER) == [early, late]


def settle(store, run, outcome):
    for held in store.pending_pages(3, LATER):
        store.settle_pages(run, [result(held, outcome)], NOW)


@pytest.mark.parametrize("outcome", sorted(TEMPORARY - NOT_ASKED))
def test_a_failure_that_may_pass_is_tried_again_up_to_the_limit(store, run, outcome):
    store.add_pages(run, [page()])
    tried = []
    while pending := store.pending_pages(3, LATER):
        tried += [held.attempts for held in pending]
        settle(store, run, outcome)
    assert tried == [0, 1, 2]
    assert rows(store, "SELECT outcome, attempts FROM pages") == [(outcome, 3)]


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.NO_TEXT, Outcome.EXTRACT_TIMEOUT])
def test_a_failure_that_stays_is_not_tried_again(store, run, outcome):
    store.add_pages(run, [page()])
    settle(store, run, outcome)
    assert store.pending_pages(3, LATER) == []


def test_a_page_says_which_article_it_led_to(store, run):
    arrived = article()
    short = page("https://short.example/x")
    store.add_pages(run, [page(arrived.url), short])
    repeat = result(short, Outcome.DUPLICATE_URL, article_id=arrived.article_id)
    store.settle_pages(run, [result(arrived), repeat], NOW)
    assert rows(store, "SELECT url, outcome, article_id FROM pages ORDER BY url") == [
        (short.url, "duplicate_url", arrived.article_id),
        (arrived.url, "new", arrived.article_id),
    ]


def test_a_sighting_is_recorded_once_for_each_feed(store, run):
    store.feeds.subscribe([feed("https://other.example/rss")], NOW)
    elsewhere = page(feed_id=state("https://other.example/rss").feed_id)
    store.add_pages(run, [page()])
    store.add_sightings([page(first_seen=ago(hours=1))])
    store.add_sightings([page(), elsewhere])
    assert rows(store, "SELECT feed_id, first_seen FROM core.sightings") == [
        (FEED_ID, ago(hours=1)),
        (elsewhere.feed_id, NOW),
    ]
    assert rows(store, "SELECT pages FROM feeds") == [(1,), (1,)]


def test_empty_batches_are_no_trouble(store, run):
    record_polls(store, run, [], NOW)
    store.add_pages(run, [])
    store.add_sightings([])
    store.settle_pages(run, [], NOW)
    store.add_articles(run, [])
    store.index.add([])
    store.add_matches(run, [])
    store.put_stories(1, [])
    assert store.feeds.subscribe([], NOW) == []
    assert store.known_pages([]) == store.known_articles([]) == set()
    assert store.article_texts([]) == []
    assert store.drop_matches([]) == set()
    assert store.neighbourhood([]) == ([], [])


@pytest.mark.parametrize("title", ["nul \0 byte", "'; DROP TABLE core.pages; --", "emoji 🚢", ""])
def test_texts_are_stored_as_they_are(store, run, title):
    store.add_pages(run, [page(title=title)])
    (held,) = store.pending_pages(3, LATER)
    assert held.entry.title == title


# articles


def test_an_article_is_filed_and_found_again(store, run):
    long, short = article(), article("https://wire.example/short", text=prose(0, 10))
    index(store, run, long, short)
    assert store.known_articles([long.article_id, 1]) == {long.article_id}
    assert store.article_texts([long.article_id]) == [long.article_text]
    assert set(store.article_ids()) == {long.article_id, short.article_id}


def test_an_article_without_author_and_date_can_be_filed(store, run):
    bare = article(published=None, published_from="")
    file_articles(store, run, [bare])
    assert rows(store, "SELECT authors, published, appeared FROM articles") == [([], None, NOW)]


def test_a_match_is_filed_once(store, run):
    store.add_matches(run, [match(1, 2)])
    store.add_matches(run, [match(1, 2), match(1, 3)])
    assert rows(store, "SELECT a, b FROM core.matches") == [(1, 2), (1, 3)]


# stories


def numbered(store, run, *ids):
    """Articles with these ids, filed."""
    index(store, run, *(article(article_id=n, text=prose(n * 1000, 50)) for n in ids))


def test_a_neighbourhood_is_all_that_folding_matches_reach(store, run):
    numbered(store, run, 1, 2, 3, 4, 5)
    chain = [match(1, 2), match(2, 3, Relation.ABRIDGED)]
    store.add_matches(run, [*chain, match(3, 4, Relation.EMBEDS)])
    store.put_stories(1, [Story(story_id=None, original=1, members=(1, 2))])
    articles, matches = store.neighbourhood([3])
    appeared = ago(hours=2)
    assert sorted(articles, key=lambda c: c.article_id) == [
        candidate(1, appeared=appeared, words=50, story_id=1, was_original=True),
        candidate(2, appeared=appeared, words=50, story_id=1),
        candidate(3, appeared=appeared, words=50),
    ]
    assert sorted(matches, key=lambda m: m.a) == chain
    assert store.neighbourhood([5]) == ([candidate(5, appeared=appeared, words=50)], [])


def membership(store):
    return rows(
        store, "SELECT story_id, article_id, original_id FROM core.members ORDER BY article_id"
    )


def test_new_stories_are_numbered_on(store):
    store.put_stories(1, [Story(story_id=None, original=n, members=(n,)) for n in (10, 20)])
    store.put_stories(1, [Story(story_id=None, original=30, members=(30, 31))])
    assert membership(store) == [(1, 10, 10), (2, 20, 20), (3, 30, 30), (3, 31, 30)]


def test_a_story_put_again_has_the_members_given_and_no_others(store):
    store.put_stories(1, [Story(story_id=None, original=1, members=(1, 2))])
    store.put_stories(1, [Story(story_id=1, original=3, members=(3, 1, 2))])
    assert membership(store) == [(1, 1, 3), (1, 2, 3), (1, 3, 3)]


def test_a_story_can_fall_apart_and_grow_together(store):
    store.put_stories(1, [Story(story_id=None, original=1, members=(1, 2, 3))])
    apart = [
        Story(story_id=1, original=1, members=(1, 2)),
        Story(story_id=None, original=3, members=(3,)),
    ]
    store.put_stories(1, apart)
    assert membership(store) == [(1, 1, 1), (1, 2, 1), (2, 3, 3)]
    store.put_stories(1, [Story(story_id=1, original=1, members=(1, 2, 3))])
    assert membership(store) == [(1, 1, 1), (1, 2, 1), (1, 3, 1)]
    assert rows(store, "SELECT * FROM core.moves") == [(3, 1, 2, 1), (3, 2, 1, 1)]


def test_the_number_of_a_story_that_is_no_more_is_never_given_again(store):
    store.put_stories(1, [Story(story_id=None, original=n, members=(n,)) for n in (1, 2)])
    store.put_stories(2, [Story(story_id=1, original=1, members=(1, 2))])
    store.put_stories(3, [Story(story_id=None, original=3, members=(3,))])
    assert membership(store) == [(1, 1, 1), (1, 2, 1), (3, 3, 3)]


def test_copies_that_arrive_in_any_order_end_in_one_story_with_the_earliest_as_its_original(store):
    run = store.begin_run(NOW)
    late = article("https://late.example/news", published=NOW)
    early = article("https://early.example/news", published=ago(days=1))
    file_articles(store, run, [late])
    file_articles(store, run, [early])
    assert rows(store, "SELECT story_id, original_outlet, outlet_names FROM stories") == [
        (1, "early.example", ["early.example", "late.example"])
    ]


# the account


def test_the_outcomes_of_a_run_add_up_to_the_entries_it_read_and_took_up(store):
    store.feeds.subscribe([feed()], NOW)
    first = store.begin_run(ago(hours=1))
    listed = [entry(f"https://wire.example/{n}") for n in range(4)] + [entry("")]
    account(store, first, listed, Outcome.TIMEOUT)
    second = store.begin_run(NOW)
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
    planned = plan_pages(identified, store.known_pages(ids))
    store.add_pages(run, planned.pages)
    store.add_sightings(planned.listed)
    store.add_outcomes(run, planned.outcomes)
    pending = store.pending_pages(3, LATER)
    store.settle_pages(run, [replace(result(p), outcome=outcome) for p in pending], NOW)
    retried = len(pending) - len(planned.pages)
    store.note_entries(run, feeds=1, entries=len(entries), retried=retried)
    store.end_run(run, "finished", {"total": 1.0})


@pytest.mark.parametrize("outcome", [Outcome.COOLING, Outcome.PENDING])
def test_waiting_for_a_host_costs_a_page_no_attempt(store, run, outcome):
    store.add_pages(run, [page()])
    for _ in range(9):
        settle(store, run, outcome)
    assert [held.attempts for held in store.pending_pages(3, LATER)] == [0]


def test_a_page_that_failed_is_left_for_an_hour_and_then_for_four(store, run):
    store.add_pages(run, [page()])
    settle(store, run, Outcome.TIMEOUT)
    assert store.pending_pages(3, NOW + timedelta(minutes=59)) == []
    assert len(store.pending_pages(3, NOW + timedelta(minutes=60))) == 1
    settle(store, run, Outcome.TIMEOUT)
    assert store.pending_pages(3, NOW + timedelta(hours=3)) == []
    assert len(store.pending_pages(3, NOW + timedelta(hours=4))) == 1


@pytest.mark.parametrize("outcome", [Outcome.COOLING, Outcome.PENDING])
def test_a_page_that_was_not_asked_for_does_not_begin_its_wait_again(store, run, outcome):
    store.add_pages(run, [page()])
    settle(store, run, Outcome.TIMEOUT)
    (held,) = store.pending_pages(3, NOW + timedelta(hours=1))
    store.settle_pages(run, [result(held, outcome)], NOW + timedelta(hours=1))
    assert len(store.pending_pages(3, NOW + timedelta(minutes=61))) == 1


def test_a_page_its_host_did_not_come_to_is_counted_as_pending(store, run):
    store.add_pages(run, [page()])
    settle(store, run, Outcome.PENDING)
    assert rows(store, "SELECT outcome FROM pages") == [("pending",)]
    assert rows(store, "SELECT outcome, entries FROM outcomes") == [("pending", 1)]


# what a feed asked for


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


# addresses


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


# hosts


@pytest.mark.parametrize(
    "url",
    [
        "https://wire.example:8443/a",
        "http://[2001:db8::1]:8080/a",
        "https://wire.example?a=1",
        "https://b\u00fccher.example/a",
        "https://Wire.example./a",
    ],
)
def test_the_health_of_a_host_joins_what_is_known_of_it(store, run, url):
    request = Request(url=url)
    timeout = Failed(Outcome.TIMEOUT, "ReadTimeout")
    timeout.elapsed_ms = 45_000
    went = failed("page", request, timeout, NOW)
    store.add_pages(run, [page(url)])
    store.settle_pages(run, [replace(result(page(url)), attempt=went)], NOW)
    store.put_hosts([HostState(host=host_of(url), strikes=2)], NOW)
    assert rows(store, "SELECT host, failed, strikes, median_ms FROM host_health") == [
        (host_of(url), 1, 2, 45_000)
    ]


def test_what_was_not_asked_is_no_failure_of_its_host(store, run):
    store.add_pages(run, [page()])
    cooling = failed("page", Request(url=page().url), Failed(Outcome.COOLING), NOW)
    store.settle_pages(run, [replace(result(page()), attempt=cooling)], NOW)
    assert rows(store, "SELECT requests, not_asked, failed, usual_failure FROM host_health") == [
        (1, 1, 0, None)
    ]
