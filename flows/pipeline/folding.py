"""New articles find their copies: sketched, looked up, compared, folded; in one transaction.

    sketches     the articles' own, without what is known to be boilerplate of their outlets
    learn        what they make boilerplate of; articles that held it are sketched and compared anew
    candidates   who shares enough with them to be compared
    matches      what comparing finds
    stories      what folding makes of all that hangs together with them

What results depends on which articles there are, and not on the order or the batches they came in;
but for what `Bounds` leaves out where hundreds are alike.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from flows.pipeline.stopwatch import Stopwatch
from ingest.dedup.boilerplate import BoilerplateParams
from ingest.dedup.compare import FoldParams, Prepared, compare, prepare
from ingest.dedup.fold import fold, unmet
from ingest.dedup.hashes import NONE, distinct
from ingest.dedup.sketch import SketchParams, sketch_articles
from ingest.dedup.stitch import StitchParams, sources
from ingest.model import Article, ArticleText, Match, Sketch
from storage.records.index import Bounds
from storage.store import Store

SKETCH = SketchParams()
BOILERPLATE = BoilerplateParams()
FOLD = FoldParams()
STITCH = StitchParams()
BOUNDS = Bounds()
LEARNING = timedelta(days=2 * BOILERPLATE.within + 1)
REINDEXED_AT_ONCE = 1000  # articles
ROUNDS = 8  # of folding, and of comparing new originals with the rest in between
AT_ONCE = 5000  # pairs of a round


def file_articles(
    store: Store,
    run_id: int,
    articles: Sequence[Article],
    window: timedelta,
    watch: Stopwatch | None = None,
) -> None:
    """Files new articles, with all that follows from them; `watch` counts computing as "fold"."""
    watch = watch or Stopwatch()
    store.add_articles(run_id, articles)
    with watch.timing("fold", within="load"):
        texts = [article.article_text for article in articles]
        sketches = _sketched(store, texts)
    store.index.add(sketches)
    _find_copies(store, run_id, texts, sketches, window, watch)


def refile_articles(
    store: Store, run_id: int, article_ids: Iterable[int], window: timedelta
) -> None:
    """Sketches, compares and folds anew articles whose text has changed."""
    ids = set(article_ids)
    texts = store.article_texts(ids)
    sketches = _sketched(store, texts)
    store.index.drop(ids)
    store.index.add(sketches)
    _find_copies(store, run_id, texts, sketches, window, Stopwatch(), store.drop_matches(ids))


def _find_copies(
    store: Store,
    run_id: int,
    texts: Sequence[ArticleText],
    sketches: Sequence[Sketch],
    window: timedelta,
    watch: Stopwatch,
    parted: Iterable[int] = (),
) -> None:
    """All that follows from articles with these texts, whose sketches are in the index, and for
    those `parted` from them by what was forgotten."""
    store.index.ask(sketches, max(window, LEARNING))
    disturbed = store.index.learn(BOILERPLATE.days, BOILERPLATE.within, SKETCH.every, run_id)
    if disturbed:
        again = _sketched(store, store.article_texts(disturbed))
        store.index.replace(again)
        disturbed |= store.drop_matches(disturbed)
        fresh = {sketch.article_id: sketch for sketch in [*sketches, *again]}
        store.index.ask(list(fresh.values()), max(window, LEARNING))
    pairs = store.index.candidates(window, SKETCH.min_shingles, SKETCH.every, BOUNDS)
    touched = {sketch.article_id for sketch in sketches} | disturbed | set(parted)
    touched |= _add_found(store, run_id, match_pairs(store, pairs, watch, texts))
    _refold(store, run_id, touched, window, watch, anew=bool(disturbed or parted))
    store.index.note_commonplaces(BOUNDS)
    _stitch(store, touched)


def match_pairs(
    store: Store,
    pairs: Sequence[tuple[int, int]],
    watch: Stopwatch | None = None,
    at_hand: Iterable[ArticleText] = (),
) -> list[Match]:
    """Every pair compared in full, in their order, whatever that finds; texts that are not at
    hand are read."""
    watch = watch or Stopwatch()
    ready = prepared(store, {article_id for pair in pairs for article_id in pair}, at_hand)
    with watch.timing("fold", within="load"):
        return [compare(ready[a], ready[b], FOLD) for a, b in pairs]


def prepared(
    store: Store, article_ids: Collection[int], at_hand: Iterable[ArticleText] = ()
) -> dict[int, Prepared]:
    """These articles, made ready to be compared."""
    held = {text.article_id: text for text in at_hand}
    texts = [held[article_id] for article_id in article_ids if article_id in held]
    texts += store.article_texts(article_id for article_id in article_ids if article_id not in held)
    outlets = {text.outlet for text in texts}
    known, common = store.index.boilerplate(outlets), store.index.commonplaces(SKETCH.every)
    left_out = {
        outlet: distinct(np.concatenate([common, known.get(outlet, NONE)])) for outlet in outlets
    }
    return {text.article_id: prepare(text, SKETCH, left_out[text.outlet]) for text in texts}


def _add_found(store: Store, run_id: int, compared: Iterable[Match]) -> set[int]:
    """Files what comparing found; returns the articles that share something with another."""
    matches = [m for m in compared if m.relation or m.prose_words >= STITCH.passage]
    store.add_matches(run_id, [match for match in matches if match.relation])
    store.passages.add(run_id, [match for match in matches if not match.relation])
    return {article_id for match in matches for article_id in (match.a, match.b)}


def _stitch(store: Store, article_ids: set[int]) -> None:
    """Links the pages among these that are stitched together with what they were made from."""
    suspects = store.passages.suspects(article_ids, STITCH.stitched)
    ready = prepared(store, {i for page in suspects for i in (page, *suspects[page])})
    found = {
        page: sources(ready[page], [ready[other] for other in others], STITCH)
        for page, others in suspects.items()
    }
    store.passages.settle(article_ids, found)


def reindex(store: Store, run_id: int, window: timedelta) -> int:
    """Makes the index anew, and the matches and stories with it; stories keep their numbers.

    Articles whose text upkeep has dropped keep what was found of them. Returns how many articles
    have theirs. One transaction: all of it, or nothing.
    """
    with store.transaction():
        ids = store.article_ids()
        store.index.clear()
        store.drop_matches(ids)
        parts = [ids[i : i + REINDEXED_AT_ONCE] for i in range(0, len(ids), REINDEXED_AT_ONCE)]
        for part in parts:
            sketches = _sketched(store, store.article_texts(part))
            store.index.add(sketches)
            store.index.ask(sketches, max(window, LEARNING))
            store.index.learn(BOILERPLATE.days, BOILERPLATE.within, SKETCH.every, run_id)
            store.index.note_commonplaces(BOUNDS)
        for part in parts:
            store.index.replace(_sketched(store, store.article_texts(part)))
        done: set[int] = set()
        for part in parts:
            texts = store.article_texts(part)
            store.index.ask(_sketched(store, texts), window)
            pairs = store.index.candidates(window, SKETCH.min_shingles, SKETCH.every, BOUNDS)
            new = [pair for pair in pairs if done.isdisjoint(pair)]
            _add_found(store, run_id, match_pairs(store, new, at_hand=texts))
            done.update(part)
        _refold(store, run_id, ids, window, Stopwatch(), anew=True)
        _stitch(store, done)
    return len(ids)


def _sketched(store: Store, texts: Sequence[ArticleText]) -> list[Sketch]:
    """The sketches of articles, without what is known to be boilerplate by now."""
    known = store.index.boilerplate({text.outlet for text in texts})
    return sketch_articles(texts, SKETCH, known)


def _refold(
    store: Store,
    run_id: int,
    article_ids: Collection[int],
    window: timedelta,
    watch: Stopwatch,
    *,
    anew: bool,
) -> None:
    """Files the stories of all that hangs together with these articles. Where there is a new
    original, it is compared first with those of them that it has not met; `anew` where matches were
    forgotten, so that no original is known to have met all."""
    met: set[tuple[int, int]] = set()
    for left in reversed(range(ROUNDS)):
        candidates, edges = store.neighbourhood(article_ids)
        with watch.timing("fold", within="load"):
            if anew:
                candidates = [replace(candidate, was_original=False) for candidate in candidates]
            stories = fold(candidates, edges)
            pairs = [p for p in unmet(candidates, edges, stories, window) if p not in met]
        if not (pairs and left):  # after the last comparing the stories are made of what it found
            break
        met.update(pairs[:AT_ONCE])
        _add_found(store, run_id, match_pairs(store, pairs[:AT_ONCE], watch))
    store.put_stories(run_id, stories)
