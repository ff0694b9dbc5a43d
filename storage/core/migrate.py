"""Brings a database to the schema of this version: numbered migrations, then the views."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from storage.core.errors import DatabaseError

HERE = Path(__file__).parent
VIEWS = HERE.parent / "views" / "views.sql"


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

    Only ever on a file that nobody knows yet, which takes its name when it is done
    (`connection.py`): a process killed meanwhile leaves a log that DuckDB 1.5 may be unable to
    replay, for a column whose default is a function (its issue 18259). And not `at_once` where
    tables hold rows: it does not commit two changes to such a table.

    Raises DatabaseError where the file was written by a newer version or an applied migration is
    not the one we have.
    """
    if at_once:
        with transaction(connection):
            _apply_all(connection)
    else:
        _apply_all(connection)


def is_outdated(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether there is anything to migrate. Raises DatabaseError for a newer version's database."""
    try:
        rows = connection.execute("SELECT number, sha FROM core.migrations").fetchall()
    except duckdb.CatalogException:
        return True
    applied: dict[int, str] = dict(rows)
    _check_not_newer(max(applied, default=0))
    ours = dict(enumerate([VIEWS, *_scripts()]))
    return applied != {number: _sha(script.read_text()) for number, script in ours.items()}


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
    _apply_views(connection, VIEWS, applied)


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


def _apply_views(
    connection: duckdb.DuckDBPyConnection, script: Path, applied: dict[int, str]
) -> None:
    """The views hold no data, so they are replaced whenever their text changes: number 0."""
    sql = script.read_text()
    sha = _sha(sql)
    if applied.get(0) != sha:
        connection.execute(sql)
        connection.execute("DELETE FROM core.migrations WHERE number = 0")
        connection.execute("INSERT INTO core.migrations VALUES (0, ?, ?)", [script.name, sha])


def schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the last migration applied."""
    # fetchall, here and elsewhere: DuckDB 2 holds a result open until its last row is fetched
    ((number,),) = connection.execute("SELECT max(number) FROM core.migrations").fetchall()
    return int(number) if number is not None else 0
