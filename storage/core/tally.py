"""Notes beside a database how much it holds, so that a lost log is noticed.

    news.duckdb          the database
    news.duckdb.wal      its log: what was committed and is not in the file yet
    news.duckdb.filed    the tally: how many runs, pages and articles there were at the last commit

DuckDB opens a database without a word when its log is missing, empty or cut: all since the last
snapshot is gone then. The tally exists only while a writer has the database open, and after one was
killed. A writer that closes it leaves neither log nor tally.
"""

import json
import os
from pathlib import Path

import duckdb

from storage.core.errors import DatabaseError
from storage.core.files import log_of

#: What is counted. DuckDB knows the number of a table's rows without reading them.
COUNTED = ("runs", "pages", "articles")


def tally_of(db: Path) -> Path:
    """The file with a database's tally."""
    return db.with_name(f"{db.name}.filed")


def note(connection: duckdb.DuckDBPyConnection, db: Path) -> None:
    """Writes the tally of what is committed. A full disk is no reason to fail: the log has it."""
    file = tally_of(db)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        fresh.write_text(json.dumps(_counts(connection)))
        fresh.replace(file)
    except OSError:
        fresh.unlink(missing_ok=True)


def forget(db: Path) -> None:
    """Removes the tally: before rows are dropped, and where there is no log left to lose."""
    tally_of(db).unlink(missing_ok=True)


def settle(db: Path) -> None:
    """Removes the tally of a database that was closed, unless DuckDB left its log."""
    if not log_of(db).exists():
        forget(db)


def check_complete(connection: duckdb.DuckDBPyConnection, db: Path) -> None:
    """Raises DatabaseError where the database holds less than its tally says."""
    try:
        filed = json.loads(tally_of(db).read_text())
        held = _counts(connection)
        missing = {table: filed[table] - held[table] for table in COUNTED}
    except (OSError, ValueError, KeyError, TypeError, duckdb.CatalogException):
        return  # there is none, or a power failure cut it, or the schema is an older one
    lost = [f"{number:,} {table}" for table, number in missing.items() if number > 0]
    if lost:
        raise DatabaseError(
            f"{db} lacks {', '.join(lost)} that were filed, because its log was lost or cut, and "
            f"it has been left as it is: put {log_of(db).name} back from a backup, or remove "
            f"{tally_of(db).name} to go on without them (the next run reads what feeds still list)"
        )


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    ((*numbers,),) = connection.execute(
        f"SELECT {', '.join(f'(SELECT count(*) FROM core.{table})' for table in COUNTED)}"
    ).fetchall()
    return dict(zip(COUNTED, numbers, strict=True))
