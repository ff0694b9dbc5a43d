"""A database's files: the file itself and its log. They are copied and removed together."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# A child process copies. If this process did, it would lose DuckDB's lock, which keeps a second
# writer out: POSIX drops a process's locks on a file when it closes any handle of that file.
_COPY = """
import os, shutil, sys
CLONE = 0x40049409  # FICLONE: the file system shares the blocks, and nothing is copied (XFS, btrfs)
cloned = False
try:
    with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as target:
        try:
            import fcntl
            fcntl.ioctl(target.fileno(), CLONE, source.fileno())
            cloned = True
        except (ImportError, OSError):
            shutil.copyfileobj(source, target, 1 << 22)
        target.flush()
        os.fsync(target.fileno())
except OSError as error:
    sys.exit(error.strerror)
print("cloned" if cloned else "copied")
"""


def log_of(file: Path) -> Path:
    """The log of a database: writes that are not in its file yet. DuckDB replays it on opening."""
    return file.with_name(f"{file.name}.wal")


def remove(file: Path) -> None:
    """Removes a database and its log, which DuckDB would replay over a new file of that name."""
    for name in (file, log_of(file)):
        name.unlink(missing_ok=True)


def copy_file(source: Path, target: Path) -> bool:
    """Copies a database file, which this process may hold open.

    Returns whether the file system shares the blocks, so that no byte was copied. Raises OSError.
    """
    child = subprocess.run(  # noqa: S603  this same Python, with a fixed text
        [sys.executable, "-I", "-S", "-c", _COPY, source, target],
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        raise OSError(child.stderr.strip() or f"the copying child ended with {child.returncode}")
    return child.stdout.strip() == "cloned"


def remove_leftovers(db: Path) -> None:
    """Removes what killed processes left beside a database, which this process has open to write.

    Only its holder rebuilds, migrates and publishes a database. So these files are nobody's now.
    Files with a process's number are removed when there is no such process.
    """
    stem, suffix = re.escape(db.stem), re.escape(db.suffix)
    ours = re.compile(
        rf"{stem}(\.snapshot)?{suffix}(\.filed)?"
        r"\.(migrating|compact|unfinished|(?P<process>\d+)\.(new|tmp))(\.wal)?"
    )
    for file in db.parent.iterdir():
        found = ours.fullmatch(file.name)
        if not found or (found["process"] and _lives(int(found["process"]))):
            continue
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # another user's
    return True
