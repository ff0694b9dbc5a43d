from dataclasses import replace

import pytest
from support.builders import FOLD, SKETCH, body
from support.invented import LANGUAGES
from support.versions import cases

from ingest.dedup.compare import compare, prepare
from ingest.evaluation.chart import Chart, svg
from ingest.evaluation.pairs import (
    Judged,
    LabelledPair,
    adjusted_rand,
    by_label,
    fold_score,
    link_score,
    read_pairs,
)
from ingest.evaluation.score import Score
from ingest.model import FOLDS, CopydeskError


def pair(label="copy", a="a", b="b"):
    return LabelledPair(label=label, url_a=a, url_b=b)


def verdict(label, relation="", *, folded=False):
    return Judged(pair=pair(label), folded=folded, relation=relation)


def test_a_pairs_file_is_read_by_its_header():
    lines = ["url_b\tlabel\turl_a\tremark\n", "http://b\tcopy\thttp://a\tsure\n"]
    assert read_pairs(lines) == [pair("copy", "http://a", "http://b")]


@pytest.mark.parametrize("lines", [[], ["label,url_a,url_b\n"], ["one\ttwo\n"]])
def test_any_other_file_is_refused_in_a_sentence(lines):
    with pytest.raises(CopydeskError, match="names label, url_a and url_b"):
        read_pairs(lines)


def test_folding_and_linking_are_scored_apart():
    verdicts = [
        verdict("copy", "copy", folded=True),
        verdict("abridged", "embeds"),  # linked, ought to fold
        verdict("update", "abridged", folded=True),  # folded, ought to be linked
        verdict("embeds"),
        verdict("shares", "update"),
        verdict("unrelated", "absent"),
    ]
    assert fold_score(verdicts) == Score(right=1, wrong=1, missed=1)
    assert link_score(verdicts) == Score(right=3, wrong=1, missed=1)
    assert [v.wrong for v in verdicts] == [False, True, True, True, True, False]
    assert by_label(verdicts)["abridged"] == {"embeds": 1}


def test_scores_are_precision_recall_and_their_mean():
    score = Score(right=3, wrong=1, missed=3)
    assert (score.precision, score.recall, score.f1) == (0.75, 0.5, 0.6)
    assert (Score().f1, Score(wrong=2).precision) == (1, 0)


def test_the_rand_index_is_1_for_the_same_stories_and_lower_for_others():
    pairs = [pair("copy", "a", "b"), pair("copy", "b", "c"), pair("unrelated", "c", "d")]
    assert adjusted_rand(pairs, {"a": 1, "b": 1, "c": 1, "d": 2}) == 1
    apart = adjusted_rand(pairs, {"a": 1, "b": 1, "c": 3, "d": 2})
    together = adjusted_rand(pairs, {"a": 1, "b": 1, "c": 1, "d": 1})
    assert together < apart < 1
    assert adjusted_rand(pairs, {"a": 1}) == 1


@pytest.fixture(scope="module")
def by_language():
    """What becomes of the constructed versions of each language, compared pair by pair."""
    return {code: [judged(case) for case in found] for code, found in cases().items()}


def judged(case):
    label, treatment, one, other, same_outlet = case
    outlets = ("wire.example", "wire.example" if same_outlet else "post.example")
    a, b = (
        prepare(body(number, text, outlet=outlet), SKETCH)
        for number, text, outlet in zip((1, 2), (one, other), outlets, strict=True)
    )
    match = compare(a, b, FOLD)
    relation = match.relation or ""
    verdict = Judged(
        pair=pair(label, treatment), folded=relation in FOLDS, relation=relation, rule=match.rule
    )
    return verdict, match


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_versions_are_judged_no_worse_than_this_in_each_language(by_language, code):
    """Floors: whoever lowers one says why in the commit."""
    verdicts = [verdict for verdict, _ in by_language[code]]
    assert len(verdicts) >= 145
    wrong = "\n".join(
        f"{v.pair.label} ({v.pair.url_a}): {v.relation} {v.rule}" for v in verdicts if v.wrong
    )
    fold, link = fold_score(verdicts), link_score(verdicts)
    assert fold.precision >= 0.96, wrong
    assert fold.recall == 1.0, wrong
    assert link.precision == 1.0, wrong
    assert link.recall >= 0.99, wrong
    kinds = [v for v in verdicts if v.linked and v.pair.label in ("update", "embeds")]
    assert sum(v.relation != v.pair.label and not v.folded for v in kinds) == 0


def test_no_single_figure_would_judge_the_versions(by_language):
    """A set on which one threshold does as well as the rules would prove nothing of them."""
    found = [one for verdicts in by_language.values() for one in verdicts]
    figures = {
        "jaccard": (lambda m: m.jaccard, 0.85),
        "containment": (lambda m: max(m.a_in_b, m.b_in_a), 0.9),
        "aligned": (lambda m: max(m.a_aligned, m.b_aligned), 0.92),
    }
    for name, (figure, most) in figures.items():
        for threshold in (n / 50 for n in range(51)):
            by_figure = [replace(v, folded=figure(m) >= threshold) for v, m in found]
            assert fold_score(by_figure).f1 <= most, (name, threshold)
    assert fold_score([v for v, _ in found]).f1 >= 0.98


def test_a_chart_is_a_document_of_its_own():
    chart = Chart(title="a < b", lines={"up": [(0.0, 0.0), (1.0, 2.0)], "flat": [(0.5, 1.0)]})
    drawn = svg([chart, Chart(title="one point", lines={"x": [(3.0, 3.0)]}, mark=3.0)])
    assert drawn.startswith("<svg ")
    assert drawn.count("<polyline") == 3
    assert "a &lt; b" in drawn
    assert "nan" not in drawn
