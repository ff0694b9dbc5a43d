"""`copydesk why` and `copydesk diff`: two articles compared."""

from collections import Counter
from math import sqrt
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.cli.options import Db
from flows.cli.show import moment, shown
from flows.pipeline import folding
from flows.settings import read_settings
from ingest.dedup.compare import FoldParams
from ingest.dedup.difference import Edit, difference
from ingest.model import FOLDS, CopydeskError, Match
from storage.answers import StoredArticle
from storage.reading import Reader, open_reader
from storage.store import open_published

out = Console()

One = Annotated[str, typer.Argument(help="The address of an article.", metavar="URL")]
Other = Annotated[str, typer.Argument(help="The address of another article.", metavar="URL")]

#: The styles of removed and of added words on a terminal. Elsewhere marks stand for them.
GONE, THERE = "red strike", "green"
MARKS = {GONE: ("[-", "-] "), THERE: ("{+", "+} ")}


def diff(one: One, other: Other, db: Db = None) -> None:
    """Show what the later of two articles cut, added and changed.

    The order of the two addresses does not matter.
    """
    with open_reader(read_settings(db=db).db) as reader:
        first, second = _both(reader, one, other)
    _check_kept(first, second)
    lines = Text()
    counts: Counter[Edit] = Counter()
    for passage in difference(first.text, second.text):
        counts[passage.edit] += max(_count(passage.before), _count(passage.after))
        if passage.edit is Edit.KEPT:
            lines.append(_join(passage.after), style="dim")
        else:
            lines.append_text(_edited(passage.before, GONE))
            lines.append_text(_edited(passage.after, THERE))
    for name, article in (("from", first), ("to", second)):
        when = f"{moment(article.appeared)} UTC"
        told = f"{name:<5}{shown(article.outlet)}, {when}, {shown(article.url)}"
        out.print(Text(told), soft_wrap=True)
    words = ", ".join(f"{counts[edit]:,} {edit}" for edit in Edit)
    out.print(Text(f"words: {words}\n", style="bold"))
    out.print(lines, soft_wrap=not out.is_terminal)


def _edited(words: tuple[str, ...], style: str) -> Text:
    if not words:
        return Text()
    before, after = MARKS[style]
    if out.is_terminal:
        return Text(_join(words), style=style)
    return Text(f"{before}{_join(words).strip()}{after}" if _count(words) else _join(words))


def _count(words: tuple[str, ...]) -> int:
    return sum(word != "\n" for word in words)


def why(one: One, other: Other, db: Db = None) -> None:
    """Explain why two articles are in one story, are linked, or are neither.

    Prints the rule that decided and the figures.
    """
    with open_published(read_settings(db=db).db) as store:
        first, second = _both(store.reader(), one, other)
        ids = sorted((first.article_id, second.article_id))
        filed = store.matches.find(ids[0], ids[1])
        if filed and not (first.text and second.text):
            match = filed
        else:
            _check_kept(first, second)
            (match,) = folding.match_pairs(store, [(ids[0], ids[1])])
    a, b = sorted((first, second), key=lambda article: article.article_id)
    relation, rule = (filed.relation, filed.rule) if filed else (match.relation, match.rule)
    out.print(Text.assemble((shown(relation or "nothing"), "bold cyan"), f": {shown(rule)}"))
    for name, article in (("A", a), ("B", b)):
        when = f"{moment(article.appeared)} UTC"
        out.print(Text(f"  {name}  {shown(article.outlet)}, {when}, story {article.story_id}"))
        out.print(Text(f"     {shown(article.title)}\n     {shown(article.url)}"), soft_wrap=True)
    out.print(_figures(match, folding.FOLD))
    for sentence in _evidence(match, folding.FOLD):
        out.print(Text(sentence))
    out.print(Text(_consequence(a, b, match, filed)))


def _figures(match: Match, params: FoldParams) -> Table:
    table = Table("without boilerplate", box=None, pad_edge=False)
    for name in ("A", "B"):
        table.add_column(name, justify="right")
    table.add_column("a copy needs")
    rows: list[tuple[str, str, str, str]] = [
        ("words", f"{match.a_words:,}", f"{match.b_words:,}", ""),
        (
            "in the other, same order",
            f"{match.a_aligned:.0%}",
            f"{match.b_aligned:.0%}",
            f"{params.copied:.0%} of the shorter",
        ),
        (
            f"first {params.lead} words in the other",
            f"{match.a_lead:.0%}",
            f"{match.b_lead:.0%}",
            f"{params.led:.0%} of the longer, if the shorter is abridged",
        ),
        (
            "outside quotations, in the other",
            f"{match.a_prose:.0%}",
            f"{match.b_prose:.0%}",
            f"(a link needs {params.least:.0%} of the shorter)",
        ),
        ("5-word shingles", f"{match.a_in_b:.0%}", f"{match.b_in_a:.0%}", ""),
    ]
    for row in rows:
        table.add_row(*row)
    table.add_row("longest passage, words", f"{match.longest_run:,}", "", "")
    table.add_row("shared outside quotations", f"{match.prose_words:,}", "", "")
    table.add_row(
        "weight of what is shared",
        f"{_weight(match, params):.1f}",
        "",
        f"(a link needs {params.link_weight:g})",
    )
    return table


def _weight(match: Match, params: FoldParams) -> float:
    """How much a link weighs: the shared prose of the shorter text, and the leads of both."""
    shorter = match.a_prose if match.a_words <= match.b_words else match.b_prose
    return shorter * sqrt(match.prose_words) + params.leads * (match.a_lead + match.b_lead) / 2


def _evidence(match: Match, params: FoldParams) -> list[str]:
    """What tells a later version from a copy, in words. Older matches have none of it."""
    shorter = max(1, min(match.a_words, match.b_words))
    told = []
    if match.own_passages:
        told.append(
            f"Each text has passages that the other has not: at least {match.own_passages:,.0f} "
            f"words, {match.own_passages / shorter:.0%} of the shorter text. A copy has less than "
            f"{params.own:.0%}."
        )
    if match.replaced:
        told.append(
            f"Passages of one text stand in place of others: {match.replaced:,.0f} words, "
            f"{match.replaced / shorter:.1%} of the shorter text. A copy has less than "
            f"{params.rewritten:.1%}, or fewer than {params.places} such passages."
        )
    if match.changes:
        told.append(
            f"Places where both have words of their own: {match.changes:,}. Names or numbers "
            f"differ in {match.swaps:,} of them; different changes of numbers: {match.figures:,}."
        )
    return told


def _consequence(a: StoredArticle, b: StoredArticle, match: Match, filed: Match | None) -> str:
    if a.story_id == b.story_id:
        return f"Both are in story {a.story_id}."
    if filed and filed.relation in FOLDS:
        return "They fold, but are in two stories: each is a copy of another original."
    if filed:
        return "They are linked."
    if match.relation:
        return (
            "That was found just now: no match of the two is stored. Either they appeared further "
            "apart than the window, or they are too short to be looked up, or they share only "
            "what very many articles share, or a run had no budget left to compare them, or they "
            "need `copydesk reindex`."
        )
    return "They are two stories."


def _both(reader: Reader, one: str, other: str) -> tuple[StoredArticle, StoredArticle]:
    for key in (one, other):
        if key.isdecimal():
            raise CopydeskError(
                f"{key} is not an address: name two articles by their addresses, which "
                f"`copydesk story {key}` lists for a story"
            )
    found = sorted((reader.article(one), reader.article(other)), key=lambda a: a.appeared)
    if found[0].article_id == found[1].article_id:
        raise CopydeskError(f"{one} and {other} are one article: {found[0].url}")
    return found[0], found[1]


def _check_kept(*articles: StoredArticle) -> None:
    for article in articles:
        if not article.text:
            raise CopydeskError(
                f"the text of {article.url} is no longer kept: upkeep dropped it "
                "(COPYDESK_KEEP_TEXTS_DAYS), so there is nothing to compare"
            )


def _join(words: tuple[str, ...]) -> str:
    safe = (word if word == "\n" else shown(word) for word in words)
    return " ".join(safe).replace(" \n ", "\n\n").replace("\n ", "\n\n") + " "
