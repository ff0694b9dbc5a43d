"""A stranger's pages take no more than their share of the comparing, and it can be stopped."""

from datetime import timedelta

import pytest
from support.bomb import bomb
from support.builders import NOW, ago, article, feed, prose
from support.filing import rows

from flows.pipeline.comparing import BUDGET
from flows.pipeline.folding import file_articles, reindex
from flows.pipeline.stopping import Stop, Stopped
from ingest.dedup.budget import Budget, compared
from ingest.dedup.sketch import SketchParams, sketch_articles
from ingest.model import COMPARED_WORDS
from storage.store import open_store

WINDOW = timedelta(days=14)
#: Pages of a bomb in tests: so many sentences of twelve words.
SENTENCES = 160
#: A budget that a bomb of such pages exceeds and ordinary articles do not.
SMALL = Budget(article=20_000, host=60_000, batch=200_000)


@pytest.fixture
def store(store):
    store.feeds.subscribe([feed()], NOW)
    return store


class Pairs:
    """Counts how often the work asks whether to go on: before every pair, and a few times more."""

    def __init__(self, stop_at=None):
        self.asked = 0
        self._stop = Stop()
        self._stop_at = stop_at

    def check(self):
        self.asked += 1
        if self.asked == self._stop_at:
            self._stop.ask()
        self._stop.check()


def file(store, articles, *, budget=BUDGET, pairs=None):
    with store.transaction():
        file_articles(store, 1, articles, WINDOW, budget=budget, check=(pairs or Pairs()).check)


def innocent():
    """Ten stories that three outlets have, each with words of its own."""
    return [
        article(
            f"https://{outlet}.example/{number}",
            text=f"{prose(1000 * number, 250)} {prose(500_000 + 9 * number + at, 9)}",
            published=ago(hours=at + 1),
        )
        for number in range(10)
        for at, outlet in enumerate(["wire", "post", "echo"])
    ]


def filed(store, *outlets):
    """The stories and links of articles of these outlets."""
    named = ", ".join(f"'{outlet}.example'" for outlet in outlets)
    return (
        rows(
            store,
            f"SELECT list(url ORDER BY url) FROM articles WHERE outlet IN ({named}) "
            "GROUP BY story_id ORDER BY 1",
        ),
        rows(
            store,
            "SELECT a_url, b_url, relation, rule FROM matches "
            f"WHERE a_outlet IN ({named}) AND b_outlet IN ({named}) ORDER BY ALL",
        ),
    )


INNOCENT = ("wire", "post", "echo")


@pytest.mark.parametrize("hosts", [1, 8])
def test_beside_a_bomb_the_articles_of_others_are_compared_as_ever(store, tmp_path, hosts):
    pairs = Pairs()
    file(
        store,
        [*bomb(40, sentences=SENTENCES, hosts=hosts), *innocent()],
        budget=SMALL,
        pairs=pairs,
    )
    with open_store(tmp_path / "alone.duckdb") as alone:
        alone.feeds.subscribe([feed()], NOW)
        file(alone, innocent())
        assert filed(store, *INNOCENT) == filed(alone, *INNOCENT)
    assert len(filed(store, *INNOCENT)[0]) == 10
    assert rows(store, "SELECT count(*) FROM uncompared WHERE NOT starts_with(outlet, 'bomb')") == [
        (0,)
    ]
    # 40 pages have 780 pairs, of twice 1,920 words each
    assert rows(store, "SELECT count(*) FROM uncompared") == [(40,)]
    assert pairs.asked < 30 + SMALL.batch / (2 * 12 * SENTENCES) + 30


@pytest.mark.slow
def test_a_bomb_at_its_full_size_costs_no_more_than_its_words_allow(store):
    sixteen = bomb(16)
    pairs = Pairs()
    budget = Budget(article=4 * COMPARED_WORDS, host=40 * COMPARED_WORDS, batch=BUDGET.batch)
    file(store, sixteen, budget=budget, pairs=pairs)
    assert rows(store, "SELECT count(*) FROM articles WHERE compared_in_part") == [(16,)]
    assert pairs.asked < 20 + 5
    ((left_out,),) = rows(store, "SELECT count(*) FROM core.uncompared")
    assert left_out == 16 * 15 / 2 - 20
    assert rows(store, "SELECT max(len(text)) > 2_700_000 FROM articles") == [(True,)]


def test_what_was_not_compared_is_counted_and_reindex_makes_up_for_it(store, tmp_path):
    copies = [
        article(f"https://o{n}.example/1", text=f"{prose(0, 150)} {prose(9000 + 20 * n, 6)}")
        for n in range(12)
    ]
    file(store, copies, budget=Budget(article=0, host=0, batch=0))
    assert rows(store, "SELECT outlet, pairs FROM uncompared ORDER BY outlet LIMIT 1") == [
        ("o0.example", 11)
    ]
    assert rows(store, "SELECT count(*) FROM stories") == [(12,)]
    reindex(store, 1, WINDOW)
    assert rows(store, "SELECT count(*) FROM stories") == [(1,)]
    assert rows(store, "SELECT count(*) FROM uncompared") == [(0,)]
    with open_store(tmp_path / "whole.duckdb") as whole:
        whole.feeds.subscribe([feed()], NOW)
        file(whole, copies)
        assert filed(store, *(f"o{n}" for n in range(12))) == filed(
            whole, *(f"o{n}" for n in range(12))
        )


def test_an_article_that_is_still_to_be_compared_makes_no_commonplace(store):
    """Or a host that spends its budget could make the words of others no evidence."""
    wire = prose(0, 150)
    copies = [article(f"https://bomb.example/{n}", text=wire) for n in range(300)]
    file(store, copies, budget=Budget(article=300, host=300, batch=10_000))
    assert rows(store, "SELECT count(*) FROM core.commonplaces") == [(0,)]


def test_a_long_article_is_filed_whole_and_compared_in_part(store):
    long = article("https://long.example/1", text=prose(0, COMPARED_WORDS + 400))
    beginning = article("https://post.example/1", text=prose(0, 300))
    end = article("https://post.example/2", text=prose(COMPARED_WORDS + 50, 300))
    full = article("https://full.example/1", text=prose(900_000, COMPARED_WORDS))
    file(store, [long, beginning, end, full])
    assert rows(
        store, "SELECT url, compared_in_part, text FROM articles ORDER BY outlet LIMIT 2"
    ) == [(full.url, False, full.text), (long.url, True, long.text)]
    (sketch,) = sketch_articles([compared(long.article_text)], SketchParams())
    assert rows(
        store, f"SELECT signature, size FROM core.sketches WHERE article_id = {long.article_id}"
    ) == [(sketch.signature, COMPARED_WORDS)]
    assert rows(store, "SELECT a_words + b_words FROM matches") == [(COMPARED_WORDS + 300,)]


@pytest.mark.parametrize("stop_at", [1, 5, 50])
def test_comparing_stops_between_pairs_and_nothing_of_the_batch_is_filed(store, stop_at):
    with pytest.raises(Stopped):
        file(store, innocent() + bomb(12, sentences=SENTENCES), pairs=Pairs(stop_at))
    assert rows(store, "SELECT count(*) FROM core.articles") == [(0,)]
    assert rows(store, "SELECT count(*) FROM core.shingles") == [(0,)]
    file(store, innocent())
    assert len(filed(store, *INNOCENT)[0]) == 10


def test_reindexing_that_is_stopped_changes_nothing(store):
    file(store, innocent())
    before = filed(store, *INNOCENT)
    with pytest.raises(Stopped):
        reindex(store, 1, WINDOW, Pairs(5).check)
    assert filed(store, *INNOCENT) == before
