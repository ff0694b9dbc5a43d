"""What the fuzzers begin with: feeds, addresses, robots.txt files, and pieces to put into them."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

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
OPML = [
    b"""<opml version="2.0"><head><title>Ports</title></head><body><outline text="Harbours">
<outline type="rss" text="Quay &amp; Mole" title="Quay" xmlUrl="https://ana:secret@a.example/rss"/>
<outline text="North"><outline xmlUrl="feed://b.example/atom" text="B"/></outline></outline>
<outline type="include" url="https://a.example/more.opml" category="/a/b,c"/></body></opml>""",
    b"""<?xml version="1.0" encoding="latin-1"?><!DOCTYPE opml [<!ENTITY q "Quay">]><opml>
<body><outline text="&q; \xe4" xmlUrl="//c.example/x?token=1"/><outline xmlUrl=""/></body>""",
    b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://xmlns.com/foaf/0.1/"><Agent><name>Quay</name><weblog><Document
 rdf:about="http://a.example/"/></weblog></Agent></rdf:RDF>""",
]
BYLINES = [
    "By Ann Lee and Bo Ek, Associated Press | Harbour Correspondent @annlee",
    "Von Jörg Maier (dpa/lnw) und Zoë O’Neil-Berg, Hamburg",
    "AFP/Reuters; María del Carmen Gutiérrez de la Vega, M.D., Ph.D.",
    "新华社记者 王小明 李雷 本报特约记者",
    "LEE, ANN, MAIER, JÖRG, Staff Writers — updated 3:04 p.m. ET Nov. 5, 2016",
    "<a href='/x'>Ann Lee</a>&nbsp;&amp; Bo Ek • Published 2016-11-05T02:00Z",
    "محمد علي و أحمد حسن",
]
DATES = [
    "Mi, 16 Sept 2026 10:00 CEST",
    "2026-09-16T08:00:00.5+02:00",
    "Fri, 18 Sep 2999 06:00:00 GMT+2 (CEST)",
    "20161105020000",
    "2016年11月5日 14:30",
    "1478311200000",
    "Updated Nov. 5th, 2016 at 3:04pm ET",
    "5 ноября 2016 г., 14:30",
    "le 1er novembre 2016 à 14h30",
    "09/10/2026",
    "0001-01-01T00:00:00+14:00",
]
