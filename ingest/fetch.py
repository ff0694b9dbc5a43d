"""The network. Nothing else in the project opens a connection to a news site."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from ingest.model import Failed, Fetched, Outcome, Request

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"

STATUS_OUTCOMES = {
    401: Outcome.REFUSED,
    403: Outcome.REFUSED,
    404: Outcome.GONE,
    410: Outcome.GONE,
    429: Outcome.THROTTLED,
    451: Outcome.REFUSED,
    503: Outcome.THROTTLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much a server may cost us, and how much we may cost it. Times in seconds."""

    connect_timeout: float = 10
    idle_timeout: float = 15
    total_timeout: float = 45
    max_bytes: int = 10_000_000  # of the decoded body
    max_redirects: int = 5
    connections: int = 32
    connections_per_host: int = 2


class Fetcher:
    """Fetches with one connection pool and one set of per-host limits; made by `open_fetcher`."""

    def __init__(self, client: httpx.AsyncClient, limits: FetchLimits) -> None:
        self._client = client
        self._limits = limits
        self._slots = asyncio.Semaphore(limits.connections)
        self._hosts: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.connections_per_host)
        )

    async def fetch(self, request: Request, accept: str) -> Fetched:
        """The answer to one GET: a 200 with its body, or a 304. Anything else raises Failed."""
        try:
            host = urlsplit(request.url).netloc.rpartition("@")[2].lower()
            async with self._hosts[host], self._slots:  # the clock starts when a place is free
                started = time.perf_counter()
                async with asyncio.timeout(self._limits.total_timeout):
                    return await self._get(request, accept, started)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Failed(Outcome.TIMEOUT, type(error).__name__) from error
        except httpx.TooManyRedirects as error:
            raise Failed(
                Outcome.TOO_MANY_REDIRECTS, f"more than {self._limits.max_redirects}"
            ) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
            raise Failed(Outcome.BAD_ADDRESS, str(error)) from error
        except httpx.HTTPError as error:
            detail = f"{type(error).__name__}: {error}".rstrip(": ")
            raise Failed(Outcome.CONNECTION_FAILED, detail) from error

    async def _get(self, request: Request, accept: str, started: float) -> Fetched:
        headers = {"accept": accept}
        if request.etag:
            headers["if-none-match"] = request.etag
        if request.last_modified:
            headers["if-modified-since"] = request.last_modified
        async with self._client.stream("GET", request.url, headers=headers) as response:
            if response.status_code not in {200, 304}:
                raise Failed(_status_outcome(response.status_code), f"HTTP {response.status_code}")
            body = b"" if response.status_code == 304 else await self._read(response)
            return Fetched(
                url=request.url,
                final_url=str(response.url),
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                body=body,
                elapsed_ms=round((time.perf_counter() - started) * 1000),
            )

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._limits.max_bytes:
                raise Failed(Outcome.TOO_LARGE, f"more than {self._limits.max_bytes:,} bytes")
        return bytes(body)


def _status_outcome(status: int) -> Outcome:
    if status >= 500:
        return STATUS_OUTCOMES.get(status, Outcome.SERVER_ERROR)
    return STATUS_OUTCOMES.get(status, Outcome.HTTP_ERROR)


@asynccontextmanager
async def open_fetcher(
    *, user_agent: str, limits: FetchLimits, proxy: str | None = None
) -> AsyncIterator[Fetcher]:
    """A Fetcher for as long as the block lasts.

    `proxy` carries every request; without it HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured.
    """
    async with httpx.AsyncClient(
        headers={"user-agent": user_agent},
        follow_redirects=True,
        max_redirects=limits.max_redirects,
        timeout=httpx.Timeout(
            limits.idle_timeout, connect=limits.connect_timeout, pool=limits.total_timeout
        ),
        limits=httpx.Limits(max_connections=limits.connections),
        proxy=proxy,
    ) as client:
        yield Fetcher(client, limits)
