"""Two articles are compared in full and get a relation, or none. Pure.

    prepare(text)  -> Prepared   its shingles in order, which are boilerplate, which words quoted
    compare(a, b)  -> Match      the figures, the relation (or None), and the rule that decided

All figures count a text's own words only: words that are boilerplate of neither outlet.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from ingest.dedup.alignment import in_order, longest_run, once, repeated
from ingest.dedup.boilerplate import are_boilerplate
from ingest.dedup.hashes import NONE, Flags, Hashes, distinct, within
from ingest.dedup.sketch import SketchParams, shingled
from ingest.model import ArticleText, Match, Relation
from ingest.words import names_and_numbers, quotations, words

Decision = tuple[Relation | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldParams:
    """The thresholds of the rules. A share is a share of words, from 0 to 1.

    Of two texts, "short" and "long" are the one with fewer and the one with more own words.
    """

    #: Share of the short text that is in the long one, in the same order, for a copy.
    copied: float = 0.75
    #: Share of the long text's lead that is in the short one. With less it has a story of its own.
    led: float = 0.3
    #: Within one outlet, in place of `copied` and of both texts. With less, one of them is a later
    #: version of the other.
    same_outlet: float = 0.95
    #: Share of a short item that is in the other text, for any relation.
    near: float = 0.9
    #: Share of the short text's prose that is shared, times the square root of the shared words.
    linked: float = 4.4
    #: Share of the long text's prose that is shared, for an update. With less it is a round-up.
    mutual: float = 0.4
    #: Share of either lead that is shared, within one outlet. With less, two different stories have
    #: the same block of text below them.
    own_lead: float = 0.2
    #: Share of the short text in runs that both texts have once and in the same order. With less,
    #: the shared words are formulae, as in lists and scores.
    ordered: float = 0.2
    lead: int = 50  # words at the beginning of a text
    short: int = 60  # words: a text with fewer is a short item


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Side:
    """The figures of one text of a pair. Shares are of the text's own words."""

    text: Prepared
    shingles: int  # distinct own shingles
    words: int  # own words
    # share of words in runs that both texts have in the same order, and in passages longer than
    # a lead that repeat such a run
    aligned: float
    ordered: float  # share of words in runs that both have in the same order, and that stand once
    prose: float  # share of the words outside quotations that are shared
    prose_words: int  # number of words outside quotations that are shared
    lead: float  # share of the first words that are shared


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
    short, long = sorted((a, b), key=lambda side: (side.words, side.text.text))
    relation, rule = _decide(short, long, len(common), params)
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
    )


def _side(
    text: Prepared,
    own: Flags,
    shingles: int,
    common: Hashes,
    places: Hashes,
    single: Flags,
    params: FoldParams,
) -> _Side:
    mine = ~covered(text, np.flatnonzero(~own))
    shared = covered(text, np.flatnonzero(within(text.hashes, common))) & mine
    said = mine & text.prose
    return _Side(
        text=text,
        shingles=shingles,
        words=int(mine.sum()),
        aligned=_mean(covered(text, repeated(text.hashes, places, params.lead - text.size))[mine]),
        ordered=_mean(covered(text, places[single])[mine]),
        prose=_mean(shared[said]),
        prose_words=int(shared[said].sum()),
        lead=_mean(shared[mine][: params.lead]),
    )


def _mean(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0


def covered(text: Prepared, places: Hashes) -> Flags:
    """Which words belong to the shingles that begin at these places."""
    covered = np.zeros(len(text.prose), np.bool_)
    for offset in range(text.size if len(places) else 0):
        covered[places + offset] = True
    return covered


def _decide(short: _Side, long: _Side, common: int, params: FoldParams) -> Decision:
    """The relation of two texts, and the reason. `short` has fewer own words than `long`."""
    if not common:
        return None, "they share no run of words"
    if common == short.shingles == long.shingles:
        return Relation.IDENTICAL, "every run of words is in both"
    if short.words < params.short:
        return _decide_short(short, long, common, params)
    return _folded(short, long, params) or _linked(short, long, params)


def _folded(short: _Side, long: _Side, params: FoldParams) -> Decision | None:
    if short.text.outlet == long.text.outlet:
        if min(short.aligned, long.aligned) >= params.same_outlet:
            return Relation.COPY, "one outlet ran it under two addresses"
        return None
    if short.aligned < params.copied:
        return None
    if long.aligned >= params.copied:
        return Relation.COPY, "most of each is in the other, in the same order"
    if long.lead >= params.led:
        return Relation.ABRIDGED, "the longer begins alike and holds most of the shorter"
    return None


def _linked(short: _Side, long: _Side, params: FoldParams) -> Decision:
    same_outlet = short.text.outlet == long.text.outlet
    if short.prose * sqrt(short.prose_words) < params.linked:
        return None, "too little is shared outside quotations"
    if short.ordered < params.ordered:
        return None, "what is shared is scattered, in no common order, or formulae that recur"
    if same_outlet and max(short.lead, long.lead) < params.own_lead:
        return None, "one outlet, two leads of their own: the same block follows two stories"
    if long.prose >= params.mutual:
        return Relation.UPDATE, "much of each is in the other, and much in each is its own"
    return Relation.EMBEDS, "the longer holds much of the shorter, and a story of its own"


def _decide_short(short: _Side, long: _Side, common: int, params: FoldParams) -> Decision:
    # a single different word may be the news of a short item. It changes five shingles, so the
    # share of common shingles has to be high as well.
    if short.aligned < params.near or common < params.copied * short.shingles:
        return None, "a short item, and not nearly all of it is in the other"
    marks, others = names_and_numbers(short.text.text), names_and_numbers(long.text.text)
    if marks - set(words(long.text.text)) or (long.words < params.short and others - marks):
        return None, "a short item, and names or numbers differ"
    if long.aligned >= params.near:
        return Relation.COPY, "short items, nearly the same, names and numbers agree"
    if long.lead >= params.led and short.text.outlet != long.text.outlet:
        return Relation.ABRIDGED, "a short item that the longer begins with"
    return Relation.EMBEDS, "a short item that the longer holds"
