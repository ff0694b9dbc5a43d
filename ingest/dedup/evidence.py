"""How two aligned texts differ: what one says in place of what the other says. Pure.

An editor who runs an agency's story cuts sentences, adds some, and changes single words. A later
version of the story replaces sentences: at one place both texts have words of their own. In a form
("Company X offers bonds of Y million"), the names and numbers differ and the other words agree.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ingest.dedup.alignment import Aligned
from ingest.dedup.hashes import Flags
from ingest.words import names_and_numbers, words

DIGIT = re.compile(r"\d")
CAPITALS = 0.85  # share of words with a capital letter; with more, the case says nothing
Swap = tuple[frozenset[str], frozenset[str]]  # the names or numbers of both texts

_CACHED_TEXTS = 512  # with their words about 20 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What two texts say in place of each other, apart from boilerplate."""

    #: Words in replaced passages. Of two passages at one place, the smaller number of words that
    #: the other passage does not have. At the end of the texts it counts half, because outlets
    #: cut a story there and add lines of their own.
    replaced: float = 0.0
    places: int = 0  # where passages are replaced
    changes: int = 0  # places where both texts have words of their own
    #: Of these, places where mainly names or numbers differ.
    swaps: int = 0
    swapped: int = 0  # different swaps: a name that is spelled in two ways everywhere is one
    figures: int = 0  # different swaps of numbers


@lru_cache(maxsize=_CACHED_TEXTS)
def _read(text: str) -> tuple[list[str], frozenset[str]]:
    """The words of a text in order, and which of them are names or numbers.

    A word that the text has without a capital letter as well is no name, as at the beginning of a
    sentence. In a text in capital letters only numbers count.
    """
    tokens = set(text.split())
    plain = {token for token in tokens if token.islower() and not DIGIT.search(token)}
    run, marks = words(text), names_and_numbers(" ".join(tokens - plain)) - plain
    if sum(word in marks for word in run) > CAPITALS * len(run):
        marks = set(filter(_is_number, run))
    return run, frozenset(marks)


def differences(
    texts: tuple[str, str], own: tuple[Flags, Flags], aligned: Aligned, size: int, passage: int
) -> Differences:
    """How two texts differ where they are aligned.

    `own` says which words are not boilerplate, `size` is the number of words in a shingle, and
    `passage` the least number of words in a passage; fewer are a change of single words.
    """
    (a, a_marks), (b, b_marks) = _read(texts[0]), _read(texts[1])
    a_new, b_new = a_marks - set(b), b_marks - set(a)
    replaced, changes, replacing = 0.0, 0, 0
    swaps = []
    for (a_from, a_to), (b_from, b_to), last in _gaps(aligned, (len(a), len(b)), size):
        one = Counter(a[at] for at in range(a_from, a_to) if own[0][at])
        other = Counter(b[at] for at in range(b_from, b_to) if own[1][at])
        if not one or not other:
            continue
        changes += 1
        one, other = one - other, other - one
        swap = _swap(one, other, a_new, b_new, passage)
        if swap:
            swaps.append(swap)
        elif min(a_to - a_from, b_to - b_from) >= passage:
            replaced += min(one.total(), other.total()) * (0.5 if last else 1.0)
            replacing += 1
    different = set(swaps)
    return Differences(
        replaced=replaced,
        places=replacing,
        changes=changes,
        swaps=len(swaps),
        swapped=len(different),
        figures=sum(all(any(map(_is_number, side)) for side in swap) for swap in different),
    )


def _swap(
    one: Counter[str],
    other: Counter[str],
    one_names: frozenset[str],
    other_names: frozenset[str],
    passage: int,
) -> Swap | None:
    """The names or numbers that differ in a change, if it is about these.

    `one` and `other` are the words that differ. A number may stand elsewhere in the other text, a
    name may not.
    """
    numbers = frozenset(filter(_is_number, one)), frozenset(filter(_is_number, other))
    if all(numbers) and max(one.total(), other.total()) < 2 * passage:
        return numbers
    names = one_names.intersection(one), other_names.intersection(other)
    words, few = min(one.total(), other.total()), min(map(len, names))
    return names if few and (words < passage or 2 * few >= words) else None


def _is_number(word: str) -> bool:
    return word[0].isdigit()


def passages(shared: Flags, passage: int) -> float:
    """The words of a text in passages of its own: runs of so many words that are not shared.

    `shared` has one value for each word that is no boilerplate. A passage at the end counts half.
    """
    edges = np.flatnonzero(np.diff(shared, prepend=True, append=True))
    starts, ends = edges[::2], edges[1::2]
    lengths = (ends - starts) * np.where(ends == len(shared), 0.5, 1.0)
    return float(lengths[ends - starts >= passage].sum())


def listed(text: str, shared: Flags) -> float:
    """The share of names and numbers among the words flagged. In prose it is about 0.2."""
    run, marks = _read(text)
    named = np.fromiter((word in marks for word in run), np.bool_, len(run))
    return float(named[shared].mean()) if shared.any() else 0.0


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
