import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import feed, fetched

from ingest.feeds.discover import WELL_KNOWN, discover, well_known

PAGE = "https://quay.example/news/today.html"


def named(markup, head=""):
    return discover(fetched(f"<html><head>{head}</head><body>{markup}</body></html>", url=PAGE))


def link(href, kind="application/rss+xml", title=""):
    return f'<link rel="alternate" type="{kind}" href="{href}" title="{title}">'


def test_a_page_names_its_feeds_with_titles_in_order():
    head = link("/rss", title="All &amp; sundry") + link("sport.atom", "application/atom+xml")
    body = '<a href="/feeds/ports.xml">Ports <b>feed</b></a><a href="/rss">RSS</a>'
    assert named(body, head) == (
        feed("https://quay.example/rss", title="All & sundry"),
        feed("https://quay.example/news/sport.atom", title=""),
        feed("https://quay.example/feeds/ports.xml", title="Ports feed"),
    )


@pytest.mark.parametrize(
    "kind",
    [
        *("application/rss+xml", "application/atom+xml", "APPLICATION/RDF+XML; charset=utf-8"),
        *("application/feed+json", "text/xml"),
    ],
)
def test_every_kind_of_feed_is_named(kind):
    assert [found.url for found in named("", link("/f", kind))] == ["https://quay.example/f"]


@pytest.mark.parametrize(
    "head",
    [
        link("/oembed", "application/json+oembed"),
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="stylesheet" type="text/css" href="/rss">',
        link("mailto:desk@quay.example"),
        link(""),
        link("http://["),
    ],
)
def test_what_is_no_feed_is_not_named(head):
    assert named("", head) == ()


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/feed/", "https://quay.example/feed/"),
        ("/?feed=rss2", "https://quay.example/?feed=rss2"),
        ("/sport/index.rdf#top", "https://quay.example/sport/index.rdf"),
        ("feed://quay.example/all", "https://quay.example/all"),
        ("feed:https://quay.example/all", "https://quay.example/all"),
        ("https://feeds.feedburner.com/quay", "https://feeds.feedburner.com/quay"),
    ],
)
def test_a_link_that_looks_like_a_feed_is_one(href, url):
    assert [found.url for found in named(f'<a href="{href}">Feed</a>')] == [url]


@pytest.mark.parametrize(
    "href", ["/news/feedback", "/animals/feed-the-birds", "/about-rss", "#rss"]
)
def test_a_link_that_only_talks_of_feeds_is_none(href):
    assert named(f'<a href="{href}">Feed</a>') == ()


def test_links_are_taken_from_the_base_that_the_page_declares():
    head = '<base href="https://cdn.example/x/">' + link("rss")
    assert [found.url for found in named("", head)] == ["https://cdn.example/x/rss"]


def test_no_page_no_feeds():
    assert discover(fetched(b"")) == ()


@given(st.binary())
def test_whatever_bytes_a_page_holds_looking_for_feeds_raises_nothing(body):
    discover(fetched(body))


def test_the_usual_places_are_those_of_the_site():
    assert well_known(PAGE)[0] == "https://quay.example/feed"
    assert len(well_known("https://ana:secret@quay.example/a")) == len(WELL_KNOWN)
    assert "secret" not in "".join(well_known("https://ana:secret@quay.example/a"))
    assert well_known("not an address") == ()
