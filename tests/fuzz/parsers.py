"""Feeds, addresses and robots.txt files, mutated at random: only Failed may be raised.

    python tests/fuzz/parsers.py --inputs 200000              all kinds, on all cores
    python tests/fuzz/parsers.py --inputs 1000 --seed 7       another 1,000
    python tests/fuzz/parsers.py --atheris                    by coverage, with atheris

Also fails where a canonical address has another canonical form, where an entry holds what cannot be
stored, and where a feed takes longer than `SLOW` seconds or another input `SLOW_ELSE`. Prints the
input, in base64. Some addresses are as long as they may be, of pieces that repeat.
"""

import argparse
import base64
import collections
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from ingest.feeds.discover import discover  # noqa: E402  after the path
from ingest.feeds.parse import parse_feed  # noqa: E402
from ingest.fetch.robots import NAME, read_rules  # noqa: E402
from ingest.model import Failed, Fetched, ParsedFeed  # noqa: E402
from ingest.urls import (  # noqa: E402
    MAX_ADDRESS,
    believed_canonical,
    canonical_url,
    outlet,
    url_id,
)

SLOW = 5.0  # seconds of processor time
SLOW_ELSE = 0.5
BATCH = 2_000

SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://a.example/1</loc>
<lastmod>2026-09-16T08:00:00+02:00</lastmod><news:news><news:publication><news:name>Quay</news:name>
<news:language>de</news:language></news:publication><news:publication_date>2026-09-16
</news:publication_date><news:title>Mole &amp; Meer</news:title><news:keywords>a, b</news:keywords>
</news:news></url><url><loc>/2?a=1&amp;b=2</loc><lastmod>2026-09-15</lastmod></url></urlset>"""
RICH = """<rss version="2.0" xmlns:georss="http://www.georss.org/georss"
 xmlns:gml="http://www.opengis.net/gml" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:itunes="http://www.itunes.com/DTDs/PodCast-1.0.dtd"
 xmlns:psc="http://podlove.org/simple-chapters"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xml:base="https://a.example/x/">
<channel><title>Köln &#8211; Düsseldorf</title><ttl>60</ttl>
<sy:updatePeriod>hourly</sy:updatePeriod>
<skipHours><hour>1</hour><hour>24</hour></skipHours><skipDays><day>Sunday</day></skipDays>
<image><url>/i.png</url><title>t</title></image><textInput><name>q</name></textInput>
<item><title>Fire &#55357;&#56613; &amp; smoke</title><link>1?a=1&b=2</link><guid>1</guid>
<pubDate>Mi, 16 Sept 2026 10:00 CEST</pubDate><category domain="x">Ports</category>
<enclosure url="/a.mp3" type="audio/mpeg" length="1"/>
<georss:where><gml:Point><gml:pos>1 2</gml:pos>
</gml:Point></georss:where><media:content url="b.jpg" medium="image"><media:title>m</media:title>
</media:content><psc:chapters><psc:chapter start="0" title="c"/></psc:chapters>
<content:encoded><![CDATA[<p style="color:red">Text <a href="../y">y</a><svg/><math/></p>
]]></content:encoded>
<itunes:author>Ana</itunes:author><source url="https://b.example">b</source></item></channel></rss>
""".encode()
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://a.example/"><title
 type="html">A &lt;b&gt;</title><entry xml:lang="en">
<id>urn:1</id><title type="xhtml"><div
 xmlns="http://www.w3.org/1999/xhtml">Fähre</div></title><link href="/1"/><link rel="enclosure"
 href="/1.mp3"/><updated>2026-09-16T08:00:00.5Z</updated><published>gestern</published>
<author><name>Jo
</name><email>jo@a.example</email></author><contributor><name>X</name></contributor><content
 type="application/octet-stream">SGFsbG8=</content><source><id>s</id><title>S</title></source>
<category term="t" label="l"/></entry></feed>""".encode()
OLD = b"""<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 ""
 [<!ENTITY eacute "&#233;">]><rss version="0.91"><channel><title>Caf&eacute;</title><item>
<title>&nbsp;</title><link>http://a.example/</link></item></channel></rss>"""
HTML = b"""<html><head><base href="/x/"><link rel="alternate" type="application/rss+xml" title="t"
 href="feed"></head><body><a href="/rss.xml">RSS</a><a href="feed://a.example/">f</a></body></html>"""
FEEDS = [
    (ROOT / "tests/data" / name).read_bytes()
    for name in ("rss.xml", "atom.xml", "rdf.xml", "feed.json")
]
FEEDS += [
    SITEMAP,
    RICH,
    ATOM,
    OLD,
    HTML,
    RICH.decode().encode("utf-16"),
    ATOM.decode().encode("latin-1"),
]

URLS = [
    "https://www.wire.example/2026/09/16/quay-vote.html?utm_source=rss&id=7#top",
    "http://m.wire.example:80/a/b/../c/amp/?outputType=amp&at_medium=rss",
    "https://www.google.com/amp/s/amp.wire.example/story.amp.html?usqp=1",
    "https://wire-example.cdn.ampproject.org/c/s/wire.example/a",
    "https://www.google.com/url?q=https%3A%2F%2Fwire.example%2Fa%3Fx%3D1&sa=D",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fb%C3%BCcher.example%2F&h=A",
    "https://ana:secret@xn--bcher-kva.example./%7Eana/%e4%bd%a0?a=b&amp;c=d&&=",
    "http://[2001:db8::1]:8080/x;jsessionid=AB?s=1+2%20%2b",
    "https://app.wire.example/#!/story/1",
    "//wire.example/a",
]
TOKENS = [
    *(b"<", b">", b"&", b'"', b"'", b"&#0;", b"&#x110000;", b"&#55357;", b"&amp;#xd83d;", b"&#x;"),
    *(b"&#99999999999999999999;", b"&nosuch;", b"&lt;b&gt;", b"]]>", b"<![CDATA[", b"<!--", b"-->"),
    *(
        b"<!DOCTYPE a [",
        b'<!ENTITY x "&x;&x;">',
        b"&x;",
        b"<?xml?>",
        b"<?a",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
    ),
    *(
        b"\x00",
        b"\x1b",
        b"\xc3",
        b"\xed\xa0\xbd",
        b"\xf4\x90\x80\x80",
        b"\xe2\x80\xa8",
        b"\x1f\x8b\x08",
    ),
    *(
        b"<gml:pos>1 2</gml:pos>",
        b"<gml:pos>x</gml:pos>",
        b"<georss:point>1</georss:point>",
        b"</name>",
    ),
    *(
        b"<gml:posList>",
        b"<georss:box>1 2 3",
        b"</item>",
        b"<item>",
        b"<entry>",
        b"</channel>",
        b"<div>",
    ),
    *(
        b"<link>",
        b'<link href="http://[">',
        b"<guid>",
        b'<base href="http://[">',
        b' xml:base="http://["',
    ),
    *(
        b"<pubDate>",
        b"0000",
        b"99999",
        b"-1",
        b"1e999",
        b"25:61",
        b" GMT+99:99",
        b"null",
        b"[]",
        b"{}",
    ),
    *(
        b'"\\ud800"',
        b"\\u0000",
        b"http://[",
        b"javascript:",
        b"file:///etc/passwd",
        b"%",
        b"%zz",
        b"%00",
    ),
    *(
        b"://",
        b"@",
        b"#",
        b"?",
        b"//",
        b"..",
        b"/./",
        b"/amp",
        b"m.",
        b"amp.",
        b"&amp;",
        b";",
        b":99999",
    ),
    *(
        b"xn--",
        b"xn--a",
        "ä".encode(),
        "。".encode(),
        "\u202e".encode(),
        "㎒".encode(),
        b".",
        b"ref=rss",
    ),
    *(
        b"https://google.com/amp/s/",
        b"https://www.google.com/url?q=",
        b"utf-7",
        b"utf-16",
        b"punycode",
    ),
]
ROBOTS = [
    b"User-agent: *\nDisallow: /private/\nAllow: /private/a$\nCrawl-delay: 7\n",
    b"User-agent: copydesk\nUser-agent: b*t\nDisallow: /*?s=\nDisallow: /a*b*c$ # all\n" * 40,
    b"user agent *\ndissallow /%61/*.pdf$\nrequest-rate: 1/5m 0800-1200\nsitemap https://a.example\n",
]
REPEATED = [
    *(b"m.", b"amp.", b"/amp", b".amp", b"a/", b"../", b"./", b"/", b"%41", b"%", b"&", b"a=b&"),
    *(b"utm_a=1&", b"amp;", b";jsessionid=1", b"google.com/amp/s/", b"&q=http://a", b"@", b":"),
    *(b"wt.zmc.", b"xn--a.", b"https://", b"?", b"#!", b"_", b"token=", b"\xc3\xa4", b"."),
]
CONTENT_TYPES = [
    "",
    "text/xml",
    "application/rss+xml; charset=latin-1",
    "text/html; charset=utf-16",
    "a/b; charset=punycode",
]


def mutated(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """`data` after one to six changes of the kinds that nets and publishers make."""
    body = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 6))):
        at = rng.randrange(len(body) + 1)
        length = min(rng.choice((1, 2, 8, 40, 200)), len(data) // 8 + 1)  # addresses are short
        kind = rng.randrange(9)
        if kind == 0 and body:
            body[at % len(body)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del body[at : at + length]
        elif kind == 2:
            body[at:at] = body[at : at + length] * rng.choice((1, 1, 3, 20))
        elif kind == 3:
            other = rng.choice(others)
            start = rng.randrange(len(other))
            body[at : at + length] = other[start : start + length]
        elif kind == 4 and rng.randrange(3) == 0:
            del body[at:]
        elif kind == 5:
            body[at:at] = rng.randbytes(length)
        elif kind == 6:  # one of its own bytes or pieces, exchanged everywhere
            old = bytes(body[at : at + rng.choice((1, 4))])
            body = body.replace(old, rng.choice(TOKENS), rng.choice((1, 50))) if old else body
        else:
            body[at : at + rng.choice((0, 0, 3, length))] = rng.choice(TOKENS)
    return bytes(body[:50_000])


def long_address(others: list[bytes], rng: random.Random) -> bytes:
    """An address of MAX_ADDRESS characters, nearly all of them one or two pieces that repeat."""
    url = rng.choice(others)
    at = rng.randrange(len(url) + 1)
    room = MAX_ADDRESS - len(url)
    for piece in rng.sample(REPEATED, rng.choice((1, 2))):
        url = url[:at] + piece * (room // len(piece) // 2) + url[at:]
        at += len(piece) * (room // len(piece) // 2)
    return url


def check_feed(body: bytes, content_type: str = "") -> str:
    """Parses a body as feed and as page; how it went, in a word."""
    url = "https://a.example/feeds/all.xml"
    fetched = Fetched(
        url=url,
        final_url=url,
        status=200,
        headers={"content-type": content_type} if content_type else {},
        body=body,
        elapsed_ms=1,
    )
    for feed in discover(fetched):
        f"{feed.url} {feed.title}".encode()
    try:
        parsed = parse_feed(fetched)
    except Failed as failure:
        lost = "Error" in failure.detail.partition(":")[0]
        return f"failed: {failure.detail.partition(':')[0]}" if lost else "not a feed"
    _check_storable(parsed)
    return "read" if parsed.entries else "no entries"


def _check_storable(parsed: ParsedFeed) -> None:
    f"{parsed.title} {parsed.site_url} {parsed.language} {parsed.hints}".encode()
    for entry in parsed.entries:
        if not entry.entry_id:
            raise AssertionError("an entry without identity")
        for value in (entry.url, entry.title, entry.summary, entry.content, entry.entry_id):
            value.encode()
        for values in (entry.authors, entry.categories, entry.enclosures, (entry.language,)):
            "".join(values).encode()
        for moment in (entry.published, entry.updated):
            if moment is not None and moment.utcoffset() is None:
                raise AssertionError("a date without a zone")


def check_url(listed: str) -> str:
    """Canonicalises an address, and the canonical form once more; how it went, in a word."""
    believed_canonical("https://wire.example/a", listed)
    try:
        canonical = canonical_url(listed)
    except Failed:
        return "bad address"
    if canonical_url(canonical) != canonical:
        raise AssertionError(f"{canonical!r} is not its own: {canonical_url(canonical)!r}")
    canonical.encode("ascii")
    if len(canonical) > MAX_ADDRESS:
        raise AssertionError(f"{canonical!r} is over the limit")
    outlet(canonical)
    url_id(canonical)
    return "canonical"


def check_robots(text: str) -> str:
    """Reads a robots.txt within its bounds and asks about a long page; how it went, in a word."""
    rules, left_out = read_rules(text)
    rules.can_fetch(f"https://a.example/{'a/b.' * (MAX_ADDRESS // 4)}"[:MAX_ADDRESS], NAME)
    if not 0 <= (rules.crawl_delay(NAME) or 0) < float("inf"):
        raise AssertionError("a delay that is no time")
    return "read in part" if left_out else "read"


def cases(inputs: int, rng: random.Random) -> Iterator[tuple[str, bytes, str]]:
    """Kind, input and content type: half feeds, half addresses. Every eighth brings two more.

    These are an address as long as it may be and a robots.txt.
    """
    addresses = [url.encode() for url in URLS]
    for number in range(inputs):
        kind, pool = ("feed", FEEDS) if number % 2 == 0 else ("url", addresses)
        yield kind, mutated(rng.choice(pool), pool, rng), rng.choice(CONTENT_TYPES)
        if number % 8 == 1:
            yield "long url", long_address(addresses, rng), ""
            yield "robots", mutated(rng.choice(ROBOTS), ROBOTS, rng), ""


def check(kind: str, data: bytes, content_type: str) -> str:
    """Puts an input of a kind through what reads it; how it went, in a word."""
    if kind == "feed":
        return check_feed(data, content_type)
    if kind == "robots":
        return check_robots(data.decode("utf-8-sig", "replace"))
    return check_url(data.decode("utf-8", "surrogateescape"))


def run_batch(seed: int, inputs: int) -> tuple[collections.Counter[str], list[str]]:
    """What came of the inputs, by kind, and what is wrong."""
    rng = random.Random(seed)  # noqa: S311  the same inputs at every run
    counts: collections.Counter[str] = collections.Counter()
    findings = []
    for kind, data, content_type in cases(inputs, rng):
        start = time.process_time()  # of this process: other work on the machine does not count
        try:
            counts[f"{kind} {check(kind, data, content_type)}"] += 1
        except Exception:  # that there is none is what is tested
            trace = "".join(traceback.format_exc().splitlines(keepends=True)[-7:])
            findings.append(f"{base64.b64encode(data).decode()} {content_type}\n{trace}")
        if time.process_time() - start > (SLOW if kind == "feed" else SLOW_ELSE):
            findings.append(f"{base64.b64encode(data).decode()} {content_type}\nslow")
    return counts, findings


def run_atheris() -> None:
    """Lets atheris choose the inputs, by what they cover, until it is stopped."""
    import atheris  # type: ignore[import-not-found]

    def one_input(data: bytes) -> None:
        check_feed(data)
        check_url(data.decode("utf-8", "surrogateescape"))
        check_robots(data.decode("utf-8-sig", "replace"))

    atheris.instrument_all()
    atheris.Setup([sys.argv[0]], one_input)
    atheris.Fuzz()


def report(line: str) -> None:
    """A line for whoever started the script."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Runs what the command line asks for; 1 where anything was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--atheris", action="store_true")
    options = parser.parse_args()
    if options.atheris:
        run_atheris()
        return 0
    start = time.perf_counter()
    counts: collections.Counter[str] = collections.Counter()
    findings: list[str] = []
    sizes = [min(BATCH, options.inputs - at) for at in range(0, options.inputs, BATCH)]
    seeds = [options.seed * 1_000_003 + number for number in range(len(sizes))]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for counted, found in pool.map(run_batch, seeds, sizes):
            counts += counted
            findings += found
    for what, count in counts.most_common():
        report(f"{count:9,} {what}")
    report(
        f"{options.inputs:9,} inputs, {len(findings)} findings, {time.perf_counter() - start:.0f} s"
    )
    for finding in findings[:20]:
        report(f"\n{finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
