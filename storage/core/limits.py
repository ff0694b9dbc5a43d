"""Bounds what one query may take: memory, temporary space, threads, time and rows.

    connect  ->  confine(connection, limits, temporary)  ->  lock(connection)  ->  the query

DuckDB counts the memory of its buffers. It does not count a long text that a query builds, nor the
rows that Python has fetched. `capped_memory` bounds these through the system.
"""

import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import duckdb

MEGABYTE = 1024 * 1024
#: How many times its memory a query may use as temporary space on the disk.
TEMPORARY = 4
#: How many times DuckDB's memory a process may add to its own: texts that DuckDB does not count,
#: fetched rows, and what is sent.
UNCOUNTED = 3
#: Megabytes that a process may add besides: a few threads more, whose stacks count.
SPARE = 256
#: What a query may still set: it changes how a time is shown, and no limit.
HARMLESS = ("TimeZone", "Calendar")
#: Seconds that an interrupted query has to end. Then its process ends: see `watched`.
GRACE = 5
#: The exit status of a process that Ctrl-C ended, as shells give it.
INTERRUPTED = 128 + signal.SIGINT


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """What one query may take."""

    megabytes: int = 1000  # of memory; temporary space is TEMPORARY times as much
    seconds: float = 60  # of real time, reading the answer included
    rows: int = 1_000_000  # of the answer
    threads: int | None = None  # None means one for each core

    @property
    def too_slow(self) -> str:
        """What to tell the user when the time is over."""
        return (
            f"the query took longer than {self.seconds:g} s and was ended: ask for less, or raise "
            "COPYDESK_QUERY_TIME_LIMIT"
        )


def confine(connection: duckdb.DuckDBPyConnection, limits: QueryLimits, temporary: Path) -> None:
    """Sets DuckDB's limits. `temporary` is a folder that DuckDB makes when it needs it."""
    connection.execute(f"SET memory_limit = '{limits.megabytes}MiB'")
    connection.execute("SET temp_directory = ?", [str(temporary)])
    connection.execute(f"SET max_temp_directory_size = '{TEMPORARY * limits.megabytes}MiB'")
    if limits.threads:
        connection.execute(f"SET threads = {limits.threads}")


def lock(connection: duckdb.DuckDBPyConnection, harmless: tuple[str, ...] = ()) -> None:
    """Lets no query change a setting, except those named."""
    if harmless:
        connection.execute(f"SET allowed_configs = {list(harmless)!r}")
    connection.execute("SET lock_configuration = true")


def temporary_folder(file: Path, process: int | None = None) -> Path:
    """The temporary folder of a process (default: this one) for a database.

    A killed process leaves it.
    The next writer removes it, see `storage.core.files.remove_leftovers`.
    """
    return file.with_name(f"{file.name}.{process or os.getpid()}.tmp")


@contextmanager
def capped_memory(megabytes: int, settled: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Lets this process grow by UNCOUNTED times as many megabytes, until the block ends.

    What needs more raises MemoryError, and in DuckDB duckdb.OutOfMemoryException. Linux only:
    elsewhere nothing is capped. `settled` waits until the process has what it needs anyway.
    """
    settled()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[5])  # data and stacks
    except OSError:
        yield
        return
    most = pages * resource.getpagesize() + (UNCOUNTED * megabytes + SPARE) * MEGABYTE
    others = [limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([most, *others]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


@contextmanager
def timed(connection: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[threading.Event]:
    """Interrupts the connection's statement when the time is over. Gives the event that says so."""
    over = threading.Event()

    def end() -> None:
        over.set()
        connection.interrupt()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()


@contextmanager
def watched(limits: QueryLimits, grace: float = GRACE) -> Iterator[None]:
    """Ends this process if the block goes on for `grace` seconds after the time limit.

    DuckDB can't interrupt a function at work on one long text. Python handles no Ctrl-C meanwhile.
    So a thread ends the process: with the sentence and exit status 1 when the time is over, or at
    once at the second Ctrl-C. Use it in the main thread of a program of its own.
    """
    told, teller = socket.socketpair()
    teller.setblocking(False)
    before = signal.set_wakeup_fd(teller.fileno(), warn_on_full_buffer=False)
    end = time.monotonic() + limits.seconds + grace
    watcher = threading.Thread(target=_watch, args=(told, end, limits.too_slow), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        teller.close()
        watcher.join()
        told.close()


def _watch(told: socket.socket, end: float, too_slow: str) -> None:
    """Waits until the other socket is closed, and reads the numbers of signals until then."""
    presses = 0
    while presses < 2:
        if not select.select([told], [], [], max(0, end - time.monotonic()))[0]:
            _exit(too_slow, 1)
        signals = told.recv(64)
        if not signals:
            return
        presses += signals.count(signal.SIGINT)
    _exit("interrupted", INTERRUPTED)


def _exit(what: str, status: int) -> NoReturn:
    """Ends the process, whatever its main thread does."""
    try:
        sys.stderr.write(f"copydesk: {what}\n")
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
