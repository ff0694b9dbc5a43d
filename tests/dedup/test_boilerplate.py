import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.builders import SKETCH, prose

from ingest.dedup.boilerplate import are_boilerplate
from ingest.dedup.hashes import NONE, distinct, within
from ingest.dedup.sketch import sample, shingle
from ingest.words import words

EVERY = SKETCH.every


def hashes(text):
    return shingle(words(text), SKETCH)


def known(text):
    kept = sample(hashes(text), SKETCH)
    return kept[kept % EVERY == 0]


def test_a_known_block_is_found_within_a_text_give_or_take_a_few_words():
    block = prose(5000, 200)
    marked = are_boilerplate(
        hashes(f"{prose(0, 200)} {block} {prose(300, 200)}"), known(block), EVERY
    )
    assert marked[230:370].all()
    assert not marked[:170].any()
    assert not marked[430:].any()


def test_a_text_of_boilerplate_alone_is_boilerplate_to_its_ends():
    block = prose(5000, 200)
    assert are_boilerplate(hashes(block), known(block), EVERY).all()


def test_where_nothing_is_known_nothing_is_boilerplate():
    assert not are_boilerplate(hashes(prose(0, 200)), NONE, EVERY).any()
    assert not are_boilerplate(hashes(prose(0, 200)), known(prose(5000, 200)), EVERY).any()


def test_a_text_without_a_sampled_shingle_has_no_boilerplate():
    assert are_boilerplate(NONE, known(prose(0, 200)), EVERY).tolist() == []
    odd = np.array([1, 3, 5, 7], np.int64)
    assert not are_boilerplate(odd, np.array([8, 16], np.int64), EVERY).any()


NUMBERS = st.lists(st.integers(0, 60)).map(lambda values: np.array(values, np.int64))


@given(NUMBERS, NUMBERS)
def test_sorted_arrays_are_the_sets_they_stand_for(one, other):
    assert distinct(one).tolist() == sorted(set(one.tolist()))
    expected = [value in set(other.tolist()) for value in one.tolist()]
    assert within(one, distinct(other)).tolist() == expected
