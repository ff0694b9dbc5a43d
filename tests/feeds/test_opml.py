import lxml.etree
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import feed

from ingest.feeds.opml import parse_opml, write_opml
from ingest.model import CopydeskError


def opml(outlines):
    return f'<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


def test_feeds_come_with_title_and_folder():
    listed = opml(
        '<outline text="News"><outline text="Ports">'
        '<outline type="rss" text="Harbour" xmlUrl="https://harbour.example/rss"/>'
        "</outline></outline>"
        '<outline type="rss" text="Tide" xmlUrl="https://tide.example/feed.json"/>'
    )
    assert parse_opml(listed) == (
        feed("https://harbour.example/rss", title="Harbour", folder="News/Ports"),
        feed("https://tide.example/feed.json", title="Tide", folder=""),
    )


def test_an_address_listed_twice_is_one_feed():
    twice = '<outline type="rss" text="Harbour" xmlUrl="https://harbour.example/rss"/>' * 2
    assert len(parse_opml(opml(twice))) == 1


def test_an_outline_needs_no_type():
    (found,) = parse_opml(opml('<outline text="Tide" xmlUrl="https://tide.example/f"/>'))
    assert found.url == "https://tide.example/f"


def test_an_ampersand_nobody_escaped_is_forgiven():
    (found,) = parse_opml(
        opml('<outline type="rss" text="Bed & Tide" xmlUrl="https://tide.example/f?a=1&b=2"/>')
    )
    assert (found.title, found.url) == ("Bed & Tide", "https://tide.example/f?a=1&b=2")


@pytest.mark.parametrize(
    "document",
    [b"", b"https://tide.example/feed.json", b"<html><body>A page</body></html>", opml("")],
)
def test_a_document_that_lists_no_feed_says_what_it_lacks(document):
    with pytest.raises(CopydeskError, match=r"lists no feeds.*xmlUrl"):
        parse_opml(document)


def test_a_document_of_two_kinds_of_list_is_refused_in_a_sentence():
    with pytest.raises(CopydeskError, match="cannot be read as OPML"):
        parse_opml(b"<outline><rdf:RDF>")


@given(st.binary())
def test_whatever_bytes_an_opml_file_holds_only_copydesk_errors_come_of_them(document):
    with pytest.raises(CopydeskError):
        parse_opml(document)


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "latin-1"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8"),
        ('<?xml version="1.0"?>', "utf-8"),
        ("", "utf-8"),
    ],
)
def test_titles_survive_in_whatever_encoding_the_list_is(declaration, encoding):
    outline = '<outline type="rss" text="Köln" xmlUrl="http://koeln.example/rss"/>'
    document = f'{declaration}<opml version="2.0"><body>{outline}</body></opml>'
    assert parse_opml(document.encode(encoding))[0].title == "Köln"


def test_a_list_is_written_with_its_folders_around_its_feeds():
    written = write_opml(
        [
            feed("https://harbour.example/rss", title="Harbour & Quay", folder="News/Ports"),
            feed("https://tide.example/feed.json", title="Tide"),
            feed("https://mole.example/rss", title="Mole", folder="News"),
        ]
    )
    body = lxml.etree.fromstring(written).find("body")
    assert [outline.get("text") for outline in body.iter("outline")] == [
        *("News", "Ports", "Harbour & Quay", "Mole", "Tide"),
    ]


WORDS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("ab /&<>'\"äé\n")
FEEDS = st.lists(
    st.builds(
        feed,
        st.from_regex(r"https?://[a-z]{1,9}\.example/[a-z&=?<\"é]{0,9}", fullmatch=True),
        title=WORDS,
        folder=WORDS,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda listed: listed.url,
)


TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def tidy(text):
    """A text as XML can hold it and as no terminal turns it, white space joined."""
    kept = (
        c
        for c in text
        if c in "\t\n\r" or not (c < " " or "\x7e" < c < "\xa0" or c in "\ufffe\uffff" + TURNING)
    )
    return " ".join("".join(kept).split())


@given(FEEDS)
def test_a_list_written_and_read_again_is_the_same_list(feeds):
    expected = {
        feed(
            listed.url,
            title=tidy(listed.title),
            folder="/".join(filter(None, map(str.strip, tidy(listed.folder).split("/")))),
        )
        for listed in feeds
    }
    assert set(parse_opml(write_opml(feeds))) == expected


@pytest.mark.parametrize(
    ("listed", "url"),
    [
        ("tide.example/f", "https://tide.example/f"),
        ("//tide.example/f", "https://tide.example/f"),
        ("ana:secret@tide.example/f", "https://ana:secret@tide.example/f"),
        ("feed://tide.example/f", "https://tide.example/f"),
        ("feed:http://tide.example/f", "http://tide.example/f"),
        ("localhost:8080/f", "https://localhost:8080/f"),
    ],
)
def test_an_address_gets_the_scheme_it_lacks(listed, url):
    (found,) = parse_opml(opml(f'<outline type="rss" xmlUrl="{listed}"/>'))
    assert found.url == url


def test_a_sloppy_list_brings_nothing_that_steers_a_terminal():
    hostile = "\x1b[2JTide\u202e\r\nNews"  # not well-formed: XML has no ESC
    listed = (
        f'<outline text="{hostile}"><outline text="{hostile}" xmlUrl="//tide.example/\u202ef"/>'
    )
    (found,) = parse_opml(opml(listed))
    assert (found.title, found.folder) == ("Tide News", "Tide News")
    assert found.url == "https://tide.example/f"


@pytest.mark.parametrize(
    ("title", "address", "shown"),
    [
        ("https://ana:hush@a.example/f", "https://ana:hush@a.example/f", "https://a.example/f"),
        ("ana:hush@a.example/f", "http://ana:hush@a.example/f", "http://a.example/f"),
        ("ana:hu/sh@a.example/f", "ana:hu/sh@a.example/f", "https://a.example/f"),
        ("a.example/f?token=hush", "https://a.example/f?token=hush", "https://a.example/f?token="),
        ("Tide, https://a.example/f?token=hush", "b.example/f", "Tide, https://a.example/f?token="),
        ("Tech: news @home", "https://a.example/f?token=hush", "Tech: news @home"),
        ("a.example/f", "https://a.example/f", "a.example/f"),
    ],
)
def test_a_title_that_is_an_address_keeps_no_secret(title, address, shown):
    (found,) = parse_opml(opml(f'<outline type="rss" text="{title}" xmlUrl="{address}"/>'))
    assert found.title == shown
