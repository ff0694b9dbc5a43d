"""Makes one GET: its answer becomes a Fetched, or a Failed says why there is none.

fetch ─> for each hop:  robots.txt ─> a place at the host ─> the guard ─> the answer, limited
                        robots.py     hosts.py               guard.py     response.py
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import MappingProxyType

import httpx
from httpx._utils import get_environment_proxies  # httpx reads them only for its own transports

from ingest.fetch.errors import failing, shown
from ingest.fetch.guard import (
    DirectTransport,
    GuardedBackend,
    ProxiedTransport,
    ProxyGuard,
    Resolve,
    parse_hosts,
    parse_networks,
)
from ingest.fetch.hosts import HostGate
from ingest.fetch.limits import FetchLimits
from ingest.fetch.lookups import system_resolve
from ingest.fetch.response import (
    CHALLENGE_WITHIN,
    ENCODINGS,
    REFUSALS,
    DecodedBody,
    clean_headers,
    hints,
    outcome_of,
)
from ingest.fetch.robots import MAX_BYTES, Robots
from ingest.model import Failed, Fetched, HostState, Outcome, Request
from ingest.urls import MAX_ADDRESS, MAX_HOST, host_of, without_credentials

__all__ = ["FEED_TYPES", "PAGE_TYPES", "FetchLimits", "Fetcher", "hints", "open_fetcher"]

FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"

PERMANENT = frozenset({301, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """The answer to one request of a chain of redirects. `onward` is the next request, if any."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    onward: httpx.Request | None


@dataclass(slots=True)
class _Timer:
    """Seconds that the hops of a request took, without the waits for their turns."""

    seconds: float = 0.0


class Fetcher:
    """Fetches with one connection pool and one set of hosts; made by `open_fetcher`."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        limits: FetchLimits,
        hosts: HostGate,
        robots: Mapping[str, str],
    ) -> None:
        self._client = client
        self._limits = limits
        self._hosts = hosts
        self._robots = Robots(robots, self._robots_txt)

    async def fetch(self, request: Request, accept: str, *, robots: bool = False) -> Fetched:
        """The answer to one GET: a 200 with its body, or a 304. Anything else raises Failed.

        With `robots`, an address that its host's robots.txt forbids raises Failed(robots).
        """
        timer = _Timer()
        try:
            return await self._fetch(request, accept, timer, robots=robots)
        except Failed as failure:
            failure.elapsed_ms = round(timer.seconds * 1000) if timer.seconds else None
            failure.detail = shown(failure.detail)
            raise

    async def _fetch(
        self, request: Request, accept: str, timer: _Timer, *, robots: bool
    ) -> Fetched:
        headers = {"accept": accept}
        if request.etag:
            headers["if-none-match"] = request.etag
        if request.last_modified:
            headers["if-modified-since"] = request.last_modified
        # UTF-8, because some servers' validators hold letters that httpx would refuse to send back
        sent = httpx.Headers(headers, encoding="utf-8")
        with failing():
            call = self._client.build_request("GET", request.url, headers=sent)
            fetched = await self._follow(request.url, call, timer, robots=robots)
        if fetched.not_modified and not (request.etag or request.last_modified):
            raise Failed(Outcome.HTTP_ERROR, "304, but no validator was sent", status=304)
        return fetched

    def now(self) -> datetime:
        """The run's clock: the time that it was given, plus the time that has passed since."""
        return self._hosts.now()

    def is_over(self, url: str) -> bool:
        """Whether the time for this address's host is over in this run."""
        return self._hosts.is_over(host_of(url))

    def host_states(self) -> list[HostState]:
        """The hosts asked so far. The next run begins with them."""
        return self._hosts.states()

    def robots_texts(self) -> dict[str, str]:
        """The robots.txt files fetched so far, by host; empty where a host has none."""
        return dict(self._robots.texts)

    def robots_missed(self) -> dict[str, str]:
        """Hosts whose robots.txt is missing or incomplete, and why: the rest counts as allowed."""
        return dict(self._robots.missed)

    async def _follow(
        self,
        url: str,
        call: httpx.Request,
        timer: _Timer,
        *,
        robots: bool = False,
        cut: int = 0,
    ) -> Fetched:
        """The answer at the end of a chain of redirects. Each hop waits for its own host's turn."""
        moved_to, permanent = "", True
        for _ in range(self._limits.max_redirects + 1):
            _check(call.url)
            if robots:
                await self._robots.check(host_of(str(call.url)), call.url)
            hop = await self._hop(call, timer, cut)
            if hop.onward is None:
                _check_length(hop.url, url)
                return Fetched(
                    url=url,
                    final_url=hop.url,
                    status=hop.status,
                    headers=hop.headers,
                    body=hop.body,
                    elapsed_ms=round(timer.seconds * 1000),
                    moved_to=without_credentials(moved_to) if len(moved_to) <= MAX_ADDRESS else "",
                )
            call = hop.onward
            permanent = permanent and hop.status in PERMANENT
            moved_to = str(call.url) if permanent else moved_to
        raise Failed(Outcome.TOO_MANY_REDIRECTS, f"more than {self._limits.max_redirects}")

    async def _hop(self, call: httpx.Request, timer: _Timer, cut: int) -> _Hop:
        host = host_of(str(call.url))
        seconds = self._limits.total_timeout - timer.seconds
        async with self._hosts.visit(host, await self._robots.crawl_delay(host)):
            started = time.perf_counter()
            try:
                async with asyncio.timeout(seconds), self._answer(call) as response:
                    self._hosts.timed(host, time.perf_counter() - started)
                    headers = clean_headers(response.headers)
                    body = await self._take(response, headers, cut)
            except (TimeoutError, httpx.TransportError):
                self._hosts.timed(host, time.perf_counter() - started)
                self._hosts.unanswered(host)
                raise
            except Failed as failure:
                if failure.outcome in {Outcome.THROTTLED, Outcome.CHALLENGED}:
                    self._hosts.throttled(host, failure.retry_after)
                elif failure.status:
                    self._hosts.answered(host)
                raise
            finally:
                timer.seconds += time.perf_counter() - started
            self._hosts.answered(host)
        return _Hop(
            url=str(response.url),
            status=response.status_code,
            headers=headers,
            body=body,
            onward=response.next_request,
        )

    @asynccontextmanager
    async def _answer(self, call: httpx.Request) -> AsyncIterator[httpx.Response]:
        response = await self._client.send(call, stream=True)
        try:
            yield response
        finally:
            await response.aclose()

    async def _take(self, response: httpx.Response, headers: Mapping[str, str], cut: int) -> bytes:
        status = response.status_code
        if response.next_request or status == 304:
            return b""
        if status == 200:
            try:
                return await self._read(response, cut)
            except Failed as failure:
                failure.status = status
                raise
        head = await self._head(response) if status in REFUSALS else b""
        raise Failed(
            outcome_of(status, headers, head),
            f"HTTP {status}",
            status=status,
            retry_after=hints(headers).retry_after,
        )

    async def _read(self, response: httpx.Response, cut: int = 0) -> bytes:
        """The body unpacked: all of it, or its first `cut` bytes if `cut` is not 0."""
        body = DecodedBody(
            response.headers.get("content-encoding", ""),
            max_bytes=cut or self._limits.max_bytes,
            max_ratio=self._limits.max_ratio,
            cut=bool(cut),
        )
        async for raw in response.aiter_raw():
            body.add(raw)
            if body.full:
                break
        return body.finish()

    async def _head(self, response: httpx.Response) -> bytes:
        """The first bytes of a refusal; none if they are slow or broken. It stays a refusal."""
        with suppress(TimeoutError, httpx.HTTPError, Failed):
            async with asyncio.timeout(self._limits.idle_timeout):
                return await self._read(response, CHALLENGE_WITHIN)
        return b""

    async def _robots_txt(self, address: httpx.URL) -> bytes:
        with failing():
            call = self._client.build_request("GET", address, headers={"accept": "text/plain"})
            return (await self._follow(str(address), call, _Timer(), cut=MAX_BYTES)).body


def _check_length(final_url: str, url: str) -> None:
    if len(final_url) > max(MAX_ADDRESS, len(url)):
        raise Failed(Outcome.BAD_ADDRESS, f"leads to an address of {len(final_url):,} characters")


def _check(url: httpx.URL) -> None:
    if url.scheme not in {"http", "https"} or not url.host:
        raise Failed(Outcome.BAD_ADDRESS, f"not an http(s) address but {url.scheme or 'none'}:")
    if len(url.raw_host.rstrip(b".")) > MAX_HOST:
        raise Failed(Outcome.BAD_ADDRESS, f"a host of more than {MAX_HOST} characters")


@asynccontextmanager
async def open_fetcher(
    *,
    user_agent: str,
    limits: FetchLimits,
    now: datetime,
    proxy: str | None = None,
    hosts: Mapping[str, HostState] = MappingProxyType({}),
    robots: Mapping[str, str] = MappingProxyType({}),
    resolve: Resolve = system_resolve,
) -> AsyncIterator[Fetcher]:
    """A Fetcher for as long as the block lasts.

    `proxy` carries every request; without it HTTP_PROXY, HTTPS_PROXY and NO_PROXY are honoured.
    `now` is the time when the block begins. `hosts` and `robots` are what earlier runs learned; the
    caller leaves out robots.txt files older than a day. Raises CopydeskError for a text in
    `allow_networks` that is not a network.
    """
    allowed = parse_networks(limits.allow_networks)
    guard = ProxyGuard(allowed, parse_hosts(limits.allow_hosts))
    pool = httpx.Limits(max_connections=limits.connections)
    verify = httpx.create_ssl_context()
    proxies = {"all://": proxy} if proxy else get_environment_proxies()
    async with httpx.AsyncClient(
        headers={"user-agent": user_agent, "accept-encoding": ENCODINGS},
        timeout=httpx.Timeout(
            limits.idle_timeout, connect=limits.connect_timeout, pool=limits.total_timeout
        ),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # none is ever kept
        transport=DirectTransport(GuardedBackend(allowed, resolve), verify=verify, limits=pool),
        mounts={
            pattern: ProxiedTransport(by, guard, verify=verify, limits=pool) if by else None
            for pattern, by in proxies.items()
        },
    ) as client:
        places = HostGate(
            now=now,
            states=hosts,
            connections=limits.connections,
            connections_per_host=limits.connections_per_host,
            host_gap=limits.host_gap,
            host_time=limits.host_time,
        )
        yield Fetcher(client, limits, places, robots)
