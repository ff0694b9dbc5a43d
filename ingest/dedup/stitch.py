"""Finds a page that consists of passages of several other pages. Pure.

Such a page shares too little with any single source to be linked with it. It is found because its
sources together cover most of it. Of 2,257 real articles, two or more texts cover 0.75 of one
round-up, and at most 0.51 of any other page.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.dedup.alignment import once
from ingest.dedup.compare import Prepared, covered
from ingest.dedup.hashes import distinct, within


@dataclass(frozen=True, slots=True, kw_only=True)
class StitchParams:
    """When a page is stitched together. Only prose counts: no quotations and no boilerplate."""

    passage: int = 25  # words that one source gives and the earlier ones do not
    stitched: float = 0.65  # share of the page that its sources give together


def sources(page: Prepared, others: Sequence[Prepared], params: StitchParams) -> set[int]:
    """The ids of the articles that a page is stitched together from: two or more, or none."""
    said = page.prose & ~covered(page, np.flatnonzero(page.boilerplate))
    given = sorted(
        ((_given(page, other) & said, other.article_id) for other in others),
        key=lambda item: (-int(item[0].sum()), item[1]),
    )
    known = np.zeros_like(said)
    found = set()
    for words, article_id in given:
        if int((words & ~known).sum()) >= params.passage:
            found.add(article_id)
            known |= words
    enough = len(found) >= 2 and int(known.sum()) >= params.stitched * int(said.sum())
    return found if enough else set()


def _given(page: Prepared, other: Prepared) -> np.ndarray:
    # a shingle that the page repeats is a formula: any page may contain it
    shared = within(page.hashes, distinct(other.hashes[~other.boilerplate]))
    shared &= within(page.hashes, once(page.hashes))
    return covered(page, np.flatnonzero(shared & ~page.boilerplate))
