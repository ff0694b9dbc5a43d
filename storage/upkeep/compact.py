"""Rebuilds a database file without unused space, and swaps it for the old one."""

from pathlib import Path

import duckdb

from storage.core.connection import connect, opened
from storage.core.errors import DatabaseError
from storage.core.files import remove
from storage.upkeep.tidy import Done

#: The share of a file that must be unused before it is worth rebuilding.
UNUSED = 0.25
#: Tables that are written in an order. In this order they compress well, and a query can skip most
#: rows.
ORDERED = {"search_terms": "term, doc"}


def compact(db: Path, *, anyway: bool = False, patience: float = 0) -> Done:
    """Rebuilds a database if a quarter of its file is unused, or if `anyway` says so.

    The new file replaces the old one when it is complete and each table has as many rows as before.
    If the process is killed before that, the old file stays. Raises DatabaseError if the disk has
    no room for both.
    """
    db = db.resolve()  # a link stays one
    fresh = db.with_name(f"{db.name}.compact")
    with opened(db, patience=patience) as connection:
        remove(fresh)  # left by a process that was killed
        connection.execute("CHECKPOINT")
        before, unused = db.stat().st_size, _unused(connection)
        if unused < UNUSED and not anyway:
            return _done(f"{_mb(before)}, {unused:.0%} of it unused: left as it is", changed=False)
        try:
            connect(fresh).close()
            strangers = _rebuild(connection, fresh)
            if strangers:
                return _done(
                    f"not rebuilt: {strangers} is not a table of Copydesk's", changed=False
                )
            after = fresh.stat().st_size
            # we still hold the old file, so no other process can have opened it
            fresh.replace(db)
        except OSError as error:
            raise DatabaseError(f"cannot rebuild {db}: {error}") from error
        finally:
            remove(fresh)
    return _done(f"rebuilt: {_mb(before)}, now {_mb(after)}", changed=True)


def _rebuild(connection: duckdb.DuckDBPyConnection, fresh: Path) -> str:
    """Fills a new database with the rows of this one.

    Returns the name of a table that the new database does not have, or "" if it has all.
    """
    connection.execute(f"ATTACH '{str(fresh).replace(chr(39), chr(39) * 2)}' AS rebuilt_copy")
    try:
        ours, theirs = _tables(connection, "rebuilt_copy"), _tables(connection, None)
        strangers = theirs - ours
        if strangers:
            return min(strangers)
        for table in sorted(ours - {"core.migrations"}):
            order = ORDERED.get(table.removeprefix("core."), "")
            connection.execute(
                f"INSERT INTO rebuilt_copy.{table} BY NAME FROM {table} "
                f"{f'ORDER BY {order}' if order else ''}"
            )
            ((had, has),) = connection.execute(
                f"SELECT (SELECT count(*) FROM {table}), "
                f"(SELECT count(*) FROM rebuilt_copy.{table})"
            ).fetchall()
            if had != has:
                raise DatabaseError(f"{table} has {had} rows, rebuilt {has}")
        connection.execute("CHECKPOINT rebuilt_copy")
    finally:
        connection.execute("DETACH rebuilt_copy")
    return ""


def _tables(connection: duckdb.DuckDBPyConnection, database: str | None) -> set[str]:
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
        "WHERE NOT temporary AND database_name = coalesce(?, current_database())",
        [database],
    ).fetchall()
    return {name for (name,) in rows}


def _unused(connection: duckdb.DuckDBPyConnection) -> float:
    ((total, free),) = connection.execute(
        "SELECT total_blocks, free_blocks FROM pragma_database_size() "
        "WHERE database_name = current_database()"
    ).fetchall()
    return float(free / total) if total else 0.0


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _done(what: str, *, changed: bool) -> Done:
    return Done(step="file", what=what, changed=changed)
