"""Real fetching, as the tests do it: from loopback, without a pause between two requests."""

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from ingest.fetch.client import PAGE_TYPES, FetchLimits, open_fetcher
from ingest.fetch.lookups import system_resolve
from ingest.model import Failed, Request

AGENT = "Copydesk tests"
NOW = datetime(2026, 9, 18, 6, tzinfo=UTC)
LOOPBACK = ("127.0.0.0/8",)


def limit(**given):
    """Limits that let a test reach its own server at once."""
    return FetchLimits(**{"allow_networks": LOOPBACK, "host_gap": 0, **given})


async def fictional(host, port):
    """A resolver that has every host under `.example` on loopback, and asks no name server."""
    if host.rstrip(".").endswith(".example"):
        return ["127.0.0.1"]
    if host == "localhost":
        return await system_resolve(host, port)
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@asynccontextmanager
async def session(*, limits=None, resolve=fictional, **options):
    """A Fetcher."""
    options = {"user_agent": AGENT, "now": NOW, **options}
    async with open_fetcher(limits=limits or limit(), resolve=resolve, **options) as fetcher:
        yield fetcher


async def settled(*fetches):
    """What each came to: a Fetched, or the Failed it raised."""
    results = await asyncio.gather(*fetches, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Failed):
            raise result
    return results


def fetch(*requests, accept=PAGE_TYPES, robots=False, **options):
    """What each request came to, all of them at once."""

    async def run():
        async with session(**options) as fetcher:
            return await settled(*(fetcher.fetch(r, accept, robots=robots) for r in requests))

    return asyncio.run(run())


def fetch_one(url, **options):
    (result,) = fetch(Request(url=url), **options)
    return result
