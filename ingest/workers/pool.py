"""Worker processes with limits: the caller hands in what to run, and on which input.

A call that takes too long, takes too much memory or ends its worker becomes a counted failure.
Each worker has a pipe and a thread of its own, so that the end of one does not touch the others. A
worker is replaced by a fork of a process that has already imported what the caller named.
"""

import asyncio
import logging
import math
import multiprocessing
import os
import resource
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import ParamSpec, TypeVar, cast

from ingest.model import Failed, Outcome

P = ParamSpec("P")
T = TypeVar("T")

LOOK = 0.02  # seconds between two looks at a busy worker's clock and memory
FULL = 0.9  # share of the limit at which a worker is stopped: it grows between two looks
WORN = 0.7  # share of the limit above which a worker is replaced, once its page is done
START = 60  # seconds for a worker to be there; the first one waits for what is imported
SENTENCE = 300  # characters of an error that are kept: some quote the whole page
PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1024 * 1024
FAULTS = frozenset({Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY, Outcome.EXTRACT_CRASH})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """What a page may cost."""

    seconds: float = 20  # by the clock on the wall
    megabytes: int = 400  # resident memory of its worker, what all workers share included


class WorkerPool:
    """Workers, each doing one call at a time; see `open_pool`."""

    def __init__(self, workers: int, limits: PageLimits, preload: Sequence[str]) -> None:
        self._workers = [_Worker(limits, preload) for _ in range(workers)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        for worker in self._workers:
            self._idle.put(worker)
        for _ in self._workers:
            self._threads.submit(self._call, int, ())  # a worker each, ahead of the first page

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`function(*args, **kwargs)` in a worker, within the limits.

        Raises nothing but Failed: the one that the function raises, or extract_timeout,
        extract_memory or extract_crash.
        """
        loop = asyncio.get_running_loop()
        call = partial(function, **kwargs)
        return await loop.run_in_executor(self._threads, self._call, call, args)

    def _call(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        worker = self._idle.get()
        try:
            return worker.call(function, args)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """Ends all workers, whatever they are doing."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()  # its thread hears of it from the pipe
        self._threads.shutdown()
        for worker in self._workers:
            worker.stop()

    def pids(self) -> list[int]:
        """The processes that are there, for whoever watches them."""
        return [pid for worker in self._workers if (pid := worker.pid)]


class _Worker:
    """A process, replaced as often as need be, and this end of its pipe."""

    _books = threading.Lock()  # multiprocessing's own, of its children, are not made for threads

    def __init__(self, limits: PageLimits, preload: Sequence[str]) -> None:
        self._limits = limits
        self._preload = list(preload)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._closed = False

    def call(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        """What `function(*args)` returns in the process. Raises Failed."""
        try:
            pipe = self.start()
            pipe.send((function, args))
            reply = self._reply(pipe)
        except (EOFError, OSError) as error:  # gone, or never there
            how = self.stop(patience=1)
            raise Failed(Outcome.EXTRACT_CRASH, f"its worker {how or error}") from error
        if isinstance(reply, Failed):
            if reply.outcome in FAULTS:
                self.stop()
            raise reply
        if self.megabytes() > WORN * self._limits.megabytes:
            self.stop()
        return cast("T", reply)

    def start(self) -> Connection:
        """The pipe to a process that is alive. Raises OSError or EOFError where none can be had."""
        if self._pipe and self._process and self._process.is_alive():
            return self._pipe
        self.stop()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["ingest.workers.server", *self._preload])
        ours, theirs = context.Pipe()
        with self._books, theirs:
            if self._closed:
                raise OSError("the pool is closed")
            process = context.Process(target=_serve, args=(theirs, self._limits), daemon=True)
            process.start()
            self._process, self._pipe = process, ours
        if not ours.poll(START):
            raise OSError(f"not there after {START} s")
        ours.recv()
        return ours

    def _reply(self, pipe: Connection) -> object:
        """What the process answers, or the Failed of the limit that it reached first."""
        deadline = time.monotonic() + self._limits.seconds
        while not pipe.poll(LOOK):
            if time.monotonic() > deadline:
                return Failed(Outcome.EXTRACT_TIMEOUT, f"over {self._limits.seconds:g} s")
            if self.megabytes() > FULL * self._limits.megabytes:
                return Failed(Outcome.EXTRACT_MEMORY, f"over {self._limits.megabytes} MB")
        return pipe.recv()

    def stop(self, patience: float = 0) -> str:
        """Ends the process, if there is one, after `patience` seconds; says how it ended."""
        with self._books:
            process, self._process = self._process, None
            pipe, self._pipe = self._pipe, None
            if pipe:
                pipe.close()
            if not process:
                return ""
            process.join(patience)
            process.kill()
            process.join()
            code = process.exitcode or 0
            return f"ended with code {code}" if code >= 0 else f"was killed by signal {-code}"

    def close(self) -> None:
        """Ends the process, which is not replaced any more."""
        self._closed = True
        process = self._process
        if process:
            process.kill()

    @property
    def pid(self) -> int:
        """The process, or 0 where there is none."""
        process = self._process
        return (process.pid or 0) if process else 0

    def megabytes(self) -> float:
        """The resident memory of the process; 0 where there is none, or no /proc to tell."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        except OSError:
            return 0
        return int(pages) * PAGE / MEGABYTE


def _serve(pipe: Connection, limits: PageLimits) -> None:
    """The life of a worker: calls come in, results or a Failed go out, until the run has ended."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which ends the workers
    _limit_memory(limits.megabytes * MEGABYTE)
    # libraries log each page they find nothing on; here that is a counted outcome
    logging.disable()
    warnings.simplefilter("ignore")
    with suppress(EOFError, OSError):  # nobody is there any more
        pipe.send(None)
        while True:
            function, args = pipe.recv()
            # where the run itself was killed, nobody is left to watch: then the system stops it
            signal.alarm(math.ceil(limits.seconds) + 5)
            reply = _answer(function, args)
            signal.alarm(0)
            pipe.send(reply)


def _limit_memory(most: int) -> None:
    """For what is asked for at once, between two looks: the system refuses it, a MemoryError."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _answer(function: Callable[..., object], args: tuple[object, ...]) -> object:
    try:
        return function(*args)
    except Failed as failure:
        return failure
    except MemoryError:
        return Failed(Outcome.EXTRACT_MEMORY, "more than its worker may hold")
    except BaseException as error:  # whatever a page does to a parser costs that page alone
        sentence = f"{type(error).__name__}: {error}"[:SENTENCE]
        return Failed(Outcome.EXTRACT_CRASH, sentence.encode("utf-8", "replace").decode())


@contextmanager
def open_pool(
    *,
    workers: int = 0,
    time_limit: float = 20,
    memory_limit: int = 400,
    preload: Sequence[str] = (),
) -> Iterator[WorkerPool]:
    """A WorkerPool for as long as the block lasts.

    It has `workers` processes (0: one a core). Each call is limited to `time_limit` seconds and
    each process to `memory_limit` megabytes. The modules named in `preload` are imported once, by
    the process that workers are forked from.
    """
    limits = PageLimits(seconds=time_limit, megabytes=memory_limit)
    pool = WorkerPool(workers or os.cpu_count() or 1, limits, preload)
    try:
        yield pool
    finally:
        pool.close()
