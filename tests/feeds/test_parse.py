import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fuzz.parsers import run_batch
from hypothesis import example, given
from hypothesis import strategies as st
from support.builders import fetched

from ingest.feeds.parse import parse_feed
from ingest.model import Failed, Hints, Outcome

DATA = Path(__file__).parent.parent / "data"
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
    assert note.url == ""
    assert note.entry_id.startswith("A note without an address ")  # and a hash of its text


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
    assert (entry.published, entry.published_from) == (utc(2026, 9, 16, 8), "dc:date")


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


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Fire &#55357;&#56613; &amp; smoke", "Fire \U0001f525 & smoke"),  # an emoji by its halves
        ("Fire &#xd83d;!", "Fire \ufffd!"),
        ("Fire &#x110000;!", "Fire !"),
        ("Fire &amp;#55357;!", "Fire \ufffd!"),
        ("Fire &#99999999999999999999;&#0;!", "Fire !"),
        ("Fi\x00re\x1b!", "Fire!"),
        ("&#60;b&#62; &#8211; c", "– c"),  # sound ones are left to feedparser
    ],
)
def test_an_impossible_character_costs_no_feed(written, title):
    assert parse_item(f"<title>{written}</title>").title == title


@pytest.mark.parametrize(
    "geography",
    [
        "<gml:pos>1 2</gml:pos>",
        "<georss:where><gml:Point><gml:pos>north</gml:pos></gml:Point></georss:where>",
        "<georss:point>1</georss:point>",
        "<links>one</links>",
        "<psc:chapters xmlns:psc='http://podlove.org/simple-chapters'><psc:chapter/></psc:chapters>",
    ],
)
def test_an_element_feedparser_stumbles_over_costs_no_feed(geography):
    spaces = 'xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml"'
    document = rss(f"<title>a</title>{geography}", "<title>b</title>").replace(
        " ", f" {spaces} ", 1
    )
    assert [entry.title for entry in parse_feed(fetched(document)).entries] == ["a", "b"]


GERMAN = rss("<title>Köln – Fähre</title>")
RUSSIAN = rss("<title>Москва</title>")


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        (GERMAN.encode("utf-16"), "", "Köln – Fähre"),
        (GERMAN.encode("utf-16-le"), "text/xml; charset=utf-8", "Köln – Fähre"),
        (GERMAN.encode("cp1252"), "", "Köln – Fähre"),
        (GERMAN.encode("cp1252"), "application/xml; charset=utf-8", "Köln – Fähre"),
        (GERMAN.encode(), "text/xml; charset=iso-8859-1", "Köln – Fähre"),
        (b'<?xml version="1.0" encoding="latin1"?>' + GERMAN.encode(), "", "Köln – Fähre"),
        (b'<?xml version="1.0" encoding="cp1251"?>' + RUSSIAN.encode("cp1251"), "", "Москва"),
        (RUSSIAN.encode("cp1251"), "text/xml; charset=windows-1251", "Москва"),
        (RUSSIAN.encode("koi8-r"), "text/xml; charset=koi8-r", "Москва"),
        (gzip.compress(GERMAN.encode(), mtime=0), "", "Köln – Fähre"),
        (
            b'<?xml version="1.0" encoding="iso-2022-jp"?>'
            + rss("<title>東京</title>").encode("iso-2022-jp"),
            "",
            "東京",
        ),
    ],
)
def test_titles_survive_whatever_is_said_of_their_encoding(body, content_type, title):
    (entry,) = parse_feed(fetched(body, content_type)).entries
    assert entry.title == title


def test_a_letter_cut_in_two_costs_no_other_its_umlaut():
    cut = rss(f"<title>{'ä' * 30}</title>", "<title>a</title>").encode().replace(b">a<", b">a\xc3<")
    first, second = parse_feed(fetched(cut)).entries
    assert (first.title, second.title) == ("ä" * 30, "a\ufffd")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Wed, 16 Sep 2026 10:00:00 +0200", utc(2026, 9, 16, 8)),
        ("Wed, 16 Sep 26 10:00 EDT", utc(2026, 9, 16, 14)),
        ("Wed, 16 Sep 2026 10:00:00 CEST", utc(2026, 9, 16, 8)),
        ("Wed, 16 Sep 2026 10:00:00 GMT+0200 (CEST)", utc(2026, 9, 16, 8)),
        ("Wed, 16 Sep 2026 10:00 PM", utc(2026, 9, 16, 22)),
        ("Mi, 16 Sep 2026 10:00:00 +0200", utc(2026, 9, 16, 8)),
        ("mer., 16 sept. 2026 10:00", utc(2026, 9, 16, 10)),
        ("16. März 2026, 10:00 Uhr", utc(2026, 3, 16, 10)),
        ("16 de septiembre de 2026", utc(2026, 9, 16)),
        ("2026-09-16T10:00:00.1234567Z", utc(2026, 9, 16, 10, 0, 0, 123456)),
        ("20260916T100000+0200", utc(2026, 9, 16, 8)),
        ("2026-09-16 10:00", utc(2026, 9, 16, 10)),
        ("16.09.2026 10:00", utc(2026, 9, 16, 10)),
        ("09.10.2026", utc(2026, 10, 9)),
        ("09/10/2026", None),  # which of the two it is nobody knows
        ("09-10-2026", None),
        ("Sep 2026", None),
        ("1789547000", None),
        ("Fri, 16 Sep 2099 10:00:00 GMT", utc(2099, 9, 16, 10)),  # for the extractor to judge
    ],
)
def test_dates_are_read_in_their_hundred_spellings(written, moment):
    assert dated(f"<pubDate>{written}</pubDate>")[0] == moment


def test_an_entry_tells_both_its_dates_and_where_they_come_from():
    entry = parse_item(
        "<pubDate>Wed, 16 Sep 2026 10:00:00 GMT</pubDate>"
        '<dc:date xmlns:dc="http://purl.org/dc/elements/1.1/">2026-09-17</dc:date>'
    )
    assert (entry.published, entry.published_from) == (utc(2026, 9, 16, 10), "published")
    assert (entry.updated, entry.updated_from) == (utc(2026, 9, 17), "dc:date")


def test_an_entry_keeps_its_categories_enclosures_and_language():
    entry = parse_item(
        "<category>Ports</category><category domain='x'>Sea &amp;amp; shore</category>"
        "<category>Ports</category><enclosure url='/a.mp3' type='audio/mpeg' length='1'/>"
        '<dc:language xmlns:dc="http://purl.org/dc/elements/1.1/">de</dc:language>'
    )
    assert entry.categories == ("Ports", "Sea & shore")
    assert entry.enclosures == ("https://wire.example/a.mp3",)
    assert (entry.url, entry.language) == ("", "de")  # what an entry encloses is not its page


def test_a_json_entry_keeps_them_as_well():
    entry = parse_json_item(
        '{"id": 7, "title": "A &#8217; B", "tags": ["Ports", 1], "date_modified": "2026-09-16",'
        ' "attachments": [{"url": "/a.mp3"}, {}]}'
    )
    assert (entry.entry_id, entry.title) == ("7", "A ’ B")
    assert (entry.categories, entry.enclosures) == (("Ports",), ("https://wire.example/a.mp3",))
    assert (entry.updated, entry.updated_from) == (utc(2026, 9, 16), "updated")


def test_an_entry_may_be_in_another_place_and_language_than_its_feed():
    (entry,) = parse_feed(
        fetched(
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://tide.example/x/" '
            'xml:lang="de"><entry xml:lang="fr"><title>a</title><link href="../y"/></entry></feed>'
        )
    ).entries
    assert (entry.url, entry.language) == ("https://tide.example/y", "fr")


def test_an_id_that_several_items_share_is_told_apart_by_their_links():
    one = "<guid isPermaLink='false'>1</guid>"
    items = [f"{one}<link>https://wire.example/{path}</link>" for path in "aab"]
    ids = [entry.entry_id for entry in parse_feed(fetched(rss(*items))).entries]
    assert ids == ["1 https://wire.example/a"] * 2 + ["1 https://wire.example/b"]


def test_an_item_without_id_and_link_is_known_by_what_it_says():
    first, second, third = parse_feed(
        fetched(
            rss(
                "<title>Note</title><description>a</description>",
                "<title>Note</title><description>b</description>",
                "<title>Note</title><description>a</description>",
            )
        )
    ).entries
    assert first.entry_id == third.entry_id != second.entry_id


@pytest.mark.parametrize(
    ("channel", "hints"),
    [
        ("<ttl>30</ttl>", Hints(ttl=timedelta(minutes=30))),
        ("<ttl>99999999999999</ttl>", Hints()),
        ("<ttl>soon</ttl>", Hints()),
        (
            '<s:updatePeriod xmlns:s="http://purl.org/rss/1.0/modules/syndication/">daily'
            '</s:updatePeriod><s:updateFrequency xmlns:s="http://purl.org/rss/1.0/modules/'
            'syndication/">4</s:updateFrequency>',
            Hints(ttl=timedelta(hours=6)),
        ),
        (
            "<skipHours><hour>24</hour><hour> 7</hour><hour>99</hour></skipHours>"
            "<skipDays><day>Sunday</day><day>Someday</day></skipDays>",
            Hints(skip_hours=frozenset({0, 7}), skip_days=frozenset({6})),
        ),
    ],
)
def test_a_feed_says_when_to_come_back(channel, hints):
    document = rss("<title>a</title>").replace("<item>", f"{channel}<item>")
    assert parse_feed(fetched(document)).hints == hints


def test_what_an_address_gives_instead_of_a_feed_is_named():
    page = "<!-- <a> --><!doctype html><html><head><title>Not &amp; here</title></head></html>"
    with pytest.raises(Failed, match="an HTML page, 'Not & here'"):
        parse_feed(fetched(page, "application/rss+xml"))


def test_a_body_that_is_the_name_of_a_file_is_not_read_from_it(tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text(rss("<title>secret</title>"))
    with pytest.raises(Failed, match="no feed in"):
        parse_feed(fetched(str(secret)))


def test_a_password_in_the_feeds_address_is_in_nothing_it_gives():
    markup = "<link>/1</link><description>&lt;a href='/2'&gt;x&lt;/a&gt;</description>"
    parsed = parse_feed(fetched(rss(markup), final_url="https://ana:secret@wire.example/f"))
    assert "secret" not in repr(parsed)


@pytest.mark.slow
def test_the_feed_fuzzer_finds_nothing():
    counts, findings = run_batch(seed=1, inputs=600)
    assert findings == []
    assert counts["feed read"] > 100
    assert counts["url canonical"] > 100


def test_no_text_of_a_feed_steers_a_terminal():
    hostile = "Quay&#x202e;\u2066"
    item = f"<title>{hostile}</title><link>/a\u202eb</link><author>{hostile}</author>"
    item += f"<category>{hostile}</category><guid isPermaLink='false'>{hostile}</guid>"
    document = (
        f"<rss version='2.0'><channel><title>{hostile}</title><item>{item}</item></channel></rss>"
    )
    parsed = parse_feed(fetched(document, "application/rss+xml"))
    (entry,) = parsed.entries
    texts = (parsed.title, entry.title, *entry.authors, *entry.categories, entry.entry_id)
    assert set(texts) == {"Quay"}
    assert entry.url.endswith("/ab")
