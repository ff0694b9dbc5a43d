"""A sitemap becomes entries, if it says when its pages were published or changed. Pure.

Formats: https://www.sitemaps.org/protocol.html and, for <news:news>,
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import lxml.etree

from ingest.model import Entry, Failed, Outcome, ParsedFeed
from ingest.values import absolute, moment, plain, text

MAX_ENTRIES = 1000  # the newest are kept; the format allows a news sitemap 1,000
MAX_NAMED = 3  # how many sitemaps of an index the message of the failure names
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def parse_sitemap(document: str, base: str) -> ParsedFeed:
    """The pages of a <urlset>, in its order. If it lists more than 1,000, the newest are kept.

    `document` has no XML declaration. `base` is its address. `published_from` is "sitemap" for a
    <news:publication_date> and "lastmod" for a <lastmod>. Raises Failed(not_a_feed) for an index of
    sitemaps, and for a sitemap without any date, because it does not show what is new.
    """
    # `recover` keeps the readable part of a malformed document. Entities are not resolved, because
    # a few of them can expand to gigabytes.
    parser = lxml.etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = lxml.etree.fromstring(document.encode("utf-8", "replace"), parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise Failed(Outcome.NOT_A_FEED, f"a broken sitemap: {error}") from error
    if root is None:
        raise Failed(Outcome.NOT_A_FEED, "a broken sitemap: nothing in it can be read")
    if _name(root) == "sitemapindex":
        raise Failed(Outcome.NOT_A_FEED, _what_an_index_offers(root, base))
    entries = [_entry(url, base) for url in _children(root, "url")]
    if entries and not any(entry.published for entry in entries):
        raise Failed(Outcome.NOT_A_FEED, "a sitemap without dates: it does not say what is new")
    publication = next(_below(root, "publication"), None)
    return ParsedFeed(
        title=plain(_value(publication, "name")),
        site_url=absolute(base, "/"),
        language=_value(publication, "language"),
        entries=tuple(_newest(entries)),
    )


def _entry(url: lxml.etree._Element, base: str) -> Entry:
    news = next(_children(url, "news"), None)
    address = absolute(base, _value(url, "loc"))
    published, published_from = moment(_value(news, "publication_date")), "sitemap"
    updated = moment(_value(url, "lastmod"))
    if published is None:
        published, published_from = updated, "lastmod" if updated else ""
    keywords = [plain(keyword) for keyword in _value(news, "keywords").split(",")]
    return Entry(
        url=address,
        entry_id=address,
        title=plain(_value(news, "title")),
        published=published,
        published_from=published_from,
        updated=updated,
        updated_from="lastmod" if updated else "",
        language=_value(next(_children(news, "publication"), None), "language"),
        categories=tuple(dict.fromkeys(filter(None, keywords))),
    )


def _newest(entries: list[Entry]) -> list[Entry]:
    if len(entries) <= MAX_ENTRIES:
        return entries
    by_date = sorted(
        range(len(entries)), key=lambda i: entries[i].published or LONG_AGO, reverse=True
    )
    return [entries[i] for i in sorted(by_date[:MAX_ENTRIES])]


def _what_an_index_offers(root: lxml.etree._Element, base: str) -> str:
    listed = [absolute(base, loc) for s in _children(root, "sitemap") if (loc := _value(s, "loc"))]
    listed.sort(key=lambda address: "news" not in address)  # news sitemaps first
    more = f" and {len(listed) - MAX_NAMED:,} more" if len(listed) > MAX_NAMED else ""
    named = ", ".join(listed[:MAX_NAMED])
    return f"a sitemap index: subscribe to one of its sitemaps: {named}{more}"


def _name(element: lxml.etree._Element) -> str:
    # the local name: many sitemaps declare their namespaces wrongly or not at all
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _children(parent: lxml.etree._Element | None, name: str) -> Iterator[lxml.etree._Element]:
    return (child for child in parent if _name(child) == name) if parent is not None else iter(())


def _below(root: lxml.etree._Element, name: str) -> Iterator[lxml.etree._Element]:
    return (element for element in root.iter() if _name(element) == name)


def _value(parent: lxml.etree._Element | None, name: str) -> str:
    element = next(_children(parent, name), None)
    return text("".join(element.itertext())) if element is not None else ""
