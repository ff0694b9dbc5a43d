"""Made-up feeds, and a simulation of polling them: what it costs, how late it is, what it loses.

Times are seconds since 1970 UTC. The rates of the feeds are log-uniform from 288 entries a day to
one in 30 days. One feed in ten dies on a random day. A third have a newsroom's day in a random time
zone. A tenth have bursts besides: 15 entries in 10 minutes, once a day. A tenth give no
dates, 3% the time of the poll for every entry, 4% dates that lie some hours in the future.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from ingest.feeds.schedule import Cadence, next_poll
from ingest.model import NO_HINTS, FeedState, Outcome

HOUR, DAY = 3600.0, 86400.0
START = datetime(2026, 9, 1, tzinfo=UTC).timestamp()
WARM_UP, DAYS = 5, 30  # days that are not measured, and days that are
FASTEST, SLOWEST = 288.0, 1 / 30  # entries a day
LARGEST_WINDOW = 100
BURST, BURST_LENGTH, BURSTS_A_DAY = 15, 600.0, 1.0
#: What a newsroom publishes in each hour of its day, and on each day from Monday on.
HOURS = np.array(
    [1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 13, 12, 12, 12, 12, 12, 12, 10, 8, 6, 5, 4, 3, 2]
)
WEEKDAYS = np.array([1, 1, 1, 1, 1, 0.5, 0.4])


@dataclass(frozen=True, slots=True)
class Source:
    """A made-up feed: when its entries appear, and what it says of that."""

    feed_id: int
    rate: float  # entries a day over a whole week, bursts left out
    traits: frozenset[str]  # newsroom, bursts, dying, dateless; none of them: steady
    times: np.ndarray
    dates: Sequence[datetime | None] | None  # None: every entry has the time of the poll


@dataclass(frozen=True, slots=True)
class Document:
    """What a poll finds."""

    at: datetime
    fresh: int  # entries never listed before
    listed: int
    dates: Sequence[datetime | None]
    changed: bool  # else it is answered with a 304


class Policy(Protocol):
    """Decides when one feed is polled again."""

    def __call__(self, document: Document) -> float:
        """The seconds from this poll until the feed is due."""


class RealRule:
    """Polls a feed as Copydesk does."""

    def __init__(self, source: "Source", cadence: Cadence) -> None:
        self._feed = FeedState(feed_id=source.feed_id, url="")
        self._cadence = cadence

    def __call__(self, document: Document) -> float:
        due = next_poll(
            self._feed,
            Outcome.READ if document.changed else Outcome.UNCHANGED,
            document.at,
            entries=document.listed,
            fresh=document.fresh,
            dates=document.dates,
            hints=NO_HINTS,
            cadence=self._cadence,
        )
        self._feed = replace(self._feed, pace=due.pace, interval=due.interval)
        return (due.at - document.at).total_seconds()


@dataclass(frozen=True, slots=True)
class Result:
    """How the polling of one feed went, over the days that are measured."""

    source: Source
    requests: float  # a day
    published: int
    lost: int
    delays: np.ndarray  # minutes, of each entry that was seen


def make_sources(seed: int, count: int = 500) -> list[Source]:
    """The feeds of a seed. Their order does not matter."""
    chance = np.random.default_rng(seed)
    return [_make_source(number, chance) for number in range(count)]


def _make_source(number: int, chance: np.random.Generator) -> Source:
    rate = float(np.exp(chance.uniform(np.log(SLOWEST), np.log(FASTEST))))
    lots = chance.random(4)
    dies = START + chance.uniform(0, WARM_UP + DAYS) * DAY
    profile = _profile(chance.integers(24)) if lots[0] < 1 / 3 else np.ones(168)
    begin = START - max(2, 1.5 * LARGEST_WINDOW / rate) * DAY
    end = START + (WARM_UP + DAYS) * DAY
    times = _arrivals(rate, profile, begin, end, chance)
    if lots[1] < 0.1:
        times = np.sort(np.concatenate([times, _bursts(begin, end, chance)]))
    if lots[2] < 0.1:
        times = times[times < dies]
    dates, dated = _dates(times, lots[3], float(chance.integers(1, 9)))
    traits = {
        "newsroom": lots[0] < 1 / 3,
        "bursts": lots[1] < 0.1,
        "dying": lots[2] < 0.1,
        "dateless": not dated,
    }
    held = frozenset(trait for trait, there in traits.items() if there)
    return Source(number * 7919 + 1, rate, held, times, dates)


def _profile(zone: int) -> np.ndarray:
    """A factor for each hour of the week in UTC, 1 on average."""
    week = np.roll(np.outer(WEEKDAYS, HOURS).ravel(), -int(zone))
    return week / week.mean()


def _arrivals(
    rate: float, profile: np.ndarray, begin: float, end: float, chance: np.random.Generator
) -> np.ndarray:
    """A Poisson process that follows the profile, made by thinning a faster one."""
    highest = profile.max()
    expected = rate * highest * (end - begin) / DAY
    times = np.sort(chance.uniform(begin, end, chance.poisson(expected)))
    hours = ((times // HOUR + 72) % 168).astype(int)  # 1 January 1970 was a Thursday
    return times[chance.random(len(times)) < profile[hours] / highest]


def _bursts(begin: float, end: float, chance: np.random.Generator) -> np.ndarray:
    begins = chance.uniform(begin, end, chance.poisson(BURSTS_A_DAY * (end - begin) / DAY))
    return (begins[:, None] + chance.uniform(0, BURST_LENGTH, (len(begins), BURST))).ravel()


def _dates(
    times: np.ndarray, lot: float, hours: float
) -> tuple[Sequence[datetime | None] | None, bool]:
    if lot < 0.10:
        return [None] * len(times), False
    if lot < 0.13:
        return None, False
    late = hours * HOUR if lot < 0.17 else 0.0
    return [datetime.fromtimestamp(float(time) + late, UTC) for time in times], not late


def simulate(source: Source, policy: Policy, window: int, tick: float) -> Result:
    """Polls a feed from its subscription at START on; a poll falls on the scheduler's ticks."""
    times = source.times.tolist()
    end = START + (WARM_UP + DAYS) * DAY
    polls: list[float] = []
    known = None
    at = START
    while at < end:
        polls.append(at)
        upto = bisect_right(times, at)
        lowest = max(0, upto - window)
        moment = datetime.fromtimestamp(at, UTC)
        changed = upto != known
        dates: Sequence[datetime | None] = ()
        if changed:
            dates = (
                [moment] * (upto - lowest) if source.dates is None else source.dates[lowest:upto]
            )
        fresh = upto - max(lowest, known or 0)
        known = upto
        due = at + policy(Document(moment, fresh, upto - lowest if changed else 0, dates, changed))
        at = max(-(-due // tick) * tick, at + tick) if tick else due
    return _measured(source, np.array(polls), window)


def _measured(source: Source, polls: np.ndarray, window: int) -> Result:
    begin, end = START + WARM_UP * DAY, START + (WARM_UP + DAYS) * DAY
    first, last = np.searchsorted(source.times, [begin, min(end, polls[-1])])
    items = np.arange(first, last)
    poll = np.searchsorted(polls, source.times[first:last])
    held = np.searchsorted(source.times, polls, side="right")
    lost = held[poll] - items > window
    delays = (polls[poll] - source.times[first:last])[~lost] / 60
    requests = np.count_nonzero(polls >= begin) / DAYS
    return Result(source, requests, len(items), int(lost.sum()), delays)


@dataclass(frozen=True, slots=True)
class Summary:
    """How a policy fared over many feeds."""

    requests: float  # a feed and day
    median: float  # minutes
    p95: float
    busy_p95: float  # of feeds with 24 entries a day or more
    lost: float  # share of the entries


def summary(results: Sequence[Result]) -> Summary:
    """Over the entries of all the feeds, each counted once; requests over the feeds."""
    delays = np.concatenate([result.delays for result in results])
    busy = [r.delays for r in results if r.published >= 24 * DAYS]
    published = sum(result.published for result in results)
    return Summary(
        requests=float(np.mean([result.requests for result in results])),
        median=float(np.median(delays)) if len(delays) else np.nan,
        p95=float(np.quantile(delays, 0.95)) if len(delays) else np.nan,
        busy_p95=float(np.quantile(np.concatenate(busy), 0.95)) if busy else np.nan,
        lost=sum(result.lost for result in results) / max(1, published),
    )


def run(
    sources: Sequence[Source], policy: Callable[[Source], Policy], window: int, tick: float
) -> list[Result]:
    """Polls each feed by a policy of its own."""
    return [simulate(source, policy(source), window, tick) for source in sources]
