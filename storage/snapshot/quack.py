"""Serves the published database to DuckDB clients over the network, to read only.

It uses DuckDB's extension `quack`:

    server   follow(db, ...)  serves the snapshot, and each new one after it
    client   CREATE SECRET (TYPE quack, TOKEN '...'); ATTACH 'quack:localhost:9494' AS news;

Clients read the snapshot and never the writer's file. So no client can block a run.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from duckdb.func import SPECIAL

from storage.core.connection import opened
from storage.core.errors import DatabaseError
from storage.core.extensions import load_extension
from storage.core.limits import QueryLimits, capped_memory, confine, lock, temporary_folder
from storage.snapshot.publish import snapshot_of
from storage.snapshot.watch import Watch

#: Seconds that a new snapshot waits for running queries, before they are cut off.
GRACE = 60
#: The length of a token that quack refuses as too short.
SHORTEST = 4
#: Seconds until serving is tried again after a failure, unless a new snapshot comes before.
RETRY = 10
#: Characters of the longest query. The parse of a query takes hundreds of times its length.
LONGEST = 100_000
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
    limits: QueryLimits = QueryLimits(),  # noqa: B008  it is frozen
    look: Callable[[Watch | None], None] = lambda _watch: None,
    pause: float = 1,
) -> None:
    """Serves a database's snapshot on localhost until told to stop, and each new one after it.

    Clients attach again for a new snapshot. Where it can't serve, it goes on trying. `tell` is
    called with the reason, in a sentence, and with "" when it serves. `pause` is the time between
    two looks at the file, in seconds. `look` is called at each, with a Watch while it serves.
    """
    snapshot = snapshot_of(db)
    told = None
    while not stop.is_set():
        state = _identity(snapshot)
        try:
            with (
                serving(snapshot, token=token, port=port, limits=limits) as connection,
                capped_memory(limits.megabytes, settled=_threads_are_there),
            ):
                if told != "":
                    told = ""
                    tell(told)
                watch = Watch(connection, port, limits)
                while _identity(snapshot) == state and not stop.wait(pause):
                    look(watch)
                _let_finish(watch, look, stop, pause)
        except (DatabaseError, duckdb.Error) as error:
            trouble = str(error).splitlines()[0]
            if told != trouble:
                told = trouble
                tell(told)
            give_up = time.monotonic() + RETRY
            while _identity(snapshot) == state and time.monotonic() < give_up:
                look(None)
                if stop.wait(pause):
                    break


@contextmanager
def serving(
    snapshot: Path,
    *,
    token: str,
    port: int,
    limits: QueryLimits = QueryLimits(),  # noqa: B008  it is frozen
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Serves a file on localhost until the block ends.

    Clients may read it and nothing else: no files of this machine, no network, no settings. All
    their queries together get the memory, temporary space and threads of `limits`, and each gets
    its rows. `Watch` says when one has taken too long.
    """
    address = f"quack:localhost:{port}"
    with opened(snapshot, read_only=True) as connection, duckdb.connect() as parser:
        _load(connection)
        confine(connection, limits, temporary_folder(snapshot))
        confine(parser, limits, temporary_folder(snapshot))
        tables = TABLE_FUNCTIONS | _macros(connection)

        def to_run(_session: str, query: str) -> str | None:
            if len(query) > LONGEST or not _only_reads(parser, query, tables):
                return None
            return _limited(parser, query, limits.rows)

        # quack runs the text that this function gives, and refuses a query for which it gives NULL
        connection.create_function(
            "copydesk_to_run", to_run, ["VARCHAR", "VARCHAR"], "VARCHAR", null_handling=SPECIAL
        )
        connection.execute("SET GLOBAL quack_authorization_function = 'copydesk_to_run'")
        connection.execute("SET enable_external_access = false")
        try:
            connection.execute("CALL quack_serve(?, token = ?)", [address, token])
        except duckdb.IOException as error:
            raise DatabaseError(
                f"port {port} of localhost cannot be had, COPYDESK_QUACK_PORT names another "
                f"({str(error).splitlines()[0]})"
            ) from error
        lock(connection)
        try:
            yield connection
        finally:
            connection.execute("CALL quack_stop(?)", [address])


def _limited(parser: duckdb.DuckDBPyConnection, query: str, rows: int) -> str | None:
    """The query to run: it fails where the given one answers more rows. None for several queries.

    A cut answer would be taken for the whole: a client counts a table's rows by reading them.
    """
    complaint = f"more than {rows:,} rows (COPYDESK_QUERY_ROWS): ask for fewer"
    with parser.cursor() as cursor:
        ((plain,),) = cursor.execute(
            "SELECT json_deserialize_sql(json_serialize_sql(?))", [query]
        ).fetchall()
        for text in (query.strip().rstrip(";"), plain):  # the second has no comments
            limited = (
                f"FROM (\n{text}\n) QUALIFY CASE WHEN row_number() OVER () > {rows} "
                f"THEN error('{complaint}') ELSE true END"
            )
            if _parses(cursor, limited):
                return limited
    return None


def _parses(cursor: duckdb.DuckDBPyConnection, query: str) -> bool:
    ((wrong,),) = cursor.execute("SELECT json_serialize_sql(?).error::VARCHAR", [query]).fetchall()
    return bool(wrong == "false")


def _threads_are_there() -> None:
    """Waits until quack has made its threads: the stack of each counts as memory."""
    tasks, before = Path("/proc/self/task"), -1
    while tasks.exists() and (number := len(list(tasks.iterdir()))) != before:
        before = number
        time.sleep(0.2)


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


def _let_finish(
    watch: Watch, look: Callable[[Watch | None], None], stop: threading.Event, pause: float
) -> None:
    """Waits until no query runs, at most GRACE seconds."""
    give_up = time.monotonic() + GRACE
    while time.monotonic() < give_up and not stop.is_set() and watch.running():
        look(watch)
        stop.wait(pause)
