"""How two aligned texts differ: what one says in place of what the other says. Pure.

An editor who runs an agency's story cuts sentences, adds some, and changes single words. A later
version of the story replaces sentences: at one place both texts have words of their own. In a form
("Company X offers bonds of Y million"), the names and numbers differ and the other words agree.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ingest.dedup.alignment import Aligned
from ingest.dedup.hashes import Flags
from ingest.words import names_and_numbers, words

_CACHED_TEXTS = 512  # with their words about 20 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What two texts say in place of each other, apart from boilerplate."""

    #: Words in replaced passages. Of two passages at one place, the smaller number of words that
    #: the other passage does not have. At the end of the texts it counts half, because outlets
    #: cut a story there and add lines of their own.
    replaced: float = 0.0
    changes: int = 0  # places where both texts have words of their own
    swapped: int = 0  # of these, places of a few words where names or numbers differ
    figures: int = 0  # of these, places where numbers differ
    #: Share of the names and numbers that the other text does not have anywhere. Of the two texts
    #: the smaller share.
    names: float = 0.0
    others: float = 0.0  # the same, for all other words
    #: Names and numbers in the text that has fewer. It is 0 where they are most of a text's words,
    #: as in capital letters and in tables, because they cannot be told from other words there.
    named: int = 0


@lru_cache(maxsize=_CACHED_TEXTS)
def _read(text: str) -> tuple[list[str], frozenset[str]]:
    """The words of a text in order, and which of them are names or numbers."""
    return words(text), frozenset(names_and_numbers(text))


def differences(
    texts: tuple[str, str], own: tuple[Flags, Flags], aligned: Aligned, size: int, passage: int
) -> Differences:
    """How two texts differ where they are aligned.

    `own` says which words are not boilerplate, `size` is the number of words in a shingle, and
    `passage` the least number of words in a passage; fewer are a change of single words.
    """
    (a, a_marks), (b, b_marks) = _read(texts[0]), _read(texts[1])
    a_all, b_all = set(a), set(b)
    replaced, changes = 0.0, 0
    swaps = set()
    for (a_from, a_to), (b_from, b_to), last in _gaps(aligned, (len(a), len(b)), size):
        one = [a[at] for at in range(a_from, a_to) if own[0][at]]
        other = [b[at] for at in range(b_from, b_to) if own[1][at]]
        if not one or not other:
            continue
        changes += 1
        if min(len(one), len(other)) >= passage:
            replaced += _apart(one, other) * (0.5 if last else 1.0)
            continue
        swap = frozenset(a_marks & set(one) - b_all), frozenset(b_marks & set(other) - a_all)
        if all(swap):
            swaps.add(swap)
    a_own = {word for word, mine in zip(a, own[0].tolist(), strict=True) if mine}
    b_own = {word for word, mine in zip(b, own[1].tolist(), strict=True) if mine}
    return Differences(
        replaced=replaced,
        changes=changes,
        swapped=len(swaps),
        figures=sum(all(map(_has_digit, swap)) for swap in swaps),
        names=min(_missing(a_own & a_marks, b_all), _missing(b_own & b_marks, a_all)),
        others=min(_missing(a_own - a_marks, b_all), _missing(b_own - b_marks, a_all)),
        named=min(_named(a_own, a_marks), _named(b_own, b_marks)),
    )


Span = tuple[int, int]


def _gaps(
    aligned: Aligned, lengths: tuple[int, int], size: int
) -> Iterator[tuple[Span, Span, bool]]:
    """The words between two aligned runs, in each text, and whether these are the last words.

    Where runs overlap in one text, as many words are left out of the other.
    """
    a, b = aligned
    breaks = np.flatnonzero((np.diff(a) != 1) | (np.diff(b) != 1))
    first = np.concatenate([[0], breaks + 1])
    last = np.concatenate([breaks, [len(a) - 1]])
    a_end = b_end = 0
    for begin, end in zip(first.tolist(), last.tolist(), strict=True):
        overlap = max(0, a_end - int(a[begin]), b_end - int(b[begin]))
        yield (a_end, int(a[begin]) + overlap), (b_end, int(b[begin]) + overlap), False
        a_end, b_end = int(a[end]) + size, int(b[end]) + size
    yield (a_end, lengths[0]), (b_end, lengths[1]), True


def _apart(one: list[str], other: list[str]) -> int:
    a, b = Counter(one), Counter(other)
    return min((a - b).total(), (b - a).total())


def _has_digit(found: frozenset[str]) -> bool:
    return any(c.isdigit() for word in found for c in word)


def _named(found: set[str], marks: frozenset[str]) -> int:
    named = len(found & marks)
    return named if 2 * named <= len(found) else 0


def _missing(found: set[str], known: set[str]) -> float:
    return len(found - known) / len(found) if found else 0.0
