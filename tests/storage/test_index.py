from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW, SKETCH, ago, article, feed, prose

from ingest.dedup.sketch import sketch_articles
from storage.records.lookup import Bounds, spans

BOUNDS = Bounds()
TEXT = prose(0, 100)


@pytest.fixture
def store(store):
    store.feeds.subscribe([feed()], NOW)
    return store


def index(store, *articles):
    store.articles.add(1, articles)
    made = sketch_articles([a.article_text for a in articles], SKETCH)
    store.index.add(made)
    return made


def pairs(store, sketches, days=7, bounds=BOUNDS):
    with store.index.asking(sketches, timedelta(days=days)) as lookup:
        return candidates(lookup, days, bounds)


def candidates(lookup, days=7, bounds=BOUNDS):
    return lookup.candidates(timedelta(days=days), SKETCH.min_shingles, SKETCH.every, bounds)


def dated(days_ago, outlet, text=TEXT, **fields):
    url = f"https://{outlet}.example/news/{days_ago}"
    return article(url, text=text, published=ago(days=days_ago), **fields)


def test_only_what_appeared_within_the_window_is_a_pair(store):
    _, mid, new = index(store, dated(10, "a"), dated(5, "b"), dated(0, "c"))

    def found(fresh, days):
        return [set(pair) for pair in pairs(store, [fresh], days)]

    assert found(new, 4) == []
    assert found(new, 5) == [{mid.article_id, new.article_id}]
    assert len(found(new, 10)) == 2
    assert len(found(mid, 5)) == 2  # the window reaches both ways


def test_each_pair_is_asked_about_once_the_smaller_id_first(store):
    made = index(store, dated(0, "a"), dated(0, "b"), dated(0, "c"))
    found = pairs(store, made)
    assert len(found) == len(set(found)) == 3
    assert all(a < b for a, b in found)
    assert found == sorted(found)


def test_texts_that_have_nothing_in_common_are_no_pair(store):
    made = index(store, dated(0, "a"), dated(0, "b", prose(9000, 100)))
    assert pairs(store, made) == []


def test_a_brief_is_found_within_a_text_ten_times_as_long(store):
    made = index(store, dated(0, "a", prose(0, 1500)), dated(0, "b", prose(700, 150)))
    assert len(pairs(store, made)) == 1


def test_a_text_too_short_is_no_candidate(store):
    made = index(store, dated(0, "a", prose(0, 30)), dated(0, "b", prose(0, 30)))
    assert pairs(store, made) == []


def test_nobody_asked_for_is_nobody_found(store):
    assert pairs(store, []) == []
    assert learn(store, []) == set()
    assert store.index.boilerplate([]) == {}


def above_a_block(number):
    """A story of its own above a block that is the same for every number."""
    return f"{prose(10_000 * (number + 1), 150)} {prose(0, 150)}"


def block_on(days, outlet="a"):
    """A page a day, each with the block."""
    return [dated(day, outlet, above_a_block(day)) for day in range(days)]


def learn(store, sketches, days=3, within=5):
    with store.index.asking(sketches, timedelta(days=2 * within + 1)) as lookup:
        return lookup.learn(days, within, SKETCH.every, 1)


def note_commonplaces(store, sketches, stories):
    with store.index.asking(sketches, timedelta(days=7)) as lookup:
        return lookup.note_commonplaces(Bounds(stories=stories))


def test_what_stands_on_an_outlets_pages_on_several_days_becomes_boilerplate(store):
    made = index(store, *block_on(3))
    assert learn(store, made[:1]) == {sketch.article_id for sketch in made}
    (known,) = store.index.boilerplate(["a.example"]).values()
    assert set(known.tolist()) <= set.intersection(*(set(s.sample) for s in made))
    assert len(known) == pytest.approx(146 / SKETCH.every, rel=0.5)
    assert known.tolist() == sorted(known.tolist())
    assert learn(store, made) == set(), "it is learned once"


def test_what_is_boilerplate_on_one_side_makes_no_pair(store):
    filed = [*block_on(3), dated(0, "b", prose(0, 150))]
    made = index(store, *filed)
    assert len(pairs(store, made)) == 6
    learn(store, made)
    assert store.index.boilerplate(["b.example"]) == {}, "it is that of one outlet alone"
    bodies = [a.article_text for a in filed]
    again = sketch_articles(bodies, SKETCH, store.index.boilerplate(["a.example"]))
    store.index.replace(again)
    assert pairs(store, again) == []


def test_two_days_or_three_outlets_make_no_boilerplate(store):
    made = index(store, *block_on(2), *block_on(2, "b"), *block_on(2, "c"))
    assert learn(store, made) == set()
    assert len(pairs(store, made)) == 15


def on_days(*days):
    return [dated(day, "a", above_a_block(day)) for day in days]


def test_days_too_far_from_each_other_make_no_boilerplate(store):
    far = index(store, *on_days(0, 6, 12))
    assert learn(store, far, within=5) == set()
    assert learn(store, far, within=6) == {sketch.article_id for sketch in far}


@pytest.mark.parametrize("last", [0, 3, 6, 9])
def test_what_is_boilerplate_does_not_depend_on_which_day_came_last(store, last):
    for page in on_days(*sorted((0, 3, 6, 9), key=last.__eq__)):
        learn(store, index(store, page), within=3)
    (known,) = store.index.boilerplate(["a.example"]).values()
    assert len(known) == pytest.approx(146 / SKETCH.every, rel=0.5)


def test_a_page_of_long_ago_that_holds_new_boilerplate_is_compared_anew_as_well(store):
    (old,) = index(store, *on_days(400))
    new = index(store, *on_days(0, 1, 2))
    assert old.article_id in learn(store, new)


def test_what_lies_between_an_old_page_and_a_new_one_is_not_looked_through():
    day = timedelta(days=1)
    assert spans([], day) == []
    assert spans([NOW, ago(days=400), ago(days=1)], day) == [
        (ago(days=401), ago(days=399)),
        (ago(days=2), NOW + day),
    ]


def test_times_may_stand_at_the_ends_of_all_times():
    ends = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    (_, early), (late, _) = spans(ends, timedelta(days=30))
    assert (early - ends[0], ends[1] - late) == (timedelta(days=30), timedelta(days=30))


@given(st.lists(st.integers(0, 1000)), st.integers(0, 50), st.integers(-60, 1060))
def test_within_reach_of_a_time_is_what_lies_in_a_span(days, reach, day):
    found = spans([ago(days=one) for one in days], timedelta(days=reach))
    in_reach = any(abs(day - one) <= reach for one in days)
    assert in_reach == any(start <= ago(days=day) <= end for start, end in found)
    assert all(one[1] < other[0] for one, other in pairwise(found))


def test_pages_that_all_say_the_same_date_are_told_apart_by_when_they_were_seen(store):
    made = index(
        store,
        *(
            article(f"https://a.example/{n}", text=above_a_block(n), first_seen=ago(days=n))
            for n in range(3)
        ),
    )
    assert len(learn(store, made)) == 3


def test_a_late_page_is_compared_with_so_many_only_the_earliest_first(store):
    texts = [f"{prose(0, 300)} {prose(5000 + 20 * n, 8)}" for n in range(30)]
    made = index(store, *(dated(n / 24, f"o{n}", text) for n, text in enumerate(texts)))
    found = pairs(store, made[:1], bounds=Bounds(originals=10))
    assert len(found) == 10
    earliest = {sketch.article_id for sketch in made[-9:]}
    asked = {i for pair in found for i in pair} - {made[0].article_id}
    assert len(asked & earliest) >= 5


def test_a_shingle_that_very_many_stories_hold_is_not_asked_about(store):
    made = index(
        store,
        *(
            dated(0, f"o{n}", f"{above_a_block(n)} {prose(100_000 * (n + 1), 900)}")
            for n in range(6)
        ),
    )
    assert len(pairs(store, made[:1])) == 5
    assert note_commonplaces(store, made[:1], stories=6) == 0
    assert store.index.commonplaces(SKETCH.every).tolist() == []
    assert note_commonplaces(store, made[:1], stories=5) > 0
    assert store.index.commonplaces(SKETCH.every).tolist() != []
    assert pairs(store, made[:1]) == []


def test_an_article_is_looked_up_by_its_rarest_shingles_until_so_many_hold_them(store):
    common = prose(0, 200)
    rare = f"{prose(5000, 150)} {common}"
    made = index(
        store,
        dated(0, "asker", rare),
        dated(0, "rare", prose(5000, 150)),
        *(dated(0, f"o{n}", f"{common} {prose(10_000 * (n + 1), 900)}") for n in range(20)),
    )
    asker, holder = made[0].article_id, made[1].article_id
    both = (min(asker, holder), max(asker, holder))
    assert len(pairs(store, made[:1])) == 21
    found = pairs(store, made[:1], bounds=Bounds(rows=2 * len(made[1].sample)))
    assert both in found
    assert len(found) < 21


def test_what_comparing_costs_is_known_of_every_article(store):
    made = index(store, dated(0, "a"), dated(0, "b", prose(0, 300)))
    ids = [sketch.article_id for sketch in made]
    assert store.index.sizes([*ids, 1]) == {
        ids[0]: ("a.example", 100),
        ids[1]: ("b.example", 300),
    }


# a lookup's methods can't be called in the wrong order


def test_a_lookup_that_is_closed_answers_nothing(store):
    made = index(store, dated(0, "a"), dated(0, "b"))
    with store.index.asking(made, timedelta(days=7)) as lookup:
        assert len(candidates(lookup)) == 1
    with pytest.raises(RuntimeError, match="closed: ask anew"):
        candidates(lookup)
    with pytest.raises(RuntimeError, match="closed: ask anew"):
        lookup.learn(3, 5, SKETCH.every, 1)
    with pytest.raises(RuntimeError, match="closed: ask anew"):
        lookup.renew(made)
    with pytest.raises(RuntimeError, match="closed: ask anew"):
        lookup.note_commonplaces(BOUNDS)


def test_one_lookup_is_open_at_a_time(store):
    made = index(store, dated(0, "a"), dated(0, "b"))
    reach = timedelta(days=7)
    with (
        store.index.asking(made, reach),
        pytest.raises(RuntimeError, match="another lookup is open"),
        store.index.asking(made, reach),
    ):
        pass
    assert len(pairs(store, made)) == 1


def test_a_lookup_that_learned_boilerplate_has_no_candidates_until_it_is_renewed(store):
    made = index(store, *block_on(3))
    with store.index.asking(made, timedelta(days=11)) as lookup:
        assert len(candidates(lookup)) == 3
        assert lookup.learn(3, 5, SKETCH.every, 1)
        with pytest.raises(RuntimeError, match="renew the lookup first"):
            candidates(lookup)
        texts = [page.article_text for page in block_on(3)]
        again = sketch_articles(texts, SKETCH, store.index.boilerplate(["a.example"]))
        store.index.replace(again)
        lookup.renew(again)
        assert candidates(lookup) == []


def test_a_lookup_that_noted_commonplaces_has_no_candidates_any_longer(store):
    made = index(store, dated(0, "a"), dated(0, "b"))
    with store.index.asking(made, timedelta(days=7)) as lookup:
        lookup.note_commonplaces(BOUNDS)
        with pytest.raises(RuntimeError, match="ask anew"):
            candidates(lookup)


def test_a_lookup_leaves_no_table_behind(store):
    pairs(store, index(store, dated(0, "a"), dated(0, "b")))
    tables = "SELECT count(*) FROM duckdb_tables() WHERE temporary"
    assert store.reader().query(tables).rows == [(0,)]


def test_after_a_lookup_that_failed_the_store_can_be_asked_again(store):
    made = index(store, dated(0, "a"), dated(0, "b"))
    with (
        pytest.raises(ZeroDivisionError),
        store.transaction(),
        store.index.asking(made, timedelta(days=7)),
    ):
        raise ZeroDivisionError
    assert len(pairs(store, made)) == 1
