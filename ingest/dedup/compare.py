"""Two articles are compared in full and get a relation, or none. Pure.

    prepare(text)  -> Prepared   its shingles in order, which are boilerplate, which words quoted
    compare(a, b)  -> Match      the figures, the relation (or None), and the rule that decided

All figures count a text's own words only. Words that are boilerplate of either outlet, or
commonplaces, are left out.
"""

from dataclasses import dataclass, replace

import numpy as np

from ingest.dedup.alignment import in_order, longest_run, once, repeated
from ingest.dedup.boilerplate import are_boilerplate
from ingest.dedup.decide import FoldParams, Pair, Side, decide, weight
from ingest.dedup.evidence import differences, listed, passages
from ingest.dedup.hashes import NONE, Flags, Hashes, distinct, within
from ingest.dedup.sketch import SketchParams, shingled
from ingest.model import ArticleText, Match
from ingest.words import quotations

__all__ = ["FoldParams", "Prepared", "compare", "covered", "prepare"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """An article, ready to be compared. Each array has one value for each place in the text."""

    article_id: int
    outlet: str
    text: str
    size: int  # words in a shingle
    hashes: Hashes  # of the shingle that begins at each word
    boilerplate: Flags  # whether that shingle is boilerplate
    prose: Flags  # whether each word is outside quotations


def prepare(article: ArticleText, params: SketchParams, boilerplate: Hashes = NONE) -> Prepared:
    """An article, ready to be compared with others.

    `boilerplate` holds the known boilerplate shingles of its outlet, distinct and ascending.
    """
    hashes, count = shingled(article.text, params)
    prose = np.ones(count, np.bool_)
    for start, end in quotations(article.text):
        prose[start:end] = False
    return Prepared(
        article_id=article.article_id,
        outlet=article.outlet,
        text=article.text,
        size=params.shingle_words,
        hashes=hashes,
        boilerplate=are_boilerplate(hashes, boilerplate, params.every),
        prose=prose,
    )


def compare(one: Prepared, other: Prepared, params: FoldParams) -> Match:
    """The match of two articles. Its `relation` is None where there is none; `rule` says why."""
    if one.article_id > other.article_id:
        one, other = other, one
    left_out = distinct(
        np.concatenate([one.hashes[one.boilerplate], other.hashes[other.boilerplate]])
    )
    own = [~within(text.hashes, left_out) for text in (one, other)]
    sets = [distinct(text.hashes[mine]) for text, mine in zip((one, other), own, strict=True)]
    common = sets[0][within(sets[0], sets[1])]
    places = in_order(one.hashes, other.hashes, common)
    single = within(one.hashes[places[0]], once(one.hashes))
    single &= within(other.hashes[places[1]], once(other.hashes))
    a = _side(one, own[0], len(sets[0]), common, places[0], single, params)
    b = _side(other, own[1], len(sets[1]), common, places[1], single, params)
    short, long = sorted((a, b), key=lambda side: (side.words, side.text))
    pair = Pair(short=short, long=long, common=len(common))
    if len(common) and (
        short.aligned >= params.copied or weight(pair, params) >= params.link_weight
    ):
        texts, own_words = (one.text, other.text), (a.own, b.own)
        pair = replace(
            pair,
            differ=differences(texts, own_words, places, one.size, params.passage),
            own=min(passages(side.told, params.passage) for side in (a, b)),
            listed=listed(short.text, short.said),
        )
    relation, rule = decide(pair, params)
    return Match(
        a=one.article_id,
        b=other.article_id,
        relation=relation,
        rule=rule,
        shared=len(common),
        jaccard=len(common) / max(1, a.shingles + b.shingles - len(common)),
        a_in_b=len(common) / max(1, a.shingles),
        b_in_a=len(common) / max(1, b.shingles),
        a_aligned=a.aligned,
        b_aligned=b.aligned,
        a_prose=a.prose,
        b_prose=b.prose,
        prose_words=short.prose_words,
        a_lead=a.lead,
        b_lead=b.lead,
        longest_run=longest_run(places) + one.size - 1 if len(common) else 0,
        a_words=a.words,
        b_words=b.words,
        replaced=pair.differ.replaced,
        own_passages=pair.own,
        changes=pair.differ.changes,
        swaps=pair.differ.swaps,
        figures=pair.differ.figures,
    )


def _side(
    text: Prepared,
    own: Flags,
    shingles: int,
    common: Hashes,
    places: Hashes,
    single: Flags,
    params: FoldParams,
) -> Side:
    mine = ~covered(text, np.flatnonzero(~own))
    shared = covered(text, np.flatnonzero(within(text.hashes, common))) & mine
    said = mine & text.prose
    told = shared[mine]
    start, end = _reach(told)
    return Side(
        outlet=text.outlet,
        text=text.text,
        shingles=shingles,
        words=int(mine.sum()),
        aligned=_mean(covered(text, repeated(text.hashes, places, params.lead - text.size))[mine]),
        ordered=_mean(covered(text, places[single])[mine]),
        prose=_mean(shared[said]),
        prose_words=int(shared[said].sum()),
        lead=_mean(told[: params.lead]),
        start=start / max(1, len(told)),
        solid=_mean(told[start:end]),
        own=mine,
        said=shared & said,
        told=told,
    )


def _reach(shared: Flags) -> tuple[int, int]:
    """Where the shared words begin, and where they end.

    A fiftieth of them may stand before that, and as many after it: set phrases stand anywhere.
    """
    places = np.flatnonzero(shared)
    if not len(places):
        return len(shared), len(shared)
    few = len(places) // 50
    return int(places[few]), int(places[len(places) - 1 - few]) + 1


def _mean(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def covered(text: Prepared, places: Hashes) -> Flags:
    """Which words belong to the shingles that begin at these places."""
    covered = np.zeros(len(text.prose), np.bool_)
    for offset in range(text.size if len(places) else 0):
        covered[places + offset] = True
    return covered
