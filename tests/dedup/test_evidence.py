import numpy as np
from support.builders import prose

from ingest.dedup.alignment import in_order
from ingest.dedup.evidence import differences, listed, passages
from ingest.dedup.hashes import distinct, within
from ingest.dedup.sketch import SketchParams, shingle
from ingest.words import words

SKETCH = SketchParams()
BASE = prose(0, 100)


def differ(one, other, *, passage=7):
    a, b = (shingle(words(text), SKETCH) for text in (one, other))
    common = distinct(a[within(a, distinct(b))])
    own = np.ones(len(words(one)), np.bool_), np.ones(len(words(other)), np.bool_)
    return differences((one, other), own, in_order(a, b, common), SKETCH.shingle_words, passage)


def test_a_text_does_not_differ_from_itself():
    found = differ(BASE, BASE)
    assert (found.replaced, found.changes, found.swaps) == (0, 0, 0)


def test_a_replaced_passage_counts_the_words_that_the_other_does_not_have():
    one = BASE.replace("w50 ", f"{prose(200, 10)} ")
    other = BASE.replace("w50 ", f"{' '.join(reversed(prose(205, 20).split()))} ")
    found = differ(one, other)
    assert (found.changes, found.replaced) == (1, 5)


def test_at_the_end_a_replaced_passage_counts_half():
    found = differ(f"{BASE} {prose(200, 10)}", f"{BASE} {prose(300, 20)}")
    assert found.replaced == 5


def test_both_directions_give_the_same():
    one = BASE.replace("w30 ", f"{prose(200, 12)} ")
    other = BASE.replace("w30 ", f"{prose(300, 9)} ").replace("w70 ", "")
    assert differ(one, other) == differ(other, one)


def test_a_name_spelled_in_two_ways_is_one_swap():
    line = "the speech that {} gave in the capital was short and the people of the town liked it "
    found = differ(line.format("Gadhafi") * 3, line.format("Qaddafi") * 3)
    assert (found.swaps, found.swapped, found.figures) == (3, 1, 0)


def test_a_word_with_a_capital_letter_only_at_the_beginning_of_a_sentence_is_no_name():
    text = "The town was quiet. In the town hall Mayor Ada Pell read the list in full."
    shared = np.ones(len(words(text)), np.bool_)
    assert listed(text, shared) == 3 / 16


def test_in_capital_letters_no_word_counts_as_a_name():
    text = "SUN RAISES HEATING OIL BARGE PRICE"
    assert listed(text, np.ones(6, np.bool_)) == 0


def test_passages_are_runs_of_words_that_are_not_shared():
    shared = np.ones(100, np.bool_)
    shared[[3, *range(10, 20), *range(30, 35)]] = False
    assert passages(shared, 7) == 10
    shared[90:] = False
    assert passages(shared, 7) == 10 + 5
    assert passages(np.ones(0, np.bool_), 7) == 0
