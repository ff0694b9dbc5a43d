"""The memory and the open handles of a process, as Linux tells them."""

import threading
import time
from contextlib import contextmanager
from pathlib import Path

MEGABYTE = 1024 * 1024


def resident(pid="self"):
    """Megabytes that a process holds now."""
    return _status(pid, "VmRSS:")


def peak(pid="self"):
    """The most megabytes that a process ever held. Not getrusage's ru_maxrss: a process inherits
    that from the one that started it."""
    return _status(pid, "VmHWM:")


def handles(pid="self"):
    """How many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _status(pid, field):
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.partition(field)[2].split()[0]) / 1024


@contextmanager
def watching(pid, seconds=0.5):
    """Yields a list that gains (seconds, megabytes) of a process while the block lasts."""
    samples, done, start = [], threading.Event(), time.monotonic()

    def watch():
        while not done.wait(seconds):
            try:
                samples.append((time.monotonic() - start, resident(pid)))
            except (OSError, IndexError):  # it has ended
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        done.set()
        thread.join()
