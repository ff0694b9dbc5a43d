"""New articles find their copies, in whatever order and batches they come."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.builders import NOW, ago, article, feed, prose

from flows.pipeline.comparing import BUDGET
from flows.pipeline.folding import file_articles, refile_articles, reindex
from ingest.dedup.budget import Budget
from ingest.model import Relation
from storage.core.tables import Tables
from storage.records.index import Index
from storage.records.matches import STITCHED
from storage.store import open_store
from storage.upkeep.tidy import Keep

WINDOW = timedelta(days=14)


@pytest.fixture
def store(store):
    store.feeds.subscribe([feed()], NOW)
    return store


def story(outlet, text, *, hours=0, number=1):
    return article(
        f"https://{outlet}.example/{number}",
        text=text,
        published=ago(hours=hours),
        first_seen=ago(hours=hours),
    )


def stitched(*starts):
    """Three passages of each of the texts that begin with these words."""
    return " ".join(prose(start + at, 40) for at in (0, 80, 160) for start in starts)


def file(store, *batches, budget=BUDGET):
    for batch in batches:
        with store.transaction():
            file_articles(store, 1, batch, WINDOW, budget=budget)


def stories(store):
    rows = (
        store.reader().query("SELECT list(url ORDER BY url) FROM articles GROUP BY story_id").rows
    )
    return sorted(row[0] for row in rows)


def state(store):
    """All that must not depend on the order of arrival."""
    ask = store.reader().query
    links = ask(
        "SELECT a, b, relation, rule, round(a_prose, 9) FROM core.matches ORDER BY a, b"
    ).rows
    boilerplate = ask("SELECT outlet, hash FROM core.boilerplate ORDER BY ALL").rows
    return stories(store), links, boilerplate


def newsroom():
    """Copies, a chain, an update, a stitched page, and a block on one outlet's pages all week."""
    block = prose(90_000, 120)
    made = [
        story("wire", prose(0, 300), hours=50),
        story("post", f"{prose(0, 280)} {prose(60_000, 15)}", hours=49),
        story("echo", prose(0, 120), hours=48),
        story("post", f"{prose(70_000, 90)} {prose(0, 200)}", hours=30, number=2),
        story("wire", prose(1000, 300), hours=20, number=2),
        story("post", prose(1050, 300), hours=19, number=3),  # like either, which are not alike
        story("echo", prose(1100, 300), hours=18, number=2),
        story("wire", prose(2000, 340), hours=12, number=3),
        story("bell", prose(3000, 340), hours=11),
        story("echo", prose(4000, 340), hours=10, number=3),
        story("horn", stitched(2000, 3000, 4000)),
    ]
    made += [
        story("bell", f"{prose(10_000 + 500 * day, 100)} {block}", hours=24 * day, number=10 + day)
        for day in range(7)
    ]
    return made


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("folding") / "whole.duckdb") as store:
        store.feeds.subscribe([feed()], NOW)
        file(store, newsroom())
        return state(store)


def test_the_newsroom_is_folded_as_an_editor_would(expected):
    folded = [[url.split("/")[2].split(".")[0] for url in group] for group in expected[0]]
    assert sorted(group for group in folded if len(group) > 1) == [
        ["echo", "post", "wire"],
        ["post", "wire"],
    ]
    relations = [row[2] for row in expected[1]]
    assert relations.count(Relation.UPDATE) >= 1
    assert [row[3] for row in expected[1]].count(STITCHED) == 3
    assert expected[2], "the block is known to be boilerplate"


@given(st.permutations(newsroom()), st.sets(st.integers(1, 17), max_size=6))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_and_batches_make_no_difference(expected, tmp_path_factory, order, cuts):
    edges = [0, *sorted(cuts), len(order)]
    batches = [order[start:end] for start, end in itertools.pairwise(edges)]
    with open_store(tmp_path_factory.mktemp("folding") / "parts.duckdb") as store:
        store.feeds.subscribe([feed()], NOW)
        file(store, *batches)
        assert state(store) == expected


def test_reindexing_changes_nothing_and_keeps_the_numbers_of_stories(store, expected):
    file(store, newsroom())
    numbers = store.reader().query("SELECT story_id, url FROM articles ORDER BY url").rows
    assert reindex(store, 1, WINDOW) == len(newsroom())
    assert state(store) == expected
    assert store.reader().query("SELECT story_id, url FROM articles ORDER BY url").rows == numbers


@given(
    st.permutations(newsroom()),
    st.sets(st.integers(1, 17), max_size=3),
    st.builds(
        Budget,
        article=st.integers(0, 2000),
        host=st.integers(0, 4000),
        batch=st.integers(0, 8000),
    ),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_reindexing_makes_up_for_a_small_budget(expected, tmp_path_factory, order, cuts, budget):
    edges = [0, *sorted(cuts), len(order)]
    batches = [order[start:end] for start, end in itertools.pairwise(edges)]
    with open_store(tmp_path_factory.mktemp("folding") / "poor.duckdb") as store:
        store.feeds.subscribe([feed()], NOW)
        file(store, *batches, budget=budget)
        reindex(store, 1, WINDOW)
        assert state(store) == expected
        assert store.reader().query("FROM uncompared").rows == []


def test_reindexing_makes_up_for_an_index_of_other_parameters(store, expected):
    file(store, newsroom())
    with store.transaction():
        store.index.clear()
    reindex(store, 1, WINDOW)
    assert state(store) == expected


class Counted(Index):
    """An index that notes which outlets' boilerplate was read."""

    def __init__(self, tables):
        super().__init__(tables)
        self.read = []

    def boilerplate(self, outlets):
        self.read += outlets
        return super().boilerplate(outlets)


def test_an_outlets_boilerplate_is_read_once_a_batch(store):
    store.index = Counted(Tables(store._connection))
    file(store, newsroom()[:5])
    assert sorted(store.index.read) == ["echo.example", "post.example", "wire.example"]


def test_boilerplate_that_a_batch_has_learned_is_read_again(store, expected):
    store.index = Counted(Tables(store._connection))
    file(store, newsroom())
    assert store.index.read.count("bell.example") == 2
    assert state(store) == expected


def test_a_late_original_takes_the_copies_and_the_move_is_recorded(store):
    chain = [story("a", prose(50, 300), hours=5), story("b", prose(100, 300), hours=4)]
    file(store, chain)
    assert len(stories(store)) == 1
    file(store, [story("c", prose(0, 300), hours=9)])
    assert stories(store) == [
        ["https://a.example/1", "https://c.example/1"],
        ["https://b.example/1"],
    ]
    assert len(store.reader().query("FROM moves").rows) == 1


def test_boilerplate_learned_later_parts_what_it_had_joined(store):
    block = prose(90_000, 500)
    pages = [story("a", f"{prose(1000 * n, 60)} {block}", hours=24 * n, number=n) for n in range(6)]
    other = story("b", f"{prose(50_000, 30)} {block}")
    file(store, [pages[0], other])
    assert len(stories(store)) == 1
    for page in pages[1:]:
        file(store, [page])
    assert len(stories(store)) == 7
    assert store.reader().query("FROM matches").rows == []


def relations(store):
    ask = store.reader().query
    return dict(ask("SELECT relation, count(*) FROM matches GROUP BY relation").rows)


def test_a_page_that_turns_out_to_be_a_copy_is_not_stitched_any_longer(store):
    reports = [story(o, prose(s, 340), hours=9) for o, s in (("a", 0), ("b", 1000), ("c", 2000))]
    file(store, reports, [story("d", stitched(0, 1000, 2000))])
    assert relations(store) == {"embeds": 3}
    file(store, [story("e", stitched(0, 1000, 2000), hours=20)])
    assert relations(store) == {"identical": 1}


def test_a_stitched_page_stays_linked_when_a_text_is_dropped(store):
    reports = [
        story(o, prose(s, 340), hours=h)
        for o, s, h in (("a", 0, 90), ("b", 1000, 9), ("c", 2000, 9))
    ]
    file(store, reports, [story("d", stitched(0, 1000, 2000))])
    drop_texts(store, hours=48)
    reindex(store, 1, WINDOW)
    assert relations(store) == {"embeds": 3}
    with store.transaction():
        refile_articles(store, 1, store.articles.ids(), WINDOW)
    assert relations(store) == {"embeds": 3}
    file(store, [story("e", f"{prose(2000, 100)} {prose(8000, 100)}", hours=1)])
    assert [row[3] for row in state(store)[1]].count(STITCHED) == 3


def drop_texts(store, *, hours):
    store.tidy(Keep(texts=timedelta(hours=hours), ledger=None), NOW)


def shingles(store):
    return store.reader().query("SELECT hash, article_id FROM core.shingles ORDER BY ALL").rows


def rewrite(store, texts):
    """Puts other texts in the place of those of articles of the same addresses."""
    with store.transaction():
        store.lines.replace_texts({new.article_id: (new.text, new.words) for new in texts})
        refile_articles(store, 1, [new.article_id for new in texts], WINDOW)


def test_articles_whose_text_changes_are_found_by_the_new_one(store, tmp_path):
    before = [story("a", prose(0, 300), hours=5), story("b", prose(0, 300))]
    after = [before[0], story("b", prose(5000, 300))]
    file(store, before)
    assert len(stories(store)) == 1
    rewrite(store, after[1:])
    assert len(stories(store)) == 2
    with open_store(tmp_path / "afresh.duckdb") as afresh:
        afresh.feeds.subscribe([feed()], NOW)
        file(afresh, after)
        assert shingles(store) == shingles(afresh)
        assert state(store) == state(afresh)


def test_changed_texts_make_boilerplate_as_new_ones_do(store):
    block = prose(90_000, 120)
    texts = [prose(10_000 + 500 * day, 100) for day in range(7)]
    days = [story("bell", t, hours=24 * day, number=day) for day, t in enumerate(texts)]
    file(store, days)
    assert state(store)[2] == []
    shown = [f"{t} {block}" for t in texts]
    rewrite(store, [story("bell", t, hours=24 * day, number=day) for day, t in enumerate(shown)])
    assert state(store)[2] != []
    assert len(stories(store)) == 7


def edited(count):
    """Copies of one story, each with a few words of its own."""
    return [
        story(f"o{n}", f"{prose(0, 150)} {prose(9000 + 20 * n, 6)}", hours=100 - n / 2)
        for n in range(count)
    ]


@pytest.mark.parametrize("at_once", [1, 61])
def test_an_agencys_own_page_that_comes_late_takes_all_of_a_large_story(store, at_once):
    own = article(
        "https://apnews.com/1", text=prose(0, 150), published=ago(hours=20), agency="ap",
        agency_from="outlet", agency_confidence=0.97,
    )  # fmt: skip
    arriving = [*edited(60), own]
    file(store, *(arriving[n : n + at_once] for n in range(0, 61, at_once)))
    assert [len(urls) for urls in stories(store)] == [61]
    (original,) = store.reader().query("SELECT url FROM articles WHERE is_original").rows[0]
    assert original == own.url
    with store.transaction():
        store.index.clear()
    reindex(store, 1, WINDOW)
    assert [len(urls) for urls in stories(store)] == [61]


def test_an_update_that_comes_with_a_late_original_does_not_part_a_large_story(store):
    late = [
        story("daily", f"{prose(0, 70)} {prose(70_000, 200)}", hours=120),
        story("wire", prose(0, 150), hours=110),
    ]
    file(store, edited(60), late)
    assert sorted(len(urls) for urls in stories(store)) == [1, 61]


@pytest.mark.parametrize("last", [False, True])
def test_a_flash_is_found_in_the_many_that_go_on_from_it_whoever_came_first(store, last):
    flash = [story("flash", prose(0, 64), hours=100)]
    longer = [
        story(f"o{n}", f"{prose(0, 64)} {prose(10_000 + 500 * n, 200)}", hours=90 - n)
        for n in range(60)
    ]
    file(store, *([longer, flash] if last else [flash, longer]))
    assert [len(urls) for urls in stories(store)] == [61]


def test_what_very_many_stories_hold_is_no_evidence_on_an_outlet_that_is_new(store):
    block = prose(90_000, 200)
    chain = [
        story("chain", f"{prose(10_000 + 500 * n, 60)} {block}", hours=n, number=n)
        for n in range(300)
    ]
    new = [story(f"n{n}", f"{prose(500_000 + 500 * n, 60)} {block}") for n in range(4)]
    file(store, chain[:150], chain[150:], new)
    assert store.reader().query("SELECT count(*) FROM matches").rows == [(0,)]


@pytest.mark.slow
def test_a_wall_that_a_thousand_pages_show_costs_no_more_than_so_many_comparisons(store):
    wall = prose(0, 200)
    pages = [story(f"o{n}", f"{wall} w{7000 + n}", hours=n / 60) for n in range(1000)]
    file(store, pages[:500], pages[500:])
    ((compared,),) = store.reader().query("SELECT count(*) FROM core.matches").rows
    assert compared < 1000 * 80
    assert len(stories(store)) == 1
