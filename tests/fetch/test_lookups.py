"""Look-ups of names whose servers never answer hold up no others."""

import asyncio
import socket
import threading
from contextlib import suppress

import pytest

from ingest.fetch import lookups
from ingest.fetch.lookups import MAX_OF_DOMAIN, system_resolve

ANSWER = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 80))]


@pytest.fixture
def names(monkeypatch):
    """A resolver of the system that never answers for dead names, until the test is over."""
    over = threading.Event()

    def look_up(host, *_, **__):
        if "dead" in host:
            over.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return ANSWER

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield over
    over.set()


async def given_up(host):
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await system_resolve(host, 80)


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("dead", ["h{}.dead.example", "h.dead{}.example"])
def test_dead_names_do_not_hold_up_another_name(dead):
    async def run():
        await asyncio.gather(*(given_up(dead.format(number)) for number in range(40)))
        async with asyncio.timeout(5):
            return await system_resolve("wire.example.org", 80)

    assert asyncio.run(run()) == ["192.0.2.7"]


@pytest.mark.usefixtures("names")
def test_dead_names_do_not_hold_up_other_work_in_threads():
    async def run():
        await asyncio.gather(*(given_up(f"h.dead{number}.example") for number in range(40)))
        async with asyncio.timeout(5):
            return await asyncio.to_thread(str, 7)

    assert asyncio.run(run()) == "7"


@pytest.mark.usefixtures("names")
def test_the_names_of_one_domain_have_few_threads():
    async def run():
        hosts = [f"h{number}.dead.co.uk" for number in range(30)]
        await asyncio.gather(*map(given_up, hosts))
        return sum(thread.name.endswith(".dead.co.uk") for thread in threading.enumerate())

    assert asyncio.run(run()) == MAX_OF_DOMAIN


def test_a_thread_that_ends_gives_its_place_to_the_next(names):
    async def run():
        await asyncio.gather(*(given_up(f"h{number}.dead.example") for number in range(9)))
        names.set()
        for number in range(9):
            with pytest.raises(socket.gaierror, match="Temporary failure"):
                await system_resolve(f"h{number}.dead.example", 80)

    asyncio.run(run())


def test_a_look_up_that_is_cancelled_while_it_waits_takes_no_place(names, monkeypatch):
    monkeypatch.setattr(lookups, "MAX_THREADS", 1)

    async def run():
        await given_up("h.dead1.example")
        await asyncio.gather(*(given_up("www.wire.example") for _ in range(9)))
        names.set()
        async with asyncio.timeout(5):
            return await system_resolve("www.wire.example", 80)

    assert asyncio.run(run()) == ["192.0.2.7"]
