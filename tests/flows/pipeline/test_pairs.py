"""The constructed pairs, filed in a database as a run files articles."""

from datetime import timedelta

import pytest
from support.builders import NOW, feed
from support.constructed import corpus

from flows.pipeline.folding import file_articles
from ingest.evaluation.pairs import Judged, fold_score, link_score
from storage.store import open_store


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    """What becomes of the constructed pairs."""
    articles, pairs = corpus()
    with open_store(tmp_path_factory.mktemp("pairs") / "copydesk.duckdb") as store:
        store.feeds.subscribe([feed()], NOW)
        with store.transaction():
            file_articles(store, 1, articles, timedelta(days=7))
        ask = store.reader().query
        stories = dict(ask("SELECT url, story_id FROM articles").rows)
        found = {frozenset(row[:2]): row[2:] for row in ask(
            "SELECT a_url, b_url, relation, rule FROM matches").rows}  # fmt: skip
    return [
        Judged(
            pair=p,
            folded=stories[p.url_a] == stories[p.url_b],
            relation=found.get(frozenset((p.url_a, p.url_b)), ("", ""))[0],
        )
        for p in pairs
    ]


def test_constructed_pairs_are_judged_no_worse_than_this(verdicts):
    """Floors: whoever lowers one says why in the commit."""
    assert len(verdicts) >= 140
    wrong = "\n".join(f"{v.pair.label} {v.relation} {v.pair.url_b}" for v in verdicts if v.wrong)
    fold, link = fold_score(verdicts), link_score(verdicts)
    assert fold.precision == 1.0, wrong
    assert fold.recall >= 0.97, wrong
    assert link.f1 >= 0.98, wrong
