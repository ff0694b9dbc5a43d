"""Measures when feeds are polled: requests, delay and loss, on made-up feeds and the real rule.

    python tests/benchmarks/schedule.py [--seeds 11,12,13,14,15] [--windows 20,50,100]
                                        [--rules news] [--vary] [--plot schedule.svg]

500 feeds a seed, 30 days after 5 of warm-up; `tests/support/newsfeeds.py` says what they are like.
An entry is lost when it leaves the feed's window before a poll, delay counts over entries, and a
304 is a request. Copydesk and its rule before poll on ticks of 10 minutes. Each rule of another
program has its own clock, as its users would set it: they are written from what their projects
publish. The parameters were chosen on seeds 1, 2 and 3, so report on others. `--vary` moves each
parameter by 30% either way. Part of `make bench`, which takes one seed and window.
"""

import argparse
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import xxhash
from flows.cli.plot import Chart, svg
from rich.console import Console
from rich.table import Table

import ingest.feeds.pace as pace_rules
from ingest.feeds.schedule import FRESHNESS, Cadence

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.newsfeeds import (
    DAY,
    HOUR,
    Document,
    Policy,
    RealRule,
    Result,
    Source,
    Summary,
    make_sources,
    run,
    summary,
)

TICK = 600.0
KINDS = ("steady", "newsroom", "bursts", "dying", "dateless")
#: Rates and memories of `ingest.feeds.pace` that `--vary` moves.
CONSTANTS = ("RATE_MEMORY", "SHAPE_MEMORY", "FEWEST", "EVIDENCE", "PATIENCE", "ASSUMED")
console = Console(width=120)


class Fixed:
    """The same interval always."""

    def __init__(self, _source: Source, minutes: float) -> None:
        self._wait = minutes * 60

    def __call__(self, _document: Document) -> float:
        return self._wait


class EntryFrequency:
    """miniflux's POLLING_SCHEDULER=entry_frequency, with its defaults.

    A week over the entries dated in the last seven days, times a factor of 1, from 5 minutes to 24
    hours; 24 hours where there is none. An entry without a date has the time of its poll.
    """

    def __init__(self, _source: Source, factor: float = 1) -> None:
        self._seen: list[float] = []
        self._factor = factor

    def __call__(self, document: Document) -> float:
        at = document.at.timestamp()
        if document.fresh:
            self._seen += _dated(document)[-document.fresh :]
        week = bisect_left(self._seen, at + 1) - bisect_left(self._seen, at - 7 * DAY)
        return min(max(7 * DAY / (week * self._factor), 300.0), DAY) if week else DAY


class Empirical:
    """CommaFeed's empirical interval, from 5 minutes to 24 hours.

    Half the average time between the entries listed, at most 6 hours; longer where the newest entry
    is older than 7, 14 or 30 days.
    """

    def __init__(self, _source: Source) -> None:
        self._gap = self._newest = 0.0

    def __call__(self, document: Document) -> float:
        if document.listed:
            dates = sorted(_dated(document))
            self._newest = dates[-1]
            self._gap = (dates[-1] - dates[0]) / max(1, len(dates) - 1)
        days = (document.at.timestamp() - self._newest) // DAY
        for limit, part in ((30, 1), (14, 2), (7, 4)):
            if days >= limit:
                return DAY / part
        return min(max(self._gap / 2, 300.0), DAY / 4)


class ShareRule:
    """Copydesk's rule before: the interval times 1.5 minus the share of the window that is new."""

    def __init__(self, source: Source) -> None:
        self._interval, self._feed = HOUR, source.feed_id

    def __call__(self, document: Document) -> float:
        share = document.fresh / document.listed if document.listed else 0
        self._interval *= 1.5 - share if document.changed else 1.25
        self._interval = min(max(self._interval, 600.0), DAY)
        hour = f"{self._feed} {document.at:%Y-%m-%d %H}".encode()
        return self._interval * (1 + 0.1 * xxhash.xxh3_64_intdigest(hour) / 2**64)


def _dated(document: Document) -> list[float]:
    at = document.at
    return [(date or at).timestamp() for date in document.dates]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A rule to be measured, and the seconds between its ticks; 0 for a clock of its own."""

    name: str
    policy: Callable[[Source], Policy]
    tick: float = TICK


def ours(name: str, cadence: Cadence) -> Candidate:
    """The real rule."""
    return Candidate(name=name, policy=partial(RealRule, cadence=cadence))


OTHERS = (
    Candidate(name="fixed 15 min", policy=partial(Fixed, minutes=15), tick=0),
    Candidate(name="miniflux entry_frequency", policy=EntryFrequency, tick=0),
    Candidate(name="the same on our ticks", policy=EntryFrequency),
    Candidate(name="CommaFeed empirical", policy=Empirical, tick=0),
    Candidate(name="share of the window, before", policy=ShareRule),
)


def measure(candidate: Candidate, seed: int, window: int, count: int) -> dict[str, Summary]:
    """How a rule fares with the feeds of a seed: all of them, and each kind."""
    results = run(make_sources(seed, count), candidate.policy, window, candidate.tick)
    kinds = {kind: [r for r in results if _is(kind, r)] for kind in KINDS}
    return {"all": summary(results)} | {kind: summary(of) for kind, of in kinds.items() if of}


def _is(kind: str, result: Result) -> bool:
    return kind in result.source.traits or (kind == "steady" and not result.source.traits)


def row(summaries: Sequence[Summary]) -> list[str]:
    """Each figure: its mean over the seeds, and how far it spreads where there are several."""
    shown = []
    for name, form in zip(
        (f.name for f in fields(Summary)), ("1f", "1f", "0f", "0f", "3%"), strict=True
    ):
        of = [getattr(s, name) for s in summaries]
        text = f"{np.mean(of):.{form}}"
        if len(of) > 1:
            text += f" ({min(of):.{form}}-{max(of):.{form}})".replace("%-", "-")
        shown.append(text)
    return shown


def table(title: str) -> Table:
    """An empty table of summaries."""
    made = Table(title=title, title_justify="left")
    for column in ("", "requests", "median", "p95", "p95 of busy", "lost"):
        made.add_column(column, justify="left" if not column else "right", no_wrap=True)
    return made


def compare(
    candidates: Sequence[Candidate], seeds: Sequence[int], windows: Sequence[int], count: int
) -> dict:
    """Prints a table for each window, and the kinds of feeds for the last candidate."""
    found = {}
    with ProcessPoolExecutor(2) as pool:
        jobs = {
            (c.name, window): [pool.submit(measure, c, seed, window, count) for seed in seeds]
            for window in windows
            for c in candidates
        }
        for window in windows:
            shown = table(f"windows of {window}: requests a feed and day, delay in minutes")
            for candidate in candidates:
                of = [job.result() for job in jobs[candidate.name, window]]
                found[candidate.name, window] = of
                shown.add_row(candidate.name, *row([s["all"] for s in of]))
            console.print(shown)
            for candidate in candidates:
                if not candidate.name.startswith("copydesk, news"):
                    continue
                kinds = table(f"{candidate.name}, windows of {window}, by kind of feed")
                for kind in KINDS:
                    kinds.add_row(
                        kind, *row([s[kind] for s in found[candidate.name, window] if kind in s])
                    )
                console.print(kinds)
    return found


def vary(seed: int, window: int, count: int) -> None:
    """Prints what becomes of the figures when a parameter is 30% less or more."""
    base = FRESHNESS["news"]
    shown = table(f"seed {seed}, windows of {window}: each parameter 30% less, and more")
    shown.add_row("as it is", *row([measure(ours("", base), seed, window, count)["all"]]))
    for name in ("entries", "share", "clumps", "offset"):
        for times in (0.7, 1.3):
            moved = replace(base, **{name: getattr(base, name) * times})
            found = measure(ours("", moved), seed, window, count)["all"]
            shown.add_row(f"{name} {getattr(moved, name):.3g}", *row([found]))
    for name in CONSTANTS:
        kept = getattr(pace_rules, name)
        for times in (0.7, 1.3):
            setattr(pace_rules, name, kept * times)
            found = measure(ours("", base), seed, window, count)["all"]
            shown.add_row(f"{name} {kept * times:.3g}", *row([found]))
        setattr(pace_rules, name, kept)
    console.print(shown)


def frontier(path: Path, seed: int, window: int, count: int) -> None:
    """Plots requests against loss and delay, for many budgets."""
    budgets = [Cadence(entries=entries) for entries in (0.7, 1, 1.5, 2.1, 3, 4.5, 7)]
    lines = {
        "copydesk": [measure(ours("", c), seed, window, count)["all"] for c in budgets],
        "fixed": [
            measure(
                Candidate(name="", policy=partial(Fixed, minutes=m), tick=0), seed, window, count
            )["all"]
            for m in (15, 30, 60, 120)
        ],
        "miniflux": [
            measure(
                Candidate(name="", policy=partial(EntryFrequency, factor=f)), seed, window, count
            )["all"]
            for f in (0.25, 0.5, 1, 2)
        ],
    }
    charts = [
        Chart(
            title=f"{title}, by requests a feed and day",
            lines={
                name: sorted((s.requests, getattr(s, figure) * scale) for s in of)
                for name, of in lines.items()
            },
            base=0,
        )
        for figure, title, scale in (
            ("lost", "per cent lost", 100),
            ("median", "median delay, minutes", 1),
            ("busy_p95", "p95 of busy feeds, minutes", 1),
        )
    ]
    path.write_text(svg(charts, columns=1))


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def main() -> None:
    """Reads the options, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=_numbers, default=[11])
    parser.add_argument("--windows", type=_numbers, default=[20])
    parser.add_argument("--feeds", type=int, default=500)
    parser.add_argument("--rules", default="", help="those whose name has this; else all")
    parser.add_argument("--vary", action="store_true")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    started = time.perf_counter()
    presets = [ours(f"copydesk, {name}", cadence) for name, cadence in FRESHNESS.items()]
    candidates = [c for c in (*OTHERS, *presets) if options.rules in c.name]
    compare(candidates, options.seeds, options.windows, options.feeds)
    if options.vary:
        vary(options.seeds[0], options.windows[0], options.feeds)
    if options.plot:
        frontier(options.plot, options.seeds[0], options.windows[0], options.feeds)
    console.print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
