"""Small makers of the pipeline's data: what a test does not name has a plain default."""

from datetime import UTC, datetime, timedelta

import numpy as np

from ingest.dedup.compare import FoldParams
from ingest.dedup.sketch import SketchParams
from ingest.feeds.plan import identify
from ingest.model import (
    Article,
    ArticleText,
    Attempt,
    Entry,
    Feed,
    FeedState,
    Fetched,
    FoldArticle,
    ListedFeed,
    Match,
    Outcome,
    Page,
    PageResult,
    Poll,
    Relation,
)
from ingest.urls import canonical_url, outlet, url_id

NOW = datetime(2026, 9, 17, 12, tzinfo=UTC)
FEED_URL = "https://wire.example/feeds/all.xml"
FEED_ID = url_id(FEED_URL)
SKETCH = SketchParams()
FOLD = FoldParams()


def ago(**units):
    return NOW - timedelta(**units)


CHARGES = (
    "driving a van on a public road without due care and attention",
    "using a car without insurance against third party risks",
    "taking goods from a shop without paying for any of them",
)


def court_list(seed, cases):
    """A day at court: other people and fines every day, the same words around them."""
    chance = np.random.default_rng(seed)
    return "\n".join(
        f"{chance.choice(list('ABCDEFGH'))}. {chance.choice(list('KLMNOPQR'))}son, "
        f"{chance.integers(18, 70)}, pleaded guilty to {chance.choice(CHARGES)} on day "
        f"{chance.integers(1, 300)}. Fined {chance.integers(40, 900)} and ordered to pay a "
        f"surcharge to fund victim services and costs of {chance.choice([85, 110, 135])} to the "
        f"court within {chance.integers(1, 9)} weeks."
        for _ in range(cases)
    )


def prose(start, count):
    """Words `start` to `start + count` of a text in which no word comes twice."""
    return " ".join(f"w{number}" for number in range(start, start + count))


def feed(url=FEED_URL, **fields):
    return Feed(url=url, **fields)


def state(url=FEED_URL, **fields):
    return FeedState(**{"feed_id": url_id(url), "url": url, **fields})


def entry(url="https://wire.example/news/1", **fields):
    return Entry(**{"url": url, "entry_id": url, "title": "Harbour council votes", **fields})


def page(
    url="https://wire.example/news/1", *, feed_id=FEED_ID, attempts=0, first_seen=NOW, **fields
):
    canonical = canonical_url(url)
    return Page(
        page_id=url_id(canonical),
        url=canonical,
        feed_id=feed_id,
        first_seen=first_seen,
        entry=entry(url, **fields),
        attempts=attempts,
    )


def article(url="https://wire.example/news/1", **fields):
    text = fields.get("text", prose(0, 100))
    return Article(
        **{
            "article_id": url_id(url),
            "url": url,
            "outlet": outlet(url),
            "title": "Harbour council votes",
            "text": text,
            "authors": (),
            "language": "en",
            "published": ago(hours=2),
            "published_from": "feed",
            "first_seen": NOW,
            "words": len(text.split()),
            **fields,
        }
    )


def body(article_id=1, text="", **fields):
    return ArticleText(
        **{
            "article_id": article_id,
            "outlet": "wire.example",
            "text": text,
            "appeared": NOW,
            **fields,
        }
    )


def fetched(body=b"", content_type="", url=FEED_URL, **fields):
    return Fetched(
        **{
            "url": url,
            "final_url": url,
            "status": 200,
            "headers": {"content-type": content_type} if content_type else {},
            "body": body if isinstance(body, bytes) else body.encode(),
            "elapsed_ms": 1,
            **fields,
        }
    )


def attempt(outcome=Outcome.READ, kind="page", url="https://wire.example/news/1", **fields):
    return Attempt(kind=kind, url=url, outcome=outcome, **fields)


def poll(feed_state=None, outcome=Outcome.READ, entries=None, **fields):
    """A feed polled; with `entries`, one that brought a document."""
    polled = feed_state or state()
    parsed = None
    if entries is not None:
        listed = tuple(identify(polled.feed_id, entries, NOW))
        dates = tuple(entry.published for entry in entries)
        parsed = ListedFeed(title="Wire", site_url="", language="en", listed=listed, dates=dates)
    request = attempt(outcome, kind="feed", url=polled.url)
    return Poll(**{"feed": polled, "attempt": request, "parsed": parsed, **fields})


def result(of, outcome=Outcome.NEW, **fields):
    """A page done: `of` is the page, or the article it led to."""
    if isinstance(of, Article):
        fields = {"article": of, "article_id": of.article_id, **fields}
        of = page(of.url)
    went = attempt(Outcome.READ if outcome is Outcome.NEW else outcome, url=of.url)
    return PageResult(page=of, attempt=went, outcome=outcome, **fields)


def candidate(article_id, **fields):
    return FoldArticle(**{"article_id": article_id, "appeared": NOW, "words": 100, **fields})


def match(a, b, relation=Relation.COPY, **fields):
    return Match(
        **{
            "a": min(a, b),
            "b": max(a, b),
            "relation": relation,
            "rule": "made up",
            "shared": 90,
            "jaccard": 0.9,
            "a_in_b": 0.95,
            "b_in_a": 0.95,
            "a_aligned": 0.97,
            "b_aligned": 0.97,
            "a_prose": 0.97,
            "b_prose": 0.97,
            "prose_words": 90,
            "a_lead": 1.0,
            "b_lead": 1.0,
            "longest_run": 60,
            "a_words": 100,
            "b_words": 100,
            **fields,
        }
    )
