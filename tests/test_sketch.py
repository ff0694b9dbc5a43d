from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from builders import SKETCH, article, prose
from hypothesis import given
from hypothesis import strategies as st

from ingest.sketch import SketchParams, shingle, sketch_articles
from ingest.words import words


def sketch(text, params=SKETCH):
    (made,) = sketch_articles([article(text=text)], params)
    return made


def values(made):
    return np.frombuffer(made.signature, dtype="<u4")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t stop: it's the QUAY's turn!", ["dont", "stop", "its", "the", "quays", "turn"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("one_two 3.5 U.S.", ["one", "two", "3", "5", "u", "s"]),
        ("港口扩建", ["港", "口", "扩", "建"]),
        ("港口expansion扩建2026", ["港", "口", "expansion", "扩", "建", "2026"]),
        ("กขค", ["ก", "ข", "ค"]),
        ("부두 연장", ["부두", "연장"]),
        (" \n…—!? ", []),
    ],
)
def test_words_are_casefolded_and_bare_of_punctuation(text, expected):
    assert words(text) == expected


def test_shingles_are_the_runs_of_five_words():
    found = shingle(prose(0, 60), SKETCH)
    assert len(found.all) == 56
    assert len(found.lead) == 40
    assert found.lead == shingle(prose(0, 44), SKETCH).all


def test_a_text_shorter_than_a_shingle_has_none():
    assert shingle(prose(0, 4), SKETCH).all == frozenset()


def test_text_in_a_script_without_spaces_is_shingled():
    text = "".join(chr(0x4E00 + n) for n in range(100))
    assert len(shingle(text, SKETCH).all) == 96
    assert len(sketch(text).bands) == SKETCH.bands


@given(st.text())
def test_any_text_can_be_shingled(text):
    found = shingle(text, SKETCH)
    assert found.lead <= found.all


@pytest.mark.parametrize("shift", [10, 40, 100, 200])
def test_signatures_agree_about_as_often_as_texts_resemble(shift):
    one, other = prose(0, 304), prose(shift, 304)
    a, b = shingle(one, SKETCH).all, shingle(other, SKETCH).all
    truth = len(a & b) / len(a | b)
    estimate = np.mean(values(sketch(one)) == values(sketch(other)))
    assert estimate == pytest.approx(truth, abs=0.15)  # 3 standard deviations at 128 values


def test_one_text_has_one_sketch_whatever_its_punctuation_and_company():
    text = prose(0, 200)
    alone = sketch(text)
    louder = sketch(text.upper().replace(" ", ", "))
    _, in_company = sketch_articles([article(text=prose(900, 90)), article(text=text)], SKETCH)
    assert alone == louder == in_company


def test_bands_fit_a_signed_64_bit_column():
    bands = sketch(prose(0, 200)).bands
    assert len(bands) == SKETCH.bands
    assert all(0 <= band < 2**63 for band in bands)


def test_texts_without_a_shared_shingle_share_no_band():
    assert not set(sketch(prose(0, 200)).bands) & set(sketch(prose(5000, 200)).bands)


def test_sketches_of_other_parameters_never_share_a_band():
    others = [
        {},
        {"shingle_words": 4},
        {"bands": 16},
        {"rows": 8},
        {"seed": 2},
        {"lead": 20},
        {"min_shingles": 10},
    ]
    text = prose(0, 200)
    made = [sketch(text, replace(SketchParams(), **changed)) for changed in others]
    assert len({one.scheme for one in made}) == len(others)
    for one, other in combinations(made, 2):
        assert not set(one.bands) & set(other.bands)


def test_a_short_text_is_sketched_but_not_indexed():
    words_needed = SKETCH.min_shingles + SKETCH.shingle_words - 1
    assert sketch(prose(0, words_needed)).bands
    assert sketch(prose(0, words_needed - 1)).bands == ()
    assert sketch("").bands == ()
    assert sketch("").shingles == 0


def test_no_articles_make_no_sketches():
    assert sketch_articles([], SKETCH) == []


def test_vowel_signs_are_part_of_their_words():
    assert words("हिन्दी समाचार") == ["हिन्दी", "समाचार"]
