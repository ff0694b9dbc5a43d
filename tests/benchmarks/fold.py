"""Measures finding copies: signatures, what a window of a million costs, what candidates miss.

    python tests/benchmarks/fold.py [--windows 10000,100000,1000000] [--plot fold.svg]

The corpus is generated: a Zipf vocabulary with stock phrases, as news has them; 12 articles in 100
are copies, cut or edited here and there. Windows larger than the first are made by multiplying it:
stock phrases stay, all else becomes other text. Part of `make bench`.
"""

import argparse
import re
import tempfile
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice
from multiprocessing import get_context
from pathlib import Path
from string import ascii_lowercase

import duckdb
import numpy as np
from datasketch import MinHash
from rich.console import Console
from rich.table import Table

from flows.pipeline.folding import BOUNDS, SKETCH, file_articles
from ingest.dedup.hashes import distinct, within
from ingest.dedup.sketch import shingle, signatures, sketch_articles
from ingest.evaluation.chart import Chart, svg
from ingest.model import Article, Story
from ingest.words import words
from storage.store import Store, open_store

NOW = datetime(2026, 9, 17, 12, tzinfo=UTC)
WINDOW = timedelta(days=14)
LENGTH = 500  # words, on average
COPIES = 0.12
OUTLETS = 300
NEW = 1000
console = Console()


def batched(items, size: int):
    """The items, so many at a time."""
    rest = iter(items)
    while part := tuple(islice(rest, size)):
        yield part


class Newsroom:
    """Makes articles, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        letters = np.random.default_rng(1)
        sizes = letters.integers(2, 10, 60_000)
        self._words = np.array(
            ["".join(chr(97 + c) for c in letters.integers(0, 26, n)) for n in sizes], object
        )
        chance = 1 / (np.arange(60_000) + 8.0)
        self._steps = np.cumsum(chance / chance.sum())
        self._phrases = [self._draw(int(n), letters) for n in letters.integers(5, 9, 3000)]
        self._recent: list[list[str]] = []

    def _draw(self, count: int, random: np.random.Generator) -> list[str]:
        return list(self._words[np.searchsorted(self._steps, random.random(count))])

    def text(self) -> str:
        """A new article, or in 12 of 100 cases a copy of a recent one."""
        if self._recent and self._random.random() < COPIES:
            return " ".join(self._copy(self._recent[self._random.integers(len(self._recent))]))
        run: list[str] = []
        length = int(np.clip(self._random.normal(LENGTH, 150), 80, 1200))
        while len(run) < length:
            run += self._draw(int(self._random.integers(15, 45)), self._random)
            run += self._phrases[int(3000 * self._random.random() ** 3)]
        self._recent = [*self._recent[-2000:], run]
        return " ".join(run)

    def _copy(self, run: list[str]) -> list[str]:
        copy = list(run)
        kind = self._random.integers(3)
        if kind == 0:
            copy = copy[: int(len(copy) * self._random.uniform(0.4, 0.95))]
        if kind == 1:
            for place in self._random.integers(0, len(copy), len(copy) // 40):
                copy[place] = self._draw(1, self._random)[0]
        own = int(len(copy) * 0.08)
        return [*copy[: len(copy) - 1], *self._draw(own, self._random)]

    def articles(self, count: int, first_id: int) -> list[Article]:
        """So many of them, over the window."""
        return [self._article(first_id + n) for n in range(count)]

    def _article(self, article_id: int) -> Article:
        text = self.text()
        when = NOW - WINDOW * float(self._random.random())
        host = f"outlet{self._random.integers(OUTLETS)}.example"
        return Article(
            article_id=article_id, url=f"https://{host}/{article_id}", outlet=host, title="Bench",
            text=text, authors=(), language="en", published=when, published_from="feed",
            first_seen=when, words=text.count(" ") + 1,
        )  # fmt: skip


def exhaust(made) -> None:
    """Takes all that an iterator gives, and keeps nothing."""
    deque(made, maxlen=0)


def best_of(rounds: int, work) -> float:
    """The least seconds of processor time that calling it takes, whatever else goes on."""
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def signing() -> None:
    """Signatures a second from 500-word articles on one core, next to other ways."""
    newsroom = Newsroom(2)
    runs = [words(newsroom.text())[:LENGTH] for _ in range(600)]
    runs = [run for run in runs if len(run) == LENGTH]
    count, permutations = len(runs), SKETCH.bands * SKETCH.rows
    joined = [[" ".join(r[i : i + 5]) for i in range(len(r) - 4)] for r in runs]
    encoded = [[s.encode() for s in shingles] for shingles in joined]

    sets = [shingle(run, SKETCH) for run in runs]

    def ours() -> None:
        exhaust(signatures((shingle(run, SKETCH) for run in runs), SKETCH))

    def bulk() -> None:
        shingled = ([" ".join(r[i : i + 5]).encode() for i in range(len(r) - 4)] for r in runs)
        MinHash.bulk(shingled, num_perm=permutations, seed=1)

    rows = [
        ("Copydesk: numpy shingles, MinHash", ours),
        ("  the same, shingles made before", lambda: exhaust(signatures(sets, SKETCH))),
        ("datasketch MinHash.bulk, SHA-1", bulk),
        ("  the same, shingles made before", lambda: MinHash.bulk(encoded, num_perm=permutations)),
    ]
    try:
        from rensa import RMinHash
    except ImportError:
        console.print("rensa is not installed: not compared")
    else:

        def rensa(made) -> None:
            for shingles in made:
                signature = RMinHash(num_perm=permutations, seed=1)
                signature.update(shingles)
                signature.digest()

        def shingled() -> None:
            rensa([" ".join(r[i : i + 5]) for i in range(len(r) - 4)] for r in runs)

        rows.append(("rensa RMinHash", shingled))
        rows.append(("  the same, shingles made before", lambda: rensa(joined)))
    table = Table(f"{LENGTH} words, {permutations} permutations, from words", "signatures/s")
    for name, work in rows:
        table.add_row(name, f"{count / best_of(5, work):,.0f}")
    console.print(table)


def recall() -> None:
    """What share of the pairs that brute force finds are candidates."""
    newsroom = Newsroom(3)
    articles = newsroom.articles(1200, 1)
    sets = [distinct(shingle(words(a.text), SKETCH)) for a in articles]
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "a.duckdb") as store:
        sketches = sketch_articles([a.article_text for a in articles], SKETCH)
        store.articles.add(1, articles)
        store.index.add(sketches)
        with store.index.asking(sketches, WINDOW) as lookup:
            found = set(lookup.candidates(WINDOW, SKETCH.min_shingles, SKETCH.every, BOUNDS))
    alike, held = [], []
    for a, b in combinations(range(len(sets)), 2):
        shared = int(within(sets[a], sets[b]).sum())
        if shared < 20:
            continue
        hit = (a + 1, b + 1) in found
        if shared / (len(sets[a]) + len(sets[b]) - shared) >= 0.5:
            alike.append(hit)
        if shared >= 60 and shared / min(len(sets[a]), len(sets[b])) >= 0.6:
            held.append(hit)
    table = Table("candidates, next to brute force", "pairs", "found", "goal")
    table.add_row("Jaccard >= 0.5", f"{len(alike):,}", f"{np.mean(alike):.4f}", "0.995")
    table.add_row(
        "60 shingles, 0.6 of the shorter", f"{len(held):,}", f"{np.mean(held):.4f}", "0.98"
    )
    console.print(table)


def fill(store: Store, newsroom: Newsroom, count: int) -> None:
    """So many articles, each a story of its own."""
    for ids in batched(range(1, count + 1), 1000):
        articles = newsroom.articles(len(ids), ids[0])
        with store.transaction():
            store.articles.add(1, articles)
            store.index.add(sketch_articles([a.article_text for a in articles], SKETCH))
            store.stories.put(1, [_alone(a) for a in articles])


def _alone(article: Article) -> Story:
    story_id = article.article_id
    return Story(story_id=story_id, original=story_id, members=(story_id,))


def multiply(path: Path, factor: int) -> None:
    """So many times the articles, with their index: as if all of them were others.

    What five articles or more hold is a stock phrase and stays the same; any other shingle becomes
    another one. So do the words of the texts, or the copies would be copies indeed.
    """
    step = 10**10 * int(time.time() % 1e4)  # one for all tables: ids have to stay joined
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TEMP TABLE stock AS SELECT hash FROM core.shingles "
            "GROUP BY hash HAVING count(*) >= 5"
        )
        for table, change in (
            ("articles", f", translate(text, '{ascii_lowercase}', "
                         f"'{ascii_lowercase[1:]}a') AS text"),
            ("sketches", ""),
            ("members", ", story_id + copy * $step AS story_id, original_id + copy * $step "
                        "AS original_id"),
            ("bands", ", (hash + copy * 15485863) % (1::HUGEINT << 62) AS hash"),
            ("shingles", ", CASE WHEN hash IN (FROM stock) THEN hash ELSE "
                         f"(hash + copy * {SKETCH.every} * 15485863) % (1::HUGEINT << 62) "
                         "END AS hash"),
        ):  # fmt: skip
            connection.execute(
                f"INSERT INTO core.{table} BY NAME SELECT * EXCLUDE (copy) REPLACE "
                f"(article_id + copy * $step AS article_id{change}) "
                f"FROM core.{table}, range(1, $factor) r(copy)",
                {"step": step, "factor": factor},
            )
        # what filing them one by one would have learned
        connection.execute(
            "INSERT INTO core.commonplaces SELECT hash FROM core.shingles SEMI JOIN stock "
            "USING (hash) ANTI JOIN core.commonplaces USING (hash) "
            "GROUP BY hash HAVING count(*) > ?",
            [BOUNDS.stories],
        )


def windows(sizes: list[int], plot: Path | None) -> None:
    """What 1,000 new articles cost in windows of growing size."""
    table = Table(
        f"{NEW:,} new articles into", "seconds", "processor", "first", "matches", "memory MB",
        "without the file's", "file MB",
    )  # fmt: skip
    newsroom, points, filed = Newsroom(4), [], 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        for size in sizes:
            if filed:
                multiply(path, round(size / filed))
            else:
                with open_store(path) as store:
                    fill(store, newsroom, size)
            filed = size
            fresh = newsroom.articles(3 * NEW, 10**18 + size)
            # in a process of its own, whose memory is that of filing alone
            with ProcessPoolExecutor(1, get_context("spawn")) as alone:
                cost = alone.submit(measure, path, fresh).result()
            points.append((float(size), cost.seconds))
            table.add_row(
                f"{size:,}", f"{cost.seconds:.2f}", f"{cost.processor:.2f}", f"{cost.first:.1f}",
                f"{cost.matches:,}", f"{cost.memory:,.0f}", f"{cost.memory - cost.pages:,.0f}",
                f"{path.stat().st_size / 1e6:,.0f}",
            )  # fmt: skip
            console.print(table)
    if plot:
        title = f"seconds for {NEW:,} new articles, by articles in the window"
        chart = Chart(title=title, lines={"seconds": points}, base=0)
        plot.write_text(svg([chart], columns=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What filing batches took."""

    seconds: float  # the least of all batches but the first
    processor: float
    first: float  # seconds of the first one, which reads the file from disk
    matches: int
    memory: float  # MB at most
    pages: float  # MB of these that are the file's, kept by DuckDB as long as there is room


def measure(path: Path, articles: list[Article]) -> Cost:
    """Files articles in batches."""
    with open_store(path) as store:
        (first, _), *taken = [file(store, list(part)) for part in batched(articles, NEW)]
        ask = store.reader().query
        ((matches,),) = ask("SELECT count(*) FROM core.matches").rows
        ((pages,),) = ask(
            "SELECT memory_usage_bytes / 1e6 FROM duckdb_memory() WHERE tag = 'BASE_TABLE'"
        ).rows
    return Cost(
        seconds=min(wall for wall, _ in taken),
        processor=min(spent for _, spent in taken),
        first=first,
        matches=matches,
        memory=most_memory(),
        pages=pages,
    )


def most_memory() -> float:
    """The most MB this process has held, as Linux tells; `getrusage` counts its parent's in."""
    told = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", told)[0]) / 1000


def file(store: Store, articles: list[Article]) -> tuple[float, float]:
    """Files a batch; the seconds it takes with its commit, on the wall and of the processor."""
    started, spent = time.perf_counter(), time.process_time()
    with store.transaction():
        file_articles(store, 1, articles, WINDOW)
    return time.perf_counter() - started, time.process_time() - spent


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description="Measure finding copies.")
    parser.add_argument("--windows", default="10000,100000,1000000")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    signing()
    recall()
    windows([int(size) for size in options.windows.split(",")], options.plot)


if __name__ == "__main__":
    main()
