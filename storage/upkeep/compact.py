"""Gives the room back that a database no longer needs: rebuilt beside itself, and swapped."""

from pathlib import Path

import duckdb

from storage.core.connection import connect, opened
from storage.core.errors import DatabaseError
from storage.core.files import remove
from storage.upkeep.tidy import Done

#: The share of a file that must be air before it is worth rebuilding.
AIR = 0.25
#: What is written in an order that compresses, and lets a query skip most of it.
ORDERED = {"search_terms": "term, doc"}


def compact(db: Path, *, anyway: bool = False, patience: float = 0) -> Done:
    """Rebuilds a database where a quarter of its file is air, or `anyway`.

    The new file is complete, and counted row by row, before it takes the name; a process killed
    before that leaves the old one. Raises DatabaseError where there is no room for both.
    """
    db = db.resolve()  # a link stays one
    fresh = db.with_name(f"{db.name}.compact")
    with opened(db, patience=patience) as connection:
        remove(fresh)  # of one that was killed
        connection.execute("CHECKPOINT")
        before, air = db.stat().st_size, _air(connection)
        if air < AIR and not anyway:
            return _done(f"{_mb(before)}, {air:.0%} of it air: left as it is", changed=False)
        try:
            connect(fresh).close()
            strangers = _rebuild(connection, fresh)
            if strangers:
                return _done(f"not rebuilt: {strangers} is no table of ours", changed=False)
            after = fresh.stat().st_size
            # we still hold the old file: nobody has opened it since, and nobody will
            fresh.replace(db)
        except OSError as error:
            raise DatabaseError(f"cannot rebuild {db}: {error}") from error
        finally:
            remove(fresh)
    return _done(f"rebuilt: {_mb(before)}, now {_mb(after)}", changed=True)


def _rebuild(connection: duckdb.DuckDBPyConnection, fresh: Path) -> str:
    """Fills a new database with this one's rows. Gives the name of a table that it cannot hold."""
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
            counts = connection.execute(
                f"SELECT (SELECT count(*) FROM {table}), "
                f"(SELECT count(*) FROM rebuilt_copy.{table})"
            ).fetchall()
            if len(set(counts[0])) > 1:
                raise DatabaseError(f"{table} has {counts[0][0]} rows, rebuilt {counts[0][1]}")
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


def _air(connection: duckdb.DuckDBPyConnection) -> float:
    ((total, free),) = connection.execute(
        "SELECT total_blocks, free_blocks FROM pragma_database_size() "
        "WHERE database_name = current_database()"
    ).fetchall()
    return float(free / total) if total else 0.0


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _done(what: str, *, changed: bool) -> Done:
    return Done(step="file", what=what, changed=changed)
