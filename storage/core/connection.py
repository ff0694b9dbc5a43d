"""Opens the database file, to write or to read. Every failure is told in one sentence."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from storage.core.errors import DatabaseError, befallen, causes_of, explain
from storage.core.files import copy_file, remove, remove_leftovers
from storage.core.migrate import check_readable, is_outdated, migrate
from storage.core.tally import check_complete, tally_of

#: The name of our schema. A database of this name would hide it.
OUR_NAMES = ("core",)
#: DuckDB's own databases. It calls a file of such a name otherwise, but only in lower case.
DUCKDBS_NAMES = ("system", "temp")


def connect(
    path: Path, *, read_only: bool = False, patience: float = 0
) -> duckdb.DuckDBPyConnection:
    """A connection to a database file. Its times are in UTC.

    A writer creates a missing file and its folder, and brings the schema up to date. A reader
    changes nothing. `patience` is how many seconds to wait while another process holds the file.

    Raises DatabaseError, which says what is wrong and what to do.
    """
    _check_name(path)
    if read_only and not path.exists():
        raise DatabaseError(f"no database at {path}: `copydesk run` or `copydesk demo` makes one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not read_only and not path.exists():
            _make(path)
        if tally_of(path).exists():
            _check_log(path, patience)
        connection = _open(path, read_only=read_only, patience=patience)
    except (duckdb.Error, OSError) as error:
        raise explain(path, error) from error
    try:
        if read_only:
            check_readable(connection)
        elif is_outdated(connection):
            _check_ours(connection)
            connection = _brought_up_to_date(path, connection)
        if not read_only:
            remove_leftovers(path)
    except duckdb.Error as error:
        connection.close()
        raise explain(path, error) from error
    except DatabaseError as error:
        connection.close()
        raise DatabaseError(f"{path}: {error}") from error
    return connection


def _check_name(path: Path) -> None:
    """Raises DatabaseError where SQL could not tell the database from a schema.

    Its name in SQL is the file's name up to the first full stop, in any case.
    """
    name = path.name.lstrip(".").split(".")[0]
    if name.lower() in OUR_NAMES or (name.lower() in DUCKDBS_NAMES and name != name.lower()):
        raise DatabaseError(
            f"a database cannot be called {path.name}: choose another name ({name.lower()} means "
            "something else in SQL)"
        )


def _check_log(path: Path, patience: float) -> None:
    """Raises DatabaseError where a killed writer's log is lost. Its remains are not touched.

    A writer would write them to the file: then the log that a backup has could not be replayed.
    """
    connection = _open(path, read_only=True, patience=patience)
    try:
        check_complete(connection, path)
    finally:
        connection.close()


def _check_ours(connection: duckdb.DuckDBPyConnection) -> None:
    """Raises DatabaseError where a database has tables, but none of ours."""
    ((ours, theirs),) = connection.execute(
        "SELECT count(*) FILTER (schema_name = 'core' AND name = 'migrations'), count(*) FROM ("
        "SELECT schema_name, table_name AS name FROM duckdb_tables() UNION ALL "
        "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal)"
    ).fetchall()
    if theirs and not ours:
        raise DatabaseError(
            "it is a DuckDB database, but not one of Copydesk's, and has been left as it is: name "
            "another with --db"
        )


def _open(path: Path, *, read_only: bool, patience: float) -> duckdb.DuckDBPyConnection:
    give_up = time.monotonic() + patience
    while True:
        try:
            connection = duckdb.connect(str(path), read_only=read_only)
            break
        except duckdb.IOException as error:
            if "Conflicting lock" not in str(error) or time.monotonic() >= give_up:
                raise
            time.sleep(0.25)
    connection.execute("SET TimeZone = 'UTC'")
    # Publishing, at the end of a run, writes the log to the file. DuckDB would also do so for every
    # 16 MB of log, which makes filing a fifth slower.
    connection.execute("SET checkpoint_threshold = '256MB'")
    if not read_only:
        # DuckDB's allocator then returns what a statement has freed. Otherwise it keeps much of it:
        # a run that had filed 6,000 articles held 24 MB more (558 MB, not 534; one run each).
        connection.execute("SET allocator_background_threads = true")
    return connection


def _make(path: Path) -> None:
    """Makes a new database. It gets its name when complete, unless another file has it by then."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    remove(fresh)  # of one with the same number that was killed
    try:
        with duckdb.connect(str(fresh)) as connection:
            migrate(connection)
        with suppress(FileExistsError):
            os.link(fresh, path)
    finally:
        remove(fresh)


def _brought_up_to_date(
    path: Path, connection: duckdb.DuckDBPyConnection
) -> duckdb.DuckDBPyConnection:
    """Migrates a copy, which then replaces the file. If killed before, the file is unchanged."""
    path = path.resolve()  # a link stays one
    copy = path.with_name(f"{path.name}.migrating")
    connection.execute("CHECKPOINT")
    try:
        remove(copy)  # of one that was killed
        copy_file(path, copy)
        with duckdb.connect(str(copy)) as migrated:
            migrate(migrated, at_once=False)
            migrated.execute("CHECKPOINT")
        copy.replace(path)
    except OSError as error:
        raise explain(path, error) from error
    finally:
        remove(copy)
    connection.close()
    return _open(path, read_only=False, patience=0)


@contextmanager
def opened(
    path: Path, *, read_only: bool = False, patience: float = 0
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that is open until the block ends.

    Failures of the file meanwhile (a full disk, damage) are raised as DatabaseError. Errors of a
    statement are raised as they are.
    """
    connection = connect(path, read_only=read_only, patience=patience)
    try:
        yield connection
    except Exception as error:
        for cause in causes_of(error):
            if isinstance(cause, duckdb.Error) and befallen(str(cause)):
                raise explain(path, cause) from error
        raise
    finally:
        connection.close()
