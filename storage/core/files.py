"""A database's files: the file itself and its log; copied and removed together."""

import subprocess
import sys
from pathlib import Path

# Copied by a child: POSIX takes a process's locks on a file away as soon as that process closes any
# handle on it, and DuckDB's lock is all that keeps a second writer out while we copy.
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
    """Where DuckDB keeps what is not in a database's file yet; it replays that when it opens it."""
    return file.with_name(f"{file.name}.wal")


def remove(file: Path) -> None:
    """Removes a database and its log, which would be replayed over the next one of that name."""
    for name in (file, log_of(file)):
        name.unlink(missing_ok=True)


def copy_file(source: Path, target: Path) -> bool:
    """Copies a database file that this process may hold; True where its blocks are shared.

    Raises OSError.
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
