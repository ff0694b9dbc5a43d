"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from flows.settings import Settings

DEFAULT_DB = Settings.model_fields["db"].default
Db = Annotated[
    Path | None,
    typer.Option(
        help=f"The DuckDB file. [default: COPYDESK_DB, else {DEFAULT_DB}]", show_default=False
    ),
]
