"""`copydesk eval ...`: how good it is, measured on what readers judged."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.eval_text import text
from flows.cli.options import Db
from flows.cli.plot import Chart, svg
from flows.pipeline import folding
from flows.settings import read_settings
from ingest.dedup.compare import FoldParams, Prepared, compare
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
from ingest.model import FOLDS, CopydeskError, Failed
from ingest.urls import canonical_url, without_credentials
from storage.store import Store, open_published

app = typer.Typer(
    help="Measure how good it is, on what readers judged.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
out = Console()

#: The thresholds worth a look, and where to look.
SWEEPS: dict[str, tuple[float, ...]] = {
    "copied": (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
    "led": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    "linked": (2.0, 2.5, 3.0, 3.5, 4.0, 4.4, 5.0, 5.5, 6.0, 7.0),
    "ordered": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    "same_outlet": (0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99, 1.0),
}


app.command()(text)


@app.command()
def pairs(
    file: Annotated[Path, typer.Argument(help="Labelled pairs: TSV with label, url_a, url_b.")],
    db: Db = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw a sweep of the thresholds to this SVG file.")
    ] = None,
) -> None:
    """Measure folding on pairs of articles that readers judged.

    The articles have to be in the database. Says precision, recall and F1 of folding and linking,
    how well the stories agree, what became of each label, which pairs are misjudged, and how much
    depends on each threshold.
    """
    listed = _read(file)
    if plot and not plot.parent.is_dir():
        raise CopydeskError(f"cannot draw {plot}: there is no folder {plot.parent}; make it first")
    with open_published(read_settings(db=db).db) as store:
        ids = _held(store, listed)
        verdicts = _verdicts(store, listed, ids)
        stories = _stories(store)
        prepared = folding.prepared(store, set(ids.values()))
    story_of = {url: stories[article_id] for url, article_id in ids.items()}
    out.print(_scores(verdicts, adjusted_rand(listed, story_of)))
    out.print(_by_label(verdicts))
    out.print(_misjudged(verdicts))
    known = [(p, ids[p.url_a], ids[p.url_b]) for p in listed if {p.url_a, p.url_b} <= ids.keys()]
    sweeps = {name: _sweep(known, prepared, name, values) for name, values in SWEEPS.items()}
    out.print(_sweeps(sweeps))
    if plot:
        plot.write_text(svg([_chart(name, found) for name, found in sweeps.items()]))
        out.print(Text(f"drawn: {plot}"))


def _read(file: Path) -> list[LabelledPair]:
    try:
        with file.open(newline="", encoding="utf-8") as lines:
            return read_pairs(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise CopydeskError(f"cannot read the pairs file {file}: {error}") from error
    except CopydeskError as error:
        raise CopydeskError(f"{file}: {error}") from error


def _held(store: Store, listed: Iterable[LabelledPair]) -> dict[str, int]:
    """The article at each of the pairs' addresses, where there is one."""
    urls = {url for pair in listed for url in (pair.url_a, pair.url_b)}
    at = dict(
        store.reader()
        .query(
            "SELECT url, article_id FROM articles UNION ALL SELECT url, article_id FROM pages "
            "WHERE article_id IS NOT NULL"
        )
        .rows
    )
    return {url: at[key] for url in urls if (key := _canonical(url)) in at}


def _canonical(url: str) -> str:
    try:
        return without_credentials(canonical_url(url))
    except Failed:
        return url


def _stories(store: Store) -> dict[int, int]:
    return dict(store.reader().query("SELECT article_id, story_id FROM articles").rows)


def _verdicts(store: Store, listed: Iterable[LabelledPair], ids: dict[str, int]) -> list[Judged]:
    stories = _stories(store)
    filed = {
        (a, b): (relation, rule)
        for a, b, relation, rule in store.reader()
        .query("SELECT a, b, relation, rule FROM matches")
        .rows
    }
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


Known = tuple[LabelledPair, int, int]
Point = tuple[float, Score, Score]


def _sweep(
    known: Sequence[Known], prepared: dict[int, Prepared], name: str, values: Iterable[float]
) -> list[Point]:
    """Fold and link scores of comparing each pair by itself, for each value of one threshold."""
    points = []
    for value in values:
        # the thresholds are all numbers, and `name` is one of them
        params: FoldParams = replace(folding.FOLD, **{name: value})  # type: ignore[arg-type]
        verdicts = []
        for pair, a, b in known:
            relation = compare(prepared[a], prepared[b], params).relation
            verdicts.append(Judged(pair=pair, folded=relation in FOLDS, relation=relation or ""))
        points.append((value, fold_score(verdicts), link_score(verdicts)))
    return points


def _scores(verdicts: Sequence[Judged], agreement: float) -> Table:
    table = Table(f"{len(verdicts):,} pairs", "precision", "recall", "F1", box=None)
    for name, score in (("folded", fold_score(verdicts)), ("linked", link_score(verdicts))):
        table.add_row(name, *(f"{v:.3f}" for v in (score.precision, score.recall, score.f1)))
    table.add_row("stories, adjusted Rand index", "", "", f"{agreement:.3f}")
    return table


def _by_label(verdicts: Sequence[Judged]) -> Table:
    found = by_label(verdicts)
    columns = sorted({relation for counts in found.values() for relation in counts})
    table = Table("label", *columns, box=None, title_justify="left", title="\nwhat became of them")
    for label, counts in found.items():
        table.add_row(label, *(str(counts[column] or "") for column in columns))
    return table


def _misjudged(verdicts: Sequence[Judged]) -> Text:
    lines = Text("\nmisjudged\n", style="bold")
    for verdict in verdicts:
        if verdict.wrong:
            pair = verdict.pair
            became = verdict.relation or "nothing"
            told = f"  {pair.label}, became {became}{f': {verdict.rule}' if verdict.rule else ''}\n"
            lines.append(told, style="not bold")
            lines.append(f"    {pair.url_a}\n    {pair.url_b}\n", style="not bold dim")
    return lines


def _sweeps(sweeps: dict[str, list[Point]]) -> Table:
    table = Table(
        "threshold", "value", "fold precision", "fold recall", "link F1", box=None,
        title="\neach threshold by itself, pair by pair (* as set)", title_justify="left",
    )  # fmt: skip
    for name, points in sweeps.items():
        for value, fold, link in points:
            mark = "*" if value == getattr(folding.FOLD, name) else ""
            figures = (fold.precision, fold.recall, link.f1)
            table.add_row(name, f"{value:g}{mark}", *(f"{figure:.3f}" for figure in figures))
    return table


def _chart(name: str, points: Sequence[Point]) -> Chart:
    return Chart(
        title=name,
        lines={
            "precision": [(value, fold.precision) for value, fold, _ in points],
            "recall": [(value, fold.recall) for value, fold, _ in points],
            "link F1": [(value, link.f1) for value, _, link in points],
        },
        mark=getattr(folding.FOLD, name),
    )
