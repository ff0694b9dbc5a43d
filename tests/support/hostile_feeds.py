"""What the document of a feed may do to us: its links, its entries, its encoding, its markup."""

from functools import cache

from support.hostile_behaviour import TYPE, behaviour, item, rss, whole

from ingest.model import Outcome


@cache
def long_rss():
    links = (f"<item><link>http://wire.example/{n}</link></item>" for n in range(100_000))
    return rss(*links).encode()


@behaviour(Outcome.READ, entries=100_000, slow=True)
def hundred_thousand_entries(_):
    yield whole(200, long_rss(), TYPE)


# links of a feed: each is one entry, beside one that is innocent


def linked(*links):
    items = (f"<item><title>Harbour</title><link>{link}</link></item>" for link in links)
    return rss(item("innocent"), *items).encode()


@behaviour(Outcome.READ, entries=2, bad=1)
def link_of_a_megabyte(_):
    yield whole(200, linked(f"http://wire.example/{'a' * 1_000_000}"), TYPE)


@behaviour(Outcome.READ, entries=4, bad=3)
def links_to_hosts_of_variants(_):
    hosts = (label * 50_000 for label in ("m.", "amp.", "m.mobile."))
    yield whole(200, linked(*(f"http://{host}wire.example/a" for host in hosts)), TYPE)


@behaviour(Outcome.READ, entries=4, bad=2)
def links_with_chains_of_amp(_):
    chains = ("/amp" * 50_000, ".amp" * 50_000 + ".html", "/amp" * 500)
    yield whole(200, linked(*(f"http://wire.example/a{chain}" for chain in chains)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=1)
def links_up_and_down(_):
    paths = ("a/" * 50_000 + "../" * 50_000, "a/" * 400 + "../" * 400)
    yield whole(200, linked(*(f"http://wire.example/{path}" for path in paths)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=1)
def links_within_links(_):
    chains = ("google.com/amp/s/" * 100, "google.com/amp/s/" * 10_000)
    yield whole(200, linked(*(f"http://{chain}wire.example/a" for chain in chains)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=1)
def links_that_grow_when_encoded(_):
    slugs = ("\u6e2f" * 200, "\u6e2f" * 2_000)
    yield whole(200, linked(*(f"http://wire.example/{slug}" for slug in slugs)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=2)
def links_to_no_host(_):
    yield whole(200, linked("http://.../a", f"http://{'a' * 64}.\u00e4.example/a"), TYPE)


# contents


@behaviour(Outcome.READ, entries=1)
def wrong_charset(_):
    yield whole(200, rss(item("Zürich")).encode(), "Content-Type: text/xml; charset=ascii")


@behaviour(Outcome.READ, entries=1)
def lying_charset(_):
    yield whole(200, rss(item("Zürich – “Quai”")).encode("windows-1252"), f"{TYPE}; charset=utf-8")


@behaviour(Outcome.READ, entries=1)
def unheard_of_charset(_):
    yield whole(200, rss(item("Quay"), encoding="x-none").encode(), f"{TYPE}; charset=klingon")


@behaviour(Outcome.NOT_A_FEED)
def page_at_a_feeds_address(_):
    page = b"<!doctype html><html><head><title>Wire</title></head><body><p>News</p></body></html>"
    yield whole(200, page, "Content-Type: text/html; charset=utf-8")


@behaviour(Outcome.NOT_A_FEED)
def error_page_as_success(_):
    yield whole(200, b"<h1>500 Internal Server Error</h1>", TYPE)


@behaviour(Outcome.NOT_A_FEED)
def empty_body(_):
    yield whole(200, b"", TYPE)


@behaviour(Outcome.NOT_A_FEED)
def binary_garbage(_):
    yield whole(200, bytes(range(256)) * 400, TYPE)


@behaviour(Outcome.NOT_A_FEED)
def deeply_nested_json(_):
    yield whole(200, b'{"a":' + b"[" * 200_000, "Content-Type: application/feed+json")


@behaviour(Outcome.READ, entries=3)
def changing_guids(room):
    poll = next(room.counter)
    yield whole(200, rss(*(item(n, guid=f"{poll}-{n}") for n in range(3))).encode(), TYPE)


@behaviour(Outcome.READ, entries=3)
def same_guid_for_all(_):
    yield whole(200, rss(*(item(n, guid="guid") for n in range(3))).encode(), TYPE)


@behaviour(Outcome.READ, entries=4)
def impossible_dates(_):
    dates = (
        "Fri, 18 Sep 2999 06:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "Thu, 99 Foo 99999 99:99:99 GMT",
        "9" * 400,
    )
    items = (item(n, f"<pubDate>{date}</pubDate>") for n, date in enumerate(dates))
    yield whole(200, rss(*items).encode(), TYPE)


# markup that grows


def channel(inside, doctype=""):
    return f'<?xml version="1.0"?>{doctype}<rss version="2.0"><channel>{inside}</channel></rss>'


@behaviour(Outcome.READ, entries=1)
def billion_laughs(_):
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'
    yield whole(200, channel(f"<title>&l12;</title>{item(1)}", doctype).encode(), TYPE)


@behaviour(Outcome.READ, entries=1)
def one_long_entity_many_times(_):
    doctype = f'<!DOCTYPE rss [<!ENTITY long "{"ha" * 500_000}">]>'
    body = channel(f"<title>{'&long;' * 5_000}</title>{item(1)}", doctype)
    yield whole(200, body.encode(), TYPE)


@behaviour(Outcome.READ, entries=1)
def an_entity_that_is_a_file(_):
    doctype = '<!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
    yield whole(200, channel(f"<title>&file;</title>{item(1)}", doctype).encode(), TYPE)


@behaviour(Outcome.READ, entries=1)
def elements_20_000_deep(_):
    yield whole(200, channel(item(1) + "<a>" * 20_000).encode(), TYPE)


@behaviour(Outcome.READ, entries=1)
def an_attribute_of_5_megabytes(_):
    yield whole(200, channel(f'<a b="{"c" * 5_000_000}"/>{item(1)}').encode(), TYPE)


@behaviour(Outcome.READ, entries=1)
def namespaces_20_000(_):
    names = " ".join(f'xmlns:n{n}="http://n.example/{n}"' for n in range(20_000))
    yield whole(200, channel(f"<a {names}/>{item(1)}").encode(), TYPE)


@behaviour(Outcome.READ, entries=2)
def ids_of_a_megabyte(_):
    yield whole(200, rss(*(item(n, guid=f"{'g' * 1_000_000}{n}") for n in range(2))).encode(), TYPE)


@behaviour(Outcome.READ, entries=1)
def values_of_a_megabyte(_):
    long = "harbour " * 125_000
    more = "".join(f"<{tag}>{long}</{tag}>" for tag in ("description", "author", "category"))
    body = rss(f"<item><title>{long}</title><link>http://wire.example/1</link>{more}</item>")
    yield whole(200, body.encode(), TYPE)


@behaviour(Outcome.READ, entries=1)
def categories_and_enclosures_10_000(_):
    more = "".join(
        f'<category>c{n}</category><enclosure url="http://wire.example/{n}.mp3"/>'
        for n in range(10_000)
    )
    yield whole(200, rss(item(1, more)).encode(), TYPE)


@behaviour(Outcome.READ, entries=2)
def sections_within_sections(_):
    tricky = "<description><![CDATA[a <![CDATA[b]]> c ]]&gt; </description>"
    endless = f"<description><![CDATA[{'<item>' * 10_000}]]></description>"
    yield whole(200, rss(item(1, tricky), item(2, endless)).encode(), TYPE)


# encodings that lie


@behaviour(Outcome.NOT_A_FEED)
def a_mark_of_another_encoding(_):
    yield whole(200, b"\xff\xfe" + rss(item(1)).encode(), TYPE)


@behaviour(Outcome.READ, entries=2)
def two_encodings_in_one(_):
    halves = rss(item(1, "<category>Zürich</category>"), item(2, "<category>Fähre</category>"))
    body = halves.encode().replace("Fähre".encode(), "Fähre".encode("latin-1"))
    yield whole(200, body, f"{TYPE}; charset=utf-8")


@behaviour(Outcome.NOT_A_FEED)
def a_number_of_a_million_digits(_):
    body = f'{{"version":"https://jsonfeed.org/version/1","items":[{{"id":{"9" * 1_000_000}}}]}}'
    yield whole(200, body.encode(), "Content-Type: application/feed+json")
