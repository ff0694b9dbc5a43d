from hypothesis import given
from hypothesis import strategies as st

from ingest.dedup.difference import Edit, Passage, difference


def edits(before, after):
    return [(p.edit, " ".join(p.before), " ".join(p.after)) for p in difference(before, after)]


def test_what_was_cut_added_and_changed_is_told_in_order():
    before = "The ferry burned for two hours. Nobody was hurt, police said."
    after = "The ferry burned for three hours. Nobody was hurt. More follows"
    assert edits(before, after) == [
        (Edit.KEPT, "The ferry burned for", "The ferry burned for"),
        (Edit.CHANGED, "two", "three"),
        (Edit.KEPT, "hours. Nobody was hurt,", "hours. Nobody was hurt."),
        (Edit.CHANGED, "police said.", "More follows"),
    ]
    assert edits("one two", "two")[0] == (Edit.CUT, "one", "")
    assert edits("two", "one two")[0] == (Edit.ADDED, "", "one")


def test_a_new_paragraph_is_a_change():
    assert edits("one two", "one\n\ntwo") == [
        (Edit.KEPT, "one", "one"),
        (Edit.ADDED, "", "\n"),
        (Edit.KEPT, "two", "two"),
    ]


TEXTS = st.text(st.sampled_from("ab. \n—"), max_size=40)


@given(TEXTS, TEXTS)
def test_the_passages_are_both_texts_whole(before, after):
    found: list[Passage] = list(difference(before, after))
    for text, sides in ((before, [p.before for p in found]), (after, [p.after for p in found])):
        assert [w for side in sides for w in side if w != "\n"] == text.split()
