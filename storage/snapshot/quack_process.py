"""Keeps the quack server in a process of its own, so that no client's query can harm a run.

    keep_serving(db, ...)   in this process: starts it, starts it again when it ends, ends it
    _serve(pipe, ...)       in that process: serves, and ends itself where `Watch` complains

It sends what it has to tell through a pipe, and a sign of life at each look. It ends with this
process, even if this one is killed: then the pipe closes.
"""

import multiprocessing
import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from storage.core.limits import QueryLimits, temporary_folder
from storage.snapshot.publish import snapshot_of
from storage.snapshot.quack import follow
from storage.snapshot.watch import Watch

#: Seconds without a sign of life after which the process is killed.
SILENCE = 60
#: Seconds until a new process starts.
RESTART = 1
#: Seconds between two looks at the pipe.
PAUSE = 0.2


def keep_serving(
    db: Path,
    *,
    token: str,
    port: int,
    limits: QueryLimits,
    stop: threading.Event,
    tell: Callable[[str], None],
) -> None:
    """Serves a database's snapshots from a process of its own, until told to stop.

    `tell` is called with the reason why nothing is served, in a sentence, and with "" when it is.
    """
    spawning = multiprocessing.get_context("spawn")
    while not stop.is_set():
        ours, theirs = spawning.Pipe()
        process = spawning.Process(
            target=_serve, args=(theirs, db, token, port, limits), daemon=True
        )
        process.start()
        theirs.close()
        try:
            _relay(process, ours, stop, tell)
        finally:
            process.kill()
            process.join()
            ours.close()
            temporary = temporary_folder(snapshot_of(db), process.pid)
            shutil.rmtree(temporary, ignore_errors=True)
        stop.wait(RESTART)


def _relay(
    process: SpawnProcess, pipe: Connection, stop: threading.Event, tell: Callable[[str], None]
) -> None:
    """Tells what the process tells, until it ends or falls silent, or until told to stop."""
    heard, told = time.monotonic(), ""
    while not stop.is_set():
        try:
            message = pipe.recv() if pipe.poll(PAUSE) else None
        except (EOFError, OSError):
            process.join(SILENCE)
            if not told:
                tell(f"the process that serves it ended ({process.exitcode})")
            return
        if message is not None:
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENCE:
            tell(f"the process that serves it has said nothing for {SILENCE} s and was ended")
            return
        if isinstance(message, str):
            told = message
            tell(message)


def _serve(pipe: Connection, db: Path, token: str, port: int, limits: QueryLimits) -> None:
    os.setsid()  # Ctrl-C reaches only the first process, which ends this one
    threading.Thread(target=_end_with_parent, args=(pipe,), daemon=True).start()

    def look(watch: Watch | None) -> None:
        pipe.send(True)
        if watch and (complaint := watch.complaint()):
            pipe.send(complaint)
            os._exit(1)  # an orderly end would wait for the statement

    follow(
        db,
        token=token,
        port=port,
        stop=threading.Event(),
        tell=pipe.send,
        limits=limits,
        look=look,
    )


def _end_with_parent(pipe: Connection) -> None:
    with suppress(EOFError, OSError):
        pipe.recv()
    os._exit(0)
