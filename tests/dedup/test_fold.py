from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW, ago, candidate, match

from ingest.dedup.fold import fold, unmet
from ingest.model import FOLDS, Relation, Story


def test_the_earliest_article_is_the_original_and_the_others_follow_as_they_appeared():
    articles = [
        candidate(1, appeared=NOW),
        candidate(2, appeared=ago(hours=2)),
        candidate(3, appeared=ago(hours=1)),
    ]
    stories = fold(articles, [match(1, 2), match(2, 3)])
    assert stories == [Story(story_id=None, original=2, members=(2, 3, 1))]


def test_of_two_that_appeared_together_the_longer_is_the_original():
    (story,) = fold([candidate(1, words=90), candidate(2, words=400)], [match(1, 2)])
    assert story.original == 2


def test_an_agencys_own_page_is_the_original_whenever_it_was_seen():
    early, own = candidate(1, appeared=ago(hours=5)), candidate(2, appeared=NOW, is_source=True)
    (story,) = fold([early, own], [match(1, 2)])
    assert story.original == 2


def test_a_credit_decides_between_two_of_one_moment_only():
    together = [candidate(1, words=400), candidate(2, words=90, is_credited=True)]
    assert fold(together, [match(1, 2)])[0].original == 2
    later = [candidate(1, appeared=ago(hours=1)), candidate(2, appeared=NOW, is_credited=True)]
    assert fold(later, [match(1, 2)])[0].original == 1


def test_an_article_nobody_copied_is_a_story_of_its_own():
    assert fold([candidate(7)], []) == [Story(story_id=None, original=7, members=(7,))]
    assert fold([], []) == []


def test_a_round_up_makes_no_story_with_what_it_embeds():
    stories = fold([candidate(1), candidate(2)], [match(1, 2, Relation.EMBEDS)])
    assert len(stories) == 2


def test_stories_are_not_chained():
    # 1 - 2 - 3, but 1 and 3 are not alike: 3 is no copy of the original
    articles = [candidate(n, appeared=ago(hours=9 - n)) for n in (1, 2, 3)]
    stories = fold(articles, [match(1, 2), match(2, 3)])
    assert [story.members for story in stories] == [(1, 2), (3,)]


def held(a, b, a_aligned, b_aligned, relation=Relation.COPY):
    """A match of which a certain share of each text is in the other."""
    return match(a, b, relation, a_aligned=a_aligned, b_aligned=b_aligned)


def in_order(count):
    return [candidate(n, appeared=ago(hours=count - n)) for n in range(1, count + 1)]


def together(stories):
    return [story.members for story in stories]


def test_a_copy_goes_with_the_closer_of_two_originals():
    # 3 is an excerpt of 1, and all but the same as 2, which is a later version of 1
    matches = [
        held(1, 3, 0.4, 0.9, Relation.ABRIDGED),
        held(2, 3, 0.98, 0.98),
        match(1, 2, Relation.UPDATE),
    ]
    assert together(fold(in_order(3), matches)) == [(1,), (2, 3)]


def test_two_versions_are_not_in_one_story_through_a_third():
    copies = [held(1, 2, 0.85, 0.85), held(1, 3, 0.95, 0.95)]
    assert together(fold(in_order(3), [*copies, held(2, 3, 0.9, 0.9)])) == [(1, 2, 3)]
    for relation in (Relation.UPDATE, Relation.EMBEDS):
        assert together(fold(in_order(3), [*copies, match(2, 3, relation)])) == [(1, 3), (2,)]


def test_excerpts_of_one_original_that_share_nothing_are_not_in_one_story():
    excerpts = [held(1, n, 0.3, 0.95, Relation.ABRIDGED) for n in (2, 3)]
    assert together(fold(in_order(3), excerpts)) == [(1, 2), (3,)]
    assert together(fold(in_order(3), [*excerpts, held(2, 3, 0.9, 0.9)])) == [(1, 2, 3)]


def test_copies_of_most_of_an_original_need_no_comparison_with_each_other():
    whole = [held(1, n, 0.9, 0.95) for n in (2, 3)]
    assert together(fold(in_order(3), whole)) == [(1, 2, 3)]


def test_new_excerpts_are_compared_with_the_other_copies_before_a_story_is_final():
    articles = in_order(3)
    excerpts = [held(1, n, 0.3, 0.95, Relation.ABRIDGED) for n in (2, 3)]
    day = timedelta(days=1)
    assert unmet(articles, excerpts, fold(articles, excerpts), day) == [(2, 3)]
    met = [*excerpts, held(2, 3, 0.9, 0.9)]
    assert unmet(articles, met, fold(articles, met), day) == []
    whole = [held(1, n, 0.9, 0.95) for n in (2, 3)]
    assert unmet(articles, whole, fold(articles, whole), day) == []
    known = [replace(a, story_id=7, was_original=a.article_id == 1) for a in articles]
    assert unmet(known, excerpts, fold(known, excerpts), day) == []
    assert unmet(articles, excerpts, fold(articles, excerpts), timedelta(minutes=1)) == []


def test_matches_that_an_old_version_filed_without_shares_still_fold():
    (story,) = fold(in_order(2), [match(1, 2, a_aligned=None, b_aligned=None)])
    assert story.members == (1, 2)


def test_a_group_keeps_the_id_most_of_its_members_had():
    held = [candidate(1), candidate(2, story_id=8), candidate(3, story_id=8)]
    held.append(candidate(4, story_id=5))
    (story,) = fold(held, [match(1, n) for n in (2, 3, 4)])
    assert story.story_id == 8


def test_on_a_tie_the_lower_id_stays():
    (story,) = fold([candidate(1, story_id=9), candidate(2, story_id=4)], [match(1, 2)])
    assert story.story_id == 4


def test_when_a_story_falls_apart_the_larger_part_keeps_its_id():
    held = [candidate(n, story_id=3, appeared=ago(hours=9 - n)) for n in (1, 2, 3)]
    stories = fold(held, [match(2, 3)])
    assert [(story.members, story.story_id) for story in stories] == [((1,), None), ((2, 3), 3)]


@st.composite
def folds(draw):
    """Articles, some in stories already, and matches between some of them."""
    count = draw(st.integers(0, 9))
    articles = [
        candidate(
            n,
            appeared=ago(hours=draw(st.integers(0, 3))),
            words=draw(st.sampled_from([50, 100])),
            story_id=draw(st.none() | st.integers(1, 4)),
        )
        for n in range(1, count + 1)
    ]
    pairs = [(a, b) for a in range(1, count + 1) for b in range(a + 1, count + 1)]
    related = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    matches = [match(a, b, draw(st.sampled_from(Relation))) for a, b in related]
    return articles, matches


@given(folds())
def test_every_article_is_in_exactly_one_story(case):
    articles, matches = case
    members = Counter(m for story in fold(articles, matches) for m in story.members)
    assert members == Counter(c.article_id for c in articles)


@given(folds())
def test_every_member_matches_its_original_directly(case):
    articles, matches = case
    folding = {frozenset((m.a, m.b)) for m in matches if m.relation in FOLDS}
    for story in fold(articles, matches):
        assert story.members[0] == story.original
        for copy in story.members[1:]:
            assert frozenset((story.original, copy)) in folding


@given(folds())
def test_no_story_holds_two_articles_that_only_link(case):
    articles, matches = case
    links = {frozenset((m.a, m.b)) for m in matches if m.relation not in FOLDS}
    for story in fold(articles, matches):
        for pair in combinations(story.members, 2):
            assert frozenset(pair) not in links


@given(folds())
def test_an_original_appeared_no_later_than_its_copies(case):
    articles, matches = case
    appeared = {c.article_id: c.appeared for c in articles}
    for story in fold(articles, matches):
        moments = [appeared[member] for member in story.members]
        assert moments == sorted(moments)


@given(folds(), st.randoms(use_true_random=False))
def test_folding_depends_on_the_set_and_not_on_its_order(case, random):
    articles, matches = case
    shuffled = random.sample(articles, len(articles)), random.sample(matches, len(matches))
    assert fold(*shuffled) == fold(articles, matches)


@given(folds())
def test_an_id_is_never_given_twice_nor_made_up(case):
    articles, matches = case
    given_ids = [s.story_id for s in fold(articles, matches) if s.story_id is not None]
    assert len(set(given_ids)) == len(given_ids)
    assert set(given_ids) <= {c.story_id for c in articles}


@given(folds())
def test_folded_again_every_story_keeps_its_id(case):
    articles, matches = case
    numbered = [
        replace(story, story_id=story.story_id or 100 + number)
        for number, story in enumerate(fold(articles, matches))
    ]
    story_of = {member: s.story_id for s in numbered for member in s.members}
    again = [replace(c, story_id=story_of[c.article_id]) for c in articles]
    assert fold(again, matches) == numbered


@given(folds())
def test_an_id_stays_with_a_story_that_holds_one_of_its_articles(case):
    articles, matches = case
    held = {c.article_id: c.story_id for c in articles}
    for story in fold(articles, matches):
        if story.story_id is not None:
            assert story.story_id in {held[member] for member in story.members}
