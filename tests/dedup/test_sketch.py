from dataclasses import replace
from hashlib import sha256
from itertools import combinations

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st
from support.builders import SKETCH, body, prose

from ingest.dedup.boilerplate import are_boilerplate
from ingest.dedup.sketch import SketchParams, sample, shingle, signatures, sketch_articles
from ingest.words import APOSTROPHES, WORD, names_and_numbers, quotations, words


def sketch(text, params=SKETCH):
    (made,) = sketch_articles([body(text=text)], params)
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


def shingles(text, params=SKETCH):
    return shingle(words(text), params).tolist()


def test_shingles_are_the_runs_of_five_words_in_order():
    found = shingles(prose(0, 60))
    assert len(set(found)) == 56
    assert found[10:] == shingles(prose(10, 50))


def test_a_text_shorter_than_a_shingle_has_none():
    assert shingles(prose(0, 4)) == shingles("") == []


def test_text_in_a_script_without_spaces_is_shingled():
    text = "".join(chr(0x4E00 + n) for n in range(100))
    assert len(shingles(text)) == 96
    assert len(sketch(text).bands) == SKETCH.bands


@given(st.text())
def test_any_text_can_be_sketched(text):
    found = sketch(text)
    assert set(found.sample) <= set(shingles(text))
    assert all(0 <= value < 2**63 for value in shingles(text))


@given(st.text(st.characters(max_codepoint=0x3000)))
def test_plain_text_has_the_same_words_by_the_quick_way(text):
    assert words(text) == WORD.findall(APOSTROPHES.sub("", text).casefold())


@given(st.text(st.sampled_from("ab “”„\"«»\n.'")))
def test_quoted_words_are_places_in_the_words_of_the_text(text):
    run, spans = words(text), quotations(text)
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(run) for start, end in spans)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said: “We sail at dawn.” Then he left.", ["we sail at dawn"]),
        ('"No," she said, "not today."', ["no", "not today"]),
        ("„Wir fahren“, sagte er.", ["wir fahren"]),
        ("“One goes on.\n“Two ends.” She rose.", ["one goes on", "two ends"]),
        ("It's the captain's.", []),
    ],
)
def test_quotations_are_found(text, quoted):
    run, spans = words(text), quotations(text)
    assert [" ".join(run[start:end]) for start, end in spans] == quoted


def test_names_and_numbers_are_told_by_capitals_and_digits():
    text = "SUN raises heating oil to $3.25 at Port Anselm"
    assert names_and_numbers(text) == {"sun", "3", "25", "port", "anselm"}


@pytest.mark.parametrize(("count", "every"), [(100, 2), (2000, 10)])
def test_the_sample_keeps_the_same_share_of_every_text_of_its_length(count, every):
    kept = sketch(prose(0, count)).sample
    assert len(kept) == pytest.approx(count / every, rel=0.3)
    assert all(value % every == 0 for value in kept)


def test_two_texts_keep_the_same_sample_of_what_they_share():
    short, long = sketch(prose(500, 200)), sketch(prose(0, 1000))
    assert set(short.sample) <= set(long.sample)


def test_boilerplate_is_in_the_sample_but_not_in_the_signature():
    block = prose(5000, 300)
    known = sample(shingle(words(block), SKETCH), SKETCH)
    text = f"{prose(0, 300)} {block}"
    (without,) = sketch_articles([body(text=text)], SKETCH, {"wire.example": known})
    assert without.sample == sketch(text).sample
    assert without.shingles == sum(
        ~are_boilerplate(shingle(words(text), SKETCH), known, SKETCH.every)
    )
    assert without.signature != sketch(text).signature


def test_a_page_of_boilerplate_is_not_indexed():
    block = prose(5000, 300)
    known = sample(shingle(words(block), SKETCH), SKETCH)
    (made,) = sketch_articles([body(text=block)], SKETCH, {"wire.example": known})
    assert (made.shingles, made.bands) == (0, ())


@pytest.mark.parametrize("shift", [10, 40, 100, 200])
def test_signatures_agree_about_as_often_as_texts_resemble(shift):
    one, other = prose(0, 304), prose(shift, 304)
    a, b = set(shingles(one)), set(shingles(other))
    truth = len(a & b) / len(a | b)
    estimate = np.mean(values(sketch(one)) == values(sketch(other)))
    assert estimate == pytest.approx(truth, abs=0.22)  # 3 standard deviations


@given(st.lists(st.sets(st.integers(0, 2**63 - 1), max_size=200), max_size=4))
def test_signatures_are_datasketchs_own(sets):
    made = signatures([np.array(sorted(hashes), np.int64) for hashes in sets], SKETCH)
    for signature, hashes in zip(made, sets, strict=True):
        theirs = MinHash(num_perm=48, seed=1, scheme="affine32", hashfunc=int)
        for value in hashes:
            theirs.update(value >> 31)
        assert signature.tolist() == theirs.hashvalues.tolist()
        assert signature.dtype == np.uint32


#: The start of each signature, and a digest of signature, bands and sample together. Databases
#: hold sketches that were made so: where one of these changes, stored sketches become invalid.
STORED = {
    prose(0, 500): ("5a972a00baaa370073100a00c22de000", "a5fc033c849775f8"),
    prose(900, 60): ("673e9f00a6886f05afa44300083e3c0e", "7bd5a8bafa0b5c7b"),
    f"{prose(0, 40)} {prose(0, 40)}": ("5a972a002b4d5407b5a9ec0b289bb305", "743731ffeab15e43"),
    "".join(map(chr, range(0x4E00, 0x4E64))): (
        "1f4c45007ae8cf02ab8f190725a3cc00",
        "94dc4da24ca5de93",
    ),
    "The quay was shut.": ("f" * 32, "fa8508cabf0add03"),
    "": ("f" * 32, "fa8508cabf0add03"),
}


@pytest.mark.parametrize("text", STORED)
def test_a_text_has_the_sketch_that_databases_hold_of_it(text):
    made = sketch(text)
    digest = sha256(made.signature + repr((made.bands, made.sample)).encode()).hexdigest()
    assert (made.signature[:16].hex(), digest[:16]) == STORED[text]


def test_one_text_has_one_sketch_whatever_its_punctuation_and_company():
    text = prose(0, 200)
    alone = sketch(text)
    louder = sketch(text.upper().replace(" ", ", "))
    _, in_company = sketch_articles([body(text=prose(900, 90)), body(text=text)], SKETCH)
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
        {"bands": 8},
        {"rows": 8},
        {"seed": 2},
        {"every": 16},
        {"min_shingles": 10},
    ]
    text = prose(0, 200)
    made = [sketch(text, replace(SketchParams(), **changed)) for changed in others]
    assert len({one.scheme for one in made}) == len(others)
    for one, other in combinations(made, 2):
        assert not set(one.bands) & set(other.bands)
        assert not set(one.sample) & set(other.sample)


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
