"""A page becomes an article: text and metadata by trafilatura, in workers that can be killed."""

import asyncio
import logging
import multiprocessing
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import lxml.html
import pebble
import py3langid
import trafilatura

from ingest.feeds import parse_feed
from ingest.model import Article, Entry, Failed, Fetched, Outcome, ParsedFeed
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
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CONTROL_REFERENCE = re.compile(r"&#(?:0*([0-9]{1,2})|[xX]0*([0-9a-fA-F]{1,2}));")
HEAD = 500  # characters of the text that the language is told from


def extract_article(entry: Entry, fetched: Fetched, first_seen: datetime) -> Article:
    """The article on a page. Raises Failed(not_html) or Failed(no_text) where there is none.

    The article's identity is the canonical address its page declares, where that can be believed,
    else the address that answered, after redirects. The entry's title, authors and date are
    preferred to the page's own, which also carries its site's.
    """
    if fetched.content_type not in HTML_TYPES:
        raise Failed(Outcome.NOT_HTML, fetched.content_type)
    tree = _tree(fetched)
    declared = _declared_canonical(tree, fetched.final_url)
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


def _tree(fetched: Fetched) -> lxml.html.HtmlElement:
    # one of the longest pages found nests deeper than lxml's default lets it; comments and
    # processing instructions are never text
    parser = lxml.html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False, encoding="utf-8"
    )
    try:
        # decoded and encoded again: lxml takes no string that declares an encoding, as XHTML does
        markup = _without_controls(trafilatura.utils.decode_file(fetched.body))
        utf8 = markup.encode("utf-8", "replace")
        return lxml.html.document_fromstring(utf8, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise Failed(Outcome.NO_TEXT, f"not parseable as HTML: {error}") from error


def _without_controls(markup: str) -> str:
    """Without what no XML tree may hold: one stray vertical tab would cost the whole article."""
    return CONTROL_REFERENCE.sub(_harmless, CONTROL.sub(" ", markup))


def _harmless(reference: re.Match[str]) -> str:
    decimal, hexadecimal = reference.groups()
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return " " if number < 32 and chr(number) not in "\t\n\r" else reference[0]


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


class ExtractPool:
    """Worker processes that extract pages; one that overruns its limit is killed and replaced."""

    def __init__(self, pool: pebble.ProcessPool, time_limit: float) -> None:
        self._pool = pool
        self._time_limit = time_limit

    async def extract(self, entry: Entry, fetched: Fetched, first_seen: datetime) -> Article:
        """`extract_article` in a worker; also raises Failed(extract_timeout or extract_crash)."""
        future = self._pool.schedule(
            extract_article, args=(entry, fetched, first_seen), timeout=self._time_limit
        )
        try:
            return await asyncio.wrap_future(future)
        except Failed:
            raise
        except TimeoutError as error:
            raise Failed(Outcome.EXTRACT_TIMEOUT, f"over {self._time_limit:g} s") from error
        except Exception as error:  # whatever a page does to a parser costs that page alone
            raise Failed(Outcome.EXTRACT_CRASH, f"{type(error).__name__}: {error}") from error

    async def parse(self, fetched: Fetched) -> ParsedFeed:
        """`parse_feed` in a worker: a feed made to be slow ends as Failed(not_a_feed)."""
        future = self._pool.schedule(parse_feed, args=(fetched,), timeout=self._time_limit)
        try:
            return await asyncio.wrap_future(future)
        except Failed:
            raise
        except TimeoutError as error:
            limit = f"not parsed within {self._time_limit:g} s"
            raise Failed(Outcome.NOT_A_FEED, limit) from error
        except Exception as error:  # as above
            raise Failed(Outcome.NOT_A_FEED, f"{type(error).__name__}: {error}") from error


def _quiet() -> None:
    """trafilatura logs each page it finds nothing on; here that is a counted outcome."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@contextmanager
def open_pool(*, workers: int = 0, time_limit: float = 20) -> Iterator[ExtractPool]:
    """An ExtractPool for as long as the block lasts: `workers` processes (0: one a core), each
    page limited to `time_limit` seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.extract"])  # a replacement then starts at once
    pool = pebble.ProcessPool(
        max_workers=workers or os.cpu_count() or 1, context=context, initializer=_quiet
    )
    try:
        yield ExtractPool(pool, time_limit)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble's own omission
        pool.join()
