"""What folding works with: sketches, matches of two articles, and stories."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The MinHash signature of a text, with its bands and a sample of its shingles.

    Signature and bands leave out boilerplate. The sample is of the whole text, because boilerplate
    is learned from it. Near-duplicates are found by common bands and common sampled shingles.
    """

    article_id: int
    outlet: str
    appeared: datetime
    scheme: str  # the fingerprint of its parameters
    shingles: int  # number of distinct shingles without boilerplate
    signature: bytes  # a little-endian uint32 for each permutation
    bands: tuple[int, ...]  # a 63-bit hash for each band, in order; empty for a short text
    sample: tuple[int, ...]  # 63-bit hashes, ascending
    size: int = 0  # what comparing the text costs, in words


class Relation(StrEnum):
    """How two articles relate."""

    IDENTICAL = "identical"
    COPY = "copy"
    ABRIDGED = "abridged"
    UPDATE = "update"
    EMBEDS = "embeds"


#: The relations that put two articles into one story. The others only link them.
FOLDS = frozenset({Relation.IDENTICAL, Relation.COPY, Relation.ABRIDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The comparison of two articles, with all its figures. `a` is the smaller id.

    No figure counts boilerplate. Shares are from 0 to 1.
    """

    a: int
    b: int
    relation: Relation | None  # None: not related; if they share a passage, core.passages has them
    rule: str  # the rule that decided, in words
    shared: int  # number of distinct shingles in both
    jaccard: float
    a_in_b: float  # share of a's distinct shingles that are in b
    b_in_a: float
    a_aligned: float  # share of a's words in runs that both have in the same order
    b_aligned: float
    a_prose: float  # share of a's words outside quotations that are in shared runs
    b_prose: float
    prose_words: int  # number of words outside quotations in shared runs, of the shorter text
    a_lead: float  # share of a's lead that is in shared runs
    b_lead: float
    longest_run: int  # words in the longest shared run
    a_words: int
    b_words: int
    # How the texts differ where they are aligned. All are 0 for a pair that shares too little.
    replaced: float = 0.0  # words in passages that stand in place of a passage of the other text
    own_passages: float = 0.0  # words in passages that the other has not; of the text with fewer
    changes: int = 0  # places where both texts have words of their own
    swaps: int = 0  # of these, places where names or numbers differ
    figures: int = 0  # different swaps of numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldArticle:
    """What folding needs of an article: when it appeared, its length, and its earlier story."""

    article_id: int
    appeared: datetime
    words: int
    story_id: int | None = None
    was_original: bool = False  # whether it was the original of that story
    is_source: bool = False  # it is on the site of the agency that it names
    is_credited: bool = False  # it names the agency whose text it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An original and its copies. Each copy matches the original directly.

    `story_id` is the id that a member had before, or None for a new story.
    """

    story_id: int | None
    original: int
    members: tuple[int, ...]  # article ids: the original, then the others as they appeared
