"""A page becomes an article: text and metadata by trafilatura."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import lxml.html
import py3langid
import trafilatura

from ingest.markup import drop_costly_json_ld, parse_page
from ingest.model import Article, Entry, Failed, Fetched, Outcome
from ingest.urls import (
    believed_canonical,
    canonical_url,
    outlet,
    url_id,
    without_credentials,
)
from ingest.words import words

HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/plain"})
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # no news site is older: such a date is a mistake
TOLERANCE = timedelta(days=1)  # how far ahead of us a publisher's clock or zone may be
MIN_WORDS = 30  # fewer are captions, a menu or a teaser, and resemble everything
HEAD = 500  # characters of the text that the language is told from


def extract_article(entry: Entry, fetched: Fetched, first_seen: datetime) -> Article:
    """The article on a page. Raises Failed(not_html) or Failed(no_text) where there is none.

    The article's identity is the canonical address its page declares, where that can be believed,
    else the address that answered, after redirects. The entry's title, authors and date are
    preferred to the page's own, which also carries its site's.
    """
    if fetched.content_type not in HTML_TYPES:
        raise Failed(Outcome.NOT_HTML, fetched.content_type)
    tree = parse_page(fetched)
    declared = _declared_canonical(tree, fetched.final_url)
    drop_costly_json_ld(tree)
    document = trafilatura.bare_extraction(
        tree, url=fetched.final_url, include_comments=False, with_metadata=True
    )
    if not isinstance(document, trafilatura.settings.Document):
        raise Failed(Outcome.NO_TEXT, f"no text in {len(fetched.body):,} bytes")
    text = (document.text or "").strip()
    length = len(words(text))
    if length < MIN_WORDS:
        raise Failed(Outcome.NO_TEXT, f"{length} words of text in {len(fetched.body):,} bytes")
    answered = without_credentials(canonical_url(fetched.final_url))
    url = declared or answered
    published, published_from = _published(entry, document.date, first_seen)
    return Article(
        article_id=url_id(url),
        url=url,
        outlet=outlet(answered),
        title=entry.title or document.title or "",
        text=text,
        authors=entry.authors or _names(document.author),
        language=py3langid.classify(text[:HEAD])[0],
        published=published,
        published_from=published_from,
        first_seen=first_seen,
        words=length,
        final_url=answered if answered != url else "",
    )


def _declared_canonical(tree: lxml.html.HtmlElement, page_url: str) -> str:
    """The address a page calls its own, where that is to be believed; else nothing."""
    for href in tree.xpath("//link[translate(@rel, 'CANOIL', 'canoil') = 'canonical']/@href"):
        try:
            believed = believed_canonical(page_url, urljoin(page_url, href.strip()))
            return without_credentials(canonical_url(believed)) if believed else ""
        except (Failed, ValueError):
            return ""
    return ""


def _names(author: str | None) -> tuple[str, ...]:
    """trafilatura's one string of authors, taken apart."""
    return tuple(name.strip() for name in (author or "").split(";") if name.strip())


def _published(
    entry: Entry, page_date: str | None, first_seen: datetime
) -> tuple[datetime | None, str]:
    """The first credible date, and where it came from."""
    if entry.published and EARLIEST <= entry.published <= first_seen + TOLERANCE:
        updated = entry.published_from in {"updated", "lastmod"}
        return entry.published, "feed updated" if updated else "feed"
    if page_date:
        day = datetime.fromisoformat(page_date).replace(tzinfo=UTC)
        if EARLIEST <= day <= first_seen + TOLERANCE:
            return day, "page"
    return None, ""
