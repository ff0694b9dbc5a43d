"""Puts one input through what reads its kind. Each check says in a word how it went.

A check lets only what must never happen be raised: any exception but Failed and CopydeskError, an
entry that cannot be stored, a canonical address with another canonical form, a date without a zone.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import lxml.html

from ingest.agencies.attribution import attribute
from ingest.extract.article import extract_article
from ingest.feeds.discover import discover
from ingest.feeds.opml import parse_opml, write_opml
from ingest.feeds.parse import parse_feed
from ingest.fetch.robots import NAME, read_rules
from ingest.metadata.bylines import LONGEST_PIECE, MOST_NAMES, clean_authors
from ingest.metadata.dates import page_published
from ingest.metadata.declared import declared
from ingest.model import CopydeskError, Entry, Failed, Fetched, ParsedFeed
from ingest.urls import MAX_ADDRESS, believed_canonical, canonical_url, outlet, url_id
from ingest.values import clean_text, moment

NOW = datetime(2026, 9, 17, 12, tzinfo=UTC)
URL = "https://a.example/feeds/all.xml"


def fetched(body: bytes, content_type: str = "") -> Fetched:
    """An answer with this body."""
    headers = {"content-type": content_type} if content_type else {}
    return Fetched(url=URL, final_url=URL, status=200, headers=headers, body=body, elapsed_ms=1)


def check_feed(body: bytes, content_type: str = "") -> str:
    """Parses a body as feed and as page; how it went, in a word."""
    answer = fetched(body, content_type)
    for feed in discover(answer):
        f"{feed.url} {feed.title}".encode()
    try:
        parsed = parse_feed(answer)
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
        for at in (entry.published, entry.updated):
            if at is not None and at.utcoffset() is None:
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


def check_page(body: bytes, content_type: str = "") -> str:
    """Extracts a page that a bare entry lists; how it went, in a word."""
    entry = Entry(url="https://a.example/1", entry_id="1", title="")
    try:
        article = extract_article(entry, fetched(body, content_type), NOW)
    except Failed as failure:
        return f"failed: {failure.outcome}"
    repr(article).encode()
    for at in (article.published, article.modified):
        if at is not None and at.utcoffset() is None:
            raise AssertionError("a date without a zone")
    return str(article.verdict)


def check_opml(document: bytes) -> str:
    """Reads a list of subscriptions, and what is written of it once more; how it went."""
    try:
        feeds = parse_opml(document)
    except CopydeskError as error:
        clean_text(str(error)).encode()
        return "no list"
    written = parse_opml(write_opml(feeds))
    if len(written) > len(feeds):
        raise AssertionError("more feeds than there were")
    return "read"


def check_byline(byline: str) -> str:
    """Reads a byline for its names and its agency; how it went, in a word."""
    found = clean_authors([byline], own_names=("Wire Example", "wire.example"))
    if max(map(len, (*found.authors, "")), default=0) > LONGEST_PIECE:
        raise AssertionError(f"a name of over {LONGEST_PIECE} characters")
    if len(found.authors) > MOST_NAMES:
        raise AssertionError(f"over {MOST_NAMES} names")
    attribute(text=f"{byline}\nThe quay is longer.\n{byline}", url=URL, byline=byline)
    "".join((*found.authors, *found.credits)).encode()
    return "names" if found.authors or found.credits else "no names"


def check_date(written: str) -> str:
    """Reads a date as feeds and as pages have it; how it went, in a word."""
    at = moment(written)
    if at is not None and at.utcoffset() is None:
        raise AssertionError("a date without a zone")
    tree = lxml.html.Element("html")
    shown = lxml.html.etree.SubElement(tree, "time")
    shown.set("datetime", clean_text(written))
    page_published(declared(tree), None, tree, f"https://a.example/{written}")
    return "a date" if at else "no date"


def _as_text(check: Callable[[str], str]) -> Callable[[bytes, str], str]:
    return lambda data, _: check(data.decode("utf-8", "replace"))


#: How an input of each kind is checked, given its bytes and its content type.
CHECKS: dict[str, Callable[[bytes, str], str]] = {
    "feed": check_feed,
    "page": check_page,
    "url": lambda data, _: check_url(data.decode("utf-8", "surrogateescape")),
    "robots": lambda data, _: check_robots(data.decode("utf-8-sig", "replace")),
    "opml": lambda data, _: check_opml(data),
    "byline": _as_text(check_byline),
    "date": _as_text(check_date),
}

#: Seconds of processor time that an input of each kind may take.
SLOW = {**dict.fromkeys(CHECKS, 0.5), "feed": 5.0, "page": 10.0, "opml": 2.0}


def check(kind: str, data: bytes, content_type: str = "") -> str:
    """Puts an input of a kind through what reads it; how it went, in a word."""
    return CHECKS[kind](data, content_type)
