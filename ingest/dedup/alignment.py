"""Finds what two texts have in common in the same order. Pure.

A text is an array: the hash of the shingle at each place. An alignment is two ascending arrays of
the same length: places in one text, and the places in the other text with the same shingles.
"""

from bisect import bisect_left

import numpy as np

from ingest.dedup.hashes import Hashes, distinct, within

MAX_REPEATS = 8  # of a shingle; without a limit, pages of one phrase have n * n common places

Aligned = tuple[Hashes, Hashes]


def in_order(a: Hashes, b: Hashes, common: Hashes) -> Aligned:
    """The longest alignment of two texts: as many shared shingles as possible in the same order.

    Swapping the texts swaps the two arrays of places and changes nothing else.
    """
    if a.tobytes() > b.tobytes():
        swapped = in_order(b, a, common)
        return swapped[1], swapped[0]
    places, met = _met(a, b, common)
    if (np.diff(met) > 0).all():  # most copies are not rearranged
        return places, met
    chosen = _increasing(met)
    return places[chosen], met[chosen]


def _met(a: Hashes, b: Hashes, common: Hashes) -> Aligned:
    """All pairs of places that hold the same shingle: the places in a, and those in b.

    Places in a ascend. If one place in a has several places in b, these descend. If b repeats a
    shingle more often, only its first MAX_REPEATS places count.
    """
    a_places = np.flatnonzero(within(a, common))
    b_places = np.flatnonzero(within(b, common))
    b_places = b_places[np.argsort(b[b_places], kind="stable")]
    starts = np.searchsorted(b[b_places], a[a_places])
    counts = np.searchsorted(b[b_places], a[a_places], side="right") - starts
    counts = np.minimum(counts, MAX_REPEATS)
    back = np.cumsum(counts).repeat(counts) - np.arange(counts.sum()) - 1
    return a_places.repeat(counts), b_places[starts.repeat(counts) + back]


def _increasing(values: Hashes) -> Hashes:
    """The positions of the longest increasing subsequence (patience sorting).

    For pairs of places in the order of `_met` it is the longest common subsequence of two texts
    (Hunt and Szymanski).
    """
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
    """The shingles that a text contains exactly once, in ascending order."""
    ascending = np.sort(text)
    differs = np.ones(len(text) + 1, np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=differs[1:-1])
    return ascending[differs[1:] & differs[:-1]]


def repeated(text: Hashes, places: Hashes, more_than: int) -> Hashes:
    """These places, and the places of long passages that repeat the shingles at these places.

    Some pages contain their text twice. A passage is long if it has more than `more_than` shingles.
    Shorter repeats are set phrases, as in lists and scores.
    """
    same = np.flatnonzero(within(text, distinct(text[places])))
    if len(same) == len(places):  # nothing repeats: so it is in most texts
        return places
    ends = np.flatnonzero(np.diff(same, append=-1) != 1) + 1
    lengths = np.diff(ends, prepend=0)
    return distinct(np.concatenate([places, same[(lengths > more_than).repeat(lengths)]]))


def longest_run(aligned: Aligned) -> int:
    """The number of shingles in the longest unbroken passage of both texts."""
    if not len(aligned[0]):
        return 0
    broken = np.flatnonzero((np.diff(aligned[0]) != 1) | (np.diff(aligned[1]) != 1))
    lengths = np.diff(np.concatenate([[-1], broken, [len(aligned[0]) - 1]]))
    return int(lengths.max())
