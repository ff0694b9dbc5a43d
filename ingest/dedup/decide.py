"""What the figures of two texts make of them: the rules, and their thresholds. Pure.

    decide(pair)  -> the relation, or None, and the rule that decided, in words

A copy is cut, extended or edited in places. In two versions of a story each has passages that the
other has not, or one has a beginning of its own. A round-up holds other stories as well. A form
repeats the words of another text with other names and numbers.
"""

from dataclasses import dataclass
from math import sqrt

from ingest.dedup.evidence import Differences
from ingest.dedup.hashes import Flags
from ingest.model import Relation
from ingest.words import names_and_numbers, words

Decision = tuple[Relation | None, str]

ALIKE = Differences()
SWAPS = 3  # different swaps of names; one or two are often a matter of spelling


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldParams:
    """The thresholds of the rules. A share is a share of words, from 0 to 1.

    Of two texts, "short" and "long" are the one with fewer and the one with more own words.
    """

    #: Share of the short text that is in the long one, in the same order, for a copy.
    copied: float = 0.8
    #: Share of the long text's lead that is in the short one. With less it has a story of its own.
    led: float = 0.4
    #: Words in passages of its own that each of both texts has, as a share of the short text. With
    #: more, one of the texts is a later version of the other.
    own: float = 0.14
    #: Words in replaced passages, as a share of the short text, and the number of such passages.
    #: With more of both, passages are replaced throughout, as in a later version.
    rewritten: float = 0.035
    places: int = 3
    passage: int = 7  # words in such a passage; fewer are an editor's change
    #: Share of each text that is in the other, for a copy within one outlet. It replaces `copied`.
    #: With less, one text is a later version of the other.
    same_outlet: float = 0.95
    #: Share of a short item that is in the other text, for any relation.
    near: float = 0.9
    #: Share of the short text's prose that is shared, times the square root of the shared words,
    #: plus `leads` times the mean share of the two leads.
    link_weight: float = 5.5
    leads: float = 3.0
    #: Share of the short text's prose that is shared, for a link. With less, the texts share a few
    #: paragraphs of background.
    least: float = 0.37
    #: Share of the long text's prose that is shared, and share of its lead. With less of both it is
    #: a round-up: it begins with another story, and holds others as well. The first may be twice
    #: as much where the shared words are one block.
    mutual: float = 0.25
    begun: float = 0.2
    #: Share of the words from the first to the last shared one that are shared. With more, what is
    #: shared is one block.
    block: float = 0.75
    #: Share of two articles of one outlet that stands before the shared words: the geometric mean.
    #: With more, and one block after them, the same block follows two different stories.
    apart: float = 0.195
    #: Share of the short text in runs that both texts have once and in the same order. With less,
    #: the shared words are set phrases, as in lists and scores.
    ordered: float = 0.2
    #: Share of names and numbers among the shared words. With more, only a list is shared.
    listed: float = 0.42
    #: Words of the short text for each place where names or numbers differ. With fewer, the texts
    #: are two uses of one form.
    form: float = 25.0
    lead: int = 50  # words at the beginning of a text
    short_words: int = 60  # a text with fewer is a short item


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """The figures of one text of a pair. Shares are of the text's own words."""

    outlet: str
    text: str
    shingles: int  # distinct own shingles
    words: int  # own words
    # share of words in shared runs in the same order; a passage longer than the lead that repeats
    # such a run counts too
    aligned: float
    ordered: float  # share of words in runs that both have in the same order, and that stand once
    prose: float  # share of the words outside quotations that are shared
    prose_words: int  # number of words outside quotations that are shared
    lead: float  # share of the first words that are shared
    start: float  # share of the words that stand before the shared ones
    solid: float  # share of the words from the first to the last shared one that are shared
    own: Flags  # which words are no boilerplate
    said: Flags  # which words are shared prose
    told: Flags  # which of the own words are shared


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Two texts with what the decision needs. `short` has fewer own words than `long`."""

    short: Side
    long: Side
    common: int  # distinct shingles in both
    differ: Differences = ALIKE
    own: float = 0.0  # words in passages of its own, of the text that has fewer
    listed: float = 0.0  # share of names and numbers among the shared words of the short text

    @property
    def same_outlet(self) -> bool:
        """Whether one outlet ran both."""
        return self.short.outlet == self.long.outlet


def decide(pair: Pair, params: FoldParams) -> Decision:
    """The relation of two texts, and the reason."""
    if not pair.common:
        return None, "they share no run of words"
    if pair.common == pair.short.shingles == pair.long.shingles:
        return Relation.IDENTICAL, "every run of words is in both"
    if pair.short.words < params.short_words:
        return _decide_short(pair.short, pair.long, pair.common, params)
    if _is_form(pair, params):
        return None, "a form: the words agree, and the names and numbers differ"
    return _folded(pair, params) or _linked(pair, params)


def _has_swaps(differ: Differences) -> bool:
    """Whether the texts differ mainly in names and numbers."""
    some = differ.swapped >= SWAPS or differ.figures > 0
    return some and 2 * differ.swaps >= differ.changes


def _is_form(pair: Pair, params: FoldParams) -> bool:
    differ = pair.differ
    dense = differ.swaps * params.form >= pair.short.words
    return _has_swaps(differ) and differ.swapped >= SWAPS and dense


def _folded(pair: Pair, params: FoldParams) -> Decision | None:
    short, long = pair.short, pair.long
    if pair.same_outlet:
        if min(short.aligned, long.aligned) < params.same_outlet:
            return None
        return _later(pair, params) or (Relation.COPY, "one outlet ran it under two addresses")
    if short.aligned < params.copied:
        return None
    if long.aligned >= params.copied:
        return _later(pair, params) or (
            Relation.COPY,
            "most of each is in the other, in the same order",
        )
    if long.lead >= params.led:
        return _later(pair, params) or (
            Relation.ABRIDGED,
            "the longer begins alike and holds most of the shorter",
        )
    return None


def _later(pair: Pair, params: FoldParams) -> Decision | None:
    """The reason why two texts that share enough for a copy are two versions of a story."""
    if pair.own >= params.own * pair.short.words:
        return Relation.UPDATE, "most is in both, but each has passages that the other has not"
    replaced = pair.differ.replaced >= params.rewritten * pair.short.words
    if replaced and pair.differ.places >= params.places:
        return Relation.UPDATE, "most is in both, but passages throughout are replaced by others"
    if _has_swaps(pair.differ):
        return Relation.UPDATE, "most is in both, but numbers or names have changed"
    return None


def weight(pair: Pair, params: FoldParams) -> float:
    """How much of the short text's prose is shared. The leads count more than the rest."""
    leads = (pair.short.lead + pair.long.lead) / 2
    return pair.short.prose * sqrt(pair.short.prose_words) + params.leads * leads


def _linked(pair: Pair, params: FoldParams) -> Decision:
    short, long = pair.short, pair.long
    if weight(pair, params) < params.link_weight or short.prose < params.least:
        return None, "too little is shared outside quotations"
    if short.ordered < params.ordered:
        return None, "what is shared is scattered, in no common order, or set phrases that recur"
    if pair.listed > params.listed:
        return None, "what is shared is a list of names and numbers"
    if pair.same_outlet and _is_block(short, long, params):
        return None, "one outlet, two beginnings of their own: the same block follows two stories"
    most = 2 * params.mutual if long.solid >= params.block else params.mutual
    if long.prose < most and long.lead < params.begun:
        return Relation.EMBEDS, "the longer begins with another story and holds much of the shorter"
    return Relation.UPDATE, "much of each is in the other, and much in each is its own"


def _is_block(short: Side, long: Side, params: FoldParams) -> bool:
    return (
        sqrt(short.start * long.start) >= params.apart
        and min(short.solid, long.solid) >= params.block
    )


def _decide_short(short: Side, long: Side, common: int, params: FoldParams) -> Decision:
    # a single different word may be the news of a short item. It changes five shingles, so the
    # share of common shingles has to be high as well.
    if short.aligned < params.near or common < params.copied * short.shingles:
        return None, "a short item, and not nearly all of it is in the other"
    marks, others = names_and_numbers(short.text), names_and_numbers(long.text)
    if marks - set(words(long.text)) or (long.words < params.short_words and others - marks):
        return None, "a short item, and names or numbers differ"
    if long.aligned >= params.near:
        return Relation.COPY, "short items, nearly the same, names and numbers agree"
    begins = long.lead * params.lead >= params.led * min(params.lead, short.words)
    if begins and short.outlet != long.outlet:
        return Relation.ABRIDGED, "a short item that the longer begins with"
    return Relation.EMBEDS, "a short item that the longer holds"
