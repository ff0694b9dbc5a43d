import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.lines import (
    extract_lines,
    linked_share,
    paragraphs,
    plain_lines,
    read_surroundings,
    visible_text,
)
from ingest.extract.prune import prune
from ingest.extract.wording import key

SENTENCES = tuple(
    f"{who} told the harbour council on {day} that the quay would have to be made longer, and that "
    "the ferry could not wait for another winter of storms and of meetings."
    for who in ("The mayor", "A pilot", "The union", "A diver", "The keeper", "An heir")
    for day in ("Monday", "Tuesday", "Friday")
)
PROSE = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:6])
OTHER = f"<p>{SENTENCES[12]}</p>"  # prose as well, but of another page


def tree(body):
    return lxml.html.document_fromstring(f"<html><body>{body}</body></html>")


def lines(body, stated=""):
    return extract_lines(tree(body), stated)[0]


def pruned(body):
    page = tree(body)
    prune(page)
    return page.text_content()


@pytest.mark.parametrize(
    "other",
    [
        *("<aside>{}</aside>", "<footer>{}</footer>", "<nav>{}</nav>", "<form>{}</form>"),
        *("<dialog>{}</dialog>", "<noscript>{}</noscript>"),
        *('<div class="related">{}</div>', '<div class="related-posts-3">{}</div>'),
        *('<section id="comments">{}</section>', '<ul class="share-buttons"><li>{}</li></ul>'),
        *('<div class="post newsletter">{}</div>', '<div class="author-bio">{}</div>'),
        *('<div class="site_sidebar">{}</div>', '<div id="most-read">{}</div>'),
        *('<div class="Promo">{}</div>', '<div class="recommendations">{}</div>'),
    ],
)
def test_what_is_named_as_something_else_is_pruned(other):
    text = pruned(f"<article>{PROSE}</article>{other.format(OTHER)}")
    assert SENTENCES[12] not in text
    assert all(sentence in text for sentence in SENTENCES[:6])


@pytest.mark.parametrize(
    "name",
    ["shareholders", "unrelated", "header-navigator", "toccata", "adsorption", "tagged-content"],
)
def test_a_name_that_only_holds_such_a_word_is_not_meant(name):
    assert SENTENCES[12] in pruned(f'{PROSE}<div class="{name}">{OTHER}</div>')


@pytest.mark.parametrize("tag", ["p", "span", "a", "figure", "article", "main", "table"])
def test_what_stands_in_the_text_is_not_judged_by_its_class(tag):
    assert "the quay" in pruned(f'<div>{PROSE}<{tag} class="promo">the quay</{tag}></div>')


@pytest.mark.parametrize(
    "holder",
    [
        *('<form id="aspnetForm">{}</form>', '<div class="with sidebar">{}</div>'),
        *('<aside class="main">{}</aside>', '<div id="related">{}</div>'),
        *('<section class="subscribe promo">{}</section>', '<body class="menu">{}</body>'),
    ],
)
def test_the_article_is_never_pruned_however_it_is_named(holder):
    text = pruned(holder.format(PROSE))
    assert all(sentence in text for sentence in SENTENCES[:6])


def test_what_is_something_else_within_a_misnamed_article_is_pruned():
    text = pruned(f'<div class="sidebar">{PROSE}<div class="related">{OTHER}</div></div>')
    assert SENTENCES[5] in text
    assert SENTENCES[12] not in text


def test_an_article_without_paragraphs_is_not_pruned_either():
    text = pruned(f'<div class="print">{"<br>".join(SENTENCES[:6])}</div><nav>Home</nav>')
    assert all(sentence in text for sentence in SENTENCES[:6])
    assert "Home" not in text


COMMENTS = f'<div class="comments">{"".join(f"<p>{line}</p>" for line in SENTENCES[6:] * 4)}</div>'


@pytest.mark.parametrize(
    "holder", ['<form id="page">{}</form>', '<div class="sidebar-main">{}</div>']
)
@pytest.mark.parametrize("within", [True, False])
def test_what_readers_wrote_does_not_make_the_article_small(holder, within):
    body = holder.format(PROSE + COMMENTS) if within else holder.format(PROSE) + COMMENTS
    text = pruned(body)
    assert all(sentence in text for sentence in SENTENCES[:6])
    assert SENTENCES[7] not in text


@pytest.mark.parametrize(
    "block",
    [
        *('<div class="story-part social-{n}">{p}</div>', '<div class="post nav-anchor">{p}</div>'),
        *('<div class="respond">{p}</div>', '<div class="comment">{p}</div>'),
        *('<div class="promo {n}"><b>{n}</b></div><div class="sidebar">{p}</div>',),
    ],
)
def test_an_article_in_many_blocks_of_a_name_is_not_pruned_block_by_block(block):
    blocks = (block.format(n=n, p=f"<p>{line}</p>") for n, line in enumerate(SENTENCES[:6]))
    text = pruned(f"<main>{''.join(blocks)}</main>")
    assert all(sentence in text for sentence in SENTENCES[:6])


def test_an_article_in_blocks_of_many_names_is_not_pruned_either():
    names = ("promo", "social", "print", "bio", "share", "toc")
    blocks = (
        f'<div class="{name}"><p>{line}</p></div>'
        for name, line in zip(names, SENTENCES[:6], strict=True)
    )
    text = pruned(f"<nav>Home</nav>{''.join(blocks)}")
    assert all(sentence in text for sentence in SENTENCES[:6])
    assert "Home" not in text


def test_what_was_pruned_can_be_told():
    page = tree(f'<nav>Home</nav>{PROSE}<aside class="related box">{OTHER}</aside>{COMMENTS}')
    words = len(SENTENCES[12].split())
    told = extract_lines(page)[1]
    assert [one for one in told if "comments" not in one] == [f"aside.related.box ({words} words)"]
    assert sum("div.comments (" in one for one in told) == 1


def test_the_lines_of_a_page_are_its_articles():
    body = f'<nav>Home</nav><article>{PROSE}</article><div class="comments">{OTHER}</div>'
    assert lines(body) == list(SENTENCES[:6])


def test_a_page_without_text_has_no_lines():
    assert lines("") == []
    assert lines("<script>render()</script>") == []


def test_a_body_split_by_advertisements_is_put_together():
    parts = "".join(
        f'<div class="body-{n}"><div class="chunk"><p>{sentence}</p></div></div>'
        '<div class="slot" data-ad="1"><span>Advertisement</span></div>'
        for n, sentence in enumerate(SENTENCES[:12])
    )
    found = "\n".join(lines(f"<main><article><p>{SENTENCES[0]}</p></article>{parts}</main>"))
    assert [sentence for sentence in SENTENCES[:12] if sentence not in found] == []


def test_a_declared_body_is_used_where_the_text_is_cut_off():
    stated = "\n".join(SENTENCES)
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:5])
    assert lines(f"<article>{body}</article>", stated) == list(SENTENCES)


def test_a_declared_body_is_not_used_where_the_page_gives_the_article():
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    declared = "\n".join([*SENTENCES, "And this is in the declaration alone."])
    assert lines(f"<article>{body}</article>", declared) == list(SENTENCES)


def test_a_declared_body_of_something_else_is_not_used():
    stated = "\n".join(f"Line {n} of a text about cheese that nobody asked for." for n in range(99))
    assert lines(f"<article>{PROSE}</article>", stated) == list(SENTENCES[:6])


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("", []),
        (" \n ", []),
        ("plain text", ["plain text"]),
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("Before<p>One</p>after", ["Before", "One", "after"]),
        ("One<br>Two<br/>Three", ["One", "Two", "Three"]),
        ("<p>One <b>and</b>\n  <a href='/x'>two</a>.</p>", ["One and two."]),
        ("<h2>Head</h2><ul><li>a</li><li>b</li></ul>", ["Head", "a", "b"]),
        ("<p>One</p><script>x()</script><script>y()</script><style>p{}</style>", ["One"]),
        ("<p>One</p><!-- two --><p>Three</p>", ["One", "Three"]),
        ("</div><p>One</p>", ["One"]),
        ("<html><body><p>One</p></body></html>", ["One"]),
        ('<?xml version="1.0" encoding="utf-8"?><p>One</p>', ["One"]),
        ("&lt;p&gt; &amp; more", ["<p> & more"]),
        ("<p>One\x0btwo</p>", ["One two"]),
        ("<script>x()</script>", []),
        ("<table><tr><th>Team<th>Won<tr><td>Quay<td>3</table>", ["Team", "Won", "Quay", "3"]),
        ("<dl><dt>Quay<dd>A wall</dl>", ["Quay", "A wall"]),
        ("<figure><img><figcaption>A quay</figcaption></figure>It sank.", ["A quay", "It sank."]),
        ("One<hr>two<pre>three</pre><header>four</header>", ["One", "two", "three", "four"]),
    ],
)
def test_the_lines_of_a_feeds_content(markup, expected):
    assert plain_lines(markup) == expected


@given(st.text())
def test_any_content_has_lines_without_blanks_at_their_ends(markup):
    assert all(line and line == " ".join(line.split()) for line in plain_lines(markup))


@given(st.text(alphabet="<>/pdivbr aside=\"' class&;!-", max_size=200))
def test_any_markup_can_be_pruned_and_read(markup):
    page = tree(markup)
    before = "".join(page.text_content().split())
    prune(page)
    assert len("".join(page.text_content().split())) <= len(before)
    assert isinstance(paragraphs(page), str)
    assert isinstance(visible_text(page), str)


def test_surroundings_are_compared_without_case_and_marks():
    page = tree(
        "<h1>Harbour council votes!</h1><h2>What now?</h2>"
        '<a href="/a">Ferry strike: week three</a><a href="#top">To the top</a>'
        '<a href="mailto:x@y.example">Write to us</a><a href="javascript:x()">Play</a><a>Name</a>'
    )
    found = read_surroundings(page, titles=["Council votes", ""], authors=["Ana Lund"])
    assert found.titles == {"harbour council votes", "council votes"}
    assert found.links == {"ferry strike week three"}
    assert found.headings == {"harbour council votes", "what now"}
    assert found.authors == {"ana lund"}


def test_the_share_of_links_is_one_of_words():
    found = read_surroundings(tree('<a href="/a">one two three</a>'))
    assert linked_share(["One two three", "four five six seven eight nine"], found) == 1 / 3
    assert linked_share([], found) == 0
    assert key("One two three") in found.links


def test_all_that_is_written_on_a_page_but_its_scripts():
    page = tree("<nav>Home</nav><script>x()</script><p>Please <b>log</b> in</p>")
    assert visible_text(page) == "Home Please log in"


def test_paragraphs_are_neither_captions_nor_links():
    page = tree(f'{PROSE}<p>A caption.</p><p><a href="/a">{SENTENCES[9]}</a></p>{PROSE}')
    assert paragraphs(page) == "\n".join(SENTENCES[:6])


def test_a_table_of_data_within_a_layouts_cell_stays_a_table():
    results = "<table><tr><th>Team<th>Won</tr><tr><td>Quay<td>3</tr></table>"
    page = tree(f"<table><tr><td>{PROSE}{results}</td></tr></table>")
    extract_lines(page, "")
    ((row, *rest),) = [list(table.iter("tr")) for table in page.iter("table")]
    assert [cell.tag for cell in row] == ["th", "th"]
    assert len(rest) == 1
