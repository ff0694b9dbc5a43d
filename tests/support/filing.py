"""Puts the builders' data into a real store, as a run does."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from support.builders import NOW, feed, page, result

from flows.pipeline import folding
from ingest.model import Article, Due, Poll
from storage.store import Store


def record_polls(store: Store, run_id: int, polls: Sequence[Poll], now: datetime) -> None:
    """Files polls that make each feed due in an hour, and found nothing never listed before."""
    an_hour = timedelta(hours=1)
    due = Due(at=now + an_hour, interval=an_hour, failures=0, reason="every 60 min")
    counts = {p.feed.feed_id: (p.parsed.entries if p.parsed else 0, 0) for p in polls}
    store.feeds.record_polls(run_id, polls, dict.fromkeys(counts, due), counts, now)


def file_articles(store: Store, run_id: int, articles: Sequence[Article]) -> None:
    """Files articles as a run does: pages, articles, matches, stories and outcomes."""
    store.feeds.subscribe([feed()], NOW)
    store.pages.add(run_id, [page(a.url) for a in articles])
    folding.file_articles(store, run_id, articles, timedelta(days=7))
    store.pages.settle(run_id, [result(a) for a in articles], NOW)


def rows(store: Store, sql: str) -> list[tuple]:
    """The rows that a query answers."""
    return list(store.reader().query(sql).rows)


def pending(store, *limits, **more):
    """The pages to fetch, with their entries. The arguments are those of `store.pages.pending`."""
    return store.pages.load(store.pages.pending(*limits, **more))
