"""Articles, their matches, and their stories."""

from support.builders import (
    NOW,
    ago,
    article,
    candidate,
    match,
    prose,
)
from support.filing import file_articles, rows

from ingest.model import (
    Relation,
    Story,
)


def index(store, run, *articles):
    store.articles.add(run, articles)


def test_an_article_is_filed_and_found_again(store, run):
    long, short = article(), article("https://wire.example/short", text=prose(0, 10))
    index(store, run, long, short)
    assert store.articles.known([long.article_id, 1]) == {long.article_id}
    assert store.articles.texts([long.article_id]) == [long.article_text]
    assert set(store.articles.ids()) == {long.article_id, short.article_id}


def test_an_article_without_author_and_date_can_be_filed(store, run):
    bare = article(published=None, published_from="")
    file_articles(store, run, [bare])
    assert rows(store, "SELECT authors, published, appeared FROM articles") == [([], None, NOW)]


def test_a_match_is_filed_once(store, run):
    store.matches.add(run, [match(1, 2)])
    store.matches.add(run, [match(1, 2), match(1, 3)])
    assert rows(store, "SELECT a, b FROM core.matches") == [(1, 2), (1, 3)]


def numbered(store, run, *ids):
    """Articles with these ids, filed."""
    index(store, run, *(article(article_id=n, text=prose(n * 1000, 50)) for n in ids))


def test_a_neighbourhood_tells_of_copies_of_one_original_that_only_link(store, run):
    numbered(store, run, 1, 2, 3)
    found = [match(1, 2), match(1, 3), match(2, 3, Relation.UPDATE)]
    store.matches.add(run, found)
    assert sorted(store.stories.neighbourhood([1])[1], key=lambda m: (m.a, m.b)) == found


def test_a_neighbourhood_is_all_that_folding_matches_reach(store, run):
    numbered(store, run, 1, 2, 3, 4, 5)
    chain = [match(1, 2), match(2, 3, Relation.ABRIDGED)]
    store.matches.add(run, [*chain, match(3, 4, Relation.EMBEDS)])
    store.stories.put(1, [Story(story_id=None, original=1, members=(1, 2))])
    articles, matches = store.stories.neighbourhood([3])
    appeared = ago(hours=2)
    assert sorted(articles, key=lambda c: c.article_id) == [
        candidate(1, appeared=appeared, words=50, story_id=1, was_original=True),
        candidate(2, appeared=appeared, words=50, story_id=1),
        candidate(3, appeared=appeared, words=50),
    ]
    assert sorted(matches, key=lambda m: m.a) == chain
    assert store.stories.neighbourhood([5]) == ([candidate(5, appeared=appeared, words=50)], [])


def membership(store):
    return rows(
        store, "SELECT story_id, article_id, original_id FROM core.members ORDER BY article_id"
    )


def test_new_stories_are_numbered_on(store):
    store.stories.put(1, [Story(story_id=None, original=n, members=(n,)) for n in (10, 20)])
    store.stories.put(1, [Story(story_id=None, original=30, members=(30, 31))])
    assert membership(store) == [(1, 10, 10), (2, 20, 20), (3, 30, 30), (3, 31, 30)]


def test_a_story_put_again_has_the_members_given_and_no_others(store):
    store.stories.put(1, [Story(story_id=None, original=1, members=(1, 2))])
    store.stories.put(1, [Story(story_id=1, original=3, members=(3, 1, 2))])
    assert membership(store) == [(1, 1, 3), (1, 2, 3), (1, 3, 3)]


def test_a_story_can_fall_apart_and_grow_together(store):
    store.stories.put(1, [Story(story_id=None, original=1, members=(1, 2, 3))])
    apart = [
        Story(story_id=1, original=1, members=(1, 2)),
        Story(story_id=None, original=3, members=(3,)),
    ]
    store.stories.put(1, apart)
    assert membership(store) == [(1, 1, 1), (1, 2, 1), (2, 3, 3)]
    store.stories.put(1, [Story(story_id=1, original=1, members=(1, 2, 3))])
    assert membership(store) == [(1, 1, 1), (1, 2, 1), (1, 3, 1)]
    assert rows(store, "SELECT * FROM core.moves") == [(3, 1, 2, 1), (3, 2, 1, 1)]


def test_the_number_of_a_story_that_is_no_more_is_never_given_again(store):
    store.stories.put(1, [Story(story_id=None, original=n, members=(n,)) for n in (1, 2)])
    store.stories.put(2, [Story(story_id=1, original=1, members=(1, 2))])
    store.stories.put(3, [Story(story_id=None, original=3, members=(3,))])
    assert membership(store) == [(1, 1, 1), (1, 2, 1), (3, 3, 3)]


def test_copies_that_arrive_in_any_order_end_in_one_story_with_the_earliest_as_its_original(store):
    run = store.runs.begin(NOW)
    late = article("https://late.example/news", published=NOW)
    early = article("https://early.example/news", published=ago(days=1))
    file_articles(store, run, [late])
    file_articles(store, run, [early])
    assert rows(store, "SELECT story_id, original_outlet, outlet_names FROM stories") == [
        (1, "early.example", ["early.example", "late.example"])
    ]
