from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import FOLD, SKETCH, body, court_list, prose

from ingest.dedup.alignment import in_order
from ingest.dedup.compare import compare, prepare
from ingest.dedup.hashes import NONE, distinct
from ingest.dedup.sketch import sample, shingle
from ingest.model import Relation
from ingest.words import words

ORIGINAL = prose(0, 300)


def relate(one, other, *, outlets=("wire.example", "post.example"), boilerplate=NONE):
    a, b = (
        prepare(body(number, text, outlet=outlet), SKETCH, boilerplate)
        for number, text, outlet in zip((1, 2), (one, other), outlets, strict=True)
    )
    return compare(a, b, FOLD)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (ORIGINAL.upper().replace(" ", ", "), Relation.IDENTICAL),
        (f"{ORIGINAL} {prose(9000, 20)}", Relation.COPY),  # a line about the author
        (ORIGINAL.replace("w150 ", "another word "), Relation.COPY),
        (prose(20, 280), Relation.COPY),
        (f"{prose(9000, 40)} {prose(20, 280)}", Relation.COPY),  # another first sentence
        (prose(0, 120), Relation.ABRIDGED),
        (f"{prose(0, 200)} {prose(9000, 10)}", Relation.ABRIDGED),
        (f"{ORIGINAL} {prose(9000, 300)}", Relation.ABRIDGED),  # the other one is the shorter
        (f"{prose(9000, 100)} {prose(0, 200)}", Relation.UPDATE),  # a new beginning
        (f"{prose(0, 150)} {prose(9000, 150)}", Relation.UPDATE),
        (f"{prose(9000, 400)} {ORIGINAL} {prose(9900, 100)}", Relation.EMBEDS),
        (prose(150, 100), Relation.EMBEDS),  # a piece out of the middle
        (f"{prose(0, 40)} {prose(9000, 260)}", None),  # a paragraph
        (prose(9000, 300), None),
        ("", None),
        ("too short", None),
    ],
)
def test_what_a_text_is_to_the_original(other, expected):
    found = relate(ORIGINAL, other)
    assert found.relation == expected
    assert found.rule


def test_what_an_outlet_runs_again_with_changes_is_a_later_version_and_no_copy():
    other = f"{prose(0, 260)} {prose(9000, 40)}"
    assert relate(ORIGINAL, other).relation is Relation.COPY
    same = ("wire.example", "wire.example")
    assert relate(ORIGINAL, other, outlets=same).relation is Relation.UPDATE
    assert relate(ORIGINAL, ORIGINAL, outlets=same).relation is Relation.IDENTICAL


def other_words(text, *spans):
    """The text with other words at these places."""
    run = text.split()
    for number, (start, end) in enumerate(spans):
        run[start:end] = [f"n{number}x{at}" for at in range(start, end)]
    return " ".join(run)


def test_passages_that_are_replaced_throughout_make_a_later_version():
    within = other_words(ORIGINAL, *((at, at + 10) for at in (60, 120, 180, 240)))
    found = relate(ORIGINAL, within)
    assert found.a_aligned == pytest.approx(0.867, abs=0.001)
    assert found.relation is Relation.UPDATE
    assert found.replaced == 40
    assert "replaced" in found.rule


def test_a_new_beginning_and_a_replaced_passage_are_what_a_house_does_to_a_copy():
    longer = prose(0, 600)
    found = relate(longer, other_words(longer, (0, 30), (60, 90)))
    assert (found.relation, found.replaced) == (Relation.COPY, 60)


def test_what_one_text_only_leaves_out_or_adds_makes_no_later_version():
    run = ORIGINAL.split()
    cut = " ".join(w for n, w in enumerate(run) if n % 60 not in range(48, 60))
    found = relate(ORIGINAL, cut)
    assert (found.relation, found.replaced) == (Relation.COPY, 0)
    inserted = " ".join([*run[:150], prose(9000, 60), *run[150:]])
    assert relate(ORIGINAL, inserted).relation is Relation.COPY


def test_passages_of_their_own_on_both_sides_make_a_later_version_wherever_they_stand():
    run = prose(0, 400).split()
    one = " ".join([*run[:80], prose(8000, 40), *run[80:120], prose(8500, 40), *run[120:]])
    other = " ".join([*run[:250], prose(9000, 40), *run[250:310], prose(9500, 40), *run[310:]])
    found = relate(one, other)
    assert found.a_aligned > 0.8
    assert (found.replaced, found.own_passages) == (0, 80)
    assert found.relation is Relation.UPDATE
    assert relate(one, " ".join(run)).relation is Relation.COPY


def test_a_paragraph_that_stands_elsewhere_is_no_passage_of_its_own():
    run = prose(0, 400).split()
    moved = " ".join([*run[:100], *run[150:300], *run[100:150], *run[300:]])
    assert relate(" ".join(run), moved).own_passages == 0


def test_single_words_that_an_editor_changes_make_no_later_version():
    edited = other_words(ORIGINAL, *((at, at + 1) for at in range(20, 290, 30)))
    found = relate(ORIGINAL, edited)
    assert (found.relation, found.changes, found.replaced) == (Relation.COPY, 9, 0)


REPORT = """The ferry Amalia ran aground off Port Anselm on Tuesday with {} people on board, the
coastguard said. Divers reached the hull at noon and brought {} passengers ashore, among them the
captain of the vessel. The harbour master closed the southern channel and said that it would stay
closed for {} hours while tugs waited for the tide. Families of the crew gathered in the old customs
hall, where volunteers handed out blankets and tea."""


def test_other_numbers_in_the_same_sentences_make_a_later_version():
    first, later = REPORT.format(140, 37, 24), REPORT.format(140, 52, 24)
    found = relate(first, later)
    assert found.a_aligned > 0.85
    assert (found.relation, found.figures) == (Relation.UPDATE, 1)
    edited = first.replace("handed out", "gave out").replace("closed for 24", "shut for 24")
    assert relate(first, edited.replace("140", "some 140")).relation is Relation.COPY


FORM = """{} said that it filed with the market office for an offering of {} crowns of convertible
debentures due {}. The company said that it will use the net proceeds to repay bank debt and for
general purposes, which may include the purchase of other companies. {} named {} as lead manager of
the offering, which is planned for the second week of the month."""


@pytest.mark.parametrize("outlets", [("a.example", "b.example"), ("a.example", "a.example")])
def test_one_form_filled_in_twice_is_no_copy_and_no_later_version(outlets):
    one = FORM.format("Halden Paper", "50 million", 2012, "Halden", "Corvane Brothers")
    other = FORM.format("Ostra Mills", "75 million", 2010, "Ostra", "Pell and Sons")
    found = relate(one, other, outlets=outlets)
    assert found.relation is None
    assert "form" in found.rule
    assert relate(one, one.replace("repay", "pay back")).relation is Relation.COPY


def test_a_list_of_names_is_no_link():
    names = " ".join(f"Rep. Name{chr(97 + n)} Surname{chr(97 + n)}, D-Land{n}" for n in range(26))
    letters = str.maketrans("0123456789", "abcdefghij")
    one, other = (prose(start, 60).translate(letters) for start in (0, 1000))
    found = relate(f"{one}\n{names}", f"{other}\n{names}")
    assert found.prose_words > 100
    assert (found.relation, found.rule) == (None, "what is shared is a list of names and numbers")


def test_a_new_beginning_within_one_outlet_is_a_later_version():
    later = other_words(ORIGINAL, (0, 60), (90, 120), (150, 180), (240, 270))
    same = ("wire.example", "wire.example")
    assert relate(ORIGINAL, later, outlets=same).relation is Relation.UPDATE


def test_a_short_report_that_grows_is_an_update_and_no_round_up():
    brief = prose(0, 100)
    grown = f"{prose(0, 30)} {prose(9000, 120)} {prose(40, 50)} {prose(9500, 300)}"
    assert relate(brief, grown).relation is Relation.UPDATE
    round_up = f"{prose(9000, 300)} {prose(0, 90)} {prose(9500, 300)}"
    assert relate(brief, round_up).relation is Relation.EMBEDS


def test_a_gallery_below_two_stories_of_one_outlet_makes_them_nothing():
    gallery = prose(5000, 600)
    one, other = f"{prose(0, 150)} {gallery}", f"{prose(1000, 150)} {gallery}"
    assert relate(one, other, outlets=("wire.example", "wire.example")).relation is None
    assert relate(one, other).relation is not None


def test_paragraphs_in_another_order_are_no_copy():
    parts = [prose(start, 60) for start in range(0, 300, 60)]
    found = relate(" ".join(parts), " ".join(reversed(parts)))
    assert found.a_in_b > 0.9
    assert found.a_aligned == pytest.approx(0.2)
    assert found.relation is Relation.UPDATE


def test_what_is_only_quoted_is_no_evidence_of_a_common_source():
    said = [prose(start, 60) for start in (0, 100, 200)]
    one = "\n".join(f"{prose(3000 + n, 30)} “{quote}”" for n, quote in enumerate(said))
    other = "\n".join(f"“{quote}” {prose(4000 + n * 50, 40)}" for n, quote in enumerate(said))
    found = relate(one, other)
    assert found.a_aligned > 0.6
    assert found.a_prose < 0.1
    assert found.relation is None
    bare = str.maketrans("", "", "“”")
    assert relate(one.translate(bare), other.translate(bare)).relation is not None


def test_boilerplate_is_left_out_of_every_figure():
    boilerplate = prose(5000, 300)
    known = sample(shingle(words(boilerplate), SKETCH), SKETCH)
    one, other = f"{prose(0, 200)} {boilerplate}", f"{prose(1000, 200)} {boilerplate}"
    assert relate(one, other).relation is not None
    found = relate(one, other, boilerplate=distinct(known))
    assert found.relation is None
    assert [found.a_words, found.b_words] == pytest.approx([200, 200], abs=30)
    assert found.shared < 30


SHORT = "The Sun refinery at Port Anselm raised its price for heating oil by 25 crowns a barge"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (SHORT, Relation.IDENTICAL),
        (f"{SHORT} today", Relation.COPY),
        (SHORT.replace("25", "30"), None),
        (SHORT.replace("Anselm", "Corvane"), None),
        (SHORT.replace("raised", "has now cut"), None),
        (f"{SHORT} {prose(0, 300)}", Relation.ABRIDGED),
        (f"{prose(0, 300)} {SHORT}", Relation.EMBEDS),
    ],
)
def test_short_items_have_to_agree_in_numbers_and_names(other, expected):
    assert relate(SHORT, other).relation is expected


def test_shares_are_told_from_both_sides():
    found = relate(prose(0, 104), prose(0, 204))
    assert (found.shared, found.a_in_b, found.b_in_a) == (100, 1, 0.5)
    assert found.jaccard == 0.5
    assert (found.a_words, found.b_words, found.longest_run) == (104, 204, 104)
    assert found.a_aligned == found.a_prose == found.a_lead == found.b_lead == 1


TEXTS = st.lists(
    st.builds(prose, st.integers(0, 60), st.integers(0, 80)), min_size=1, max_size=3
).map(" ".join)


@given(TEXTS, TEXTS, st.booleans())
def test_comparing_is_symmetric(one, other, same):
    outlets = ("wire.example", "wire.example" if same else "post.example")
    a = prepare(body(1, one, outlet=outlets[0]), SKETCH)
    b = prepare(body(2, other, outlet=outlets[1]), SKETCH)
    assert compare(a, b, FOLD) == compare(b, a, FOLD)


@given(TEXTS, TEXTS, st.booleans())
def test_what_two_texts_are_to_each_other_does_not_depend_on_their_ids(one, other, same):
    outlets = ("wire.example", "wire.example" if same else "post.example")
    found, turned = relate(one, other, outlets=outlets), relate(other, one, outlets=outlets[::-1])
    assert (found.relation, found.rule) == (turned.relation, turned.rule)
    assert (found.a_aligned, found.b_aligned) == (turned.b_aligned, turned.a_aligned)
    assert found.longest_run == turned.longest_run


PHRASES = st.lists(st.builds(prose, st.integers(0, 9), st.integers(5, 20)), max_size=4).map(
    " ".join
)


def longest_common_subsequence(one, other):
    """Its length, as the textbook has it."""
    row = [0] * (len(other) + 1)
    for item in one:
        before, row = row, [0]
        for place, another in enumerate(other):
            longer = before[place] + 1 if item == another else max(before[place + 1], row[place])
            row.append(longer)
    return row[-1]


@given(PHRASES, PHRASES)
def test_what_stands_in_the_same_order_is_the_longest_common_subsequence(one, other):
    a, b = prepare(body(1, one), SKETCH), prepare(body(2, other), SKETCH)
    common = np.intersect1d(a.hashes, b.hashes)
    here, there = in_order(a.hashes, b.hashes, common)
    assert (a.hashes[here] == b.hashes[there]).all()
    assert (np.diff(here) > 0).all()
    assert (np.diff(there) > 0).all()
    assert len(here) == longest_common_subsequence(a.hashes.tolist(), b.hashes.tolist())


def test_a_body_that_stands_on_the_page_twice_makes_a_copy_of_its_copy():
    twice = f"{ORIGINAL} {ORIGINAL} {prose(9000, 8)}"
    assert relate(twice, ORIGINAL).relation is Relation.COPY
    assert relate(ORIGINAL, twice).relation is Relation.COPY


def test_a_page_of_one_phrase_is_compared_without_meeting_itself_everywhere():
    found = relate("buy now " * 20_000, "buy now " * 19_999 + "today")  # 400 million places
    assert found.relation is Relation.COPY


@pytest.mark.parametrize("cases", [12, 40, 90])
def test_formulae_that_recur_within_two_texts_make_them_nothing(cases):
    for seed in range(10):
        assert relate(court_list(seed, cases), court_list(seed + 100, cases)).relation is None


def test_a_list_of_formulae_that_another_outlet_edits_is_its_copy():
    listed = court_list(1, 30)
    edited = listed.replace("weeks.", "weeks of today.", 8).replace("Fined", "He was fined", 5)
    assert relate(listed, edited).relation is Relation.COPY


@given(TEXTS, TEXTS)
def test_figures_are_shares(one, other):
    found = relate(one, other)
    for name in ("jaccard", "a_in_b", "b_in_a", "a_aligned", "b_aligned", "a_prose", "a_lead"):
        assert 0 <= getattr(found, name) <= 1
    assert found.longest_run <= min(len(one.split()), len(other.split()))


@given(TEXTS)
def test_any_text_with_a_shingle_is_identical_to_itself(text):
    found = relate(text, text)
    assert found.relation == (Relation.IDENTICAL if len(text.split()) >= 5 else None)


def test_a_higher_threshold_never_folds_more():
    other = f"{prose(0, 260)} {prose(9000, 40)}"
    a, b = prepare(body(1, ORIGINAL), SKETCH), prepare(body(2, other, outlet="b.example"), SKETCH)
    assert compare(a, b, FOLD).relation is Relation.COPY
    assert compare(a, b, replace(FOLD, copied=0.9)).relation is Relation.UPDATE
