"""Looks host names up in threads of its own, so that slow name servers hold up nobody else.

The system's resolver blocks a thread, and nothing can end it: a name whose server never answers
takes ten seconds and more. asyncio's own threads are few, and other work needs them. Here, each
look-up has a daemon thread. All names of one registered domain have a few threads at most, because
one domain can list any number of names.
"""

import asyncio
import socket
import threading
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from weakref import WeakKeyDictionary

import tld

MAX_THREADS = 64
MAX_OF_DOMAIN = 4  # threads for the names of one registered domain


class LookUps:
    """The look-ups of one event loop."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MAX_THREADS)
        self._free_of = defaultdict[str, asyncio.Semaphore](
            lambda: asyncio.Semaphore(MAX_OF_DOMAIN)
        )

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a name, in the system's order of preference. Raises OSError.

        A look-up that nobody waits for any more keeps its place until its thread ends.
        """
        mine = self._free_of[_domain(host)]
        await mine.acquire()
        try:
            await self._free.acquire()
        except BaseException:
            mine.release()
            raise
        return await self._start(host, port, mine)

    def _start(self, host: str, port: int, mine: asyncio.Semaphore) -> asyncio.Future[list[str]]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[str]] = loop.create_future()

        def end(found: list[str], error: Exception | None) -> None:
            self._free.release()
            mine.release()
            if future.done():  # cancelled: the time to connect is over
                return
            if error:
                future.set_exception(error)
            else:
                future.set_result(found)

        def work() -> None:
            try:
                told = partial(end, _ask(host, port), None)
            except Exception as error:  # whatever it is, the one who waits receives it
                told = partial(end, [], error)
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(told)

        threading.Thread(target=work, name=f"look-up of {host}"[:60], daemon=True).start()
        return future


_of_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, LookUps] = WeakKeyDictionary()


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses the system's resolver gives for a name, in its order of preference."""
    look_ups = _of_loop.setdefault(asyncio.get_running_loop(), LookUps())
    return await look_ups.addresses(host, port)


def _ask(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _domain(host: str) -> str:
    """The registered domain of a host; its last two labels where none is known."""
    name = host.rstrip(".").lower()
    known = tld.get_fld(name, fail_silently=True, fix_protocol=True, search_private=True)
    return known or ".".join(name.split(".")[-2:])
