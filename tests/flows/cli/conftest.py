import shutil
from pathlib import Path

import pytest
from support.builders import NOW, ago, article, feed, page, poll, prose, result, state
from support.commands import COPY, DEAD, STORY
from support.filing import file_articles, record_polls

from ingest.model import Outcome
from storage.store import open_store


@pytest.fixture(autouse=True)
def _plain(plain_environment):
    pass


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A database with one story of two outlets, an article alone, and a page that is gone."""
    db = tmp_path_factory.mktemp("made") / "copydesk.duckdb"
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        run_id = store.runs.begin(NOW)
        record_polls(store, run_id, [poll(state(), entries=[])], NOW)
        articles = [
            article(STORY, title="Harbour council votes", published=ago(hours=3)),
            article(COPY, title="Council votes on harbour", published=ago(hours=1)),
            article("https://daily.example/own", text=prose(500, 80)),
        ]
        file_articles(store, run_id, articles)
        store.pages.add(run_id, [page(DEAD)])
        gone = result(page(DEAD), Outcome.GONE, detail="HTTP 404")
        store.pages.settle(run_id, [gone], NOW)
        store.runs.note_entries(run_id, feeds=1, entries=4, retried=0)
        store.runs.end(run_id, "finished", {"total": 2.5})
    return db


@pytest.fixture
def filled(made, db):
    return Path(shutil.copy(made, db))
