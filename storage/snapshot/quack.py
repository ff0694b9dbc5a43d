"""Serves the published database to DuckDB clients over the network, to read only.

It uses DuckDB's extension `quack`:

    server   follow(db, ...)  serves the snapshot, and each new one after it
    client   CREATE SECRET (TYPE quack, TOKEN '...'); ATTACH 'quack:localhost:9494' AS news;

Clients read the snapshot and never the writer's file. So no client can block a run.
"""

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from storage.core.connection import opened
from storage.core.errors import DatabaseError
from storage.core.extensions import load_extension
from storage.snapshot.publish import snapshot_of

#: Seconds that a new snapshot waits for running queries, before they are cut off.
GRACE = 60
#: The length of a token that quack refuses as too short.
SHORTEST = 4
#: Seconds until serving is tried again after a failure, unless a new snapshot comes before.
RETRY = 10
#: What a client may call in a FROM, besides the database's own macros. All else is refused: it may
#: stop the server (quack_stop), read what others ask (enable_logging), or run SQL that it makes up
#: (query).
TABLE_FUNCTIONS = {
    "duckdb_columns",
    "duckdb_constraints",
    "duckdb_databases",
    "duckdb_functions",
    "duckdb_indexes",
    "duckdb_schemas",
    "duckdb_settings",
    "duckdb_tables",
    "duckdb_types",
    "duckdb_views",
    "generate_series",
    "json_each",
    "json_tree",
    "pragma_table_info",
    "pragma_version",
    "range",
    "repeat",
    "repeat_row",
    "unnest",
}
#: What a client may call nowhere: a function that takes SQL as text, and one that writes; and all
#: functions of quack and ours, by the beginnings of their names.
REFUSED = {"json_serialize_plan", "write_log"}
OURS = ("quack_", "copydesk_")


def check_quack() -> None:
    """Raises DatabaseError where the extension quack is missing."""
    with duckdb.connect() as connection:
        _load(connection)


def follow(
    db: Path,
    *,
    token: str,
    port: int,
    stop: threading.Event,
    tell: Callable[[str], None],
    pause: float = 1,
) -> None:
    """Serves a database's snapshot on localhost until told to stop, and each new one after it.

    Clients attach again for a new snapshot. Where it can't serve, it goes on trying. `tell` is
    called with the reason, in a sentence, and with "" when it serves. `pause` is the time between
    two looks at the file, in seconds.
    """
    snapshot = snapshot_of(db)
    told = None
    while not stop.is_set():
        state = _identity(snapshot)
        try:
            with serving(snapshot, token=token, port=port) as connection:
                if told != "":
                    told = ""
                    tell(told)
                _until_another(snapshot, state, stop, pause)
                _let_finish(connection, stop, pause)
        except (DatabaseError, duckdb.Error) as error:
            trouble = str(error).splitlines()[0]
            if told != trouble:
                told = trouble
                tell(told)
            _until_another(snapshot, state, stop, pause, patience=RETRY)


@contextmanager
def serving(snapshot: Path, *, token: str, port: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Serves a file on localhost until the block ends.

    Clients may read it and nothing else: no files of this machine, no network, no settings.
    """
    address = f"quack:localhost:{port}"
    with opened(snapshot, read_only=True) as connection, duckdb.connect() as parser:
        _load(connection)
        tables = TABLE_FUNCTIONS | _macros(connection)

        def may_ask(_session: str, query: str) -> bool:
            return _only_reads(parser, query, tables)

        connection.create_function("copydesk_may_ask", may_ask, ["VARCHAR", "VARCHAR"], "BOOLEAN")
        connection.execute("SET GLOBAL quack_authorization_function = 'copydesk_may_ask'")
        connection.execute("SET enable_external_access = false")
        try:
            connection.execute("CALL quack_serve(?, token = ?)", [address, token])
        except duckdb.IOException as error:
            raise DatabaseError(
                f"port {port} of localhost cannot be had, COPYDESK_QUACK_PORT names another "
                f"({str(error).splitlines()[0]})"
            ) from error
        connection.execute("SET lock_configuration = true")
        try:
            yield connection
        finally:
            connection.execute("CALL quack_stop(?)", [address])


def _macros(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.execute(
        "SELECT lower(function_name) FROM duckdb_functions() "
        "WHERE function_type = 'table_macro' AND NOT internal"
    ).fetchall()
    return {name for (name,) in rows}


def _only_reads(parser: duckdb.DuckDBPyConnection, query: str, tables: set[str]) -> bool:
    """Whether a query consists of SELECTs that call only what a client may call.

    It looks at the tree that DuckDB's own parser makes, so that spelling makes no difference. A
    query without such a tree is refused: DuckDB makes one for SELECT only.
    """
    fine = True

    def see(node: dict[str, Any]) -> dict[str, Any]:
        nonlocal fine
        name = str(node.get("function_name", "")).lower()
        fine = fine and not (name in REFUSED or name.startswith(OURS))
        if node.get("type") == "TABLE_FUNCTION":
            fine = fine and node["function"]["function_name"].lower() in tables
        return node

    try:
        # several clients may ask at the same time: each call has a cursor of its own
        with parser.cursor() as cursor:
            ((tree,),) = cursor.execute("SELECT json_serialize_sql(?)", [query]).fetchall()
        parsed = json.loads(tree, object_hook=see)
    except (duckdb.Error, ValueError, RecursionError):
        return False
    # the parser stops at a zero character, and whoever runs the query may not
    return fine and not parsed["error"] and "\0" not in query


def _load(connection: duckdb.DuckDBPyConnection) -> None:
    load_extension(connection, "httpfs")  # quack needs its HTTP
    load_extension(connection, "quack")


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _until_another(
    file: Path,
    state: tuple[int, int] | None,
    stop: threading.Event,
    pause: float,
    patience: float = math.inf,
) -> None:
    """Waits until the file is another one, at most `patience` seconds, or until told to stop."""
    give_up = time.monotonic() + patience
    while _identity(file) == state and time.monotonic() < give_up and not stop.wait(pause):
        pass


def _let_finish(connection: duckdb.DuckDBPyConnection, stop: threading.Event, pause: float) -> None:
    give_up = time.monotonic() + GRACE
    while time.monotonic() < give_up and not stop.is_set():
        active = connection.execute(
            "SELECT count(*) FROM quack_active_connections() WHERE state = 'active'"
        ).fetchall()
        if active == [(0,)]:
            return
        stop.wait(pause)
