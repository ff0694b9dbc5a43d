"""robots.txt: which of its pages a host asks us not to fetch, and how long it wants us to wait.

Each host's file is asked for once a run. Deciding takes time that grows with rules times length of
the address, and both are a stranger's, so both have a bound:

- of the file, the first MAX_BYTES bytes are read (RFC 9309, 2.5, has a crawler read that much);
- rules with wildcards are kept until they add up to MAX_WILDCARDS characters, rules without are all
  kept: those are compared in one step;
- the file ends at the line where agents times lines exceed MAX_WORK;
- of an address, the first MAX_ADDRESS characters are compared. Feeds list no longer ones, but a
  redirect may lead to one.

A rule that is left out closes nothing. `Robots.missed` names the hosts where that happened, and the
run warns of them. What is within the bounds takes up to 0.1 s, and runs in a thread: no other
request waits for it.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

import httpx
from protego import Protego

from ingest.model import NOT_ASKED, Failed, Outcome
from ingest.urls import MAX_ADDRESS

NAME = "Copydesk"  # who we are in a robots.txt
MAX_BYTES = 500_000
MAX_WILDCARDS = 100_000  # characters: with addresses of MAX_ADDRESS, Protego takes 0.03 s a page
MAX_WORK = 500_000  # agents x lines: with more, Protego takes over a second to read the file
# If robots.txt cannot be had for one of these reasons, the host's pages cannot be had either.
NO_PAGES_EITHER = frozenset(
    {*NOT_ASKED, Outcome.THROTTLED, Outcome.CHALLENGED, Outcome.FORBIDDEN_ADDRESS}
)

AGENT = re.compile(r"\s*user[\s-]*agent", re.IGNORECASE)  # a line that begins or joins a group

#: The first MAX_BYTES bytes at an address. Raises Failed.
Ask = Callable[[httpx.URL], Awaitable[bytes]]


class Robots:
    """The rules of each host, from the texts in `held` or by asking the host.

    `texts` holds those that were asked for: "" where a host has none. `missed` says for which hosts
    it could not be had, or not all of it, and why: what is missing counts as allowed in this run.
    """

    def __init__(self, held: Mapping[str, str], ask: Ask) -> None:
        self._held = held
        self._ask = ask
        self._rules: dict[str, Protego] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.texts: dict[str, str] = {}
        self.missed: dict[str, str] = {}

    async def check(self, host: str, url: httpx.URL) -> None:
        """Raises Failed(robots) where the host asks us not to, or why its pages cannot be had."""
        async with self._asking[host]:
            rules = await self._known(host)
            if rules is None:
                rules = await self._read(host, await self._fetch(host, url))
        if not await asyncio.to_thread(rules.can_fetch, str(url)[:MAX_ADDRESS], NAME):
            raise Failed(Outcome.ROBOTS, f"the robots.txt of {host} asks us not to")

    async def crawl_delay(self, host: str) -> float:
        """Seconds that a host wants between requests, as far as is known; 0 for none."""
        rules = await self._known(host)
        return (rules.crawl_delay(NAME) if rules else None) or 0.0

    async def _known(self, host: str) -> Protego | None:
        """The rules of a host without asking it. Those that wait for a text read it once."""
        if host in self._rules or host not in self._held:
            return self._rules.get(host)
        async with self._reading[host]:
            return self._rules.get(host) or await self._read(host, self._held[host])

    async def _fetch(self, host: str, url: httpx.URL) -> str:
        address = url.copy_with(raw_path=b"/robots.txt", fragment=None, username="", password="")
        try:
            text = (await self._ask(address)).decode("utf-8-sig", "replace")
        except Failed as failure:
            if failure.outcome in NO_PAGES_EITHER:
                raise
            if not 400 <= (failure.status or 0) < 500:
                self.missed[host] = f"{failure.outcome}: {failure.detail}"
                return ""
            text = ""  # 404 and its like: there are no rules (RFC 9309, 2.3.1.3)
        self.texts[host] = text
        return text

    async def _read(self, host: str, text: str) -> Protego:
        self._rules[host], left_out = await asyncio.to_thread(read_rules, text)
        if left_out:
            self.missed[host] = left_out
        return self._rules[host]


def read_rules(text: str) -> tuple[Protego, str]:
    """The rules of a robots.txt within the bounds, and what was left out of it; "" for nothing."""
    kept, left_out = bounded(text)
    return Protego.parse(kept), left_out


def bounded(text: str) -> tuple[str, str]:
    """A robots.txt within the bounds, and what was left out of it; "" for nothing."""
    kept: list[str] = []
    agents = wildcards = skipped = 0
    for number, line in enumerate(text.splitlines()):
        rule = line.partition("#")[0]
        agents += "agent" in rule.lower()
        if agents * number > MAX_WORK:
            return "\n".join(kept), f"its robots.txt takes too long to read from line {number:,} on"
        if "*" in rule and not AGENT.match(rule):
            wildcards += len(rule)
            if wildcards > MAX_WILDCARDS:
                skipped += 1
                continue
        kept.append(line)
    left_out = f"its robots.txt has {skipped:,} rules with wildcards too many" if skipped else ""
    return "\n".join(kept), left_out
