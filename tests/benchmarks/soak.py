"""Measures endurance: many runs in one process, as `serve` makes them. Nothing may grow.

    python tests/benchmarks/soak.py                       200 runs of the sample newsroom
    python tests/benchmarks/soak.py --runs 50

The clock moves ten minutes a run. Each run reads the sample through the whole pipeline, without
Prefect, and publishes. Prints memory, open handles, threads and the size of the database after the
tenth run and after the last. Fails where memory grew by more than `GROWTH`, and where handles or
threads grew at all. The database grows by its ledger: some rows for each run.
"""

import argparse
import gc
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.fetching import limit  # noqa: E402  after the path
from support.memory import handles, resident  # noqa: E402
from support.running import Conditions, run_once  # noqa: E402

from flows.pipeline.polling import read_feeds  # noqa: E402
from flows.sample.newsroom import FEEDS, sample_newsroom  # noqa: E402
from storage.store import open_store  # noqa: E402

START = datetime(2026, 9, 18, 6, tzinfo=UTC)
WARM = 10  # runs, after which everything that is kept for good is there
GROWTH = 1.15  # 200 runs leave some memory with the allocators, and no Python objects


def figures(db: Path) -> dict[str, float]:
    """What may not grow, now."""
    gc.collect()
    return {
        "MB of memory": resident(),
        "handles": handles(),
        "threads": threading.active_count(),
        "KB of database": db.stat().st_size / 1024,
    }


def soak(db: Path, runs: int, *, show: bool) -> tuple[dict[str, float], dict[str, float], float]:
    """The figures after WARM runs and after all, and the seconds between."""
    feeds = read_feeds(FEEDS)
    before: dict[str, float] = {}
    started = time.monotonic()
    with sample_newsroom() as proxy:
        for number in range(runs):
            now = START + timedelta(minutes=10 * number)
            with open_store(db) as store:
                run_once(store, feeds, Conditions(now=now, proxy=proxy, limits=limit()))
                store.publish()
            if show and number % 20 == 19:
                sys.stdout.write(f"{number + 1:5} runs: {resident():4.0f} MB\n")
                sys.stdout.flush()
            if number + 1 == min(WARM, runs):
                before, started = figures(db), time.monotonic()
        return before, figures(db), time.monotonic() - started


def main() -> int:
    """Runs what the command line asks for; 1 where something grew."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--show", action="store_true", help="the memory over time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        before, after, seconds = soak(Path(folder) / "news.duckdb", options.runs, show=options.show)
    for name, value in before.items():
        sys.stdout.write(f"{name:16} {value:9,.0f} -> {after[name]:9,.0f}\n")
    sys.stdout.write(f"{options.runs} runs, {seconds:.0f} s for those after the first {WARM}\n")
    grown = after["MB of memory"] > GROWTH * before["MB of memory"]
    return int(grown or any(after[name] > before[name] for name in ("handles", "threads")))


if __name__ == "__main__":
    sys.exit(main())
