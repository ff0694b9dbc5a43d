"""Strangers' texts in Prefect's artifacts are texts and no Markdown."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flows.orchestration.artifacts import as_text
from ingest.values import clean_text

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: What becomes a link without markup in Prefect's UI (GitHub's autolinks).
LINKED = re.compile(r"(?:ftp|https?)://|www\.|[\w.+-]@[\w-]", re.IGNORECASE)
HOSTILE = [
    "![quay](http://evil.example/pixel.png)",
    "[Prize](javascript:alert(1))",
    '<img src="http://evil.example/html.png"> <b>bold</b> <!-- gone -->',
    "http://evil.example/ WWW.evil.example me@evil.example <http://evil.example/>",
    "a | b `code` **strong** _em_ ~~gone~~ &lt;b&gt; \\[x\\]",
    *("1. list", "1) list", "- list", "+ list", "* list", "> quote", "# Heading", "| a | b |"),
    *("[ref]: http://evil.example/", "~~~", "```js", "***", "---", "===", "    indented"),
    "two\n\nparagraphs\n| a |\n|---|",
]


def rendered(markdown):
    """What a page shows of Markdown: the kinds of its elements, and its text."""
    tokens = MARKDOWN.parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inline]}
    return kinds, "".join(child.content for child in inline)


@pytest.mark.parametrize("written", HOSTILE)
def test_a_hostile_title_is_shown_as_it_is_written(written):
    assert rendered(as_text(written))[1] == clean_text(written)
    assert not LINKED.search(as_text(written))


PIECES = st.sampled_from([*"\\`*_~[]()<>&|#@!:/.-+=1 a\n", "www.", "http://", "&amp;", "</b>"])


@given(st.lists(PIECES | st.text(st.characters(), max_size=3)).map("".join))
@example("1.")
@example("\\")
def test_any_text_is_one_paragraph_without_markup(written):
    kinds, text = rendered(as_text(written))
    assert kinds <= {"paragraph_open", "inline", "text", "text_special", "paragraph_close"}
    assert text == clean_text(written).strip()
    assert not LINKED.search(as_text(written))


def test_an_ordinary_title_stays_as_it_is():
    title = 'Mayor\'s 5% cut: "no" (again) - 3/4?'
    assert as_text(title) == title
