"""Finds the copies among new articles, and files what follows: all in the caller's transaction.

    sketch       a signature and a sample of each article, without known boilerplate
    learn        which shingles these articles make boilerplate of their outlets; articles that hold
                 them are sketched and compared again
    candidates   the pairs that share enough to be worth comparing
    compare      what the two articles of each pair share
    fold         the stories of all articles that are connected with the new ones
    stitch       the pages among them that are stitched together from several others

The result depends on which articles there are. The order and the batches in which they come make
no difference, with two exceptions. Where hundreds are alike, `Bounds` leaves pairs out. Where a
batch has more to compare than its `Budget`, pairs are filed as still to be compared; `reindex`
compares them.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from flows.pipeline.comparing import (
    BUDGET,
    FOLD,
    SKETCH,
    Excluded,
    Work,
    go_on,
    match_pairs,
    prepared,
    stored_texts,
)
from flows.pipeline.stopwatch import Stopwatch
from ingest.dedup.boilerplate import BoilerplateParams
from ingest.dedup.budget import Budget, Pair, Spending, compared
from ingest.dedup.fold import fold, unmet
from ingest.dedup.sketch import sketch_articles
from ingest.model import Article, ArticleText, Sketch
from storage.records.lookup import Bounds, Lookup
from storage.store import Store

__all__ = [
    "BOUNDS",
    "FOLD",
    "SKETCH",
    "file_articles",
    "match_pairs",
    "prepared",
    "refile_articles",
    "reindex",
]

BOILERPLATE = BoilerplateParams()
BOUNDS = Bounds()
#: How far `learn` has to look, so that the order of arrival makes no difference.
LEARNING = timedelta(days=2 * BOILERPLATE.within + 1)
#: How many articles `reindex` reads at a time.
REINDEXED_AT_ONCE = 1000
#: How many articles are sketched at a time. Between them the work can be stopped.
SKETCHED_AT_ONCE = 100
#: How often stories are folded, with new originals compared in between.
ROUNDS = 8
#: How many pairs are compared in between, at most.
AT_ONCE = 5000


def file_articles(
    store: Store,
    run_id: int,
    articles: Sequence[Article],
    window: timedelta,
    watch: Stopwatch | None = None,
    *,
    budget: Budget = BUDGET,
    check: Callable[[], None] = go_on,
) -> None:
    """Files new articles, and all that follows from them. `watch` counts computing as "fold".

    `check` is called often. It raises where the work has to stop; the caller's transaction then
    takes everything back.
    """
    work = Work(
        store=store,
        run_id=run_id,
        excluded=Excluded(store.index),
        spending=Spending(budget),
        watch=watch or Stopwatch(),
        check=check,
    )
    store.articles.add(run_id, articles)
    with work.watch.timing("fold", within="load"):
        texts = [compared(article.article_text) for article in articles]
        sketches = _sketched(work, texts)
    store.index.add(sketches)
    _find_copies(work, texts, sketches, window)


def refile_articles(
    store: Store, run_id: int, article_ids: Iterable[int], window: timedelta
) -> None:
    """Sketches, compares and folds articles again, because their text has changed."""
    ids = set(article_ids)
    work = Work(
        store=store, run_id=run_id, excluded=Excluded(store.index), spending=Spending(BUDGET)
    )
    texts = stored_texts(store, ids)
    sketches = _sketched(work, texts)
    store.index.drop(ids)
    store.index.add(sketches)
    parted = store.matches.drop(ids)
    _find_copies(work, texts, sketches, window, parted)


def _find_copies(
    work: Work,
    texts: Sequence[ArticleText],
    sketches: Sequence[Sketch],
    window: timedelta,
    parted: Collection[int] = (),
) -> None:
    """Files what follows from articles whose sketches are in the index.

    `parted` are articles that had matches with them, which were dropped.
    """
    store = work.store
    touched = {sketch.article_id for sketch in sketches} | set(parted)
    with store.index.asking(sketches, max(window, LEARNING)) as lookup:
        disturbed = _learn(work, lookup)
        if disturbed:
            touched |= disturbed | store.matches.drop(disturbed)
            again = _sketched(work, stored_texts(store, disturbed))
            store.index.replace(again)
            fresh = {sketch.article_id: sketch for sketch in [*sketches, *again]}
            lookup.renew(list(fresh.values()))
        touched |= work.add_pairs(_candidates(lookup, window), texts)
        _refold(work, touched, window, anew=bool(disturbed or parted))
        _note_commonplaces(work, lookup)
    work.stitch(touched)


def reindex(store: Store, run_id: int, window: timedelta, check: Callable[[], None] = go_on) -> int:
    """Makes the index, the matches and the stories anew; stories keep their numbers.

    It takes the steps of `_find_copies`, but each step for all articles before the next, and
    without a budget. Articles whose text upkeep has dropped keep their matches and stories. Returns
    the number of articles with text. All happens in one transaction.
    """
    with store.transaction():
        ids = store.articles.ids()
        work = Work(store=store, run_id=run_id, excluded=Excluded(store.index), check=check)
        store.index.clear()
        parts = [ids[i : i + REINDEXED_AT_ONCE] for i in range(0, len(ids), REINDEXED_AT_ONCE)]
        for part in parts:
            sketches = _sketched(work, stored_texts(store, part))
            store.index.add(sketches)
            with store.index.asking(sketches, max(window, LEARNING)) as lookup:
                _learn(work, lookup)
                _note_commonplaces(work, lookup)
        store.matches.drop(ids)
        store.matches.settle_all()
        for part in parts:
            store.index.replace(_sketched(work, stored_texts(store, part)))
        done: set[int] = set()
        for part in parts:
            texts = stored_texts(store, part)
            with store.index.asking(_sketched(work, texts), window) as lookup:
                pairs = [pair for pair in _candidates(lookup, window) if done.isdisjoint(pair)]
            work.add_pairs(pairs, texts)
            done.update(part)
        _refold(work, ids, window, anew=True)
        work.stitch(done)
    return len(ids)


def _sketched(work: Work, texts: Sequence[ArticleText]) -> list[Sketch]:
    """The sketches of articles, without the boilerplate that is known by now."""
    boilerplate = work.excluded.boilerplate({text.outlet for text in texts})
    sketches: list[Sketch] = []
    for start in range(0, len(texts), SKETCHED_AT_ONCE):
        work.check()
        some = texts[start : start + SKETCHED_AT_ONCE]
        sketches += sketch_articles(some, SKETCH, boilerplate)
    return sketches


def _learn(work: Work, lookup: Lookup) -> set[int]:
    """Learns boilerplate; returns the articles that have to be sketched and compared again."""
    disturbed = lookup.learn(BOILERPLATE.days, BOILERPLATE.within, SKETCH.every, work.run_id)
    if disturbed:
        work.excluded.forget_boilerplate()
    return disturbed


def _candidates(lookup: Lookup, window: timedelta) -> list[Pair]:
    return lookup.candidates(window, SKETCH.min_shingles, SKETCH.every, BOUNDS)


def _note_commonplaces(work: Work, lookup: Lookup) -> None:
    if lookup.note_commonplaces(BOUNDS):
        work.excluded.forget_commonplaces()


def _refold(work: Work, article_ids: Collection[int], window: timedelta, *, anew: bool) -> None:
    """Files the stories of all articles that are connected with these.

    A new original is first compared with the articles of its story that it was not compared with.
    `anew` says that matches were dropped: then no original is known to have been compared with all.
    """
    met: set[Pair] = set()
    for left in reversed(range(ROUNDS)):
        work.check()
        articles, edges = work.store.stories.neighbourhood(article_ids)
        with work.watch.timing("fold", within="load"):
            if anew:
                articles = [replace(article, was_original=False) for article in articles]
            stories = fold(articles, edges)
            pairs = [p for p in unmet(articles, edges, stories, window) if p not in met]
        if not (pairs and left):  # the stories of the last round are made of what it found
            break
        met.update(pairs[:AT_ONCE])
        work.store.matches.settle(pairs[:AT_ONCE])
        work.add_pairs(pairs[:AT_ONCE])
    work.store.stories.put(work.run_id, stories)
