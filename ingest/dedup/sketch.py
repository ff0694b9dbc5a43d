"""A text becomes shingles, a MinHash signature with its bands, and a sample of its shingles. Pure.

Two indexes are made of a text, because each sees what the other cannot. Bands of a MinHash find
texts that are nearly the same. The sample keeps every shingle whose hash says so (FracMinHash): two
texts keep the same ones of what they share, however different they are in length, so it finds a
brief inside a long version. An outlet's boilerplate is learned from what recurs in the sample.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import xxhash
from datasketch import MinHash

from ingest.dedup.boilerplate import are_boilerplate
from ingest.dedup.hashes import NONE, Flags, Hashes, distinct
from ingest.model import ArticleText, Sketch
from ingest.words import words

Signature = npt.NDArray[np.uint32]
Powers = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchParams:
    """What a sketch depends on. Bands of `rows` values: texts of Jaccard similarity J share at
    least one with probability 1 - (1 - J^rows)^bands, which is .99 at J = .75.

    Of two texts that share s shingles the sample has s / `every` in common: two or more, by which
    they are found, with probability .986 at s = 60. Where both are short it has
    s / `every_if_short`, as a few shingles need a denser sample to be found by.
    """

    shingle_words: int = 5
    bands: int = 12
    rows: int = 4
    seed: int = 1
    every: int = 10
    every_if_short: int = 2
    short: int = 128  # shingles
    min_shingles: int = 30  # a shorter text is filed but not indexed: everything resembles it

    @property
    def fingerprint(self) -> str:
        """Names these parameters; it is stored with every sketch and part of every hash, so that
        sketches made with others never meet."""
        return "minhash3-" + "-".join(map(str, astuple(self)))


# splitmix64's constants, and a factor (odd, so that it has an inverse) for hashing bytes
_MIX, _REMIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 2**64)
_USUAL_BYTES = 1 << 16
_KEPT = 4096  # texts, with their shingles 40 MB or so


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[Powers, Powers]:
    """The factor's powers from 0 up, and those of its inverse, modulo 2^64."""
    factors = np.full((2, size), [[_FACTOR], [_INVERSE]], np.uint64)
    factors[:, 0] = 1
    up, down = np.multiply.accumulate(factors, axis=1)
    return up, down


@cache
def _salt(params: SketchParams) -> np.uint64:
    """What every shingle's hash begins with."""
    return np.uint64(xxhash.xxh3_64_intdigest(params.fingerprint.encode()))


@cache
def _scheme(params: SketchParams) -> str:
    return params.fingerprint


def shingle(run: list[str], params: SketchParams) -> Hashes:
    """The hash of each run of `shingle_words` words, in order; none where there are fewer words.

    63 bits. A polynomial over the bytes, from one sum for the whole text, so that no shingle is
    ever written out: of text from s to e it is (sum to e - sum to s) / factor^s. Then mixed as
    splitmix64 does, since its low bits are poor.
    """
    count = len(run) - params.shingle_words + 1
    if count < 1:
        return NONE
    text = np.frombuffer((" ".join(run) + " ").encode("utf-8", "surrogatepass"), np.uint8)
    up, down = _powers(max(_USUAL_BYTES, 1 << len(text).bit_length()))
    sums = np.zeros(len(text) + 1, np.uint64)
    np.cumsum(text * up[: len(text)], out=sums[1:])
    ends = np.flatnonzero(text == ord(" "))
    starts = np.concatenate([[0], ends[: count - 1] + 1])
    made = (sums[ends[params.shingle_words - 1 :]] - sums[starts]) * down[starts] + _salt(params)
    made = (made ^ (made >> np.uint64(30))) * _MIX
    made = (made ^ (made >> np.uint64(27))) * _REMIX
    mixed: Hashes = ((made ^ (made >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)
    return mixed


def sample(hashes: Hashes, params: SketchParams) -> Hashes:
    """The shingles the index keeps of a text, each once, in ascending order."""
    each = distinct(hashes)
    every = params.every_if_short if len(each) < params.short else params.every
    kept: Flags = each % every == 0
    return each[kept]


@lru_cache(maxsize=_KEPT)
def shingled(text: str, params: SketchParams) -> tuple[Hashes, int]:
    """Its shingles, in order, and how many words it has. Those asked for last are kept in memory:
    a text is mostly compared as soon as it has been sketched."""
    run = words(text)
    return shingle(run, params), len(run)


def sketch_articles(
    articles: Iterable[ArticleText],
    params: SketchParams,
    boilerplate: Mapping[str, Hashes] | None = None,
) -> list[Sketch]:
    """One sketch an article, in their order; `boilerplate` is what recurs, by outlet."""
    listed = list(articles)
    known = boilerplate or {}
    texts = [shingled(article.text, params)[0] for article in listed]
    own = [
        distinct(hashes[~are_boilerplate(hashes, known.get(article.outlet, NONE), params.every)])
        for article, hashes in zip(listed, texts, strict=True)
    ]
    return [
        _sketch(article, hashes, left, values, params)
        for article, hashes, left, values in zip(listed, texts, own, sign(own, params), strict=True)
    ]


@cache
def _permutations(params: SketchParams) -> tuple[Signature, Signature]:
    """datasketch's, as columns: it is a few times faster to take the least of a row than of a
    column, as datasketch does."""
    count = params.bands * params.rows
    factors, terms = MinHash(num_perm=count, seed=params.seed, scheme="affine32").permutations
    return factors.reshape(-1, 1), terms.reshape(-1, 1)


def sign(sets: Iterable[Hashes], params: SketchParams) -> Iterator[Signature]:
    """The MinHash signature of each set of shingles: the values that datasketch gives."""
    factors, terms = _permutations(params)
    for hashes in sets:
        mixed = _finished((hashes >> 31).astype(np.uint32))
        yield (factors * mixed + terms).min(axis=1, initial=np.uint32(2**32 - 1))


def _finished(hashes: Signature) -> Signature:
    """What MurmurHash3 ends with, and datasketch begins with."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


def _sketch(
    article: ArticleText, hashes: Hashes, own: Hashes, values: Signature, params: SketchParams
) -> Sketch:
    signature = np.asarray(values, dtype="<u4").tobytes()
    width = params.rows * 4
    scheme = _scheme(params)
    key = scheme.encode()
    bands = tuple(
        xxhash.xxh3_64_intdigest(key + signature[start : start + width]) >> 1
        for start in range(0, len(signature), width)
    )
    return Sketch(
        article_id=article.article_id,
        outlet=article.outlet,
        appeared=article.appeared,
        scheme=scheme,
        shingles=len(own),
        signature=signature,
        bands=bands if len(own) >= params.min_shingles else (),
        sample=tuple(sample(hashes, params).tolist()),
    )
