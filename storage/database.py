"""Opens the database file: for one writer, or for reading. Every failure is one clear sentence."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from storage.migrate import DatabaseError, check_readable, migrate


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection whose times are in UTC. Raises DatabaseError, with what to do about it.

    A writer creates the file and its folder where they are missing and brings the schema up to
    date; a reader changes nothing.
    """
    if read_only and not path.exists():
        raise DatabaseError(f"no database at {path}: `copydesk run` or `copydesk demo` makes one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path), read_only=read_only)
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
