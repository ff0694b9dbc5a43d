"""Feeds that go ten times beyond a bound, and two innocent feeds beside them, on one site.

Each bomb is a function that puts answers onto the site and returns the addresses of its feeds. Its
name is a sentence. `innocent` does the same for two small outlets, one of which copies the other.
"""

import json
import random
from importlib.util import find_spec

import pytest
from support.fetching import limit
from support.pathological import PROSE
from support.serving import Answer

from ingest.extract import markup
from ingest.extract.article import MAX_LINES
from ingest.feeds import bounds
from ingest.fetch import robots
from ingest.fetch.response import MAX_VALIDATOR
from ingest.metadata import bylines, jsonld
from ingest.model import Feed
from ingest.urls import MAX_ADDRESS, MAX_HOST

TEN = 10
RSS = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
#: Short, so that what a bomb does until a limit does not take minutes.
LIMITS = limit(idle_timeout=2, total_timeout=3, max_bytes=3_000_000, connections=16)

BOMBS = []


def bomb(make=None, *, waits_for=""):
    """Lists a bomb. `waits_for` is the module that has the bound, where it may not be there yet."""
    if make is None:
        return lambda made: bomb(made, waits_for=waits_for)
    missing = bool(waits_for) and find_spec(waits_for) is None
    marks = [pytest.mark.skipif(missing, reason=f"its bound is to be in {waits_for}")]
    BOMBS.append(pytest.param(make, id=make.__name__.replace("_", " "), marks=marks))
    return make


def rss(*items):
    return (
        f"<rss version='2.0'><channel><title>Wire</title>{''.join(items)}</channel></rss>".encode()
    )


def item(url, more="", title="Harbour"):
    return f"<item><title>{title}</title><link>{url}</link>{more}</item>"


def page(words, more="", head=""):
    return (
        f"<!doctype html><html><head>{head}</head><body><article><h1>Quay vote</h1>"
        f"<p>{words}</p>{more}</article></body></html>"
    ).encode()


def text(seed, words=150):
    """An article's words: the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  no secret
    return " ".join(f"w{chance.randrange(5_000)}" for _ in range(words)) + "."


def at(site, host):
    return f"http://{host}.example:{site.server_port}"


def innocent(site, round_=1):
    """Two outlets with four articles each, and one more each round. The second copies one."""
    feeds = []
    for outlet, seeds in (("first", (1, 2, 3, 4)), ("second", (1, 12, 13, 14))):
        base = at(site, outlet)
        items = []
        for seed in (*seeds, *(100 * n + seeds[1] for n in range(2, round_ + 1))):
            path = f"/{outlet}/{seed}"
            site.answers[path] = Answer(200, page(text(seed)), HTML)
            items.append(item(f"{base}{path}", "<pubDate>Fri, 18 Sep 2026 05:00:00 GMT</pubDate>"))
        site.answers[f"/{outlet}/feed"] = Answer(200, rss(*items), RSS)
        feeds.append(Feed(url=f"{base}/{outlet}/feed"))
    return feeds


def listing(site, *items, host="bomb"):
    """The address of a feed with these items."""
    path = f"/{host}/feed"
    site.answers[path] = Answer(200, rss(*items), RSS)
    return [Feed(url=f"{at(site, host)}{path}")]


def pages(site, *bodies):
    """A feed that lists a page of each of these bodies."""
    items = []
    for number, body in enumerate(bodies):
        path = f"/bomb/{number}"
        site.answers[path] = Answer(200, body, HTML) if isinstance(body, bytes) else body
        items.append(item(f"{at(site, 'bomb')}{path}"))
    return listing(site, *items)


def endless(piece, *headers):
    """An answer that goes on until the client has had enough."""

    def answer(handler):
        handler.send_response(200)
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        while not handler.server.closing.is_set():
            handler.wfile.write(piece)

    return answer


# feeds


@bomb(waits_for="ingest.feeds.listed")
def a_feed_of_10_000_entries(site):
    return listing(site, *(item(f"{at(site, 'bomb')}/missing/{n}") for n in range(10_000)))


@bomb
def addresses_and_hosts_ten_times_too_long(site):
    base = at(site, "bomb")
    return listing(
        site,
        item(f"{base}/{'a' * TEN * MAX_ADDRESS}"),
        item(f"http://{'m.' * TEN * MAX_HOST}bomb.example/a"),
        item(f"{base}{'/amp' * TEN * MAX_ADDRESS}"),
        item(f"{base}/{'a/' * TEN * MAX_ADDRESS}{'../' * TEN * MAX_ADDRESS}"),
    )


@bomb
def values_of_entries_ten_times_too_long(site):
    more = "".join(
        f"<{tag}>{'harbour ' * (TEN * longest // 8)}</{tag}>"
        for tag, longest in (
            ("guid", 2_500),
            ("description", bounds.MAX_SUMMARY),
            ("author", bounds.MAX_AUTHOR),
            ("category", bounds.MAX_CATEGORY),
            ("pubDate", 100),
        )
    )
    title = "harbour " * (TEN * bounds.MAX_TITLE // 8)
    return listing(site, item(f"{at(site, 'bomb')}/missing", more, title))


@bomb
def values_of_entries_ten_times_too_many(site):
    more = "".join(
        f"<category>c{n}</category><author>Ann Lee {n}</author><enclosure url='/{n}.mp3'/>"
        for n in range(TEN * bounds.MAX_CATEGORIES)
    )
    return listing(site, item(f"{at(site, 'bomb')}/missing", more))


@bomb
def content_of_an_entry_ten_times_too_long(site):
    content = "&lt;p&gt;The quay.&lt;/p&gt;" * (TEN * bounds.MAX_CONTENT // 30)
    return listing(
        site, item(f"{at(site, 'bomb')}/missing", f"<description>{content}</description>")
    )


@bomb
def a_feed_that_expands_itself(site):
    levels = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    document = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>'.encode() + rss("<item>&l12;</item>")
    site.answers["/bomb/feed"] = Answer(200, document, RSS)
    return [Feed(url=f"{at(site, 'bomb')}/bomb/feed")]


# servers


@bomb
def bodies_without_end(site):
    site.answers["/bomb/feed2"] = endless(b" " * 65_536, *RSS.items())
    listed = pages(site, *[endless(b"<p>quay</p>" * 1_000, *HTML.items())] * TEN)
    return [*listed, Feed(url=f"{at(site, 'bomb2')}/bomb/feed2")]


@bomb
def headers_without_end(site):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not handler.server.closing.is_set():
            handler.wfile.write(b"X-More: and more\r\n" * 1000)

    site.answers["/bomb/feed"] = answer
    return [Feed(url=f"{at(site, 'bomb')}/bomb/feed")]


@bomb
def validators_ten_times_too_long(site):
    headers = {**RSS, "ETag": "e" * TEN * MAX_VALIDATOR}
    site.answers["/bomb/feed"] = Answer(200, rss(), headers)
    return [Feed(url=f"{at(site, 'bomb')}/bomb/feed")]


@bomb
def redirects_without_end(site):
    site.answers["/bomb/round"] = Answer(302, headers={"Location": "/bomb/round"})
    return pages(site, *[Answer(302, headers={"Location": "/bomb/round"})] * TEN)


@bomb
def redirects_to_addresses_ten_times_too_long(site):
    long = f"/{'a' * TEN * MAX_ADDRESS}"
    site.answers[long] = Answer(200, page(text(1)), HTML)
    return pages(site, *[Answer(302, headers={"Location": long})] * TEN)


@bomb
def answers_that_never_come(site):
    return pages(site, *[lambda handler: handler.server.closing.wait(5)] * 3)


@bomb
def robots_txt_of_100_hosts_ten_times_what_is_held(site):
    rules = "User-agent: *\n" + "Disallow: /a\n" * ((robots.MAX_BYTES - 20) // 13)
    hosts = TEN * robots.MAX_HELD // robots.MAX_BYTES

    def answer(handler):
        is_bomb = handler.headers["Host"].startswith("bomb")
        handler.answer(Answer(200, rules.encode()) if is_bomb else Answer(404))

    site.answers["/robots.txt"] = answer
    site.answers["/open"] = Answer(200, page(text(5)), HTML)
    return listing(site, *(item(f"{at(site, f'bomb{n}')}/open") for n in range(hosts)))


# pages


@bomb
def pages_with_ten_times_too_much_markup(site):
    return pages(
        site,
        page(text(5), "<b>quay</b>" * TEN * markup.MAX_ELEMENTS),
        page(text(6), "<a href='/a'>a</a>" * TEN * markup.MAX_LINKS),
        page(text(7), "<p>quay</p>" * TEN * markup.MAX_PARAGRAPHS),
        page(text(8), "<div>" * TEN * markup.MAX_DEPTH),
        page(text(9), "<i>" * TEN * markup.MAX_DEPTH + "<table>" * TEN * markup.MAX_DEPTH),
    )


@bomb
def pages_with_ten_times_too_many_lines(site):
    lines = "".join(f"The quay is {n} feet long.\n" for n in range(TEN * MAX_LINES))
    return pages(site, page(text(5), f"<pre>{lines}</pre>"))


@bomb
def pages_with_tags_and_scripts_ten_times_too_long(site):
    return pages(
        site,
        page(text(5), f"<p class='{'a ' * (TEN * markup.MAX_TAG // 2)}'>"),
        page(text(6), f"<script>{'a' * 2 * markup.MAX_SCRIPT}</script>"),
        page(text(7), "<!-- quay -->" * 190_000),
    )


@bomb
def pages_with_ten_times_too_much_linked_data(site):
    nodes = [{"@type": "NewsArticle", "headline": f"Quay {n}"} for n in range(TEN * 2_000)]
    broken = "{" + '"author":x,' * (TEN * markup.MAX_BROKEN_JSON_LD // 11)
    deep = '{"@type":"Thing","about":' * TEN * jsonld.DEEPEST
    scripts = (json.dumps(nodes), broken, deep)
    return pages(
        site,
        *(
            page(text(n), head=f'<script type="application/ld+json">{script}</script>')
            for n, script in enumerate(scripts, start=5)
        ),
    )


@bomb
def pages_with_ten_times_too_many_authors(site):
    names = "<meta name='author' content='Ann Lee, Bo Ek'>" * TEN * bylines.MOST_NAMES
    long = f"<meta name='author' content='{'Ann Lee, ' * TEN * bylines.MAX_BYLINE}'>"
    return pages(site, page(text(5), head=names), page(text(6), head=long))


# comparing


@bomb
def two_hundred_pages_that_are_nearly_alike(site):
    return pages(site, *(page(f"{text(5)} {n}.") for n in range(200)))


@bomb(waits_for="ingest.dedup.budget")
def long_pages_built_of_the_same_sentences(site):
    sentences = [text(n, 20) for n in range(2_000)]
    return pages(
        site,
        *(
            page(" ".join(random.Random(n).choices(sentences, k=18_000)))  # noqa: S311  no secret
            for n in range(16)
        ),
    )


@bomb
def the_innocents_articles_copied_ten_times_with_more_around_them(site):
    return pages(site, *(page(PROSE + text(n, 2_000)) for n in range(TEN)))
