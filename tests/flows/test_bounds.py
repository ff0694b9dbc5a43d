"""Each bound exceeded ten times, through the whole pipeline: innocent feeds keep their rows.

There are two runs, an hour apart. In the second the innocent feeds have one article more each.
"""

import shutil
from datetime import timedelta

import pytest
from support.bombs import BOMBS, LIMITS, innocent
from support.fetching import NOW, fictional
from support.running import Conditions, run_once
from support.serving import serving

from storage.store import open_store

INNOCENT = "outlet IN ('first.example', 'second.example')"
ROWS = {
    "articles": f"SELECT * EXCLUDE (story_id) FROM articles WHERE {INNOCENT} ORDER BY url",
    "stories": f"""
        SELECT list(url ORDER BY url) AS members FROM articles WHERE {INNOCENT}
        GROUP BY story_id ORDER BY members""",
    "outcomes": """
        SELECT run_id, url, outcome, detail, entries FROM outcomes
        WHERE feed_url LIKE '%first.example%' OR feed_url LIKE '%second.example%' ORDER BY ALL""",
    "pages": """
        SELECT url, outcome, detail, attempts FROM pages
        WHERE url LIKE '%first.example%' OR url LIKE '%second.example%' ORDER BY url""",
}


def two_runs(site, db, bomb=None):
    """What the innocent feeds have after two runs beside a bomb, or alone."""
    kept = dict(site.answers)
    with open_store(db) as store:
        for round_ in (1, 2):
            feeds = [*innocent(site, round_), *(bomb(site) if bomb else [])]
            now = NOW + timedelta(hours=round_)
            run_once(store, feeds, Conditions(now=now, resolve=fictional, limits=LIMITS))
            store.publish()
        rows = {name: list(store.reader().query(sql).rows) for name, sql in ROWS.items()}
    site.answers = kept
    return rows


@pytest.fixture(scope="module")
def room():
    with serving() as site:
        yield site


@pytest.fixture(scope="module")
def alone(room, blank, tmp_path_factory):
    db = tmp_path_factory.mktemp("alone") / "news.duckdb"
    shutil.copy(blank, db)
    return two_runs(room, db)


def test_the_innocent_feeds_alone_are_read_and_folded(alone):
    assert len(alone["articles"]) == 10
    assert max(len(members) for (members,) in alone["stories"]) == 2
    assert {outcome for _, _, outcome, *_ in alone["outcomes"]} == {"new", "known"}


@pytest.mark.slow
@pytest.mark.parametrize("bomb", BOMBS)
def test_beside(room, alone, db, blank, bomb):
    shutil.copy(blank, db)
    assert two_runs(room, db, bomb) == alone
