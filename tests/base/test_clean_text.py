import unicodedata
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.values import clean_text, harmless


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("quay", "quay"),
        ("  quay\tvote\r\n", "quay vote"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07quay", "quay"),
        ("\x1b]8;;http://wire.example/\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9d0;title\x9cquay", "quay"),
        ("\x1bPq#0\x1b\\quay", "quay"),
        ("\x1bcquay", "quay"),
        ("\x1b(0quay", "quay"),
        ("quay\x1b", "quay"),
        ("a\x00b\x08c\x7fd\x85e", "a b c d e"),
        ("a\u2028b\u2029c", "a b c"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("\u2066a\u2069 \u2067b\u2069 \u202ac\u202c", "a b c"),
        ("half an emoji \ud83d", "half an emoji ?"),
        # joiners and marks that scripts and emoji need
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("\u05d0!\u200f b", "\u05d0!\u200f b"),
    ],
)  # fmt: skip
def test_a_strangers_text_steers_no_terminal(written, clean):
    assert clean_text(written) == clean


PIECES = st.sampled_from(
    [
        "\x1b",
        "[",
        "]",
        "8;;",
        "31m",
        "\x07",
        "\\",
        "\x9b",
        "\x9d",
        "\x9c",
        "\u202e",
        "\u2066",
        "\u200d",
    ]
)


@given(st.lists(PIECES | st.text(st.characters(), max_size=3)).map("".join))
@example("\x1b\u202e[31m")
@example("\x1b\x1b[[31m")
def test_no_text_keeps_a_control_character_or_turns_another(written):
    clean = clean_text(written)
    assert clean == clean_text(clean)
    assert not [c for c in clean if unicodedata.category(c) in {"Cc", "Zl", "Zp", "Cs"}]
    turning = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not [c for c in clean if unicodedata.bidirectional(c) in turning]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_a_text_without_any_stays_as_it_is(written):
    plain = "".join(
        c for c in written if not "\u202a" <= c <= "\u202e" and not "\u2066" <= c <= "\u2069"
    )
    assert clean_text(plain) == plain.strip()


@pytest.mark.parametrize(
    "written", ["\u00e2\u20ac\x9d he said, and left", "\x90 \x98 \x9d \x9b end"]
)
def test_a_text_decoded_wrongly_loses_no_word(written):
    words = [word for word in written.split() if word.isprintable()]
    assert [word for word in words if word not in clean_text(written)] == []
    assert clean_text(written).endswith(written[-3:])


def test_harmless_text_keeps_its_lines():
    assert harmless("a\x1b[2J\n\tb\u202e\r\nc\u2028d") == "a\n\tb \nc d"


@pytest.mark.parametrize(
    "piece", ["\x1b", "\x1b]", "\x90", "\x1b[", "\x9b0", "\x9d;", "\x1b ", "a"]
)
def test_a_megabyte_of_it_takes_no_second(piece):
    start = process_time()
    harmless(piece * (1_000_000 // len(piece)))
    assert process_time() - start < 2
