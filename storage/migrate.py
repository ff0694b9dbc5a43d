"""Brings a database to the schema of this version: numbered migrations, then the views."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ingest.model import CopydeskError

HERE = Path(__file__).parent


class DatabaseError(CopydeskError):
    """The database cannot be used, and why."""


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


def migrate(connection: duckdb.DuckDBPyConnection, *, at_once: bool = True) -> None:
    """Applies every migration not yet applied, renews changed views; `at_once` in a transaction.

    That is for a database without rows: DuckDB 1.5 does not commit two changes to a table that
    holds some. One that does is migrated as a copy (`storage.database`), statement by statement.

    Raises DatabaseError, and changes nothing, where the file was written by a newer version or an
    applied migration is not the one we have.
    """
    # A commit goes into the file at once and never through the log: DuckDB 1.5 cannot replay the
    # log of an added column whose default is a function, `[]` being one (its issue 18259), and a
    # process killed before the next checkpoint left a database that nobody could open.
    connection.execute("SET checkpoint_threshold = '0B'")
    if at_once:
        with transaction(connection):
            _apply_all(connection)
    else:
        _apply_all(connection)
    connection.execute("RESET checkpoint_threshold")


def is_behind(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether a database of an earlier schema than ours is open."""
    try:
        return 0 < schema_version(connection) < len(_scripts())
    except duckdb.CatalogException:
        return False


def _apply_all(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE SCHEMA IF NOT EXISTS core")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS core.migrations (number INTEGER, name VARCHAR, sha VARCHAR)"
    )
    rows = connection.execute("SELECT number, sha FROM core.migrations").fetchall()
    applied: dict[int, str] = dict(rows)
    _check_not_newer(max(applied, default=0))
    for number, script in enumerate(_scripts(), start=1):
        _apply(connection, number, script, applied)
    _apply_views(connection, HERE / "views.sql", applied)


def check_readable(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises DatabaseError where a reader would meet another schema than this version's."""
    try:
        version = schema_version(connection)
    except duckdb.CatalogException as error:
        raise DatabaseError("it is a DuckDB database, but not one of Copydesk's") from error
    _check_not_newer(version)
    if version < len(_scripts()):
        raise DatabaseError(
            f"the database has schema {version}, this Copydesk reads {len(_scripts())}: "
            "the next run brings it up to date"
        )


def _scripts() -> list[Path]:
    return sorted((HERE / "migrations").glob("[0-9]*_*.sql"))


def _check_not_newer(version: int) -> None:
    ours = len(_scripts())
    if version > ours:
        raise DatabaseError(
            f"the database has schema {version}, this Copydesk knows up to {ours}: "
            "it was written by a newer version; upgrade Copydesk to use it"
        )


def _apply(
    connection: duckdb.DuckDBPyConnection, number: int, script: Path, applied: dict[int, str]
) -> None:
    sql = script.read_text()
    sha = hashlib.sha256(sql.encode()).hexdigest()
    if number not in applied:
        connection.execute(sql)
        connection.execute(
            "INSERT INTO core.migrations VALUES (?, ?, ?)", [number, script.name, sha]
        )
    elif applied[number] != sha:
        raise DatabaseError(
            f"{script.name} differs from the migration this database was made with: "
            "an applied migration is never edited; add a new one"
        )


def _apply_views(
    connection: duckdb.DuckDBPyConnection, script: Path, applied: dict[int, str]
) -> None:
    """The views hold no data, so they are replaced whenever their text changes: number 0."""
    sql = script.read_text()
    sha = hashlib.sha256(sql.encode()).hexdigest()
    if applied.get(0) != sha:
        connection.execute(sql)
        connection.execute("DELETE FROM core.migrations WHERE number = 0")
        connection.execute("INSERT INTO core.migrations VALUES (0, ?, ?)", [script.name, sha])


def schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the last migration applied."""
    # fetchall, here and elsewhere: DuckDB 2 holds a result open until its last row is fetched
    ((number,),) = connection.execute("SELECT max(number) FROM core.migrations").fetchall()
    return int(number) if number is not None else 0
