"""Decides how often a host is asked. One limit holds for all its feeds and pages together.

A host gets a few requests at once, with a gap between their starts. If it asks for a pause, no
request is made to it until the pause is over. The policy is pure: functions from one HostState to
the next, given the time. `HostGate` does the waiting.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.model import Failed, HostState, Outcome

FIRST_COOLDOWN = timedelta(minutes=5)  # if the server names no time; doubled at each strike
LONGEST_COOLDOWN = timedelta(hours=6)  # if the server names no time
DEAD = 12  # requests in a row without any answer, after which a host is left alone
DEAD_COOLDOWN = timedelta(minutes=10)
LONGEST_ASKED = timedelta(hours=24)  # if the server names a longer time
SMOOTHING = 0.3  # weight of the latest response time
SLOWNESS = 0.5  # share of a host's response time that the gap has at least
LONGEST_GAP = 10.0  # seconds, for a slow host
LONGEST_DELAY = 30.0  # seconds, for robots.txt's crawl-delay


def is_cooling(state: HostState, now: datetime) -> bool:
    """Whether a host must be left alone at this time."""
    return state.cooling_until is not None and now < state.cooling_until


def throttled(state: HostState, now: datetime, retry_after: timedelta | None) -> HostState:
    """The host after it asked for a pause, or asked whether we are human.

    It is left alone for the time that it names. If it names none, each pause is twice the last one.
    Such answers to requests that were under way together count as one strike. "Retry-After: 0"
    counts as no time, because we came too often.
    """
    strikes = state.strikes if is_cooling(state, now) else state.strikes + 1
    ours = min(FIRST_COOLDOWN * 2 ** min(max(strikes, 1) - 1, 10), LONGEST_COOLDOWN)
    until = now + min(retry_after or ours, LONGEST_ASKED)
    if state.cooling_until is not None:
        until = max(until, state.cooling_until)
    return replace(state, cooling_until=until, strikes=strikes)


def answered(state: HostState, now: datetime) -> HostState:
    """The host after a normal answer: its strikes are forgotten.

    An answer during a pause changes nothing, because its request was made before the pause.
    """
    if is_cooling(state, now):
        return state
    return replace(state, cooling_until=None, strikes=0)


def timed(state: HostState, milliseconds: float) -> HostState:
    """The host with its smoothed response time after one more answer or failure."""
    if not state.latency_ms:
        return replace(state, latency_ms=milliseconds)
    smoothed = state.latency_ms + SMOOTHING * (milliseconds - state.latency_ms)
    return replace(state, latency_ms=smoothed)


def gap(state: HostState, host_gap: float, crawl_delay: float) -> float:
    """Seconds between the starts of two requests to a host.

    A `host_gap` of 0 turns off our own gap, but not the delay that the host's robots.txt asks for.
    """
    ours = max(host_gap, min(SLOWNESS * state.latency_ms / 1000, LONGEST_GAP)) if host_gap else 0
    asked = min(crawl_delay, LONGEST_DELAY) if crawl_delay > 0 else 0  # nan is not above 0
    return max(ours, asked)


class _Host:
    """A host during a run: its state, and the requests that wait for it."""

    def __init__(self, state: HostState, connections: int) -> None:
        self.state = state
        self.places = asyncio.Semaphore(connections)
        self.door = asyncio.Lock()  # held by the one request that waits for the gap to pass
        self.last_start = -math.inf
        self.unanswered = 0  # requests in a row
        self.spent = 0.0  # seconds that its gaps and its slow answers have taken in this run


class HostGate:
    """Lets each request through to its host when its turn has come.

    The time is `now`, at which the run began, plus what has passed on the monotonic `clock`.
    """

    def __init__(
        self,
        *,
        now: datetime,
        states: Mapping[str, HostState],
        connections: int,
        connections_per_host: int,
        host_gap: float,
        host_time: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = now
        self._states = states
        self._slots = asyncio.Semaphore(connections)
        self._connections_per_host = connections_per_host
        self._host_gap = host_gap
        self._host_time = host_time
        self._clock = clock
        self._sleep = sleep
        self._began = clock()
        self._hosts: dict[str, _Host] = {}

    def now(self) -> datetime:
        """The run's time."""
        return self._now + timedelta(seconds=self._clock() - self._began)

    def states(self) -> list[HostState]:
        """The current state of each host that was asked in this run."""
        return [host.state for host in self._hosts.values() if host.last_start > -math.inf]

    @asynccontextmanager
    async def visit(self, name: str, crawl_delay: float = 0) -> AsyncIterator[None]:
        """Waits for a place at a host, and holds it until the block ends.

        Raises Failed(cooling) if the host is in a pause, also for requests that wait when the pause
        begins. Raises Failed(pending) if the host has used up its `host_time`: otherwise a host
        that wants half a minute between two requests would hold up the whole run.
        """
        host = self._host(name)
        self._turn_away(host)
        async with host.places:
            async with host.door:
                pause = gap(host.state, self._host_gap, crawl_delay)
                wait = max(0.0, host.last_start + pause - self._clock())
                self._take_time(host, wait)
                # no slot is held meanwhile, so that the gap of one host delays no other host
                await self._sleep(wait)
                await self._slots.acquire()
                try:
                    self._turn_away(host)
                except Failed:
                    self._slots.release()
                    raise
                started = host.last_start = self._clock()
            try:
                yield
            finally:
                self._slots.release()
                # the time beyond the gap, divided by the number of requests that run at once
                took = (self._clock() - started) / self._connections_per_host
                host.spent += max(0.0, took - wait)

    def throttled(self, name: str, retry_after: timedelta | None) -> None:
        """Notes that a host asked for a pause. Requests to it fail until the pause is over."""
        host = self._host(name)
        host.state = throttled(host.state, self.now(), retry_after)

    def answered(self, name: str) -> None:
        """Notes a normal answer of a host."""
        host = self._host(name)
        host.unanswered = 0
        host.state = answered(host.state, self.now())

    def unanswered(self, name: str) -> None:
        """Notes that a host gave no answer. After DEAD in a row it is left alone for a while.

        Otherwise a thousand pages of a dead site would cost a thousand time-outs.
        """
        host = self._host(name)
        host.unanswered += 1
        if host.unanswered >= DEAD:
            host.state = throttled(host.state, self.now(), DEAD_COOLDOWN)

    def timed(self, name: str, seconds: float) -> None:
        """Notes how long an answer or a failure of a host took."""
        host = self._host(name)
        host.state = timed(host.state, seconds * 1000)

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            state = self._states.get(name) or HostState(host=name)
            self._hosts[name] = _Host(state, self._connections_per_host)
        return self._hosts[name]

    def _take_time(self, host: _Host, seconds: float) -> None:
        if host.spent + seconds > self._host_time:
            raise Failed(
                Outcome.PENDING, f"{host.state.host} has had its {self._host_time:g} s of this run"
            )
        host.spent += seconds

    def _turn_away(self, host: _Host) -> None:
        now, until = self.now(), host.state.cooling_until
        if until is not None and is_cooling(host.state, now):
            raise Failed(
                Outcome.COOLING,
                f"{host.state.host} is left alone until {until:%Y-%m-%d %H:%M} UTC",
                retry_after=until - now,
            )
