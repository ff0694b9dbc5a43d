"""The program `copydesk`: its help, its commands, and its errors as one sentence each."""

import os
import sys
from typing import NoReturn

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from flows.cli import articles, ask, evals, explain, extract, feeds, run
from flows.cli.show import shown
from flows.settings import Settings, read_settings
from ingest.model import CopydeskError
from ingest.urls import without_credentials
from ingest.values import harmless

HELP = """
Read news feeds, extract the articles, group the copies of each story, ask in SQL.

\b
  copydesk demo                       see it work, offline
  copydesk run --feeds feeds.opml     read your feeds once
  copydesk serve --feeds feeds.opml   read them on a schedule
  copydesk sql "FROM stories"         ask

Everything is stored in one DuckDB file, which --db or COPYDESK_DB names. Settings come from
options, then COPYDESK_* variables, then copydesk.toml. `copydesk settings` lists them all.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
out = Console()
err = Console(stderr=True)


def settings() -> None:
    """List every setting with its value and its meaning."""
    now = read_settings()
    for name, field in Settings.model_fields.items():
        value = without_credentials(str(getattr(now, name)))
        out.print(Text.assemble((f"COPYDESK_{name.upper()}", "cyan"), f" = {shown(value)}"))
        out.print(Padding(field.description or "", (0, 0, 0, 4)))


for command in (
    *(run.demo, run.run, run.serve),
    *(ask.sql, ask.story, explain.why, explain.diff, ask.status),
    *(extract.extract, articles.reclean, articles.reindex, articles.upkeep, articles.export),
    settings,
):
    app.command()(command)
app.add_typer(feeds.app, name="feeds")
app.add_typer(evals.app, name="eval")


def main() -> None:
    """Runs the program. An error that the user can act on is one sentence, with exit status 1."""
    try:
        app()
    except CopydeskError as error:
        _complain(str(error))
    except Exception as error:
        if os.environ.get("COPYDESK_TRACEBACK"):
            raise
        _complain(
            f"this should not happen: {type(error).__name__}: {error} "
            "(COPYDESK_TRACEBACK=1 shows where; please report it)"
        )


def _complain(what: str) -> NoReturn:
    """Prints an error, which may quote a stranger. Its second line and the next are indented."""
    told = harmless(what).replace("\n", "\n  ")
    err.print(Text(f"copydesk: {told}"), style="red", soft_wrap=True)
    sys.exit(1)
