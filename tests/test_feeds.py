import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import fetched
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.feeds import parse_feed
from ingest.model import Failed, Outcome

DATA = Path(__file__).parent / "data"
RSS, ATOM, RDF, JSON = (
    (DATA / name).read_bytes() for name in ("rss.xml", "atom.xml", "rdf.xml", "feed.json")
)


def utc(*moment):
    return datetime(*moment, tzinfo=UTC)


def rss(*items):
    """An RSS feed of items, each given as what is inside its element."""
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>Wire</title>{inside}</channel></rss>'


def parse_item(markup):
    (entry,) = parse_feed(fetched(rss(markup))).entries
    return entry


def parse_json_item(item):
    document = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}'
    (entry,) = parse_feed(fetched(document, "application/feed+json")).entries
    return entry


def dated(markup):
    entry = parse_item(f"<title>a</title>{markup}")
    return entry.published, entry.published_from


def test_rss_gives_its_entries_in_plain_text():
    parsed = parse_feed(fetched(RSS, "application/rss+xml", url="https://harbour.example/rss"))
    assert parsed.title == "Harbour & Hinterland"
    assert parsed.site_url == "https://harbour.example/"
    assert parsed.language == "en-gb"
    quay, ferry, note = parsed.entries
    assert quay.url == "https://harbour.example/news/quay?utm_source=rss"  # as listed
    assert quay.entry_id == "harbour-1"
    assert quay.title == "Council votes for a longer quay"
    assert quay.summary == "Seven to five after a long night."
    assert quay.content == "<p>Seven to five after a long night on the quay.</p>"
    assert quay.authors == ("Ana Lund",)
    assert (quay.published, quay.published_from) == (utc(2026, 9, 16, 8), "published")
    assert quay.language == "en-gb"
    assert ferry.url == ferry.entry_id == "https://harbour.example/news/ferry"
    assert (note.url, note.entry_id) == ("", "A note without an address")


def test_atom_gives_its_entries_with_links_made_absolute():
    url = "https://hafenbote.example/feeds/alle.xml"
    parsed = parse_feed(fetched(ATOM, "application/atom+xml", url=url))
    assert (parsed.title, parsed.language) == ("Hafenbote", "de")
    mole, ferry = parsed.entries
    assert mole.url == "https://hafenbote.example/nachrichten/mole"
    assert mole.entry_id == "urn:hafenbote:1"
    assert mole.title == "Rat stimmt für längere Mole"
    assert mole.authors == ("Jo Kern", "Mia Rot")
    assert mole.content == "<p>Sieben zu fünf.</p>"
    assert (mole.published, mole.published_from) == (utc(2026, 9, 16, 6), "published")
    assert (ferry.published, ferry.published_from) == (utc(2026, 9, 15, 6, 30), "updated")


def test_rdf_gives_its_entries_with_dublin_core_dates():
    parsed = parse_feed(fetched(RDF, "application/rdf+xml", url="https://quai.example/rdf"))
    (entry,) = parsed.entries
    assert parsed.title == "Le Quai"
    assert entry.url == "https://quai.example/a/1"
    assert entry.authors == ("Luc Mer",)
    assert (entry.published, entry.published_from) == (utc(2026, 9, 16, 8), "updated")


def test_json_feed_gives_its_entries():
    parsed = parse_feed(fetched(JSON, "application/feed+json", url="https://tide.example/f.json"))
    assert (parsed.title, parsed.site_url) == ("Tide Tables Today", "https://tide.example/")
    quay, ferry, note = parsed.entries
    assert quay.url == "https://tide.example/2026/quay"
    assert quay.authors == ("Ana Lund",)
    assert quay.language == "en-GB"
    assert (quay.published, quay.published_from) == (utc(2026, 9, 16, 8), "published")
    assert ferry.url == "https://tide.example/2026/ferry"
    assert (ferry.entry_id, ferry.title, ferry.language) == ("2", "", "en")
    assert ferry.content == "Fares &lt; 3 &amp; falling"
    assert (ferry.published, ferry.published_from) == (utc(2026, 9, 15), "updated")
    assert (note.url, note.entry_id) == ("", "tide-3")


def test_json_feed_1_0_names_one_author():
    document = """{"version": "https://jsonfeed.org/version/1", "items": [
        {"id": "1", "url": "https://tide.example/1", "author": {"name": "Ana Lund"}}]}"""
    (entry,) = parse_feed(fetched(document)).entries
    assert entry.authors == ("Ana Lund",)


def test_json_feed_may_begin_with_a_byte_order_mark():
    assert len(parse_feed(fetched(b"\xef\xbb\xbf" + JSON)).entries) == 3


@pytest.mark.parametrize("content_type", ["", "text/xml", "text/xml; charset=ISO-8859-1"])
def test_an_iso_8859_1_feed_keeps_its_umlauts(content_type):
    declared = '<?xml version="1.0" encoding="ISO-8859-1"?>' + rss("<title>Köln über Nacht</title>")
    (entry,) = parse_feed(fetched(declared.encode("iso-8859-1"), content_type)).entries
    assert entry.title == "Köln über Nacht"


def test_relative_links_are_taken_from_where_the_feed_answered():
    answer = fetched(
        rss("<title>a</title><link>story/1</link>"), final_url="https://moved.example/rss/all.xml"
    )
    (entry,) = parse_feed(answer).entries
    assert entry.url == "https://moved.example/rss/story/1"


def test_a_feed_without_links_still_counts_its_entries():
    parsed = parse_feed(fetched(rss("<title>a</title>", "<title>b</title>", "")))
    assert [entry.url for entry in parsed.entries] == ["", "", ""]


def test_a_permanent_guid_is_a_link_and_any_other_guid_is_none():
    assert parse_item("<guid>https://wire.example/1</guid>").url == "https://wire.example/1"
    assert parse_item('<guid isPermaLink="false">https://wire.example/1</guid>').url == ""


def test_the_original_link_is_preferred_to_the_one_that_counts_clicks():
    entry = parse_item(
        "<link>https://clicks.example/1</link>"
        '<f:origLink xmlns:f="http://rssnamespace.org/feedburner/ext/1.0">'
        "https://wire.example/1</f:origLink>"
    )
    assert entry.url == "https://wire.example/1"


def test_an_entry_without_a_date_has_none():
    assert dated("") == (None, "")


def test_a_date_nobody_can_read_is_none():
    assert dated("<pubDate>yesterday, around noon</pubDate>") == (None, "")


def test_a_date_of_the_year_one_is_told_as_it_stands():
    # whether a date can be believed is for the extractor to say: it knows what else there is
    published, _ = dated("<pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate>")
    assert published == utc(1, 1, 1)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-09-16T10:00:00Z", utc(2026, 9, 16, 10)),
        ("2026-09-16T10:00:00", utc(2026, 9, 16, 10)),
        ("2026-09-16T10:00:00-05:00", utc(2026, 9, 16, 15)),
        ("2026-09-16", utc(2026, 9, 16)),
        ("0001-01-01T00:00:00Z", utc(1, 1, 1)),
        ("0001-01-01T00:00:00+05:00", None),  # in UTC it lies before all years
        ("last Tuesday", None),
        ("", None),
    ],
)
def test_json_dates_become_utc_and_count_as_utc_without_a_zone(written, moment):
    assert parse_json_item(f'{{"date_published": "{written}"}}').published == moment


def test_the_second_date_counts_where_the_first_is_unreadable():
    entry = parse_json_item('{"date_published": "soon", "date_modified": "2026-09-16"}')
    assert (entry.published, entry.published_from) == (utc(2026, 9, 16), "updated")


def test_values_of_the_wrong_kind_in_json_count_as_absent():
    entry = parse_json_item(
        '{"id": null, "url": 7, "title": ["a"], "authors": "Ana", "date_published": 2026}'
    )
    assert (entry.url, entry.title, entry.authors, entry.published) == ("", "", (), None)


def test_a_malformed_feed_gives_what_can_be_had_of_it():
    broken = (
        '<rss version="2.0"><channel><title>Wire</title>'
        "<item><title>Bed & Breakfast</title><link>https://wire.example/1?a=1&b=2</link></item>"
        "<item><title>Cut off</title><link>https://wire.example/2</link>"
    )
    first, second = parse_feed(fetched(broken)).entries
    assert (first.title, first.url) == ("Bed & Breakfast", "https://wire.example/1?a=1&b=2")
    assert second.url == "https://wire.example/2"


def test_an_element_closed_that_was_never_opened_costs_no_entry():
    # feedparser then gives None where a text should be
    broken = '<rss version="2.0"><channel><item><author></name><title>a</title></item>'
    assert len(parse_feed(fetched(broken)).entries) == 1


def test_a_feed_without_items_is_a_feed():
    assert parse_feed(fetched(rss())).entries == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n\t ",
        b"<!doctype html><html><head><title>404</title></head><body><p>Gone</p></body></html>",
        b"Service unavailable",
        b'{"error": "no such feed"}',
        b'{"version": 2, "items": []}',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [',
        b'{"a":' * 100_000,
        b"\x00\xff\xfe\x00",
    ],
)
def test_what_is_no_feed_is_a_failure_and_not_an_empty_feed(body):
    with pytest.raises(Failed) as caught:
        parse_feed(fetched(body, "text/html"))
    assert caught.value.outcome is Outcome.NOT_A_FEED


def parses_or_fails(body, content_type="application/xml"):
    try:
        parse_feed(fetched(body, content_type))
    except Failed as failure:
        assert failure.outcome is Outcome.NOT_A_FEED  # noqa: PT017  either will do


@given(st.binary(), st.sampled_from(["", "text/xml; charset=utf-16", "text/html; charset=none"]))
def test_whatever_bytes_arrive_parsing_them_raises_only_failed(body, content_type):
    parses_or_fails(body, content_type)


NASTY = st.binary(max_size=6) | st.sampled_from(
    [
        b"<",
        b"&#0;",
        b"&#x110000;",
        b"&#55357;",
        b"]]>",
        b"<!DOCTYPE",
        b"<!ENTITY x 'y'>",
        b"<![CDATA[",
        b"<title>",
        b"</name>",
        b"</item>",
        b"<?xml?>",
        b"http://[",
        b"null",
        b"[]",
        b"1e999",
        b'"\\ud800"',
    ]
)


@st.composite
def damaged_feeds(draw):
    """A good feed with one to four stretches of it overwritten."""
    body = bytearray(draw(st.sampled_from([RSS, ATOM, RDF, JSON])))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(body)))
        body[start : start + draw(st.integers(0, 30))] = draw(NASTY)
    return bytes(body)


@given(damaged_feeds())
@example(RSS.replace(b"Tue, 15 Sep 2026 06:30:00 GMT", b"Tuesday"))
@example(RSS.replace(b"</dc:creator>", b"</name>"))
def test_however_a_feed_is_damaged_parsing_it_raises_only_failed(body):
    parses_or_fails(body)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=6)
    | st.sampled_from(["https://wire.example/a", "http://[", "2026-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "url"]), inner, max_size=2)
    ),
    max_leaves=3,
)
JSON_ITEMS = st.dictionaries(
    st.sampled_from(
        [
            *("id", "url", "external_url", "title", "content_text", "content_html", "authors"),
            *("author", "date_published", "date_modified", "language"),
        ]
    ),
    JSON_VALUES,
)


@given(st.lists(JSON_ITEMS | JSON_VALUES, max_size=2) | JSON_VALUES, JSON_VALUES)
def test_whatever_a_json_feed_holds_its_texts_are_texts(items, title):
    version = "https://jsonfeed.org/version/1.1"
    body = json.dumps({"version": version, "title": title, "items": items}).encode()
    parsed = parse_feed(fetched(body))
    assert isinstance(parsed.title, str)
    for entry in parsed.entries:
        for text in (entry.url, entry.entry_id, entry.title, entry.content, *entry.authors):
            assert isinstance(text, str)


def test_half_an_emoji_in_json_does_not_leave_the_parser():
    # publishers cut titles by UTF-16 units; such a half cannot be stored, nor sent anywhere
    entry = parse_json_item('{"id": "\\ud83d", "title": "Fire \\ud83d", "url": "/a\\ud83d"}')
    for text in (entry.entry_id, entry.title, entry.url):
        text.encode()
