"""Finds the copies among new articles, and files what follows: all in the caller's transaction.

    sketch       a signature and a sample of each article, without known boilerplate
    learn        which shingles these articles make boilerplate of their outlets; articles that hold
                 them are sketched and compared again
    candidates   the pairs that share enough to be worth comparing
    compare      what the two articles of each pair share
    fold         the stories of all articles that are connected with the new ones
    stitch       the pages among them that are stitched together from several others

The result depends on which articles there are. The order and the batches in which they come make no
difference, except where hundreds are alike and `Bounds` leaves pairs out.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from flows.pipeline.stopwatch import Stopwatch
from ingest.dedup.boilerplate import BoilerplateParams
from ingest.dedup.compare import FoldParams, Prepared, compare, prepare
from ingest.dedup.fold import fold, unmet
from ingest.dedup.hashes import NONE, Hashes, distinct
from ingest.dedup.sketch import SketchParams, sketch_articles
from ingest.dedup.stitch import StitchParams, sources
from ingest.model import Article, ArticleText, Match, Sketch
from storage.records.index import Index
from storage.records.lookup import Bounds, Lookup
from storage.store import Store

SKETCH = SketchParams()
BOILERPLATE = BoilerplateParams()
FOLD = FoldParams()
STITCH = StitchParams()
BOUNDS = Bounds()
#: How far `learn` has to look, so that the order of arrival makes no difference.
LEARNING = timedelta(days=2 * BOILERPLATE.within + 1)
#: How many articles `reindex` reads at a time.
REINDEXED_AT_ONCE = 1000
#: How often stories are folded, with new originals compared in between.
ROUNDS = 8
#: How many pairs are compared in between, at most.
AT_ONCE = 5000


class Excluded:
    """The shingles that are no evidence: boilerplate of an outlet, and commonplaces.

    Each is read from the index once, and kept until the index learns more.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self.forget_boilerplate()
        self.forget_commonplaces()

    def forget_boilerplate(self) -> None:
        """Has boilerplate read again, because more was learned."""
        self._boilerplate: dict[str, Hashes] = {}
        self._both: dict[str, Hashes] = {}

    def forget_commonplaces(self) -> None:
        """Has commonplaces read again, because more were noted."""
        self._commonplaces: Hashes | None = None
        self._both = {}

    def boilerplate(self, outlets: Collection[str]) -> dict[str, Hashes]:
        """The boilerplate of each of these outlets, ascending; empty where there is none."""
        unread = set(outlets) - self._boilerplate.keys()
        if unread:
            self._boilerplate |= dict.fromkeys(unread, NONE) | self._index.boilerplate(unread)
        return {outlet: self._boilerplate[outlet] for outlet in outlets}

    def both(self, outlets: Collection[str]) -> dict[str, Hashes]:
        """The boilerplate of each of these outlets with all commonplaces, ascending."""
        if self._commonplaces is None:
            self._commonplaces = self._index.commonplaces(SKETCH.every)
        unread = set(outlets) - self._both.keys()
        for outlet, known in self.boilerplate(unread).items():
            self._both[outlet] = distinct(np.concatenate([self._commonplaces, known]))
        return {outlet: self._both[outlet] for outlet in outlets}


def file_articles(
    store: Store,
    run_id: int,
    articles: Sequence[Article],
    window: timedelta,
    watch: Stopwatch | None = None,
) -> None:
    """Files new articles, and all that follows from them. `watch` counts computing as "fold"."""
    watch, excluded = watch or Stopwatch(), Excluded(store.index)
    store.articles.add(run_id, articles)
    with watch.timing("fold", within="load"):
        texts = [article.article_text for article in articles]
        sketches = _sketched(texts, excluded)
    store.index.add(sketches)
    _find_copies(store, run_id, texts, sketches, window, watch, excluded)


def refile_articles(
    store: Store, run_id: int, article_ids: Iterable[int], window: timedelta
) -> None:
    """Sketches, compares and folds articles again, because their text has changed."""
    ids, excluded = set(article_ids), Excluded(store.index)
    texts = store.articles.texts(ids)
    sketches = _sketched(texts, excluded)
    store.index.drop(ids)
    store.index.add(sketches)
    parted = store.matches.drop(ids)
    _find_copies(store, run_id, texts, sketches, window, Stopwatch(), excluded, parted)


def _find_copies(
    store: Store,
    run_id: int,
    texts: Sequence[ArticleText],
    sketches: Sequence[Sketch],
    window: timedelta,
    watch: Stopwatch,
    excluded: Excluded,
    parted: Collection[int] = (),
) -> None:
    """Files what follows from articles whose sketches are in the index.

    `parted` are articles that had matches with them, which were dropped.
    """
    touched = {sketch.article_id for sketch in sketches} | set(parted)
    with store.index.asking(sketches, max(window, LEARNING)) as lookup:
        disturbed = _learn(lookup, run_id, excluded)
        if disturbed:
            touched |= disturbed | store.matches.drop(disturbed)
            again = _sketched(store.articles.texts(disturbed), excluded)
            store.index.replace(again)
            fresh = {sketch.article_id: sketch for sketch in [*sketches, *again]}
            lookup.renew(list(fresh.values()))
        pairs = _candidates(lookup, window)
        touched |= _add_pairs(store, run_id, pairs, watch, texts, excluded)
        anew = bool(disturbed or parted)
        _refold(store, run_id, touched, window, watch, excluded, anew=anew)
        _note_commonplaces(lookup, excluded)
    _stitch(store, touched, excluded)


def reindex(store: Store, run_id: int, window: timedelta) -> int:
    """Makes the index, the matches and the stories anew; stories keep their numbers.

    It takes the steps of `_find_copies`, but each step for all articles before the next. Articles
    whose text upkeep has dropped keep their matches and stories. Returns the number of articles
    with text. All happens in one transaction.
    """
    with store.transaction():
        ids, excluded = store.articles.ids(), Excluded(store.index)
        store.index.clear()
        store.matches.drop(ids)
        parts = [ids[i : i + REINDEXED_AT_ONCE] for i in range(0, len(ids), REINDEXED_AT_ONCE)]
        for part in parts:
            sketches = _sketched(store.articles.texts(part), excluded)
            store.index.add(sketches)
            with store.index.asking(sketches, max(window, LEARNING)) as lookup:
                _learn(lookup, run_id, excluded)
                _note_commonplaces(lookup, excluded)
        for part in parts:
            store.index.replace(_sketched(store.articles.texts(part), excluded))
        done: set[int] = set()
        for part in parts:
            texts = store.articles.texts(part)
            with store.index.asking(_sketched(texts, excluded), window) as lookup:
                pairs = [pair for pair in _candidates(lookup, window) if done.isdisjoint(pair)]
            _add_pairs(store, run_id, pairs, Stopwatch(), texts, excluded)
            done.update(part)
        _refold(store, run_id, ids, window, Stopwatch(), excluded, anew=True)
        _stitch(store, done, excluded)
    return len(ids)


def _sketched(texts: Sequence[ArticleText], excluded: Excluded) -> list[Sketch]:
    """The sketches of articles, without the boilerplate that is known by now."""
    return sketch_articles(texts, SKETCH, excluded.boilerplate({text.outlet for text in texts}))


def _learn(lookup: Lookup, run_id: int, excluded: Excluded) -> set[int]:
    """Learns boilerplate; returns the articles that have to be sketched and compared again."""
    disturbed = lookup.learn(BOILERPLATE.days, BOILERPLATE.within, SKETCH.every, run_id)
    if disturbed:
        excluded.forget_boilerplate()
    return disturbed


def _candidates(lookup: Lookup, window: timedelta) -> list[tuple[int, int]]:
    return lookup.candidates(window, SKETCH.min_shingles, SKETCH.every, BOUNDS)


def _note_commonplaces(lookup: Lookup, excluded: Excluded) -> None:
    if lookup.note_commonplaces(BOUNDS):
        excluded.forget_commonplaces()


def match_pairs(
    store: Store,
    pairs: Sequence[tuple[int, int]],
    watch: Stopwatch | None = None,
    at_hand: Iterable[ArticleText] = (),
    excluded: Excluded | None = None,
) -> list[Match]:
    """Compares every pair in full; returns one Match a pair, in order, related or not.

    Texts that are not `at_hand` are read from the store.
    """
    watch = watch or Stopwatch()
    ids = {article_id for pair in pairs for article_id in pair}
    ready = prepared(store, ids, at_hand, excluded)
    with watch.timing("fold", within="load"):
        return [compare(ready[a], ready[b], FOLD) for a, b in pairs]


def prepared(
    store: Store,
    article_ids: Collection[int],
    at_hand: Iterable[ArticleText] = (),
    excluded: Excluded | None = None,
) -> dict[int, Prepared]:
    """These articles, ready to be compared, by id."""
    held = {text.article_id: text for text in at_hand}
    texts = [held[article_id] for article_id in article_ids if article_id in held]
    texts += store.articles.texts(i for i in article_ids if i not in held)
    left_out = (excluded or Excluded(store.index)).both({text.outlet for text in texts})
    return {text.article_id: prepare(text, SKETCH, left_out[text.outlet]) for text in texts}


def _add_pairs(
    store: Store,
    run_id: int,
    pairs: Sequence[tuple[int, int]],
    watch: Stopwatch,
    at_hand: Iterable[ArticleText],
    excluded: Excluded,
) -> set[int]:
    """Compares pairs and files those that share something; returns the articles of these."""
    compared = match_pairs(store, pairs, watch, at_hand, excluded)
    matches = [m for m in compared if m.relation or m.prose_words >= STITCH.passage]
    store.matches.add(run_id, matches)
    return {article_id for match in matches for article_id in (match.a, match.b)}


def _stitch(store: Store, article_ids: set[int], excluded: Excluded) -> None:
    """Links the pages among these that are stitched together with their sources."""
    suspects = store.matches.suspects(article_ids, STITCH.stitched)
    ids = {i for page in suspects for i in (page, *suspects[page])}
    ready = prepared(store, ids, excluded=excluded)
    found = {
        page: sources(ready[page], [ready[other] for other in others], STITCH)
        for page, others in suspects.items()
    }
    store.matches.put_stitched(article_ids, found)


def _refold(
    store: Store,
    run_id: int,
    article_ids: Collection[int],
    window: timedelta,
    watch: Stopwatch,
    excluded: Excluded,
    *,
    anew: bool,
) -> None:
    """Files the stories of all articles that are connected with these.

    A new original is first compared with the articles of its story that it was not compared with.
    `anew` says that matches were dropped: then no original is known to have been compared with all.
    """
    met: set[tuple[int, int]] = set()
    for left in reversed(range(ROUNDS)):
        articles, edges = store.stories.neighbourhood(article_ids)
        with watch.timing("fold", within="load"):
            if anew:
                articles = [replace(article, was_original=False) for article in articles]
            stories = fold(articles, edges)
            pairs = [p for p in unmet(articles, edges, stories, window) if p not in met]
        if not (pairs and left):  # the stories of the last round are made of what it found
            break
        met.update(pairs[:AT_ONCE])
        _add_pairs(store, run_id, pairs[:AT_ONCE], watch, (), excluded)
    store.stories.put(run_id, stories)
