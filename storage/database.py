"""Opens the database file: for one writer, or for reading. Every failure is one clear sentence."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from storage.migrate import DatabaseError, check_readable, migrate


def connect(
    path: Path, *, read_only: bool = False, patience: float = 0
) -> duckdb.DuckDBPyConnection:
    """A connection whose times are in UTC. Raises DatabaseError, with what to do about it.

    `patience` is how many seconds to wait while another process holds the file.

    A writer creates the file and its folder where they are missing and brings the schema up to
    date; a reader changes nothing.
    """
    if read_only and not path.exists():
        raise DatabaseError(f"no database at {path}: `copydesk run` or `copydesk demo` makes one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = _open(path, read_only=read_only, patience=patience)
    except (duckdb.Error, OSError) as error:
        raise DatabaseError(_explain(path, str(error))) from error
    try:
        connection.execute("SET TimeZone = 'UTC'")
        if read_only:
            check_readable(connection)
        else:
            migrate(connection)
    except duckdb.Error as error:
        connection.close()
        raise DatabaseError(_explain(path, str(error))) from error
    except DatabaseError as error:
        connection.close()
        raise DatabaseError(f"{path}: {error}") from error
    return connection


def _open(path: Path, *, read_only: bool, patience: float) -> duckdb.DuckDBPyConnection:
    give_up = time.monotonic() + patience
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only)
        except duckdb.IOException as error:
            if "Conflicting lock" not in str(error) or time.monotonic() >= give_up:
                raise
            time.sleep(0.25)


def _explain(path: Path, message: str) -> str:
    holder = re.search(r"Conflicting lock is held in (.*?) \(PID (\d+)\)", message)
    if holder:
        return (
            f"{path} is in use by process {holder[2]} ({holder[1]}), probably a run: "
            "try again when it has finished"
        )
    if "not a valid DuckDB database" in message:
        return f"{path} is not a DuckDB database: name another with --db, or move it away"
    return f"cannot open the database {path}: {message}"


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block's statements, or none of them."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
