"""Finds the feeds that a page names, and the addresses where sites often have feeds. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import lxml.html

from ingest.model import Feed, Fetched
from ingest.urls import FEED_SCHEME, without_credentials
from ingest.values import absolute, plain, text

FEED_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
        *("application/feed+json", "application/xml", "text/xml"),
    }
)
#: Paths where sites have feeds that their pages do not name, the most usual first.
WELL_KNOWN = (
    *("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json"),
    *("/feeds/posts/default", "/sitemap-news.xml", "/news-sitemap.xml"),
)
FEED_PATH = re.compile(
    r"(/(feed|rss|atom|rdf)\d?/?|[./_](rss|atom|rdf)(\.xml)?|/(feed|index)\.(xml|json|rdf)"
    r"|/feeds?/posts/default|/(rss|feeds?)/[^?]*\.(xml|json|rdf))$",
    re.IGNORECASE,
)
FEED_QUERY = re.compile(r"(^|&)(feed|format|type|output)=(rss2?|atom|rdf)\b", re.IGNORECASE)
MAX_ADDRESS = 2000  # characters: a longer address is not a feed


def discover(fetched: Fetched) -> tuple[Feed, ...]:
    """The feeds that an HTML page names, each once: those of <link>s first, then those of <a>s."""
    try:
        tree = lxml.html.document_fromstring(fetched.body)
    except (lxml.etree.LxmlError, ValueError):  # empty, or not HTML
        return ()
    base = without_credentials(fetched.final_url)
    declared = next((tag.get("href", "") for tag in tree.iter("base")), "")
    feeds: dict[str, Feed] = {}
    for link, title in (*_alternates(tree), *_anchors(tree)):
        url = _address(absolute(base, declared) or base, link)
        if url:
            feeds.setdefault(url, Feed(url=url, title=plain(title)))
    return tuple(feeds.values())


def well_known(url: str) -> tuple[str, ...]:
    """The `WELL_KNOWN` addresses of the site of a page; none if `url` is not http(s)."""
    base = without_credentials(url.strip())
    return tuple(address for path in WELL_KNOWN if (address := _address(base, path)))


def _alternates(tree: lxml.html.HtmlElement) -> Iterator[tuple[str, str]]:
    for link in tree.iter("link"):
        relations = link.get("rel", "").lower().split()
        kind = link.get("type", "").partition(";")[0].strip().lower()
        if ("alternate" in relations and kind in FEED_TYPES) or "feed" in relations:
            yield link.get("href", ""), link.get("title", "")


def _anchors(tree: lxml.html.HtmlElement) -> Iterator[tuple[str, str]]:
    for anchor in tree.iter("a"):
        link = anchor.get("href", "").strip()
        if _looks_like_a_feed(link):
            yield link, anchor.text_content() or anchor.get("title", "")


def _looks_like_a_feed(link: str) -> bool:
    if len(link) > MAX_ADDRESS:
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return bool(
        FEED_SCHEME.match(link)
        or FEED_PATH.search(parts.path)
        or FEED_QUERY.search(parts.query)
        or parts.hostname in {"feeds.feedburner.com", "feeds2.feedburner.com"}
    )


def _address(base: str, link: str) -> str:
    """The absolute http(s) address of a link, without its fragment; empty for other links."""
    link = text(link)
    if not link:
        return ""
    try:
        url = urldefrag(urljoin(base, FEED_SCHEME.sub("", link))).url
        return url if urlsplit(url).scheme in {"http", "https"} and urlsplit(url).netloc else ""
    except ValueError:
        return ""
