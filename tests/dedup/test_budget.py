"""How much of a text is compared, and how many pairs."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import SKETCH, body, prose

from ingest.dedup.budget import CHARACTERS, Budget, Spending, compared, fair_share, parts
from ingest.dedup.sketch import sketch_articles
from ingest.model import COMPARED_WORDS
from ingest.words import first_words, words

WHOLE = Budget()
WRITTEN = st.text(
    st.one_of(
        st.sampled_from("abcXYZ'’ʼ \n.,-_“”ßéıİ0٣港口กาखि"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@given(WRITTEN, st.integers(1, 12))
def test_the_first_words_of_a_text_are_those_that_are_compared_as_its_first(text, count):
    cut = first_words(text, count)
    assert text.startswith(cut)
    assert words(cut) == words(text)[:count]


@pytest.mark.parametrize("word", ["word ", "港"])
def test_of_a_text_ten_times_too_long_its_first_words_are_compared(word):
    text = word * (10 * COMPARED_WORDS)
    assert len(words(compared(body(text=text)).text)) == COMPARED_WORDS


def test_a_text_of_ordinary_length_is_compared_as_it_stands():
    for text in ("", "It's done.\n", prose(0, COMPARED_WORDS) + " …\n"):
        assert compared(body(text=text)).text == text


def size(text):
    return sketch_articles([body(text=text)], SKETCH)[0].size


def test_a_text_costs_its_words_or_its_characters_where_the_words_are_endless():
    assert size(prose(0, 300)) == 300
    assert size("x" * 1_000_000) == 1_000_000 // CHARACTERS


PAIRS = st.lists(st.tuples(st.integers(0, 15), st.integers(16, 31)), unique=True, max_size=60).map(
    sorted
)
SIZES = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 1000)), min_size=32, max_size=32
).map(lambda sizes: dict(enumerate(sizes)))
BUDGETS = st.builds(
    Budget,
    article=st.integers(0, 5000),
    host=st.integers(0, 20_000),
    batch=st.integers(0, 40_000),
)


def spent(pairs, sizes):
    articles, hosts = Counter(), Counter()
    for article_id in (one for pair in pairs for one in pair):
        host, number = sizes[article_id]
        articles[article_id] += number
        hosts[host] += number
    return articles, hosts


@given(st.lists(PAIRS, max_size=4), SIZES, BUDGETS)
def test_no_budget_is_exceeded_in_however_many_rounds(rounds, sizes, budget):
    spending = Spending(budget)
    done = [pair for pairs in rounds for pair in spending.afford(pairs, sizes)]
    articles, hosts = spent(done, sizes)
    assert max(articles.values(), default=0) <= budget.article
    assert max(hosts.values(), default=0) <= budget.host
    assert hosts.total() <= budget.batch


@given(PAIRS, SIZES, BUDGETS, st.randoms())
def test_what_is_affordable_does_not_depend_on_the_order_of_the_pairs(pairs, sizes, budget, chance):
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    assert sorted(Spending(budget).afford(shuffled, sizes)) == Spending(budget).afford(pairs, sizes)


@given(PAIRS, SIZES)
def test_where_there_is_budget_enough_every_pair_is_affordable(pairs, sizes):
    assert Spending(WHOLE).afford(pairs, sizes) == pairs
    assert Spending().afford(pairs, sizes) == pairs


@given(PAIRS, SIZES, st.integers(0, 20_000))
def test_a_host_within_its_share_keeps_all_pairs_with_others_within_theirs(pairs, sizes, batch):
    hosts = spent(pairs, sizes)[1]
    share = batch // max(1, len(hosts))
    modest = {host for host, number in hosts.items() if number <= share}
    theirs = [pair for pair in pairs if {sizes[i][0] for i in pair} <= modest]
    budget = Budget(article=10**9, host=10**9, batch=batch)
    assert set(theirs) <= set(Spending(budget).afford(pairs, sizes))


def test_a_short_article_among_large_ones_pays_for_itself_only():
    sizes = {0: ("innocent", 500)} | dict.fromkeys(range(1, 81), ("large", 50000))
    budget = Budget(article=50_000, host=10**9, batch=10**9)
    assert len(Spending(budget).afford([(0, n) for n in range(1, 81)], sizes)) == 80


@given(st.lists(st.integers(0, 100)), st.integers(0, 1000))
def test_shares_are_as_large_as_the_total_allows(wanted, total):
    share = fair_share(wanted, total)
    assert sum(min(want, share) for want in wanted) <= total
    if any(want > share for want in wanted):
        assert sum(min(want, share + 1) for want in wanted) > total


@given(PAIRS, SIZES, st.integers(0, 5000))
def test_parts_hold_every_pair_once_in_order_and_no_more_words_than_allowed(pairs, sizes, limit):
    made = list(parts(pairs, sizes, limit))
    assert [pair for part in made for pair in part] == pairs
    for part in made:
        held = {article_id for pair in part for article_id in pair}
        assert len(part) == 1 or sum(sizes[i][1] for i in held) <= limit
