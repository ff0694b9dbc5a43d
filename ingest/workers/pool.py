"""A pool of worker processes with limits on time and memory.

    with open_pool(workers=2) as pool:
        result = await pool.run(function, argument)

A call that exceeds a limit, or that ends its worker, raises Failed with an outcome to count. A
worker that is killed by a signal which the pool did not send may have been killed for no fault of
its call: Linux kills processes when memory is short. That is extract_killed, which may pass. Each
worker has its own pipe and its own thread, so that the end of one worker affects no other. A new
worker is forked from a process that has already imported the modules named in `preload`.
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

CHECK_SECONDS = 0.02  # between two checks of a busy worker's time and memory
STOP_SHARE = 0.9  # of the memory limit, at which a worker is stopped: it grows between two checks
REPLACE_SHARE = 0.7  # of the memory limit, above which a worker is replaced after its call
MAX_START_SECONDS = 60  # for a worker to start; the first one waits for the imports
MAX_ERROR = 300  # characters of an error that are kept: some errors quote the whole page
MEMORY_PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes
MEGABYTE = 1024 * 1024
#: What a page can do to its worker. extract_killed is missing: somebody else did that.
FAULTS = frozenset({Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY, Outcome.EXTRACT_CRASH})


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """The limits of one call."""

    seconds: float = 20  # of real time, not of processor time
    megabytes: int = 400  # resident memory of its worker, including memory that workers share


class WorkerPool:
    """Workers that each run one call at a time. `open_pool` makes a pool."""

    def __init__(self, workers: int, limits: PageLimits, preload: Sequence[str]) -> None:
        self._workers = [_Worker(limits, preload) for _ in range(workers)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        for worker in self._workers:
            self._idle.put(worker)
        for _ in self._workers:
            self._threads.submit(self._call, int, ())  # starts each worker before the first page

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of `function(*args, **kwargs)`, run in a worker within the limits.

        Raises only Failed: with the outcome that the function raises, or with extract_timeout,
        extract_memory, extract_crash or extract_killed.
        """
        loop = asyncio.get_running_loop()
        call = partial(function, **kwargs)
        return await loop.run_in_executor(self._threads, self._call, call, args)

    def wait(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `run`, for a caller outside of an event loop."""
        return self._threads.submit(self._call, partial(function, **kwargs), args).result()

    def _call(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        worker = self._idle.get()
        try:
            return worker.call(function, args)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """Ends all workers at once, also those that run a call."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()  # the end of its process ends the wait of its thread
        self._threads.shutdown()
        for worker in self._workers:
            worker.stop()

    def pids(self) -> list[int]:
        """The ids of the running processes."""
        return [pid for worker in self._workers if (pid := worker.pid)]


class _Worker:
    """A process that is replaced when it ends, and our end of its pipe."""

    _lock = threading.Lock()  # multiprocessing's list of child processes is not thread-safe

    def __init__(self, limits: PageLimits, preload: Sequence[str]) -> None:
        self._limits = limits
        self._preload = list(preload)
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._closed = False

    def call(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        """The result of `function(*args)`, run in the process. Raises Failed."""
        try:
            pipe = self.start()
            pipe.send((function, args))
            reply = self._reply(pipe)
        except (EOFError, OSError) as error:  # the process has ended or did not start
            raise self._ended(error) from error
        if isinstance(reply, Failed):
            if reply.outcome in FAULTS:
                self.stop()
            raise reply
        if self.megabytes() > REPLACE_SHARE * self._limits.megabytes:
            self.stop()
        return cast("T", reply)

    def start(self) -> Connection:
        """The pipe to a running process. Raises OSError or EOFError where none can be started."""
        if self._pipe and self._process and self._process.is_alive():
            return self._pipe
        self.stop()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["ingest.workers.server", *self._preload])
        ours, theirs = context.Pipe()
        with self._lock, theirs:
            if self._closed:
                raise OSError("the pool is closed")
            process = context.Process(target=_serve, args=(theirs, self._limits), daemon=True)
            process.start()
            self._process, self._pipe = process, ours
        if not ours.poll(MAX_START_SECONDS):
            raise OSError(f"not there after {MAX_START_SECONDS} s")
        ours.recv()
        return ours

    def _reply(self, pipe: Connection) -> object:
        """The reply of the process, or a Failed if it reaches a limit first."""
        deadline = time.monotonic() + self._limits.seconds
        while not pipe.poll(CHECK_SECONDS):
            if time.monotonic() > deadline:
                return Failed(Outcome.EXTRACT_TIMEOUT, f"over {self._limits.seconds:g} s")
            if self.megabytes() > STOP_SHARE * self._limits.megabytes:
                return Failed(Outcome.EXTRACT_MEMORY, f"over {self._limits.megabytes} MB")
        return pipe.recv()

    def _ended(self, error: Exception) -> Failed:
        """Why there is no reply: how the process ended, or the error where none was started."""
        code = self.stop(patience=1)
        if code is None:
            return Failed(Outcome.EXTRACT_CRASH, f"its worker {error}")
        if code >= 0:
            return Failed(Outcome.EXTRACT_CRASH, f"its worker ended with code {code}")
        outcome = Outcome.EXTRACT_CRASH if self._closed else Outcome.EXTRACT_KILLED
        return Failed(outcome, f"its worker was killed by signal {-code}")

    def stop(self, patience: float = 0) -> int | None:
        """Ends the process, if there is one, after `patience` seconds.

        Returns the code with which it ended before that; None where it had to be killed.
        """
        with self._lock:
            process, self._process = self._process, None
            pipe, self._pipe = self._pipe, None
            if pipe:
                pipe.close()
            if not process:
                return None
            process.join(patience)
            code = process.exitcode
            process.kill()
            process.join()
            return code

    def close(self) -> None:
        """Ends the process for good: no other one is started."""
        with self._lock:  # a process that is being started is there when the lock is free
            self._closed = True
            process = self._process
            if process:
                process.kill()

    @property
    def pid(self) -> int:
        """The id of the process; 0 where there is none."""
        process = self._process
        return (process.pid or 0) if process else 0

    def megabytes(self) -> float:
        """The resident memory of the process; 0 where there is no process, or no /proc."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        except OSError:
            return 0
        return int(pages) * MEMORY_PAGE / MEGABYTE


def _serve(pipe: Connection, limits: PageLimits) -> None:
    """The loop of a worker: it receives calls and sends back results, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the main process ends the workers
    _limit_memory(limits.megabytes * MEGABYTE)
    # libraries log each page without text; here such a page is a counted outcome
    logging.disable()
    warnings.simplefilter("ignore")
    with suppress(EOFError, OSError):  # the main process has ended
        pipe.send(None)
        while True:
            function, args = pipe.recv()
            # if the main process is killed, nobody checks the time: then this alarm ends the worker
            signal.alarm(math.ceil(limits.seconds) + 5)
            reply = _answer(function, args)
            signal.alarm(0)
            pipe.send(reply)


def _limit_memory(most: int) -> None:
    """Makes a single request for too much memory fail with a MemoryError, between two checks."""
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
    except BaseException as error:  # whatever a page makes a parser raise, only this page fails
        sentence = f"{type(error).__name__}: {error}"[:MAX_ERROR]
        return Failed(Outcome.EXTRACT_CRASH, sentence.encode("utf-8", "replace").decode())


@contextmanager
def open_pool(
    *,
    workers: int = 0,
    time_limit: float = 20,
    memory_limit: int = 400,
    preload: Sequence[str] = (),
) -> Iterator[WorkerPool]:
    """A WorkerPool that is closed at the end of the block.

    It has `workers` processes (0: one for each core). Each call is limited to `time_limit` seconds,
    and each process to `memory_limit` megabytes. The modules named in `preload` are imported once,
    by the process that workers are forked from. That process stays until this one ends, so the
    first pool of a process decides what it has imported.
    """
    limits = PageLimits(seconds=time_limit, megabytes=memory_limit)
    pool = WorkerPool(workers or os.cpu_count() or 1, limits, preload)
    try:
        yield pool
    finally:
        pool.close()
