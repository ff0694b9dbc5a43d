"""Measures the database, as ratios in one run: `make bench-storage`.

    loading     100,000 articles of 3 KB: new, all known, a tenth new; against a raw Arrow insert
    publishing  seconds and bytes of a snapshot, against a plain copy of the file
    asking      every example of docs/sql.md, on 1,000,000 articles; the best of three, since
                other work on the machine only ever adds

The texts are made up, of 50,000 words as common as words are. `--articles 10000` is a quick look.
"""

import argparse
import re
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from ingest.dedup.sketch import SketchParams
from ingest.model import Article, Feed, Sketch
from storage.reading import open_reader
from storage.records.articles import ARTICLE
from storage.snapshot.publish import snapshot_of
from storage.store import Store, open_store

NOW = datetime(2026, 9, 17, 12, tzinfo=UTC)
WORDS, LENGTH = 50_000, 450  # some 3 KB
BATCH = 10_000  # articles a transaction
VIEWS = (Path(__file__).parent.parent.parent / "docs" / "sql.md").read_text()
GOALS = {"new": 2.0, "all known": 0.5}


def make_texts(number: int, random: np.random.Generator) -> list[str]:
    """Texts whose words are as common as words are."""
    letters = "etaoinsrhldcumfp"
    vocabulary = np.array(
        [
            "".join(letters[(n >> shift) % 16] for shift in (0, 4, 8, 12))
            + str(n % 7) * (n > 65535)
            + letters[n % 13] * (n % 3)
            for n in range(WORDS)
        ]
    )
    ranks = random.zipf(1.2, size=number * LENGTH) % WORDS
    return [" ".join(vocabulary[part]) for part in ranks.reshape(number, LENGTH)]


def make_articles(first: int, texts: list[str]) -> list[Article]:
    """Articles with these texts, of a thousand outlets, over a month."""
    return [
        Article(
            article_id=n * 1_000_003 + 1,
            url=f"https://outlet{n % 1000}.example/news/{n}",
            outlet=f"outlet{n % 1000}.example",
            title=text[:60],
            text=text,
            authors=("Ana Ruiz",),
            language="en",
            published=NOW - timedelta(minutes=n % 43_200),
            published_from="feed",
            first_seen=NOW,
            words=LENGTH,
        )
        for n, text in enumerate(texts, start=first)
    ]


def make_sketches(articles: list[Article], random: np.random.Generator) -> list[Sketch]:
    """Sketches of the usual size: making real ones is no matter of the database's."""
    params = SketchParams()
    hashes = random.integers(0, 2**62, size=(len(articles), params.bands))
    samples = random.integers(0, 2**62, size=(len(articles), LENGTH // params.every))
    return [
        Sketch(
            article_id=article.article_id,
            outlet=article.outlet,
            appeared=article.appeared,
            scheme=params.fingerprint,
            shingles=LENGTH - 4,
            signature=random.bytes(4 * params.bands * params.rows),
            bands=tuple(row),
            sample=tuple(sample),
        )
        for article, row, sample in zip(
            articles, hashes.tolist(), np.sort(samples).tolist(), strict=True
        )
    ]


def timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def raw_insert(db: Path, articles: list[Article]) -> float:
    """Seconds that DuckDB takes for the articles as one Arrow table, without anything of ours."""
    rows = pa.table({name: [getattr(article, name) for article in articles] for name in ARTICLE})

    def insert() -> None:
        with duckdb.connect(str(db)) as connection:
            connection.register("rows", rows)
            connection.execute("CREATE TABLE articles AS SELECT * FROM rows")
            connection.execute("CHECKPOINT")

    return timed(insert)


def load(store: Store, articles: list[Article], sketches: list[Sketch]) -> None:
    """Files those that are not held, as a run does, batch by batch, and writes them out."""
    for start in range(0, len(articles), BATCH):
        part = slice(start, start + BATCH)
        with store.transaction():
            held = store.articles.known([article.article_id for article in articles[part]])
            fresh = [a for a in articles[part] if a.article_id not in held]
            if fresh:
                store.articles.add(1, fresh)
                store.index.add([s for s in sketches[part] if s.article_id not in held])
    store._connection.execute("CHECKPOINT")


def loading(folder: Path, number: int, console: Console) -> list[str]:
    """The first table. Returns the goals missed."""
    random = np.random.default_rng(4)
    articles = make_articles(0, make_texts(number, random))
    later = articles[: number * 9 // 10] + make_articles(
        number, make_texts(number - number * 9 // 10, random)
    )
    sketches, later_sketches = make_sketches(articles, random), make_sketches(later, random)
    raw = raw_insert(folder / "raw.duckdb", articles)
    with open_store(folder / "loaded.duckdb") as store:
        times = {
            "new": timed(lambda: load(store, articles, sketches)),
            "all known": timed(lambda: load(store, articles, sketches)),
            "a tenth new": timed(lambda: load(store, later, later_sketches)),
        }
    table = Table("loading", "seconds", "ratio to raw Arrow insert", "goal")
    table.add_row("raw Arrow insert", f"{raw:.2f}", "1", "")
    for name, took in times.items():
        goal = GOALS.get(name)
        table.add_row(name, f"{took:.2f}", f"{took / raw:.2f}", f"<= {goal}" if goal else "")
    size = (folder / "loaded.duckdb").stat().st_size
    console.print(f"{number:,} articles of {len(articles[0].text):,} characters")
    console.print(table)
    console.print(f"the file: {size / 1e6:,.0f} MB, {size / number:,.0f} bytes an article")
    return [name for name, goal in GOALS.items() if times[name] / raw > goal]


def publishing(folder: Path, console: Console) -> None:
    """The second table."""
    db = folder / "loaded.duckdb"
    table = Table("publishing", "seconds", "MB", "of the file")
    with open_store(db) as store:
        for name in ("the first, with all of the full-text index", "the next, with nothing new"):
            took = timed(store.publish)
            size, share = snapshot_of(db).stat().st_size, db.stat().st_size
            table.add_row(name, f"{took:.2f}", f"{size / 1e6:,.0f}", f"{size / share:.2f}")
    copied = timed(lambda: shutil.copyfile(db, folder / "copy.duckdb"))
    table.add_row("a plain copy", f"{copied:.2f}", f"{db.stat().st_size / 1e6:,.0f}", "1")
    console.print(table)


def fill(db: Path, number: int) -> None:
    """A database of many articles with little text each: a fifth are copies, in stories of two."""
    with open_store(db) as store:
        store.feeds.subscribe([Feed(url=f"https://o{n}.example/f") for n in range(1000)], NOW)
        run = store._connection.execute
        run(
            "INSERT INTO core.runs (run_id, started_at, state, entries) "
            "SELECT range + 1, ? - to_hours(range::BIGINT), 'finished', 50 FROM range(2000)",
            [NOW],
        )
        run(
            f"""
            INSERT INTO core.articles BY NAME
            SELECT range AS article_id, 'https://o' || range % 1000 || '.example/' || range AS url,
                   'o' || range % 1000 || '.example' AS outlet,
                   'w' || hash(range) % 5000 || ' w' || hash(range + 7) % 300 AS title,
                   ['Ana'] AS authors, 'en' AS language, ? - to_seconds(range) AS published,
                   'feed' AS published_from, ? AS first_seen, ? - to_seconds(range) AS appeared,
                   450 AS words, range % 2000 + 1 AS run_id,
                   CASE WHEN range % 50 = 0 THEN 'harbour w' ELSE 'w' END
                   || hash(range + 1) % 20000 || ' ferry' || range % 50 AS text
            FROM range({number})
            """,
            [NOW, NOW, NOW],
        )
        run(
            "INSERT INTO core.members SELECT CASE WHEN article_id % 10 = 9 THEN article_id - 1 "
            "ELSE article_id END, article_id, CASE WHEN article_id % 10 = 9 THEN article_id - 1 "
            "ELSE article_id END FROM core.articles"
        )
        run(
            "INSERT INTO core.matches BY NAME SELECT article_id - 1 AS a, article_id AS b, "
            "'copy' AS relation, .9 AS jaccard, .95 AS a_in_b, .95 AS b_in_a, 400 AS shared, "
            "run_id FROM core.articles WHERE article_id % 10 = 9"
        )
        run(
            f"""
            INSERT INTO core.pages BY NAME
            SELECT range AS page_id, 'https://o' || range % 1000 || '.example/' || range AS url,
                   (SELECT list(feed_id ORDER BY feed_id) FROM core.feeds)[range % 1000 + 1]
                   AS feed_id,
                   1 AS first_run, ? AS first_seen, '' AS listed_url, '' AS entry_id, '' AS title,
                   '' AS summary, '' AS content, [] AS authors, '' AS published_from,
                   '' AS language, 1 AS attempts, range AS article_id, 'new' AS outcome,
                   [] AS categories, [] AS enclosures
            FROM range({number})
            """,
            [NOW],
        )
        run(
            "INSERT INTO core.sightings SELECT feed_id, page_id, listed_url, first_seen "
            "FROM core.pages"
        )
        run(
            "INSERT INTO core.outcomes SELECT article_id % 2000 + 1, feed_id, 'new', url, '', 1 "
            "FROM core.pages"
        )
        run(
            "INSERT INTO core.fetches (run_id, fetched_at, kind, url, final_url, status, outcome, "
            "bytes, elapsed_ms, detail) SELECT article_id % 2000 + 1, first_seen, 'page', url, "
            "url, 200, 'read', 30000, 200, '' FROM core.pages"
        )
        store.publish()


def asking(folder: Path, number: int, console: Console) -> list[str]:
    """The third table. Returns the queries that take a second or more."""
    db = folder / "asked.duckdb"
    took = timed(lambda: fill(db, number))
    console.print(f"{number:,} articles filed in {took:.0f} s, {db.stat().st_size / 1e6:,.0f} MB")
    table, slow = Table("asking", "seconds"), []
    queries = [
        query.strip()
        for block in re.findall(r"```sql\n(.*?)```", VIEWS, re.DOTALL)
        for query in block.split(";")
        if query.strip()
    ]
    with open_reader(db) as reader:
        for query in queries:
            took = min(timed(lambda query=query: reader.query(query)) for _ in range(3))
            table.add_row(" ".join(query.split())[:90], f"{took:.2f}")
            if took >= 1:
                slow.append(query)
    console.print(table)
    return slow


def main() -> None:
    """Prints the tables; exits with 1 where a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--asked", type=int, default=1_000_000)
    chosen = options.parse_args()
    console = Console(width=130)
    with tempfile.TemporaryDirectory() as name:
        missed = []
        if chosen.articles:
            missed += loading(Path(name), chosen.articles, console)
            publishing(Path(name), console)
        missed += asking(Path(name), chosen.asked, console)
    for goal in missed:
        console.print(f"missed: {goal}", style="red")
    raise SystemExit(bool(missed))


if __name__ == "__main__":
    main()
