"""Pairs of articles that readers judged, compared with what Copydesk made of them.

Takes a file of pairs and what became of each, gives a Score. A pairs file is tab-separated, with a
header that names at least `label`, `url_a` and `url_b`. Pairs labelled copy or abridged should
fold. Pairs labelled update or embeds should be linked. Pairs with any other label (shares,
independent, boilerplate, unrelated) should be neither.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import comb

from ingest.evaluation.score import Score
from ingest.model import CopydeskError

FOLD_LABELS = frozenset({"copy", "abridged"})
LINK_LABELS = FOLD_LABELS | {"update", "embeds"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPair:
    """Two addresses and what readers say they are to each other."""

    label: str
    url_a: str
    url_b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What Copydesk made of a labelled pair."""

    pair: LabelledPair
    folded: bool
    relation: str  # empty for nothing; "absent" where an article of the two is not there
    rule: str = ""

    @property
    def linked(self) -> bool:
        """Whether they are connected at all."""
        return self.folded or self.relation not in ("", "absent")

    @property
    def wrong(self) -> bool:
        """Whether a reader would object."""
        label = self.pair.label
        return self.folded != (label in FOLD_LABELS) or self.linked != (label in LINK_LABELS)


def read_pairs(lines: Iterable[str]) -> list[LabelledPair]:
    """The pairs of a file. Raises CopydeskError where it is not one."""
    rows = csv.DictReader(lines, delimiter="\t")
    needed = {"label", "url_a", "url_b"}
    if not needed <= set(rows.fieldnames or ()):
        raise CopydeskError(
            "not a pairs file: tab-separated, with a first line that names label, url_a and url_b"
        )
    return [LabelledPair(**{name: row[name] or "" for name in needed}) for row in rows]


def fold_score(verdicts: Iterable[Judged]) -> Score:
    """How well copies are found: a copy that is folded is right."""
    return _score((v.folded, v.pair.label in FOLD_LABELS) for v in verdicts)


def link_score(verdicts: Iterable[Judged]) -> Score:
    """How well connected pairs are found, folded or linked."""
    return _score((v.linked, v.pair.label in LINK_LABELS) for v in verdicts)


def _score(answers: Iterable[tuple[bool, bool]]) -> Score:
    counts = Counter(answers)
    return Score(right=counts[True, True], wrong=counts[True, False], missed=counts[False, True])


def by_label(verdicts: Iterable[Judged]) -> dict[str, Counter[str]]:
    """How many pairs of each label ended as what."""
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        table[verdict.pair.label][verdict.relation or "nothing"] += 1
    return dict(sorted(table.items()))


def adjusted_rand(pairs: Sequence[LabelledPair], story_of: Mapping[str, int]) -> float:
    """How well the stories of the pairs' articles agree with those the labels make of them.

    1 for the same stories, about 0 for as good as chance. The labels' stories are what pairs that
    ought to fold connect. Hubert and Arabie 1985.
    """
    urls = sorted(set(chain.from_iterable((p.url_a, p.url_b) for p in pairs)) & set(story_of))
    truth = _connected(urls, [p for p in pairs if p.label in FOLD_LABELS])
    both = sum(comb(n, 2) for n in Counter((truth[u], story_of[u]) for u in urls).values())
    one = sum(comb(n, 2) for n in Counter(truth[u] for u in urls).values())
    other = sum(comb(n, 2) for n in Counter(story_of[u] for u in urls).values())
    chance = one * other / comb(len(urls), 2) if len(urls) > 1 else 0.0
    most = (one + other) / 2
    return (both - chance) / (most - chance) if most != chance else 1.0


def _connected(urls: Iterable[str], pairs: Iterable[LabelledPair]) -> dict[str, str]:
    """Each address with the name of its group."""
    group = {url: url for url in urls}
    for pair in pairs:
        if pair.url_a in group and pair.url_b in group:
            old, new = group[pair.url_a], group[pair.url_b]
            group = {url: new if name == old else name for url, name in group.items()}
    return group
