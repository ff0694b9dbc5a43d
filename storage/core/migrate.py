"""Brings a database to the schema of this version: numbered migrations, then the views."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from storage.core.errors import DatabaseError
from storage.core.views import views_sql

HERE = Path(__file__).parent


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commits all statements of the block together, or none of them."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def migrate(connection: duckdb.DuckDBPyConnection, *, at_once: bool = True) -> None:
    """Applies the migrations that are not applied yet, and renews the views if they changed.

    Call it only on a new file, which gets its final name afterwards (`connection.py`). A process
    killed meanwhile may leave a log that DuckDB 1.5 can't replay: so it is where a column's default
    is a function (DuckDB's issue 18259).

    `at_once` means in one transaction. Use it only where tables are empty: DuckDB can't commit two
    changes to a table with rows in one transaction.

    Raises DatabaseError where a newer version wrote the file, or where an applied migration differs
    from ours.
    """
    if at_once:
        with transaction(connection):
            _apply_all(connection)
    else:
        _apply_all(connection)


def is_outdated(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether there is anything to migrate. Raises DatabaseError where a newer version wrote it."""
    try:
        rows = connection.execute("SELECT number, sha FROM core.migrations").fetchall()
    except duckdb.CatalogException:
        return True
    applied: dict[int, str] = dict(rows)
    _check_not_newer(max(applied, default=0))
    ours = [views_sql(), *(script.read_text() for script in _scripts())]
    return applied != {number: _sha(sql) for number, sql in enumerate(ours)}


def _sha(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()


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
    _apply_views(connection, applied)


def check_readable(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises DatabaseError unless the database has the schema of this version."""
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
    sha = _sha(sql)
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


def _apply_views(connection: duckdb.DuckDBPyConnection, applied: dict[int, str]) -> None:
    """Replaces the views if their text has changed: they hold no data. They are number 0."""
    sql = views_sql()
    sha = _sha(sql)
    if applied.get(0) != sha:
        connection.execute(sql)
        connection.execute("DELETE FROM core.migrations WHERE number = 0")
        connection.execute("INSERT INTO core.migrations VALUES (0, 'views', ?)", [sha])


def schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the last migration applied."""
    # fetchall, here and elsewhere: DuckDB 2 holds a result open until its last row is fetched
    ((number,),) = connection.execute("SELECT max(number) FROM core.migrations").fetchall()
    return int(number) if number is not None else 0
