"""A text becomes shingles, a MinHash signature and the bands it is found by. Pure."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime

import numpy as np
import xxhash
from datasketch import MinHash

from ingest.model import Article, Sketch
from ingest.words import words


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchParams:
    """What a sketch depends on. Bands of `rows` values: texts of Jaccard similarity J share at
    least one with probability 1 - (1 - J^rows)^bands, which is .50 at J = .38 and .99 at J = .61.
    """

    shingle_words: int = 5
    bands: int = 32
    rows: int = 4
    seed: int = 1
    lead: int = 40
    min_shingles: int = 30  # a shorter text is filed but not indexed: everything resembles it

    @property
    def fingerprint(self) -> str:
        """Names these parameters; it is part of every band's hash, so that sketches made with
        others never meet."""
        return "minhash1-" + "-".join(map(str, astuple(self)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shingles:
    """A text as 64-bit hashes of its runs of `shingle_words` words."""

    all: frozenset[int]
    lead: frozenset[int]  # the first `lead` of them: what a wire copy keeps when its end is cut


def shingle(text: str, params: SketchParams) -> Shingles:
    """The distinct shingles of a text; none where it has fewer words than a shingle."""
    run = words(text)
    size = params.shingle_words
    hashes = [
        xxhash.xxh3_64_intdigest(" ".join(run[start : start + size]).encode())
        for start in range(len(run) - size + 1)
    ]
    return Shingles(all=frozenset(hashes), lead=frozenset(hashes[: params.lead]))


def sketch_articles(articles: Iterable[Article], params: SketchParams) -> list[Sketch]:
    """One sketch an article, in their order."""
    listed = list(articles)
    sets = [shingle(article.text, params).all for article in listed]
    signatures = MinHash.bulk(
        ([value & 0xFFFFFFFF for value in found] for found in sets),
        num_perm=params.bands * params.rows,
        seed=params.seed,
        scheme="affine32",
        hashfunc=int,
    )
    return [
        _sketch(article.article_id, article.appeared, len(found), signature.hashvalues, params)
        for article, found, signature in zip(listed, sets, signatures, strict=True)
    ]


def _sketch(
    article_id: int, appeared: datetime, count: int, values: np.ndarray, params: SketchParams
) -> Sketch:
    signature = np.asarray(values, dtype="<u4").tobytes()
    width = params.rows * 4
    key = params.fingerprint.encode()
    bands = tuple(
        xxhash.xxh3_64_intdigest(key + signature[band * width : (band + 1) * width]) >> 1
        for band in range(params.bands)
    )
    return Sketch(
        article_id=article_id,
        appeared=appeared,
        scheme=params.fingerprint,
        shingles=count,
        signature=signature,
        bands=bands if count >= params.min_shingles else (),
    )
