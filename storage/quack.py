"""Serves the published database to DuckDB clients over the network, read-only: DuckDB's quack.

    server   follow(db, ...)  serves the snapshot, and each new one after it
    client   CREATE SECRET (TYPE quack, TOKEN '...'); ATTACH 'quack:localhost:9494' AS news;

What is served is the snapshot and never the writer's file, so that no client can hold a run up.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from storage.database import opened
from storage.extensions import load_extension
from storage.publish import snapshot_of

#: Seconds a new snapshot waits for queries under way before they are cut off.
GRACE = 60
#: A token this short, quack itself does not take.
SHORTEST = 4


def check_quack() -> None:
    """Raises DatabaseError where quack cannot be had."""
    with duckdb.connect() as connection:
        _load(connection)


def follow(db: Path, *, token: str, port: int, stop: threading.Event, pause: float = 1) -> None:
    """Serves a database's snapshot on localhost until told to stop; a new one takes its place.

    Clients then attach again. Waits for the first snapshot where there is none. `pause` is how many
    seconds pass between two looks.
    """
    while not stop.is_set():
        snapshot = snapshot_of(db)
        if not snapshot.exists():
            stop.wait(pause)
            continue
        state = _identity(snapshot)
        with serving(snapshot, token=token, port=port) as connection:
            while not stop.wait(pause):
                if _identity(snapshot) != state:
                    _let_finish(connection, stop, pause)
                    break


@contextmanager
def serving(snapshot: Path, *, token: str, port: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """A file served on localhost for as long as the block lasts.

    Clients may read it and nothing else: no files of this machine, no network, no settings.
    """
    address = f"quack:localhost:{port}"
    with opened(snapshot, read_only=True) as connection:
        _load(connection)
        connection.create_function("copydesk_may_ask", _may_ask, ["VARCHAR", "VARCHAR"], "BOOLEAN")
        connection.execute("SET GLOBAL quack_authorization_function = 'copydesk_may_ask'")
        connection.execute("SET enable_external_access = false")
        connection.execute("CALL quack_serve(?, token = ?)", [address, token])
        connection.execute("SET lock_configuration = true")
        try:
            yield connection
        finally:
            connection.execute("CALL quack_stop(?)", [address])


def _may_ask(_session: str, query: str) -> bool:
    """Whether a query may run; that it cannot write, DuckDB sees to. quack's own functions could
    stop the server, or say who else is there and what they ask."""
    return "quack" not in query.lower()


def _load(connection: duckdb.DuckDBPyConnection) -> None:
    load_extension(connection, "httpfs")  # whose HTTP quack speaks
    load_extension(connection, "quack")


def _identity(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_ino, found.st_mtime_ns


def _let_finish(connection: duckdb.DuckDBPyConnection, stop: threading.Event, pause: float) -> None:
    give_up = time.monotonic() + GRACE
    while time.monotonic() < give_up and not stop.is_set():
        active = connection.execute(
            "SELECT count(*) FROM quack_active_connections() WHERE state = 'active'"
        ).fetchall()
        if active == [(0,)]:
            return
        stop.wait(pause)
