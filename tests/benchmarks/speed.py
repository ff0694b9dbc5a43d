"""Measures figures of docs/figures.md, as ratios in one run: `make bench`."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from flows.pipeline.polling import poll_feed
from ingest.fetch.client import FetchLimits, open_fetcher
from ingest.model import FeedState, Fetched, Outcome, ParsedFeed

HOSTS = 50
FEEDS = 500
LATENCY = 0.05  # seconds before each answer
GOAL = 1.5
NOW = datetime(2026, 9, 17, 12, tzinfo=UTC)
UNCHANGED = b"HTTP/1.1 304 Not Modified\r\nETag: x\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def proxy_of_304() -> AsyncIterator[str]:
    """A forward proxy on loopback to which nothing has ever changed."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(LATENCY)
                writer.write(UNCHANGED)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def never_parsed(fetched: Fetched) -> ParsedFeed:
    """No body comes, so none is parsed."""
    raise SystemExit(f"a body came: {fetched.url}")


async def poll_all(limits: FetchLimits) -> float:
    """Seconds that polling every feed takes."""
    feeds = [
        FeedState(feed_id=n, url=f"http://host{n % HOSTS}.example/feed/{n}", etag="x")
        for n in range(FEEDS)
    ]
    async with (
        proxy_of_304() as proxy,
        open_fetcher(user_agent="bench", limits=limits, now=NOW, proxy=proxy) as fetcher,
    ):
        started = time.perf_counter()
        polls = await asyncio.gather(
            *(poll_feed(feed, fetcher, never_parsed, NOW) for feed in feeds)
        )
        took = time.perf_counter() - started
    outcomes = {poll.attempt.outcome for poll in polls}
    if outcomes != {Outcome.UNCHANGED}:
        raise SystemExit(f"not what was to be measured: {outcomes}")
    return took


def lower_bound(limits: FetchLimits) -> float:
    """The least seconds the politeness limits allow: a host's gaps, or all connections busy."""
    each = FEEDS // HOSTS
    gaps = (each - 1) * limits.host_gap + LATENCY
    places = each * LATENCY / limits.connections_per_host
    return max(gaps, places, FEEDS * LATENCY / limits.connections)


def main() -> None:
    """Prints the table; exits with 1 where a goal is missed."""
    table = Table("polling", "seconds", "lower bound", "ratio", "goal")
    worst = 0.0
    for name, limits in (
        ("as set by default", FetchLimits()),
        ("no gap between starts", FetchLimits(host_gap=0)),
    ):
        took, bound = asyncio.run(poll_all(limits)), lower_bound(limits)
        goal = f"<= {GOAL}" if limits.host_gap else ""
        table.add_row(name, f"{took:.2f}", f"{bound:.2f}", f"{took / bound:.2f}", goal)
        if limits.host_gap:
            worst = max(worst, took / bound)
    console = Console()
    console.print(f"{FEEDS} feeds on {HOSTS} hosts, {LATENCY * 1000:.0f} ms each, all 304")
    console.print(table)
    raise SystemExit(worst > GOAL)


if __name__ == "__main__":
    main()
