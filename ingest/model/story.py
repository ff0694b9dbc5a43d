"""Articles compared with each other, and the stories they make."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A text's MinHash signature, and what it is found by: its bands, and a sample of its shingles.

    The bands are of what is left without boilerplate; the sample is of all of the text, since it is
    also what boilerplate is learned from.
    """

    article_id: int
    outlet: str
    appeared: datetime
    scheme: str  # fingerprint of the parameters that made it
    shingles: int  # distinct ones left
    signature: bytes  # little-endian uint32, one a permutation
    bands: tuple[int, ...]  # one 63-bit hash a band, in order; empty where too little is left
    sample: tuple[int, ...]  # 63-bit hashes, ascending


class Relation(StrEnum):
    """What one article is to another."""

    IDENTICAL = "identical"
    COPY = "copy"
    ABRIDGED = "abridged"
    UPDATE = "update"
    EMBEDS = "embeds"


#: The relations that make two articles one story; the others only link them.
FOLDS = frozenset({Relation.IDENTICAL, Relation.COPY, Relation.ABRIDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two articles compared in full, with the evidence. `a` is the smaller id.

    Boilerplate is left out of every figure. Shares are from 0 to 1.
    """

    a: int
    b: int
    relation: Relation | None  # None: nothing; such a match is never filed
    rule: str  # which rule decided, in words
    shared: int  # distinct shingles in both
    jaccard: float
    a_in_b: float  # share of a's distinct shingles found in b
    b_in_a: float
    a_aligned: float  # share of a's words in shared runs that stand in the same order in both
    b_aligned: float
    a_prose: float  # share of a's words outside quotations that stand in shared runs
    b_prose: float
    prose_words: int  # number of those in the shorter
    a_lead: float  # share of a's lead that stands in shared runs
    b_lead: float
    longest_run: int  # words
    a_words: int
    b_words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldArticle:
    """An article as folding sees it: when it appeared, how long it is, which story it was in."""

    article_id: int
    appeared: datetime
    words: int
    story_id: int | None = None
    was_original: bool = False  # of that story
    is_source: bool = False  # it stands on the site of the agency whose copy it is
    is_credited: bool = False  # it says whose copy it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One original and its copies, each matched with the original directly.

    `story_id` is the id one of its members already had, or None for a story not seen before.
    """

    story_id: int | None
    original: int
    members: tuple[int, ...]  # article ids, the original first, then as they appeared
