"""`copydesk eval text` and `copydesk eval pairs`: how good Copydesk is, measured on labels."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from flows.cli.options import Db
from flows.cli.show import shown
from flows.pipeline import folding
from flows.pipeline.evaluating import Point, evaluate_pairs, read_pairs_file
from flows.settings import read_settings
from ingest.evaluation.chart import Chart, svg
from ingest.evaluation.extractors import OURS, Tally, extractors, measure
from ingest.evaluation.pairs import Judged, by_label, fold_score, link_score
from ingest.evaluation.score import Score
from ingest.evaluation.text import Labelled, read_labelled
from ingest.model import CopydeskError
from storage.store import open_published

app = typer.Typer(
    help="Measure how good Copydesk is, on what people labelled.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
out = Console()


@app.command()
def text(
    path: Annotated[
        Path,
        typer.Argument(
            help="A folder or zip file with NAME.html[.gz], and NAME.json with url, "
            "title, author, date and text."
        ),
    ],
    worst: Annotated[int, typer.Option(help="How many of the worst pages to list.")] = 10,
) -> None:
    """Measure extraction on pages that people labelled.

    Copydesk is measured side by side with trafilatura. The extractors take turns on every page.
    Seconds are CPU time of one core.
    """
    pages = list(read_labelled(path))
    readers = extractors(datetime.now(UTC))
    tallies = {name: Tally() for name in readers}
    measured = measure(pages, readers, tallies)
    console = Console(stderr=True)
    ours = [
        (page, bodies[OURS])
        for page, bodies in track(
            measured, "measuring", len(pages), console=console, transient=True
        )
    ]
    out.print(_extractors(tallies, len(pages)))
    out.print(_worst(ours, worst))


@app.command()
def pairs(
    file: Annotated[
        Path, typer.Argument(help="Labelled pairs: TSV with the columns label, url_a and url_b.")
    ],
    db: Db = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the scores of all thresholds to this SVG file.")
    ] = None,
) -> None:
    """Measure folding on pairs of articles that people labelled.

    The articles have to be in the database. Prints precision, recall and F1 of folding and of
    linking, how well the stories agree with the labels, the relations found for each label, the
    wrong pairs, and the scores with other thresholds.
    """
    listed = read_pairs_file(file)
    if plot and not plot.parent.is_dir():
        raise CopydeskError(f"cannot draw {plot}: there is no folder {plot.parent}; make it first")
    with open_published(read_settings(db=db).db) as store:
        report = evaluate_pairs(store, listed)
    out.print(_scores(report.verdicts, report.agreement))
    out.print(_by_label(report.verdicts))
    out.print(_misjudged(report.verdicts))
    out.print(_sweeps(report.sweeps))
    if plot:
        plot.write_text(svg([_chart(name, found) for name, found in report.sweeps.items()]))
        out.print(Text(f"drawn: {plot}"))


def _extractors(tallies: Mapping[str, Tally], pages: int) -> Table:
    table = Table(title=f"{pages} pages", title_justify="left", box=None)
    table.add_column("")
    for column in ("precision", "recall", "F1", "title", "author", "date", "pages/s a core"):
        table.add_column(column, justify="right")
    for name, tally in tallies.items():
        shares = [
            f"{tally.right[field] / tally.asked[field]:.3f}" if tally.asked.get(field) else ""
            for field in ("title", "author", "date")
        ]
        table.add_row(
            name,
            *(f"{value:.4f}" for value in (tally.body.precision, tally.body.recall, tally.body.f1)),
            *shares,
            f"{pages / max(tally.seconds, 1e-9):.1f}",
        )
    return table


def _worst(ours: Sequence[tuple[Labelled, Score]], limit: int) -> Table:
    table = Table(
        title="\nThe worst pages, by words wrong or missed", title_justify="left", box=None
    )
    for column in ("page", "F1", "wrong", "missed", "address"):
        table.add_column(column, justify="left" if column == "address" else "right")
    ranked = sorted(ours, key=lambda one: one[1].wrong + one[1].missed, reverse=True)
    for page, body in ranked[:limit]:
        figures = (f"{body.f1:.2f}", str(body.wrong), str(body.missed))
        table.add_row(Text(shown(page.name)), *figures, Text(shown(page.url)[:90]))
    return table


def _scores(verdicts: Sequence[Judged], agreement: float) -> Table:
    table = Table(f"{len(verdicts):,} pairs", "precision", "recall", "F1", box=None)
    for name, score in (("folded", fold_score(verdicts)), ("linked", link_score(verdicts))):
        table.add_row(name, *(f"{v:.3f}" for v in (score.precision, score.recall, score.f1)))
    table.add_row("stories, adjusted Rand index", "", "", f"{agreement:.3f}")
    return table


def _by_label(verdicts: Sequence[Judged]) -> Table:
    found = by_label(verdicts)
    columns = sorted({relation for counts in found.values() for relation in counts})
    table = Table("label", box=None, title_justify="left", title="\nthe relations found")
    for column in columns:
        table.add_column(Text(shown(column)))
    for label, counts in found.items():
        table.add_row(Text(shown(label)), *(str(counts[column] or "") for column in columns))
    return table


def _misjudged(verdicts: Sequence[Judged]) -> Text:
    lines = Text("\nmisjudged\n", style="bold")
    for verdict in verdicts:
        if verdict.wrong:
            pair = verdict.pair
            became = verdict.relation or "nothing"
            rule = f": {shown(verdict.rule)}" if verdict.rule else ""
            lines.append(f"  {shown(pair.label)}, became {became}{rule}\n", style="not bold")
            for url in (pair.url_a, pair.url_b):
                lines.append(f"    {shown(url)}\n", style="not bold dim")
    return lines


def _sweeps(sweeps: Mapping[str, Sequence[Point]]) -> Table:
    table = Table(
        "threshold", "value", "fold precision", "fold recall", "link F1", box=None,
        title="\none threshold changed at a time (* as set)", title_justify="left",
    )  # fmt: skip
    for name, points in sweeps.items():
        for point in points:
            mark = "*" if point.value == getattr(folding.FOLD, name) else ""
            figures = (point.fold.precision, point.fold.recall, point.link.f1)
            table.add_row(name, f"{point.value:g}{mark}", *(f"{figure:.3f}" for figure in figures))
    return table


def _chart(name: str, points: Sequence[Point]) -> Chart:
    return Chart(
        title=name,
        lines={
            "precision": [(point.value, point.fold.precision) for point in points],
            "recall": [(point.value, point.fold.recall) for point in points],
            "link F1": [(point.value, point.link.f1) for point in points],
        },
        mark=getattr(folding.FOLD, name),
    )
