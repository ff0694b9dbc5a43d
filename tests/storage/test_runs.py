"""Runs: their numbers, their figures, and how they end."""

from datetime import timedelta

from support.builders import (
    NOW,
    feed,
    page,
)
from support.filing import pending, rows

from storage.store import open_store

LATER = NOW + timedelta(days=30)  # when every wait is over


def test_runs_are_numbered_from_one(store):
    assert [store.runs.begin(NOW), store.runs.begin(NOW)] == [1, 2]


def test_a_run_ends_with_its_figures(store):
    run = store.runs.begin(NOW)
    seconds = {"poll": 1.5, "load": 0.5, "total": 90.0}
    store.runs.note_entries(run, feeds=3, entries=40, retried=2)
    store.runs.end(run, "finished", seconds)
    assert rows(
        store,
        "SELECT state, feeds, entries, retried, poll_seconds, fetch_seconds, finished_at FROM runs",
    ) == [("finished", 3, 40, 2, 1.5, None, NOW + timedelta(seconds=90))]


def test_a_killed_run_is_marked_crashed_and_its_pages_are_still_to_fetch(db):
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        killed = store.runs.begin(NOW)
        with store.transaction():
            store.pages.add(killed, [page()])
        # no end_run: the process was killed here
    with open_store(db) as store:
        store.runs.begin(NOW)
        assert rows(store, "SELECT run_id, state FROM runs ORDER BY run_id") == [
            (1, "crashed"),
            (2, "running"),
        ]
        assert pending(store, 3, LATER) == [page()]


def test_a_finished_run_stays_finished(store):
    run = store.runs.begin(NOW)
    store.runs.end(run, "finished", {"total": 1.0})
    store.runs.begin(NOW)
    assert rows(store, f"SELECT state FROM runs WHERE run_id = {run}") == [("finished",)]
