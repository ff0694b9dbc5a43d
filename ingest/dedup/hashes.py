"""Sets of hashes as sorted arrays. Pure.

numpy has set functions as well (`unique`, `isin`); for these sizes they are a few times slower.
"""

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NONE: Hashes = np.empty(0, np.int64)


def distinct(hashes: Hashes) -> Hashes:
    """Each of the hashes once, in ascending order."""
    ascending = np.sort(hashes)
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    return ascending[first]


def within(hashes: Hashes, known: Hashes) -> Flags:
    """Which of the hashes are among the known ones; `known` is distinct and ascending."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    found: Flags = known[places] == hashes
    return found
