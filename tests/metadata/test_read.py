"""What pages declare, as sites of many kinds write it."""

from datetime import UTC, datetime

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.metadata.dates import guess_date
from ingest.metadata.read import read_metadata
from ingest.model import Sourced, SourcedDate

URL = "https://www.example-gazette.com/news/harbour-reopens"
PARSER = lxml.html.HTMLParser(
    huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
)


def tree(head="", body="", language="en"):
    html = f"<html lang={language}><head>{head}</head><body>{body}</body></html>"
    return lxml.html.document_fromstring(html.encode(), parser=PARSER)


def read(head="", body="", url=URL, language="en"):
    return read_metadata(tree(head, body, language), url)


def ld(json):
    return f'<script type="application/ld+json">{json}</script>'


ARTICLE = ld(
    """{"@context": "https://schema.org", "@graph": [
    {"@type": "Organization", "@id": "#org", "name": "The Example Gazette"},
    {"@type": "Person", "@id": "#jane", "name": "Jane Doe"},
    {"@type": ["NewsArticle"], "headline": "Harbour reopens &amp; ferries sail",
     "author": [{"@id": "#jane"}, {"@type": "Organization", "name": "Associated Press"}],
     "publisher": {"@id": "#org"}, "datePublished": "2026-03-02T06:30:00+02:00",
     "dateModified": "2026-03-02T09:00:00Z", "articleSection": ["Business", "Ports"],
     "keywords": ["harbour", "ferries"], "image": {"url": "/img/harbour.jpg"},
     "isAccessibleForFree": "False", "wordCount": "312", "articleBody": "The harbour ..."}]}"""
)


def test_an_article_of_schema_org_gives_every_value():
    found = read(ARTICLE)
    assert found.title == Sourced("Harbour reopens & ferries sail", "json-ld")
    assert found.authors == Sourced(("Jane Doe",), "json-ld")
    assert found.credits == ("Associated Press",)
    assert found.published == SourcedDate(
        datetime(2026, 3, 2, 4, 30, tzinfo=UTC), "json-ld", day="2026-03-02", has_time=True
    )
    assert found.modified.value == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert found.section == "Business"
    assert found.tags == ("harbour", "ferries")
    assert found.image == "https://www.example-gazette.com/img/harbour.jpg"
    assert found.is_free is False
    assert found.page_type == "NewsArticle"
    assert found.word_count == 312
    assert found.article_body == "The harbour ..."


def test_the_tree_is_left_as_it_was():
    page = tree(ARTICLE, '<h1>A</h1><p class="byline">By Jane Doe</p>')
    before = lxml.html.tostring(page)
    read_metadata(page, URL)
    guess_date(page, URL)
    assert lxml.html.tostring(page) == before


@pytest.mark.parametrize(
    ("window", "site", "title"),
    [
        ("Harbour reopens - The Example Gazette", "The Example Gazette", "Harbour reopens"),
        ("Harbour reopens | Example Gazette", "", "Harbour reopens"),
        ("Example Gazette: Harbour reopens", "Example Gazette", "Example Gazette: Harbour reopens"),
        ("Harbour reopens — Port news | EG", "Eg", "Harbour reopens — Port news"),
        ("Harbour - who pays?", "Example", "Harbour - who pays?"),
    ],
)
def test_a_window_title_is_taken_without_its_site(window, site, title):
    head = f'<title>{window}</title><meta property="og:site_name" content="{site}">'
    assert read(head).title.value == title


def test_the_heading_most_like_the_declared_title_is_the_headline():
    body = "<h1>Example Gazette</h1><h1>Harbour reopens after <b>nine</b> years</h1><h1>More</h1>"
    found = read('<meta property="og:title" content="Harbour reopens after years">', body)
    assert found.title == Sourced("Harbour reopens after nine years", "h1")


def test_a_heading_in_capitals_is_spelled_as_declared():
    head = '<meta property="og:title" content="Harbour Reopens">'
    assert read(head, "<h1>HARBOUR REOPENS</h1>").title.value == "Harbour Reopens"


def test_the_deck_stands_by_the_headline():
    body = '<h1>Harbour reopens</h1><p class="article__standfirst">Ferries sail again.</p>'
    assert read("", body).subtitle == "Ferries sail again."


BYLINES = {
    "a class": '<p class="byline">By <a href="/x">Jane Doe</a></p>',
    "a relation": '<div>Words <a rel="author" href="/x">Jane Doe</a></div>',
    "microdata": '<span itemprop="author" itemscope><span itemprop="name">Jane Doe</span></span>',
    "a microformat": '<div class="h-entry"><a class="p-author h-card">Jane Doe</a></div>',
    "an hNews name": '<span class="author vcard"><span class="fn">Jane Doe</span></span>',
    "its words": "<div><span>By</span><span>Jane Doe</span></div>",
    "its words, in German": "<p>Von Jane Doe</p>",
    "an author's page": '<div><a href="/author/jane-doe">Jane Doe</a></div>',
    "capitals": '<div class="c-byline">BY JANE DOE</div>',
}


@pytest.mark.parametrize("byline", BYLINES.values(), ids=BYLINES)
def test_a_byline_by_the_headline_is_found_by(byline):
    found = read("", f"<h1>Harbour reopens</h1>{byline}<p>The harbour has been reopened.</p>")
    assert found.authors == Sourced(("Jane Doe",), "byline")


@pytest.mark.parametrize(
    "elsewhere",
    [
        '<aside><p class="byline">By Jane Doe</p></aside>',
        '<div class="related-stories"><a rel="author">Jane Doe</a></div>',
        '<ul id="comments"><li class="comment"><span class="author">Jane Doe</span></li></ul>',
        "<p>By Monday the ferries had sailed, said Jane Doe, who owns two of them.</p>",
        '<p>The minister <a href="/profile/jane-doe">Jane Doe</a> said the harbour, which had been'
        " closed for nine years, would be open by the summer of the year after next.</p>",
    ],
)
def test_a_name_elsewhere_is_no_byline(elsewhere):
    assert read("", f"<h1>Harbour reopens</h1>{elsewhere}").authors.value == ()


@pytest.mark.parametrize(
    "meta",
    [
        '<meta name="author" content="Jane Doe">',
        '<meta property="article:author" content="Jane Doe">',
        '<meta name="parsely-author" content="Jane Doe">',
        '<meta name="sailthru.author" content="Jane Doe">',
        '<meta name="DC.creator" content="Doe, Jane">',
        '<meta name="cXenseParse:author" content="Jane Doe">',
        '<meta name="twitter:label1" content="Verfasst von">'
        '<meta name="twitter:data1" content="Jane Doe">',
        '<meta property="article:author" content="https://example-gazette.com/profile/jane-doe">',
    ],
)
def test_an_author_is_read_from_metas(meta):
    found = read(meta)
    assert found.authors == Sourced(("Jane Doe",), "meta")


def test_the_outlet_as_an_author_gives_way_to_the_person_in_the_byline():
    head = '<meta name="author" content="Example Gazette">'
    found = read(head, '<h1>Harbour reopens</h1><p class="byline">By Jane Doe, AFP</p>')
    assert (found.authors.value, found.credits) == (("Jane Doe",), ("AFP",))


@pytest.mark.parametrize(
    ("head", "body", "at", "source", "has_time"),
    [
        ('<meta property="article:published_time" content="2026-03-02T06:30:00Z">', "",
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "meta", True),
        ('<meta name="date" content="2026-03-02">', "",
         datetime(2026, 3, 2, tzinfo=UTC), "meta", False),
        ('<meta name="DC.date.issued" content="2026-03-02T00:00:00+00:00">', "",
         datetime(2026, 3, 2, tzinfo=UTC), "meta", False),
        ('<meta name="pubdate" content="20260302063000">', "",
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "meta", True),
        ('<meta name="publishdate" content="1772433000">', "",
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "meta", True),
        ("", '<time datetime="2026-03-02T08:30:00+02:00">2 March</time>',
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "time element", True),
        ("", '<span itemprop="datePublished" content="2026-03-02T06:30Z"></span>',
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "time element", True),
        ("", '<h1>A</h1><p class="date">Veröffentlicht am 2. März 2026, 06:30 Uhr</p>',
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "page text", True),
        ("", '<h1>A</h1><p class="fecha">2 de marzo de 2026</p>',
         datetime(2026, 3, 2, tzinfo=UTC), "page text", False),
        ("", '<h1>A</h1><p class="pub-time">2026年3月2日 06:30</p>',
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "page text", True),
        ("", '<h1>A</h1><span class="timestamp">PORT CITY — Mar 2, 2026, 1:30 AM ET</span>',
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "page text", True),
        ('<meta name="date" content="2026-03-02">',
         '<h1>A</h1><time datetime="2026-03-02T06:30:00Z">today</time>',
         datetime(2026, 3, 2, 6, 30, tzinfo=UTC), "time element", True),
    ],
)  # fmt: skip
def test_a_date_is_read_where_it_stands(head, body, at, source, has_time):
    found = read(head, body)
    assert (found.published.value, found.published.source) == (at, source)
    assert found.published.has_time is has_time


def test_the_address_dates_a_page_that_says_nothing_and_corrects_another_articles_date():
    url = "https://example.org/2026/03/02/harbour"
    assert read(url=url).published.source == "address"
    other = '<time datetime="2025-01-05T06:30:00Z">January</time>'
    assert read("", other, url=url).published.value == datetime(2026, 3, 2, tzinfo=UTC)


def test_an_update_is_not_a_publication():
    found = read("", '<h1>A</h1><time class="updated" datetime="2026-03-02T06:30:00Z">x</time>')
    assert found.published.value is None
    assert found.modified.value == datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


def test_the_text_of_a_page_is_searched_for_a_date_only_when_asked():
    page = tree("", "<p>Posted 2 March 2026</p><p>" + "The harbour has reopened. " * 20 + "</p>")
    assert read_metadata(page, URL).published.value is None
    assert guess_date(page, URL).day == "2026-03-02"
    assert guess_date(tree("", "<footer>© 2026 Example Gazette</footer>"), URL).value is None


@pytest.mark.parametrize(
    ("head", "is_free"),
    [
        ("", None),
        (ld('{"@type": "Article", "headline": "A", "isAccessibleForFree": true}'), True),
        (ld('{"@type": "Article", "headline": "A", "hasPart":'
            ' {"@type": "WebPageElement", "isAccessibleForFree": "https://schema.org/False"}}'),
         False),
        ('<meta property="article:content_tier" content="locked">', False),
    ],
)  # fmt: skip
def test_a_paywall_is_as_declared(head, is_free):
    assert read(head).is_free is is_free


def test_an_article_the_page_only_mentions_is_not_its_own():
    found = read(
        ld('{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "B"}]}')
    )
    assert (found.title.value, found.page_type, found.types) == ("", "", ("ItemList",))


def test_a_chinese_and_an_arabic_page_are_read_alike():
    chinese = read(
        "<title>港口重新开放_示例报</title>", "<h1>港口重新开放</h1><p>记者 李明</p>", language="zh"
    )
    assert (chinese.title.value, chinese.authors.value) == ("港口重新开放", ("李明",))
    arabic = read(
        "<title>الميناء يفتح</title>", '<h1>الميناء يفتح</h1><p class="author">بقلم أحمد محمد</p>'
    )
    assert (arabic.title.value, arabic.authors.value) == ("الميناء يفتح", ("أحمد محمد",))


def test_values_are_fit_to_keep():
    found = read(
        ld('{"@type": "Article", "headline": "A\\ud83d \\u0007 B", "articleBody": "\\udc00x"}')
    )
    assert found.title.value == "A? B"
    found.article_body.encode()


PIECES = st.sampled_from(
    [ARTICLE, *BYLINES.values(), "<h1>Harbour</h1>", '<meta name="date" content="',
     '<time datetime="',
     "</script>", "<a href='http://[", '<meta property="og:image" content="//[">', "\x00", "9" * 40]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=40)), max_size=8), st.text(max_size=30))
def test_any_page_is_read_without_an_error(pieces, url):
    page = "<html><body>" + "".join(pieces).replace("\x00", "")
    parsed = lxml.html.document_fromstring(page.encode("utf-8", "replace"), parser=PARSER)
    read_metadata(parsed, url)
