"""Turns failures of a database file into one sentence: what happened, where, and what to do."""

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.model import CopydeskError


class DatabaseError(CopydeskError):
    """The database can't be used: the text says why, and what to do."""


class HeldError(DatabaseError):
    """Another process holds the database: try again later."""


def explain(path: Path, error: Exception) -> DatabaseError:
    """The DatabaseError that tells of a failure in one sentence."""
    message = str(error)
    holder = re.search(r"Conflicting lock is held in (.*?) \(PID (\d+)\)", message)
    if holder:
        return HeldError(
            f"{path} is in use by process {holder[2]} ({holder[1]}), probably a run: "
            "try again when it has finished"
        )
    what = befallen(message) or f"cannot be opened: {message.splitlines()[0]}"
    return DatabaseError(f"the database {path} {what}")


#: Messages of DuckDB and the system, as patterns, and what to tell the user.
_SIGNS = {
    "not a valid DuckDB database": (
        "is not a DuckDB database: name another with --db, or move it away"
    ),
    "No space left on device|File too large|Disk quota exceeded": (
        "could not be written, the disk is full: what was under way is undone and all else is "
        "safe; make room and run again"
    ),
    "Permission denied|Read-only file system": (
        "is closed to this user: change the rights of the file and its folder, or name another "
        "with --db"
    ),
    "database file with version number": (
        "was written by a newer DuckDB than is installed here: upgrade Copydesk and duckdb"
    ),
    "Corrupt WAL file|replaying WAL file": (
        "has a damaged log and has been left as it is: put its .wal file back from a backup, or "
        "move it and the .filed file away to go on with what was filed before the last process "
        "was killed (the next run reads what feeds still list)"
    ),
    "Corrupt database file|Could not read enough bytes|Failed to load metadata": (
        "is damaged and has been left as it is: move it and its .wal file away, and copy its "
        ".snapshot file, or your backup, to its name (a damaged snapshot the next run renews)"
    ),
}


def befallen(message: str) -> str | None:
    """What a message means for the file; None where it is not about the file."""
    found = (what for sign, what in _SIGNS.items() if re.search(sign, message))
    return next(found, None)


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """An error, the errors of its group, and the causes of each."""
    yield error
    for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
        yield from causes_of(inner)
    if error.__cause__ is not None:
        yield from causes_of(error.__cause__)
