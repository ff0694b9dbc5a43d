from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from support.builders import NOW, ago, entry, fetched, prose

from ingest.extract.article import MAX_LINES, NOTHING_KNOWN, Known, extract_article
from ingest.extract.recipes import Recipe
from ingest.extract.wording import line_hash
from ingest.model import Failed, Outcome, Removed, Verdict
from ingest.urls import url_id

PARAGRAPHS = "".join(
    f"<p>{who} told the harbour council on {day} that the quay would have to be made longer, and "
    "that the ferry could not wait for another winter of storms and of meetings.</p>"
    for who, day in (("The mayor", "Monday"), ("A pilot", "Tuesday"), ("The union", "Friday"))
)


def markup(head="", body=PARAGRAPHS):
    return (
        f'<!doctype html><html lang="en"><head>{head}</head>'
        f"<body><article>{body}</article></body></html>"
    )


def html(head="", body=PARAGRAPHS, **fields):
    return fetched(
        markup(head, body),
        "text/html; charset=utf-8",
        **{"url": "https://www.harbour.example/news/quay", **fields},
    )


def extract(item=None, answer=None, first_seen=NOW, known=NOTHING_KNOWN):
    return extract_article(item or entry(), answer or html(), first_seen, known)


def failure(*args):
    with pytest.raises(Failed) as caught:
        extract(*args)
    return caught.value.outcome


def dated(head="", **fields):
    found = extract(entry(**fields), html(head))
    return found.published, found.published_from


def stamp(moment, name="published"):
    return f'<meta property="article:{name}_time" content="{moment:%Y-%m-%dT%H:%M:%S}Z">'


def day(moment):
    return f'<meta property="article:published_time" content="{moment:%Y-%m-%d}">'


def test_an_article_is_the_text_of_its_page():
    article = extract()
    assert article.text.startswith("The mayor told the harbour council on Monday")
    assert len(article.text.splitlines()) == 3
    assert article.words == len(article.text.split())
    assert article.language == "en"
    assert article.first_seen == NOW


def test_an_articles_identity_is_the_address_that_answered():
    answer = html(final_url="https://ana:secret@www.harbour.example/2026/quay?utm_source=rss#top")
    article = extract(answer=answer)
    assert article.url == "https://www.harbour.example/2026/quay"
    assert article.article_id == url_id(article.url)
    assert article.outlet == "harbour.example"


def test_the_headline_the_page_shows_is_preferred_to_the_feeds():
    head = "<title>A longer quay | The Harbour</title>"
    body = f"<h1>A longer quay</h1>{PARAGRAPHS}"
    article = extract(entry(title="Council votes"), html(head, body))
    assert (article.title, article.title_from) == ("A longer quay", "h1")


def test_the_feeds_headline_is_preferred_to_the_title_of_the_window():
    article = extract(entry(title="Council votes"), html("<title>Harbour Post News</title>"))
    assert (article.title, article.title_from) == ("Council votes", "feed")


def test_an_entry_without_title_leaves_it_to_the_page():
    article = extract(entry(title=""), html("<title>A longer quay</title>"))
    assert (article.title, article.title_from) == ("A longer quay", "title")


def test_authors_of_the_page_are_preferred_to_the_feeds():
    head = '<meta name="author" content="Ana Lund; Jo Kern">'
    article = extract(entry(authors=("Web Desk",)), html(head))
    assert (article.authors, article.authors_from) == (("Ana Lund", "Jo Kern"), "meta")


def test_a_page_without_authors_leaves_them_to_its_feed():
    article = extract(entry(authors=("By ANA LUND, Associated Press",)))
    assert (article.authors, article.authors_from) == (("Ana Lund",), "feed")
    assert article.credits == ("Associated Press",)


@pytest.mark.parametrize("byline", ["Sign In", "harbour.example", "12 March 2026", ""])
def test_what_is_no_name_is_no_author(byline):
    article = extract(entry(authors=(byline,)))
    assert (article.authors, article.authors_from) == ((), "")


def test_the_feeds_date_is_preferred_to_the_pages():
    fields = {"published": ago(hours=3), "published_from": "published"}
    assert dated(stamp(ago(days=2)), **fields) == (ago(hours=3), "feed")


@pytest.mark.parametrize("element", ["updated", "lastmod"])
def test_a_feeds_date_of_change_counts_only_where_the_page_declares_none(element):
    fields = {"published": ago(hours=3), "published_from": element}
    assert dated(**fields) == (ago(hours=3), "feed updated")
    assert dated(stamp(ago(days=2)), **fields) == (ago(days=2), "meta")


def test_without_a_feeds_date_the_pages_counts():
    assert dated(stamp(ago(days=2))) == (ago(days=2), "meta")


def test_a_day_without_a_time_says_so():
    article = extract(answer=html(day(ago(days=2))))
    assert article.published == datetime(2026, 9, 15, tzinfo=UTC)
    assert article.published_day_only
    assert not extract(answer=html(stamp(ago(days=2)))).published_day_only
    assert not extract(entry(published=ago(hours=1), published_from="published")).published_day_only


def test_where_nobody_says_a_date_the_page_is_searched_for_one():
    body = f"<p>Published on 14 September 2026</p>{PARAGRAPHS}"
    article = extract(answer=html(body=body))
    assert article.published == datetime(2026, 9, 14, tzinfo=UTC)
    assert (article.published_from, article.published_day_only) == ("page text", True)


@pytest.mark.parametrize(
    "published", [NOW + timedelta(days=2), datetime(1, 1, 1, tzinfo=UTC), NOW.replace(year=9999)]
)
def test_a_feeds_date_that_cannot_be_true_is_ignored(published):
    fields = {"published": published, "published_from": "published"}
    assert dated(**fields) == (None, "")
    assert dated(stamp(ago(days=2)), **fields) == (ago(days=2), "meta")


def test_a_feeds_clock_may_be_some_hours_ahead():
    soon = NOW + timedelta(hours=14)
    assert dated(published=soon, published_from="published") == (soon, "feed")


def test_a_pages_date_in_the_future_is_ignored():
    assert dated(stamp(NOW + timedelta(days=30))) == (None, "")


def test_a_page_says_when_it_was_changed():
    head = stamp(ago(days=2)) + stamp(ago(days=1), "modified")
    article = extract(answer=html(head))
    assert (article.modified, article.modified_from) == (ago(days=1), "meta")


@pytest.mark.parametrize("modified", [ago(days=3), NOW + timedelta(days=9), NOW.replace(year=1970)])
def test_a_change_before_publication_or_in_the_future_is_ignored(modified):
    article = extract(answer=html(stamp(ago(days=2)) + stamp(modified, "modified")))
    assert (article.modified, article.modified_from) == (None, "")


@pytest.mark.parametrize("content_type", ["application/pdf", "image/jpeg", "application/json"])
def test_what_is_not_html_is_not_read(content_type):
    assert failure(entry(), fetched(markup(), content_type)) is Outcome.NOT_HTML


@pytest.mark.parametrize("content_type", ["", "text/html", "TEXT/HTML;charset=x", "text/plain"])
def test_html_by_any_of_its_names_is_read(content_type):
    assert "harbour council" in extract(answer=fetched(markup(), content_type)).text


RANDOM = b"".join(sha256(bytes([n])).digest() for n in range(250))


@pytest.mark.parametrize(
    "body", [RANDOM, b"\x7fELF\x02\x01" + bytes(500), b"\n%PDF-1.7\n" + b"BT (Quay) Tj ET\n" * 90]
)
def test_a_file_of_another_kind_is_no_page(body):
    assert failure(entry(), fetched(body, "text/html")) is Outcome.NOT_HTML


def test_a_feeds_excerpt_does_not_hide_its_cut_below_where_it_appeared_first():
    cut = "<p>" + " ".join(["The council met and the quay sank."] * 30) + " […]</p>"
    credit = "<p>The post <a href='/x'>The quay</a> appeared first on <a href='/'>Post</a>.</p>"
    page = "<article><p>" + "The harbour council met on Monday. " * 20 + "</p></article>"
    read = extract_article(entry(content=cut + credit), fetched(page, "text/html"), NOW)
    assert read.text_from == "page"
    assert "appeared first" not in read.text


@pytest.mark.parametrize("body", [b"", b"  \n", b"\x00\x01\x02"])
def test_what_is_no_page_at_all_is_no_text(body):
    assert failure(entry(), fetched(body, "text/html")) is Outcome.NO_TEXT


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b"<html></html>", Verdict.EMPTY),
        (b"<html><body><script>render()</script></body></html>", Verdict.EMPTY),
        (markup(body="<p>Please enable JavaScript.</p>").encode(), Verdict.LOGIN),
        (markup("<title>Page not found</title>", "<p>Sorry.</p>").encode(), Verdict.NOT_FOUND),
    ],
)
def test_a_page_without_an_article_has_a_verdict_and_a_reason(body, verdict):
    article = extract(answer=fetched(body, "text/html"))
    assert article.verdict is verdict
    assert article.reason


def test_an_article_is_full_and_needs_no_reason():
    article = extract()
    assert (article.verdict, article.reason) == (Verdict.FULL, "")
    assert article.text_from == "page"


# what its feed carries

TEXT = [p.removesuffix("</p>") for p in PARAGRAPHS.split("<p>")[1:]]
MORE = "<p>The council will meet again in May to hear what the longer quay would cost.</p>" * 6
NOT_FREE = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Quay",' + (
    '"isAccessibleForFree":false}</script>'
)


def test_the_feeds_text_is_used_where_the_page_gives_less():
    article = extract(entry(content=PARAGRAPHS + MORE), html(body=f"<p>{TEXT[0]}</p>"))
    assert article.text_from == "feed"
    assert article.text.split("\n")[:3] == TEXT


def test_a_page_that_cannot_be_read_is_saved_by_its_feed():
    empty = html(body="<script>render()</script>")
    article = extract(entry(content=PARAGRAPHS), empty)
    assert (article.text, article.text_from) == ("\n".join(TEXT), "feed")
    assert article.verdict is Verdict.FULL


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<p>A summary of some words.</p>",
        PARAGRAPHS,  # as much as the page gives
        f"{PARAGRAPHS}<p>And a footer.</p>",  # hardly more
        PARAGRAPHS + MORE.replace(".</p>", ".</p>", 1) + "<p>And so on…</p>",  # it breaks off
    ],
)
def test_better_text_is_never_replaced_by_worse(content):
    article = extract(entry(content=content))
    assert (article.text, article.text_from) == ("\n".join(TEXT), "page")


def test_where_the_page_is_not_free_anything_more_is_better():
    content = f"{PARAGRAPHS}<p>And nobody asked what it would cost.</p>"
    assert extract(entry(content=content), html(NOT_FREE)).text_from == "feed"
    assert extract(entry(content=content), html()).text_from == "page"


def test_the_feeds_text_is_cleaned_as_well():
    content = f"<p>Share</p>{PARAGRAPHS}{MORE}<p>Read more: Who owns the lighthouse?</p>"
    article = extract(entry(content=content), html(body=f"<p>{TEXT[0]}</p>"))
    assert article.text.startswith(TEXT[0])
    assert "lighthouse" not in article.text
    assert [one.rule for one in article.removed] == ["phrases", "pointers"]


# what was taken out, and what is known of the outlet


def test_what_was_taken_out_is_told_with_its_rule():
    body = f"<p>Advertisement</p>{PARAGRAPHS}<p>© 2026 Harbour Media, Port Anselm</p>"
    article = extract(answer=html(body=body))
    assert article.text == "\n".join(TEXT)
    assert Removed(line="© 2026 Harbour Media, Port Anselm", rule="notices") in article.removed


def test_lines_that_recur_at_the_outlet_are_taken_out():
    body = f"{PARAGRAPHS}<p>The Harbour Post is printed on paper from the mill at Low Tarrow.</p>"
    line = "The Harbour Post is printed on paper from the mill at Low Tarrow."
    assert line in extract(answer=html(body=body)).text
    known = Known(recurring=frozenset({line_hash(line)}))
    article = extract(answer=html(body=body), known=known)
    assert article.text == "\n".join(TEXT)
    assert article.removed == (Removed(line=line, rule="recurring"),)


def test_a_recipe_is_preferred_to_what_page_and_rules_say():
    body = (
        f"<h1>A longer quay</h1><div class='x1'>{PARAGRAPHS}</div><i>By Jo Kern</i>"
        f"<b>2026-09-12T08:00:00Z</b><h4>The quay, longer</h4><div>{MORE}</div>"
    )
    recipe = Recipe(
        keep="//div[@class='x1']", drop=("//p[1]",), title="//h4", author="//i", date="//b"
    )
    head = '<meta name="author" content="Ana Lund">' + stamp(ago(days=1))
    article = extract(answer=html(head, body), known=Known(recipe=recipe))
    assert article.text == "\n".join(TEXT[1:])
    assert (article.title, article.authors) == ("The quay, longer", ("Jo Kern",))
    assert article.published == datetime(2026, 9, 12, 8, tzinfo=UTC)
    sources = {article.title_from, article.authors_from, article.published_from}
    assert sources == {"recipe"}


def test_a_page_of_too_many_lines_is_too_large():
    lines = "\n".join(f"Line {number} of the quay" for number in range(10 * MAX_LINES))
    with pytest.raises(Failed) as failed:
        extract_article(entry(), fetched(f"<article><pre>{lines}</pre></article>"), NOW)
    assert failed.value.outcome is Outcome.TOO_LARGE


def test_a_feeds_text_of_too_many_lines_is_left_out():
    content = "".join(f"Line {number} of the quay<br>" for number in range(10 * MAX_LINES))
    page = fetched(f"<article><p>{prose(0, 100)}.</p></article>")
    assert extract_article(entry(content=content), page, NOW).text_from == "page"
