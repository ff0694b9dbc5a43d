"""robots.txt: what a host asks of us, fetched once and held to."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

import httpx
from protego import Protego

from ingest.model import NOT_ASKED, Failed, Outcome

NAME = "Copydesk"  # who we are in a robots.txt
MAX_BYTES = 500_000  # RFC 9309 has us read that much of it; the rest is left out
MAX_WORK = 500_000  # agents x lines: with more, Protego holds up everything for over a second
# Where it cannot be had for one of these reasons, the host's pages cannot be had either.
NO_PAGES_EITHER = frozenset(
    {*NOT_ASKED, Outcome.THROTTLED, Outcome.CHALLENGED, Outcome.FORBIDDEN_ADDRESS}
)
ALL_ALLOWED = Protego.parse("")

#: The first MAX_BYTES bytes at an address. Raises Failed.
Ask = Callable[[httpx.URL], Awaitable[bytes]]


class Robots:
    """The rules of each host, from `held` texts or by asking.

    `texts` are those asked for: "" where a host has none. `missed` says of which hosts it could not
    be had, and why: there everything is taken as allowed, for this run.
    """

    def __init__(self, held: Mapping[str, str], ask: Ask) -> None:
        self._held = held
        self._ask = ask
        self._rules: dict[str, Protego] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.texts: dict[str, str] = {}
        self.missed: dict[str, str] = {}

    async def check(self, host: str, url: httpx.URL) -> None:
        """Raises Failed(robots) where the host asks us not to, or why its pages cannot be had."""
        async with self._asking[host]:
            rules = self._known(host)
            if rules is None:
                rules = self._parse(host, await self._fetch(host, url))
        if not rules.can_fetch(str(url), NAME):
            raise Failed(Outcome.ROBOTS, f"the robots.txt of {host} asks us not to")

    def crawl_delay(self, host: str) -> float:
        """Seconds that a host wants between requests, as far as is known; 0 for none."""
        rules = self._known(host)
        return (rules.crawl_delay(NAME) if rules else None) or 0.0

    def _known(self, host: str) -> Protego | None:
        if host not in self._rules and host in self._held:
            self._parse(host, self._held[host])
        return self._rules.get(host)

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

    def _parse(self, host: str, text: str) -> Protego:
        if text.lower().count("agent") * len(text.splitlines()) > MAX_WORK:
            self.missed[host] = "its robots.txt would take too long to read"
            self._rules[host] = ALL_ALLOWED
        else:
            self._rules[host] = Protego.parse(text)
        return self._rules[host]
