"""Compares pairs of articles that readers judged with what Copydesk found about them.

Takes the pairs of a file and the result for each, gives a Score. A pairs file is tab-separated,
with a header that names at least `label`, `url_a` and `url_b`. Pairs labelled copy or abridged
should fold. Pairs labelled update or embeds should be linked. Pairs with any other label (shares,
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
    """What Copydesk found about a labelled pair."""

    pair: LabelledPair
    folded: bool
    relation: str  # empty for none; "absent" if one of the articles is not in the database
    rule: str = ""

    @property
    def linked(self) -> bool:
        """Whether they are connected at all."""
        return self.folded or self.relation not in ("", "absent")

    @property
    def wrong(self) -> bool:
        """Whether the result differs from the label."""
        label = self.pair.label
        return self.folded != (label in FOLD_LABELS) or self.linked != (label in LINK_LABELS)


def read_pairs(lines: Iterable[str]) -> list[LabelledPair]:
    """The pairs of a file. Raises CopydeskError if it is not a pairs file."""
    rows = csv.DictReader(lines, delimiter="\t")
    needed = {"label", "url_a", "url_b"}
    if not needed <= set(rows.fieldnames or ()):
        raise CopydeskError(
            "not a pairs file: tab-separated, with a first line that names label, url_a and url_b"
        )
    return [LabelledPair(**{name: row[name] or "" for name in needed}) for row in rows]


def fold_score(verdicts: Iterable[Judged]) -> Score:
    """How well copies are found: a copy counts as found if it is folded."""
    return _score((v.folded, v.pair.label in FOLD_LABELS) for v in verdicts)


def link_score(verdicts: Iterable[Judged]) -> Score:
    """How well connected pairs are found, folded or linked."""
    return _score((v.linked, v.pair.label in LINK_LABELS) for v in verdicts)


def _score(answers: Iterable[tuple[bool, bool]]) -> Score:
    counts = Counter(answers)
    return Score(right=counts[True, True], wrong=counts[True, False], missed=counts[False, True])


def by_label(verdicts: Iterable[Judged]) -> dict[str, Counter[str]]:
    """How many pairs of each label have each relation."""
    table: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        table[verdict.pair.label][verdict.relation or "nothing"] += 1
    return dict(sorted(table.items()))


def adjusted_rand(pairs: Sequence[LabelledPair], story_of: Mapping[str, int]) -> float:
    """How well the stories of the pairs' articles agree with the stories by the labels.

    It is 1 if the stories are the same, and about 0 if they agree by chance only. A story by the
    labels is a group of articles that pairs labelled copy or abridged connect. Source: Hubert and
    Arabie, 1985.
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
