"""Removes boilerplate from articles that were filed before it was learned. No Prefect here."""

from collections.abc import Iterator
from datetime import timedelta

from flows.pipeline.folding import refile_articles
from ingest.extract.cleaning import counted_lines, without_recurring
from ingest.model import Removed
from ingest.words import size
from storage.store import Store


def reclean(store: Store, window: timedelta) -> Iterator[dict[int, list[Removed]]]:
    """Cleans the articles of every outlet, one outlet in one transaction.

    Changed articles are compared and folded again. Yields the removed lines of each outlet, by
    article id.
    """
    for outlet in store.lines.outlets():
        with store.transaction():
            removed = reclean_outlet(store, outlet)
            if removed:
                refile_articles(store, store.runs.last(), removed, window)
        yield removed


def reclean_outlet(store: Store, outlet: str) -> dict[int, list[Removed]]:
    """Removes the outlet's recurring lines from its articles. Returns the lines by article id.

    An earlier version did not count lines. The lines of its articles are counted first.
    """
    uncounted = store.lines.uncounted(outlet)
    store.lines.add_lines({i: counted_lines(t.split("\n")) for i, t in uncounted.items()})
    boilerplate = store.lines.recurring([outlet]).get(outlet, frozenset())
    cleaned = {
        article_id: (text, removed)
        for article_id, filed in store.lines.texts(outlet).items()
        for text, removed in [without_recurring(filed, boilerplate)]
        if removed
    }
    store.lines.replace_texts({i: (text, _words(text)) for i, (text, _) in cleaned.items()})
    store.lines.add_removed([(i, one) for i, (_, gone) in cleaned.items() for one in gone])
    return {i: removed for i, (_, removed) in cleaned.items()}


def _words(text: str) -> int:
    return sum(map(size, text.split("\n")))
