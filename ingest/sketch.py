"""A text becomes shingles, a MinHash signature with its bands, and a sample of its shingles. Pure.

Two indexes are made of a text, because each sees what the other cannot. Bands of a MinHash find
texts that are nearly the same. The sample keeps every shingle whose hash says so (FracMinHash): two
texts keep the same ones of what they share, however different they are in length, so it finds a
brief inside a long version. What recurs in the sample is also how an outlet's furniture is learned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import cache

import numpy as np
import xxhash
from datasketch import MinHash

from ingest.furniture import furnished
from ingest.hashes import NONE, Flags, Hashes, distinct
from ingest.model import Body, Sketch
from ingest.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchParams:
    """What a sketch depends on. Bands of `rows` values: texts of Jaccard similarity J share at
    least one with probability 1 - (1 - J^rows)^bands, which is .99 at J = .71.

    Of two texts that share s shingles the sample has s / `every` in common; where both are short,
    s / `every_if_short`, as a few shingles need a denser sample to be found by.
    """

    shingle_words: int = 5
    bands: int = 16
    rows: int = 4
    seed: int = 1
    every: int = 8
    every_if_short: int = 2
    short: int = 128  # shingles
    min_shingles: int = 30  # a shorter text is filed but not indexed: everything resembles it

    @property
    def fingerprint(self) -> str:
        """Names these parameters; it is stored with every sketch and part of every hash, so that
        sketches made with others never meet."""
        return "minhash2-" + "-".join(map(str, astuple(self)))


class _WordHashes(dict[str, int]):
    """The hash of each word met; forgotten when there are too many."""

    def __missing__(self, word: str) -> int:
        if len(self) > 500_000:
            self.clear()
        made = self[word] = xxhash.xxh3_64_intdigest(word.encode())
        return made


_word_hashes = _WordHashes()
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@cache
def _salt(params: SketchParams) -> np.uint64:
    """What every shingle's hash begins with."""
    return np.uint64(xxhash.xxh3_64_intdigest(params.fingerprint.encode()))


def shingle(run: list[str], params: SketchParams) -> Hashes:
    """The hash of each run of `shingle_words` words, in order; none where there are fewer words.

    63 bits: the words' hashes are combined in a polynomial and mixed as splitmix64 does.
    """
    size = params.shingle_words
    count = max(0, len(run) - size + 1)
    each = np.fromiter(map(_word_hashes.__getitem__, run), np.uint64, len(run))
    factor, mix, remix = _MIX
    made = np.full(count, _salt(params))
    for offset in range(size if count else 0):
        made = made * factor + each[offset : offset + count]
    made = (made ^ (made >> np.uint64(30))) * mix
    made = (made ^ (made >> np.uint64(27))) * remix
    return ((made ^ (made >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


def sample(hashes: Hashes, params: SketchParams) -> Hashes:
    """The shingles the index keeps of a text, each once, in ascending order."""
    each = distinct(hashes)
    every = params.every_if_short if len(each) < params.short else params.every
    kept: Flags = each % every == 0
    return each[kept]


def sketch_articles(
    bodies: Iterable[Body], params: SketchParams, furniture: Mapping[str, Hashes] | None = None
) -> list[Sketch]:
    """One sketch an article, in their order; `furniture` is what recurs, by outlet."""
    listed = list(bodies)
    known = furniture or {}
    texts = [shingle(words(body.text), params) for body in listed]
    own = [
        distinct(hashes[~furnished(hashes, known.get(body.outlet, NONE), params.every)])
        for body, hashes in zip(listed, texts, strict=True)
    ]
    signatures = MinHash.bulk(
        ((hashes >> 31).tolist() for hashes in own),
        num_perm=params.bands * params.rows,
        seed=params.seed,
        scheme="affine32",
        hashfunc=int,
    )
    return [
        _sketch(body, hashes, left, signature.hashvalues, params)
        for body, hashes, left, signature in zip(listed, texts, own, signatures, strict=True)
    ]


def _sketch(
    body: Body, hashes: Hashes, own: Hashes, values: np.ndarray, params: SketchParams
) -> Sketch:
    signature = np.asarray(values, dtype="<u4").tobytes()
    width = params.rows * 4
    key = params.fingerprint.encode()
    bands = tuple(
        xxhash.xxh3_64_intdigest(key + signature[start : start + width]) >> 1
        for start in range(0, len(signature), width)
    )
    return Sketch(
        article_id=body.article_id,
        outlet=body.outlet,
        appeared=body.appeared,
        scheme=params.fingerprint,
        shingles=len(own),
        signature=signature,
        bands=bands if len(own) >= params.min_shingles else (),
        sample=tuple(sample(hashes, params).tolist()),
    )
