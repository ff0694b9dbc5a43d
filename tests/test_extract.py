from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW, ago, entry, fetched

from ingest.extract import extract_article
from ingest.model import Failed, Outcome
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


def extract(item=None, answer=None, first_seen=NOW):
    return extract_article(item or entry(), answer or html(), first_seen)


def failure(*args):
    with pytest.raises(Failed) as caught:
        extract(*args)
    return caught.value.outcome


def dated(head="", **fields):
    found = extract(entry(**fields), html(head))
    return found.published, found.published_from


def day(moment):
    return f'<meta property="article:published_time" content="{moment:%Y-%m-%d}T08:00:00Z">'


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


def test_title_and_authors_of_the_entry_are_preferred_to_the_pages():
    head = '<title>Quay | The Harbour</title><meta name="author" content="Web Desk">'
    article = extract(entry(title="Council votes", authors=("Ana Lund",)), html(head))
    assert (article.title, article.authors) == ("Council votes", ("Ana Lund",))


def test_an_entry_without_title_and_authors_leaves_them_to_the_page():
    head = '<title>A longer quay</title><meta name="author" content="Ana Lund; Jo Kern">'
    article = extract(entry(title=""), html(head))
    assert article.title == "A longer quay"
    assert article.authors == ("Ana Lund", "Jo Kern")


def test_the_feeds_date_is_preferred_to_the_pages_day():
    fields = {"published": ago(hours=3), "published_from": "published"}
    assert dated(day(ago(days=2)), **fields) == (ago(hours=3), "feed")


def test_a_date_of_an_update_says_so():
    fields = {"published": ago(hours=3), "published_from": "updated"}
    assert dated(**fields) == (ago(hours=3), "feed updated")


def test_without_a_feeds_date_the_pages_day_counts():
    assert dated(day(ago(days=2))) == (datetime(2026, 9, 15, tzinfo=UTC), "page")


@pytest.mark.parametrize(
    "published", [NOW + timedelta(days=2), datetime(1, 1, 1, tzinfo=UTC), NOW.replace(year=9999)]
)
def test_a_feeds_date_that_cannot_be_true_is_ignored(published):
    fields = {"published": published, "published_from": "published"}
    assert dated(**fields) == (None, "")
    assert dated(day(ago(days=2)), **fields) == (datetime(2026, 9, 15, tzinfo=UTC), "page")


def test_a_feeds_clock_may_be_some_hours_ahead():
    soon = NOW + timedelta(hours=14)
    assert dated(published=soon, published_from="published") == (soon, "feed")


def test_a_pages_date_in_the_future_is_ignored():
    assert dated(day(NOW + timedelta(days=30))) == (None, "")


@pytest.mark.parametrize("content_type", ["application/pdf", "image/jpeg", "application/json"])
def test_what_is_not_html_is_not_read(content_type):
    assert failure(entry(), fetched(markup(), content_type)) is Outcome.NOT_HTML


@pytest.mark.parametrize("content_type", ["", "text/html", "TEXT/HTML;charset=x", "text/plain"])
def test_html_by_any_of_its_names_is_read(content_type):
    assert "harbour council" in extract(answer=fetched(markup(), content_type)).text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"<!-- nothing -->",
        b"<html></html>",
        b"<html><body><script>render()</script></body></html>",
        markup(body="<p>Please enable JavaScript.</p>").encode(),
        b"\x00\x01\x02",
    ],
)
def test_a_page_without_an_article_is_no_text(body):
    assert failure(entry(), fetched(body, "text/html")) is Outcome.NO_TEXT
