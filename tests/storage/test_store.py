"""What all records have in common: transactions, and empty batches."""

from datetime import timedelta

import pytest
from support.builders import (
    FEED_ID,
    NOW,
    article,
    entry,
    match,
    page,
    poll,
    result,
    state,
)
from support.filing import pending, record_polls, rows

from ingest.model import (
    EntryOutcome,
    Outcome,
    Story,
)

LATER = NOW + timedelta(days=30)  # when every wait is over


def index(store, run, *articles):
    store.articles.add(run, articles)


def write_everything_and_be_killed(store, run):
    with store.transaction():
        store.pages.add(run, [page()])
        store.pages.add_sightings([page()])
        record_polls(store, run, [poll(state(etag='"v1"'), entries=[entry()])], NOW)
        store.pages.add_outcomes(run, [EntryOutcome(feed_id=FEED_ID, outcome=Outcome.NO_LINK)])
        index(store, run, article())
        store.matches.add(run, [match(1, 2)])
        store.stories.put(1, [Story(story_id=None, original=1, members=(1, 2))])
        store.pages.settle(run, [result(article())], NOW)
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
        store.pages.add(run, [page()])
    assert pending(store, 3, LATER) == [page()]


def test_empty_batches_are_no_trouble(store, run):
    record_polls(store, run, [], NOW)
    store.pages.add(run, [])
    store.pages.add_sightings([])
    store.pages.settle(run, [], NOW)
    store.articles.add(run, [])
    store.index.add([])
    store.matches.add(run, [])
    store.stories.put(1, [])
    assert store.feeds.subscribe([], NOW) == []
    assert store.pages.known([]) == store.articles.known([]) == set()
    assert store.articles.texts([]) == []
    assert store.matches.drop([]) == set()
    assert store.stories.neighbourhood([]) == ([], [])


def test_a_writer_returns_the_memory_that_its_statements_have_freed(store):
    assert rows(store, "SELECT current_setting('allocator_background_threads')") == [(True,)]
