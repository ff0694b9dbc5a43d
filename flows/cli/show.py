"""Prints what `storage.reading` returns: tables and sentences for the terminal, CSV and JSON.

Every text of a feed, a page or a server is shown through `shown`, in every command. What enters the
database is clean (ingest/values.py), but a database may be older than that rule.
"""

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from ingest.model import Relation
from ingest.values import clean_text, harmless
from storage.answers import Member, RunSummary, Status, StorySummary, StoryTree, Table
from storage.snapshot.spreadsheets import as_text

FORMATS = ("table", "csv", "json")
READABLE = 10  # characters that a column of a table needs
#: What JSON may contain as it is, and a terminal would obey: DEL, C1 controls, direction, breaks.
UNESCAPED = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def shown(value: object) -> str:
    """A stranger's text as it is shown: one line, without what steers a terminal or turns text."""
    return clean_text(str(value))


def moment(when: datetime) -> str:
    """A time in UTC, to the minute."""
    return f"{when:%Y-%m-%d %H:%M}"


def run_summary(summary: RunSummary) -> RenderableType:
    """A run: its feeds, its entries, and their outcomes."""
    lines = Text()
    lines.append(f"Run {summary.run_id} {shown(summary.state)}", style="bold")
    lines.append(f" ({summary.total_seconds:.1f} s, clock {moment(summary.started_at)} UTC)\n")
    lines.append(f"  feeds    {_counts(summary.feeds)}\n")
    lines.append(f"  entries  {_counts(summary.entries)}; {summary.read:,} in all\n")
    if summary.articles:
        lines.append(f"  articles {summary.articles:,} new", style="green")
        lines.append(f"; {summary.folded:,} stories folded from several of them")
    else:
        lines.append("  nothing new: every address listed was known already or led to no article")
    return lines


def stories(found: list[StorySummary], title: str) -> RenderableType:
    """Stories of several articles: the headline, the first outlet, the other outlets."""
    table = RichTable(title=title, box=None, title_justify="left", title_style="bold")
    table.add_column("story", justify="right", style="cyan")
    table.add_column("what, who first, who after")
    for story in found:
        others = [shown(name) for name in story.outlets if name != story.original_outlet]
        ran = f"then {', '.join(others)}" if others else f"which ran it {story.articles} times"
        table.add_row(
            str(story.story_id),
            Text.assemble(
                (shown(story.title), "bold"),
                "\nfirst ",
                (shown(story.original_outlet), "green"),
                f", {moment(story.appeared)} UTC; {ran}",
            ),
        )
    return table


def story_tree(tree: StoryTree) -> RenderableType:
    """A story: the original, its copies and linked articles, in two or three lines each."""
    original = tree.members[0]
    lines = Text.assemble((f"Story {tree.story_id}: {shown(original.title)}", "bold"), "\n")
    for member in tree.members:
        lines.append_text(_member(member, original))
    for heading, members in _linked(tree).items():
        lines.append(f"{heading}\n", style="bold")
        for member in members:
            lines.append_text(_member(member, original))
    lines.right_crop(1)
    return lines


def _linked(tree: StoryTree) -> dict[str, list[Member]]:
    """The linked articles under their headings: updates apart from round-ups."""
    updates = [member for member in tree.linked if member.relation == Relation.UPDATE]
    others = [member for member in tree.linked if member.relation != Relation.UPDATE]
    found = {
        "Updates, not copies: other versions of the story": updates,
        "Round-ups, not copies: one of the two holds the other": others,
    }
    return {heading: members for heading, members in found.items() if members}


def _member(member: Member, original: Member) -> Text:
    if member is original:
        comparison = moment(member.appeared) + " UTC"
    else:
        comparison = f"{_lag(original.appeared, member.appeared)}, {member.similarity:.0%} shared"
    text = Text.assemble(
        (f"  {shown(member.relation):<10}", "cyan"),
        (shown(member.outlet), "green"),
        f"  {comparison}, {member.words:,} words\n",
    )
    if member.title != original.title:
        text.append(f"            {shown(member.title)}\n")
    return text.append(f"            {shown(member.url)}\n", style="dim")


def _lag(first: datetime, then: datetime) -> str:
    minutes = round((then - first).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    days, hours = divmod(hours, 24)
    return f"{sign}{days}d {hours:02}:{rest:02}" if days else f"{sign}{hours}:{rest:02}"


def status(found: Status, path: str) -> RenderableType:
    """What a database holds."""
    lines = Text()
    lines.append(shown(path), style="bold")
    lines.append(f" (schema {found.schema})\n")
    for name, count in found.counts.items():
        lines.append(f"  {name:<9}{count:>10,}")
        if name == "pages" and found.pages:
            lines.append(f"   {_counts(found.pages)}")
        if name == "feeds" and found.feeds:
            lines.append(f"   {_counts(found.feeds)}")
        if name == "runs" and found.unfinished:
            lines.append(f"   {found.unfinished} failed or crashed", style="red")
        lines.append("\n")
    if found.last_run is None:
        lines.append("No run yet.")
        return lines
    return Group(lines, run_summary(found.last_run))


def table(
    found: Table, style: str, console: Console, note: str = "", *, for_spreadsheets: bool = False
) -> None:
    """Prints the answer to a query as a table with a note, as CSV or as JSON.

    With `for_spreadsheets`, no text in the CSV can be taken for a formula.
    """
    if style == "csv":
        cell = _spreadsheet_cell if for_spreadsheets else _csv
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerows([cell(value) for value in row] for row in (found.columns, *found.rows))
        console.file.write(out.getvalue())
    elif style == "json":
        names = _distinct(found.columns)
        rows = [dict(zip(names, map(_value, row), strict=True)) for row in found.rows]
        console.file.write(_json(rows, indent=1) + "\n")
    else:
        narrow = console.width < READABLE * len(found.columns)
        console.print(_records(found) if narrow else _grid(found))
        count = f"{len(found.rows):,} row{'' if len(found.rows) == 1 else 's'}"
        console.print(f"{count}, {note}" if note else count, style="dim")


def _grid(found: Table) -> RichTable:
    """One line for each row."""
    grid = RichTable(box=box.SIMPLE_HEAD)
    for column in found.columns:
        grid.add_column(Text(shown(column)), overflow="fold")
    for row in found.rows:
        grid.add_row(*(Text(_cell(value)) for value in row))
    return grid


def _records(found: Table) -> RichTable:
    """One line for each value, for answers with more columns than the terminal has room for."""
    grid = RichTable(box=None, show_header=False, pad_edge=False)
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for number, row in enumerate(found.rows, start=1):
        grid.add_row(Text(f"row {number:,}", style="bold"))
        for column, value in zip(found.columns, row, strict=True):
            grid.add_row(Text(shown(column)), Text(_cell(value)))
    return grid


def _cell(value: object) -> str:
    """A value in a table."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return f"{value:.4g}" if isinstance(value, float) else shown(value)


def _csv(value: object) -> object:
    """A value in CSV. Lists and structs are written as JSON. A text keeps its lines."""
    plain = _value(value)
    if isinstance(plain, list | dict):
        return _json(plain)
    return harmless(plain) if isinstance(plain, str) else plain


def _json(value: object, indent: int | None = None) -> str:
    """A value as JSON. Control characters and controls of direction are escaped, so none is lost.

    They stand only in strings, so an escape is allowed wherever one is.
    """
    written = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return UNESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def _spreadsheet_cell(value: object) -> object:
    """A value in CSV for a spreadsheet. A number stays one, a text is no formula."""
    cell = _csv(value)
    return as_text(cell) if isinstance(cell, str) else cell


def _value(value: object) -> object:
    """A value in JSON. Infinity and NaN become null, and bytes become hexadecimal digits."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        return {str(_value(key)): _value(item) for key, item in value.items()}
    return value.hex() if isinstance(value, bytes) else str(value)


def _distinct(names: Sequence[str]) -> list[str]:
    """The columns' names. A repeated name gets a number."""
    seen: Counter[str] = Counter()
    distinct = []
    for name in names:
        seen[name] += 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return distinct


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {shown(name)}" for name, count in counts.items()) or "none"
