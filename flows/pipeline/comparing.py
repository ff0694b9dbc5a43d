"""Compares pairs of articles in full, within a budget, and files what they share.

A pair that the budget has nothing left for is filed as still to be compared. `reindex` has no
budget and compares it.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from flows.pipeline.stopwatch import Stopwatch
from ingest.dedup.budget import Budget, Pair, Sizes, Spending, compared, parts
from ingest.dedup.compare import FoldParams, Prepared, compare, prepare
from ingest.dedup.hashes import NONE, Hashes, distinct
from ingest.dedup.sketch import SketchParams
from ingest.dedup.stitch import StitchParams, sources
from ingest.model import ArticleText, Match
from storage.records.index import Index
from storage.store import Store

SKETCH = SketchParams()
FOLD = FoldParams()
STITCH = StitchParams()
BUDGET = Budget()
#: How many words of text are compared at a time. With their shingles they take some 150 MB.
WORDS_AT_ONCE = 10_000_000


def go_on() -> None:
    """Never stops the work: what `check` does where nobody can ask for a stop."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the steps of finding copies share, for one batch of articles."""

    store: Store
    run_id: int
    excluded: Excluded
    spending: Spending = field(default_factory=Spending)  # the budget of the batch
    watch: Stopwatch = field(default_factory=Stopwatch)
    check: Callable[[], None] = go_on  # is called between pairs; raises where the work has to stop

    def add_pairs(self, pairs: Sequence[Pair], at_hand: Iterable[ArticleText] = ()) -> set[int]:
        """Compares pairs and files those that share something; returns the articles of these."""
        sizes = self._sizes(pairs)
        related: set[int] = set()
        for part in parts(self._afford(pairs, sizes), sizes, WORDS_AT_ONCE):
            found = self._compare(part, at_hand)
            matches = [m for m in found if m.relation or m.prose_words >= STITCH.passage]
            self.store.matches.add(self.run_id, matches)
            related |= {article_id for match in matches for article_id in (match.a, match.b)}
        return related

    def stitch(self, article_ids: set[int]) -> None:
        """Links the pages among these that are stitched together with their sources."""
        suspects = self.store.matches.suspects(article_ids, STITCH.stitched)
        pairs = sorted({_pair(page, other) for page in suspects for other in suspects[page]})
        sizes = self._sizes(pairs)
        affordable = set(self._afford(pairs, sizes))
        pages = [
            (page, *(other for other in others if _pair(page, other) in affordable))
            for page, others in suspects.items()
        ]
        found: dict[int, set[int]] = {}
        for part in parts(pages, sizes, WORDS_AT_ONCE):
            ids = {article_id for group in part for article_id in group}
            ready = prepared(self.store, ids, excluded=self.excluded)
            for page, *others in part:
                self.check()
                found[page] = sources(ready[page], [ready[other] for other in others], STITCH)
        self.store.matches.put_stitched(article_ids, found)

    def _sizes(self, pairs: Iterable[Pair]) -> Sizes:
        ids = {article_id for pair in pairs for article_id in pair}
        return self.store.index.sizes(ids) if ids else {}

    def _afford(self, pairs: Sequence[Pair], sizes: Sizes) -> list[Pair]:
        """The pairs that there is budget for. The others are filed as still to be compared."""
        affordable = self.spending.afford(pairs, sizes)
        if len(affordable) < len(pairs):
            self.store.matches.postpone(self.run_id, set(pairs) - set(affordable))
        return affordable

    def _compare(self, pairs: Sequence[Pair], at_hand: Iterable[ArticleText]) -> list[Match]:
        ids = {article_id for pair in pairs for article_id in pair}
        ready = prepared(self.store, ids, at_hand, self.excluded)
        found = []
        with self.watch.timing("fold", within="load"):
            for a, b in pairs:
                self.check()
                found.append(compare(ready[a], ready[b], FOLD))
        return found


def _pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def match_pairs(store: Store, pairs: Sequence[Pair]) -> list[Match]:
    """Compares every pair in full; returns one Match a pair, in order, related or not."""
    ready = prepared(store, {article_id for pair in pairs for article_id in pair})
    return [compare(ready[a], ready[b], FOLD) for a, b in pairs]


def prepared(
    store: Store,
    article_ids: Collection[int],
    at_hand: Iterable[ArticleText] = (),
    excluded: Excluded | None = None,
) -> dict[int, Prepared]:
    """These articles, ready to be compared, by id.

    Texts that are not `at_hand` are read from the store.
    """
    held = {text.article_id: text for text in at_hand}
    texts = [held[article_id] for article_id in article_ids if article_id in held]
    texts += stored_texts(store, (i for i in article_ids if i not in held))
    left_out = (excluded or Excluded(store.index)).both({text.outlet for text in texts})
    return {text.article_id: prepare(text, SKETCH, left_out[text.outlet]) for text in texts}


def stored_texts(store: Store, article_ids: Iterable[int]) -> list[ArticleText]:
    """What is compared of articles that are stored, in no particular order."""
    return [compared(text) for text in store.articles.texts(article_ids)]
