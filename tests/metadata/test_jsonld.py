"""schema.org's JSON as pages hold it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata.jsonld import parsed, read_nodes


@pytest.mark.parametrize(
    "script",
    [
        '{"headline": "A"}',
        '  {"headline": "A"};\n',
        '<!-- {"headline": "A"} -->',
        '//<![CDATA[\n{"headline": "A"}\n//]]>',
        '/*<![CDATA[*/ {"headline": "A"} /*]]>*/',
        '{"headline": "A",}',
        '{/* ours */ "headline": "A"} // end',
        "{&quot;headline&quot;: &quot;A&quot;}",
    ],
)
def test_an_object_is_read_through_what_is_wrong_about_it(script):
    assert parsed(script) == [{"headline": "A"}]


def test_line_breaks_and_bad_escapes_within_strings_are_kept():
    assert parsed('{"headline": "A\nB"}') == [{"headline": "A\nB"}]
    assert parsed('{"headline": "It\\\'s \\d"}') == [{"headline": "It's \\d"}]


def test_objects_one_after_another_are_all_read():
    assert parsed('{"a": 1}{"b": 2},\n{"c": 3}') == [{"a": 1}, {"b": 2}, {"c": 3}]


def test_single_values_are_saved_from_what_no_repair_makes_json():
    script = (
        '{"headline": "A \\"b\\" c", "articleBody": "he said "no" twice",'
        ' "datePublished": "2026-01-02"}'
    )
    assert parsed(script) == [{"headline": 'A "b" c', "datePublished": "2026-01-02"}]


def test_what_a_page_mentions_is_told_from_what_it_is():
    nodes = read_nodes(
        [
            '{"@graph": [{"@type": "https://schema.org/NewsArticle", "headline": "A",'
            ' "mentions": [{"@type": "Article", "headline": "B"}]}]}'
        ]
    )
    assert [(node.types, node.mentioned) for node in nodes] == [
        (("NewsArticle",), False),
        (("Article",), True),
    ]


@pytest.mark.parametrize(
    "script",
    [
        "[" * 200_000,
        '{"a":' * 100_000,
        '"' * 200_000,
        '\\"' * 200_000,
        "/*" * 200_000,
        "," * 200_000,
        ", " * 100_000 + "x",
        '{"headline": "' + "\\" * 200_000,
        '"headline"' + " " * 200_000,
        '"headline":"a' * 20_000,
        "9" * 200_000,
    ],
    ids=lambda script: script[:12],
)
def test_a_hostile_script_takes_no_longer_than_its_length(script):
    started = time.process_time()
    read_nodes([script])
    assert time.process_time() - started < 2  # the quadratic ones take minutes


@given(st.text(alphabet='{}[]",:\\/* \n<!->ab1&;', max_size=200))
def test_any_script_is_read_without_an_error(script):
    assert isinstance(read_nodes([script, f'{{"headline": "{script}"}}']), list)
