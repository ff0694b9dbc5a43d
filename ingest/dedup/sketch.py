"""A text becomes a sketch: a MinHash signature with its bands, and a sample of its shingles. Pure.

The index holds both, because each finds pairs that the other misses. Two texts that are nearly the
same share a band of their signatures. A brief and the long article that contains it share no band,
but their samples overlap. The hash alone decides whether a shingle is in the sample (FracMinHash).
If both texts are sampled at the same rate, a shared shingle is in both samples or in neither. An
outlet's boilerplate is learned from shingles that recur in its samples.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import cache, lru_cache
from operator import index

import numpy as np
import numpy.typing as npt
import xxhash

from ingest.dedup.boilerplate import are_boilerplate
from ingest.dedup.budget import size_of
from ingest.dedup.hashes import NONE, Flags, Hashes, distinct
from ingest.model import ArticleText, Sketch
from ingest.words import words

Signature = npt.NDArray[np.uint32]
Powers = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchParams:
    """The parameters that a sketch depends on.

    A signature has `bands` bands of `rows` values. Two texts of Jaccard similarity J share at least
    one band with probability 1 - (1 - J^rows)^bands: with the defaults 0.99 at J = 0.75.

    A sample holds one in `every` shingles, and one in `every_if_short` of a short text. Two shared
    shingles in the samples make a pair a candidate. Two texts that share 60 shingles have two or
    more of them in their samples with probability 0.986.
    """

    shingle_words: int = 5
    bands: int = 12
    rows: int = 4
    seed: int = 1
    every: int = 10
    every_if_short: int = 2
    short_shingles: int = 128  # distinct ones; a text with fewer is short
    min_shingles: int = 30  # a text with fewer gets no bands: too many texts would share them

    @property
    def fingerprint(self) -> str:
        """The name of these parameters.

        It is stored with every sketch and is part of every hash. So sketches that were made with
        different parameters never match.
        """
        return "minhash3-" + "-".join(map(str, astuple(self)))


# The first two are splitmix64's constants. The third is the base of the polynomial that hashes
# bytes; it is odd, so it has an inverse modulo 2^64.
_MIX, _REMIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 2**64)
_USUAL_BYTES = 1 << 16  # of a text; the powers for this many are computed once
_CACHED_TEXTS = 4096  # with their shingles about 40 MB
_CACHED_CHARACTERS = 20_000  # a longer text is not cached: 4,096 of them would fill the memory


@lru_cache(maxsize=2)
def _powers(size: int) -> tuple[Powers, Powers]:
    """The powers 0, 1, 2, ... of the factor, and those of its inverse, modulo 2^64."""
    factors = np.full((2, size), [[_FACTOR], [_INVERSE]], np.uint64)
    factors[:, 0] = 1
    up, down = np.multiply.accumulate(factors, axis=1)
    return up, down


@cache
def _salt(params: SketchParams) -> np.uint64:
    """A number added to every shingle's hash, so that it depends on the parameters."""
    return np.uint64(xxhash.xxh3_64_intdigest(params.fingerprint.encode()))


@cache
def _scheme(params: SketchParams) -> str:
    return params.fingerprint


def shingle(run: list[str], params: SketchParams) -> Hashes:
    """The hash of each run of `shingle_words` words, in order; none where there are fewer words.

    A hash has 63 bits. It is a polynomial over the bytes of the shingle. The prefix sums of the
    whole text give it without writing the shingle out: from byte s to byte e it is
    (sum up to e - sum up to s) / factor^s. The low bits of such a hash are poor, so it is then
    mixed as splitmix64 does.
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
    """The shingles of a text that the index keeps, each once, in ascending order."""
    each = distinct(hashes)
    every = params.every_if_short if len(each) < params.short_shingles else params.every
    kept: Flags = each % every == 0
    return each[kept]


def shingled(text: str, params: SketchParams) -> tuple[Hashes, int]:
    """The shingles of a text, in order, and the number of its words.

    The most recent results are cached, because most texts are compared right after sketching.
    """
    is_short = len(text) <= _CACHED_CHARACTERS
    return _cached(text, params) if is_short else _shingled(text, params)


def _shingled(text: str, params: SketchParams) -> tuple[Hashes, int]:
    run = words(text)
    return shingle(run, params), len(run)


_cached = lru_cache(maxsize=_CACHED_TEXTS)(_shingled)


def sketch_articles(
    articles: Iterable[ArticleText],
    params: SketchParams,
    boilerplate: Mapping[str, Hashes] | None = None,
) -> list[Sketch]:
    """One sketch for each article, in the same order.

    `boilerplate` gives the known boilerplate shingles of each outlet, distinct and ascending.
    """
    listed = list(articles)
    known = boilerplate or {}
    texts = [shingled(article.text, params) for article in listed]
    own = [
        distinct(hashes[~are_boilerplate(hashes, known.get(article.outlet, NONE), params.every)])
        for article, (hashes, _) in zip(listed, texts, strict=True)
    ]
    signed = zip(listed, texts, own, signatures(own, params), strict=True)
    return [
        _sketch(article, hashes, left, values, params, size_of(article.text, count))
        for article, (hashes, count), left, values in signed
    ]


def signatures(sets: Iterable[Hashes], params: SketchParams) -> Iterator[Signature]:
    """The MinHash signature of each set of shingles: `bands` * `rows` values of 32 bits."""
    from datasketch import MinHash  # imports scipy: 0.3 s, for which `--help` must not wait

    # shingles are hashes already: `index` returns each as it is, and MinHash takes 32 bits of it
    minhash = MinHash(
        num_perm=params.bands * params.rows, seed=params.seed, scheme="affine32", hashfunc=index
    )
    for hashes in sets:
        minhash.clear()
        minhash.update_batch((hashes >> 31).tolist())
        yield minhash.hashvalues


def _sketch(
    article: ArticleText,
    hashes: Hashes,
    own: Hashes,
    values: Signature,
    params: SketchParams,
    size: int,
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
        size=size,
    )
