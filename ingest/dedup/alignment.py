"""What two texts have in common in the same order. Pure.

A text is the hashes of its shingles, by place. What is aligned is two arrays of places, one of each
text, as long as each other and ascending.
"""

from bisect import bisect_left

import numpy as np

from ingest.dedup.hashes import Hashes, distinct, within

REPEATS = 8  # of a shingle, at most: a page of one phrase would meet another everywhere

Aligned = tuple[Hashes, Hashes]


def in_order(a: Hashes, b: Hashes, common: Hashes) -> Aligned:
    """Where the most shared shingles stand that have the same order in both: places in a, and in b.
    Whichever comes first, they are the same."""
    if a.tobytes() > b.tobytes():
        swapped = in_order(b, a, common)
        return swapped[1], swapped[0]
    places, met = _met(a, b, common)
    if (np.diff(met) > 0).all():  # most copies are not rearranged
        return places, met
    chosen = _increasing(met)
    return places[chosen], met[chosen]


def _met(a: Hashes, b: Hashes, common: Hashes) -> Aligned:
    """Where the same shared shingle stands in both: places in a, ascending, and in b, for each of
    them descending. Of a shingle that b repeats again and again the first REPEATS count."""
    a_places = np.flatnonzero(within(a, common))
    b_places = np.flatnonzero(within(b, common))
    b_places = b_places[np.argsort(b[b_places], kind="stable")]
    starts = np.searchsorted(b[b_places], a[a_places])
    counts = np.searchsorted(b[b_places], a[a_places], side="right") - starts
    counts = np.minimum(counts, REPEATS)
    back = np.cumsum(counts).repeat(counts) - np.arange(counts.sum()) - 1
    return a_places.repeat(counts), b_places[starts.repeat(counts) + back]


def _increasing(values: Hashes) -> Hashes:
    """The positions of the longest increasing subsequence, by patience. Of the places where two
    texts meet, in `_met`'s order, it is their longest common subsequence (Hunt and Szymanski)."""
    tails: list[int] = []
    ends: list[int] = []
    before = []
    for position, value in enumerate(values.tolist()):
        rank = bisect_left(tails, value)
        before.append(ends[rank - 1] if rank else -1)
        tails[rank : rank + 1] = [value]
        ends[rank : rank + 1] = [position]
    chain = []
    position = ends[-1] if ends else -1
    while position >= 0:
        chain.append(position)
        position = before[position]
    return np.array(chain[::-1], np.int64)


def once(text: Hashes) -> Hashes:
    """The shingles that stand in a text once, in ascending order."""
    ascending = np.sort(text)
    differs = np.ones(len(text) + 1, np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=differs[1:-1])
    return ascending[differs[1:] & differs[:-1]]


def repeated(text: Hashes, places: Hashes, more_than: int) -> Hashes:
    """These places, and those of passages of more than so many shingles that repeat what stands
    there: a page may have its body twice. Shorter ones are formulae, as lists and scores have."""
    same = np.flatnonzero(within(text, distinct(text[places])))
    if len(same) == len(places):  # as in most texts, nothing repeats
        return places
    ends = np.flatnonzero(np.diff(same, append=-1) != 1) + 1
    lengths = np.diff(ends, prepend=0)
    return distinct(np.concatenate([places, same[(lengths > more_than).repeat(lengths)]]))


def longest_run(aligned: Aligned) -> int:
    """Shingles in the longest passage that stands unbroken in both."""
    if not len(aligned[0]):
        return 0
    broken = np.flatnonzero((np.diff(aligned[0]) != 1) | (np.diff(aligned[1]) != 1))
    lengths = np.diff(np.concatenate([[-1], broken, [len(aligned[0]) - 1]]))
    return int(lengths.max())
