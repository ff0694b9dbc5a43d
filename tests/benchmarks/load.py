"""Measures a large run: its time, and the memory of its main process at the most.

    python tests/benchmarks/load.py                                 2,000 feeds on 200 hosts
    python tests/benchmarks/load.py --feeds 400 --hosts 40
    python tests/benchmarks/load.py --bombs                         what bombs cost others

Runs `copydesk run` over feeds of 20 entries each, which a server on loopback makes up. Fails where
the main process grows beyond `--megabytes`, and where not every entry ends as an article. With
`--bombs` it prints the ratio of times of a run with a bomb and of one without: bombs.py has them.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.bombs import BOMBS, LIMITS, innocent  # noqa: E402  after the path
from support.fetching import NOW, fictional  # noqa: E402
from support.memory import peak, watching  # noqa: E402
from support.newswire import ENTRIES, opml, serving_newswire  # noqa: E402
from support.running import Conditions, run_once  # noqa: E402
from support.serving import Site, serving  # noqa: E402

from ingest.model import Feed  # noqa: E402
from storage.reading import open_reader  # noqa: E402
from storage.store import open_store  # noqa: E402

RUN = "import sys; sys.argv[0] = 'copydesk'; from flows.cli.app import main; main()"
GOAL = 700  # megabytes of the main process


def load(
    folder: Path, feeds: int, hosts: int, *, show: bool
) -> tuple[float, float, dict[str, int]]:
    """Seconds and megabytes of one run, and how its entries ended."""
    listed, db = folder / "feeds.opml", folder / "news.duckdb"
    listed.write_text(opml(feeds, hosts))
    with serving_newswire() as proxy:
        environment = {
            **{name: value for name, value in os.environ.items() if "COPYDESK" not in name},
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
            "COPYDESK_PROXY": proxy,
            "COPYDESK_HOST_GAP": "0",
            "PREFECT_HOME": str(folder / "prefect"),
        }
        started = time.monotonic()
        command = [sys.executable, "-c", RUN, "run", "--feeds", listed, "--db", db]
        command += ["--now", "2026-09-17T23:00Z"]
        with subprocess.Popen(
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as child:
            highest = 0.0
            with watching(child.pid) as samples:
                while child.poll() is None:
                    highest = max(highest, _peak(child.pid))
                    time.sleep(0.2)
            told = child.stdout.read().decode() if child.stdout else ""
        seconds = time.monotonic() - started
    if child.returncode:
        sys.stdout.write(told)
        sys.exit(child.returncode)
    for at, megabytes in samples[:: max(1, len(samples) // 20)] if show else ():
        sys.stdout.write(f"{at:9.0f} s {megabytes:6.0f} MB\n")
    with open_reader(db) as reader:
        return seconds, highest, dict(reader.run_summary(1).entries)


def _peak(pid: int) -> float:
    try:
        return peak(pid)
    except (OSError, IndexError):  # it has just ended
        return 0.0


def bombs() -> None:
    """Prints how much longer a run takes beside each bomb."""
    with tempfile.TemporaryDirectory() as folder, serving() as site:
        _seconds(Path(folder) / "first.duckdb", site, [])  # what a first run loads is not counted
        alone = median(_seconds(Path(folder) / f"alone{n}.duckdb", site, []) for n in range(3))
        for number, one in enumerate(BOMBS):
            (make,) = one.values
            if any(mark.args[0] for mark in one.marks):
                continue
            site.answers.clear()
            seconds = _seconds(Path(folder) / f"{number}.duckdb", site, make(site))
            sys.stdout.write(f"{seconds / alone:7.1f} times as long beside {one.id}\n")
            sys.stdout.flush()


def _seconds(db: Path, site: Site, beside: list[Feed]) -> float:
    conditions = Conditions(now=NOW, resolve=fictional, limits=LIMITS)
    with open_store(db) as store:
        started = time.monotonic()
        run_once(store, [*innocent(site), *beside], conditions)
        return time.monotonic() - started


def main() -> int:
    """Runs what the command line asks for; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=GOAL)
    parser.add_argument("--bombs", action="store_true", help="what each bomb costs instead")
    parser.add_argument("--show", action="store_true", help="the memory over time")
    options = parser.parse_args()
    if options.bombs:
        bombs()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        seconds, megabytes, entries = load(
            Path(folder), options.feeds, options.hosts, show=options.show
        )
    articles = entries.get("new", 0)
    sys.stdout.write(
        f"{options.feeds:,} feeds on {options.hosts} hosts: {articles:,} articles in "
        f"{seconds:.0f} s, {megabytes:.0f} MB in the main process "
        f"(goal: {options.megabytes}) {entries}\n"
    )
    return int(megabytes > options.megabytes or articles != options.feeds * ENTRIES)


if __name__ == "__main__":
    sys.exit(main())
