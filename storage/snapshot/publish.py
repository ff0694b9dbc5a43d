"""Publishes the database: makes a copy for readers, so that no reader blocks the writer.

    news.duckdb                  the writer's file, held by a run for as long as it lasts
    news.snapshot.duckdb         the readers' file: the state after the last run, always complete
    news.snapshot.run12.duckdb   the same after run 12, where earlier ones are kept

A reader that has a snapshot open keeps reading that one when a new one is published. It sees the
new one when it opens the file again.
"""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from storage.core.errors import DatabaseError
from storage.core.files import copy_file, log_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published, and what it took."""

    path: Path
    bytes: int
    seconds: float
    cloned: bool  # whether both files share their blocks, so that no byte was copied


def snapshot_of(db: Path) -> Path:
    """The file of a database's published state: notebooks and tools open this one."""
    return db.with_name(f"{db.stem}.snapshot{db.suffix}")


def readable(db: Path) -> Path:
    """The file to read: the published snapshot, or the database itself where there is none yet."""
    snapshot = snapshot_of(db)
    return snapshot if snapshot.exists() else db


def publish(connection: duckdb.DuckDBPyConnection, *, keep: int = 0) -> Published:
    """Publishes what has been committed, in one step. Call it outside a transaction.

    `keep` is how many snapshots stay under the names of their runs, besides the one readers open.

    Raises DatabaseError where there is no room for it. The last snapshot then stays as it was.
    """
    started = time.perf_counter()
    db = _file_of(connection)
    snapshot = snapshot_of(db)
    unfinished = snapshot.with_name(f"{snapshot.name}.unfinished")
    try:
        connection.execute("CHECKPOINT")
        cloned = copy_file(db, unfinished)
        if keep:
            _keep(unfinished, _kept(snapshot, _last_run(connection)))
        # a log is left by a client that wrote to the snapshot: the next reader would replay it
        log_of(snapshot).unlink(missing_ok=True)
        unfinished.replace(snapshot)
        _settle(snapshot.parent)
        _prune(snapshot, keep)
    except (OSError, duckdb.Error) as error:
        unfinished.unlink(missing_ok=True)
        raise DatabaseError(
            f"all is filed in {db}, but its copy for readers, {snapshot}, could not be renewed and "
            f"is as it was: {error}; when that is mended the next run renews it"
        ) from error
    return Published(
        path=snapshot,
        bytes=snapshot.stat().st_size,
        seconds=time.perf_counter() - started,
        cloned=cloned,
    )


def _file_of(connection: duckdb.DuckDBPyConnection) -> Path:
    ((path,),) = connection.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchall()
    return Path(path)


def _last_run(connection: duckdb.DuckDBPyConnection) -> int:
    ((run_id,),) = connection.execute("SELECT coalesce(max(run_id), 0) FROM core.runs").fetchall()
    return int(run_id)


def _kept(snapshot: Path, run_id: int) -> Path:
    return snapshot.with_name(f"{snapshot.stem}.run{run_id}{snapshot.suffix}")


def _keep(file: Path, name: Path) -> None:
    """Gives a file a second name: it takes no room while both names are of the same file."""
    name.unlink(missing_ok=True)
    os.link(file, name)


def _prune(snapshot: Path, keep: int) -> None:
    """Removes all kept snapshots but the latest `keep`."""
    named = re.compile(rf"{re.escape(snapshot.stem)}\.run(\d+){re.escape(snapshot.suffix)}")
    kept = {
        int(found[1]): file
        for file in snapshot.parent.iterdir()
        if (found := named.fullmatch(file.name))
    }
    for run_id in sorted(kept, reverse=True)[keep:]:
        kept[run_id].unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Makes the new name survive a power failure, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
