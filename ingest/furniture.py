"""What recurs on an outlet's pages day after day is its furniture, and no evidence. Pure.

Newsletter prompts, share lines, credits, "also on" lists: an outlet's unrelated pages share them by
the hundred words. They are known by recurring on several days on one outlet. How many outlets carry
a passage says nothing: that is what a wire story does.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.int64]
NONE: Hashes = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class FurnitureParams:
    """When a shingle is furniture. Of 151 pairs of real articles judged by readers, none is judged
    otherwise with 3, 4, 6 or 8 days."""

    days: int = 5  # different days, on one outlet


def furnished(hashes: Hashes, furniture: Hashes, every: int) -> npt.NDArray[np.bool_]:
    """Which of a text's shingles, in order, are furniture.

    `furniture` has hashes of the sample alone, those divisible by `every`. What lies between two of
    a text's sampled shingles is furniture where both are, and so is what lies before the first and
    after the last.
    """
    marked = np.zeros(len(hashes), np.bool_)
    if not len(furniture) or not len(hashes):
        return marked
    places = np.flatnonzero(hashes % every == 0)
    if not len(places):
        return marked
    known = np.isin(hashes[places], furniture)
    marked[places] = known
    both = known[1:] & known[:-1]
    for start, end in zip(places[:-1][both], places[1:][both], strict=True):
        marked[start:end] = True
    if known[0]:
        marked[: places[0]] = True
    if known[-1]:
        marked[places[-1] :] = True
    return marked
