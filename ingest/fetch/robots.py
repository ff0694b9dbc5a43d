"""Reads robots.txt: which pages a host asks us not to fetch, and how long it asks us to wait.

Each host's file is asked for at most once a run. Checking an address takes time in proportion to
the number of rules times the length of the address. Others control both, so both have a limit:

- The first MAX_BYTES bytes of the file are read (RFC 9309, 2.5, tells crawlers to read that much).
- Rules with wildcards are kept until they add up to MAX_WILDCARDS characters. Rules without
  wildcards are all kept: they are compared in one step.
- The file is read up to the line where the number of agents times the number of lines is more than
  MAX_WORK.
- The first MAX_ADDRESS characters of an address are compared. A feed's addresses are not longer,
  but a redirect may lead to a longer one.

A rule that is left out forbids nothing. `Robots.missed` names the hosts where that happened, and
the run warns about them. Within these limits reading and checking take up to 0.1 s. They run in a
thread, so no other request waits for them.
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
# If robots.txt cannot be fetched for one of these reasons, the host's pages are not fetched either.
NO_PAGES_EITHER = frozenset(
    {*NOT_ASKED, Outcome.THROTTLED, Outcome.CHALLENGED, Outcome.FORBIDDEN_ADDRESS}
)

AGENT = re.compile(r"\s*user[\s-]*agent", re.IGNORECASE)  # a line that begins or joins a group

#: The first MAX_BYTES bytes at an address. Raises Failed.
Ask = Callable[[httpx.URL], Awaitable[bytes]]


class Robots:
    """The rules of each host, from the texts in `held` or by asking the host.

    `texts` has the files that were fetched: "" for a host without one. `missed` has the hosts whose
    file is missing or incomplete, with the reason. What is missing counts as allowed in this run.
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
        """Raises Failed(robots) if the host forbids the page, or why it cannot be asked."""
        async with self._asking[host]:
            rules = await self._known(host)
            if rules is None:
                rules = await self._read(host, await self._fetch(host, url))
        if not await asyncio.to_thread(rules.can_fetch, str(url)[:MAX_ADDRESS], NAME):
            raise Failed(Outcome.ROBOTS, f"the robots.txt of {host} asks us not to")

    async def crawl_delay(self, host: str) -> float:
        """Seconds that a host wants between requests; 0 if it names none or was not asked yet."""
        rules = await self._known(host)
        return (rules.crawl_delay(NAME) if rules else None) or 0.0

    async def _known(self, host: str) -> Protego | None:
        """The rules of a host, without asking it. A text is read once, however many wait for it."""
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
    """The rules of a robots.txt within the limits, and what was left out of it; "" for nothing."""
    kept, left_out = bounded(text)
    return Protego.parse(kept), left_out


def bounded(text: str) -> tuple[str, str]:
    """A robots.txt within the limits, and what was left out of it; "" for nothing."""
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
