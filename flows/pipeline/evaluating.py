"""Measures folding on pairs of articles that people labelled. No Prefect here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from flows.pipeline import folding
from ingest.dedup.compare import FoldParams, Prepared, compare
from ingest.evaluation.pairs import (
    Judged,
    LabelledPair,
    adjusted_rand,
    fold_score,
    link_score,
    read_pairs,
)
from ingest.evaluation.score import Score
from ingest.model import FOLDS, CopydeskError, Failed
from ingest.urls import canonical_url, without_credentials
from storage.listing import article_addresses, filed_relations, story_numbers
from storage.store import Store

#: The values that each threshold is tried with.
SWEEPS: dict[str, tuple[float, ...]] = {
    "copied": (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    "led": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    "own": (0.05, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.25, 0.3),
    "rewritten": (0.0, 0.015, 0.025, 0.035, 0.045, 0.055, 0.07, 0.1),
    "same_outlet": (0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0),
    "link_weight": (3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 8.0),
    "leads": (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
    "least": (0.0, 0.1, 0.2, 0.3, 0.37, 0.45, 0.5, 0.6),
    "ordered": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    "listed": (0.2, 0.3, 0.36, 0.42, 0.48, 0.55, 0.7, 1.0),
    "apart": (0.0, 0.1, 0.15, 0.195, 0.25, 0.3, 0.4, 1.0),
    "form": (0.0, 12.0, 18.0, 25.0, 32.0, 40.0, 50.0),
}

Known = tuple[LabelledPair, int, int]  # a pair and the ids of its two articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The scores with one value of one threshold."""

    value: float
    fold: Score
    link: Score


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsReport:
    """What the database says of labelled pairs, and the scores with other thresholds."""

    verdicts: Sequence[Judged]
    agreement: float  # how well the stories agree with the labels: the adjusted Rand index
    sweeps: Mapping[str, Sequence[Point]]  # by the threshold's name


def read_pairs_file(file: Path) -> list[LabelledPair]:
    """The pairs of a file. Raises CopydeskError, which names the file."""
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            return read_pairs(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise CopydeskError(f"cannot read the pairs file {file}: {error}") from error
    except CopydeskError as error:
        raise CopydeskError(f"{file}: {error}") from error


def evaluate_pairs(store: Store, listed: Sequence[LabelledPair]) -> PairsReport:
    """Compares the labels of pairs with the database, and with each value of each threshold."""
    ids = _article_ids(store, listed)
    stories = story_numbers(store.reader())
    ready = folding.prepared(store, set(ids.values()))
    known = [(p, ids[p.url_a], ids[p.url_b]) for p in listed if {p.url_a, p.url_b} <= ids.keys()]
    return PairsReport(
        verdicts=_verdicts(store, listed, ids, stories),
        agreement=adjusted_rand(listed, {url: stories[i] for url, i in ids.items()}),
        sweeps={name: _sweep(known, ready, name, values) for name, values in SWEEPS.items()},
    )


def _article_ids(store: Store, listed: Iterable[LabelledPair]) -> dict[str, int]:
    """The article id at each address of the pairs. Addresses without an article are left out."""
    urls = {url for pair in listed for url in (pair.url_a, pair.url_b)}
    held = article_addresses(store.reader())
    return {url: held[key] for url in urls if (key := _canonical(url)) in held}


def _canonical(url: str) -> str:
    try:
        return without_credentials(canonical_url(url))
    except Failed:
        return url


def _verdicts(
    store: Store,
    listed: Iterable[LabelledPair],
    ids: Mapping[str, int],
    stories: Mapping[int, int],
) -> list[Judged]:
    filed = filed_relations(store.reader())
    verdicts = []
    for pair in listed:
        a, b = ids.get(pair.url_a), ids.get(pair.url_b)
        if a is None or b is None:
            verdicts.append(Judged(pair=pair, folded=False, relation="absent"))
            continue
        folded = stories[a] == stories[b]
        relation, rule = filed.get((min(a, b), max(a, b)), ("same story" if folded else "", ""))
        verdicts.append(Judged(pair=pair, folded=folded, relation=relation, rule=rule))
    return verdicts


def _sweep(
    known: Sequence[Known], ready: Mapping[int, Prepared], name: str, values: Iterable[float]
) -> list[Point]:
    """The scores for each value of one threshold, each pair compared by itself."""
    points = []
    for value in values:
        # every threshold is a number, and `name` is one of them
        params: FoldParams = replace(folding.FOLD, **{name: value})  # type: ignore[arg-type]
        verdicts = []
        for pair, a, b in known:
            relation = compare(ready[a], ready[b], params).relation
            verdicts.append(Judged(pair=pair, folded=relation in FOLDS, relation=relation or ""))
        points.append(Point(value=value, fold=fold_score(verdicts), link=link_score(verdicts)))
    return points
