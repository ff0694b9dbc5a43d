"""Kills runs: `python tests/support/crashing.py FOLDER KILLS` prints what became of each.

A run is the pipeline's own stages over the sample newsroom, without network, Prefect and worker
processes: what is left is where data can be lost. The texts are extracted once, here, before the
first fork; DuckDB is only ever opened in the children, since it does not outlive a fork.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path
from urllib.parse import urlsplit

from flows.pipeline.polling import poll_feed
from flows.pipeline.stages import extract_page, fetch_page, file_batch, take_up
from flows.pipeline.stopwatch import Stopwatch
from flows.sample.newsroom import FEEDS, SAMPLE
from ingest.extract.article import extract_article
from ingest.feeds.listed import listed_feed
from ingest.feeds.opml import parse_opml
from ingest.feeds.plan import batches
from ingest.model import Failed, FeedState, Fetched, Outcome
from ingest.urls import url_id
from storage.core.connection import connect
from storage.core.errors import DatabaseError
from storage.reading import open_reader
from storage.snapshot.publish import snapshot_of
from storage.store import open_store

NOW = datetime(2026, 9, 18, 6, tzinfo=UTC)
BATCH = 6  # pages: eleven batches a run, and as many commits

#: What must hold at any moment, however the last process ended: each query finds nothing.
BROKEN = {
    "articles without a story": "FROM core.articles ANTI JOIN core.members USING (article_id)",
    "stories without an article": "FROM core.members ANTI JOIN core.articles USING (article_id)",
    "articles without a sketch": "FROM core.articles ANTI JOIN core.sketches USING (article_id)",
    "sketches without an article": "FROM core.sketches ANTI JOIN core.articles USING (article_id)",
    "index rows without an article": "FROM core.bands ANTI JOIN core.articles USING (article_id)",
    "articles filed twice": "SELECT article_id FROM core.articles GROUP BY 1 HAVING count(*) > 1",
    "pages settled without a request": (
        "FROM core.pages p ANTI JOIN core.fetches f ON f.url = p.listed_url WHERE p.attempts > 0"
    ),
    "new pages without an article": (
        "FROM core.pages ANTI JOIN core.articles USING (article_id) WHERE outcome = 'new'"
    ),
    "articles whose page is not settled": (
        "FROM core.articles ANTI JOIN (FROM core.pages WHERE outcome = 'new') USING (article_id)"
    ),
    "outcomes that are not the page's": (
        "FROM core.outcomes o ANTI JOIN core.pages p ON p.url = o.url AND p.outcome = o.outcome "
        "WHERE o.outcome NOT IN ('known', 'duplicate_url')"
    ),
    "pages counted twice": (
        "SELECT url FROM core.outcomes WHERE outcome NOT IN ('known', 'duplicate_url') "
        "GROUP BY 1 HAVING sum(entries) > 1"
    ),
}


class Newsroom:
    """Fetches from the sample's files."""

    def now(self):
        return NOW

    async def fetch(self, request, _accept, **_):
        address = urlsplit(request.url)
        file = SAMPLE / address.hostname / address.path.lstrip("/")
        page = file.with_name(f"{file.name}.html")
        try:
            body = (page if page.is_file() else file).read_bytes()
        except OSError as error:
            raise Failed(Outcome.NOT_FOUND, status=404) from error
        return Fetched(
            url=request.url,
            final_url=request.url,
            status=200,
            headers={"content-type": "text/html; charset=utf-8"} if page.is_file() else {},
            body=body,
            elapsed_ms=1,
        )


class Extractor:
    """Extracts in this process, a page once."""

    def __init__(self):
        self.found = {}

    async def parse(self, fetched, feed_id, now):
        return listed_feed(fetched, feed_id, now)

    async def run(self, _, entry, *rest):
        if entry.url not in self.found:
            try:
                self.found[entry.url] = extract_article(entry, *rest)
            except Failed as failure:
                self.found[entry.url] = failure
        found = self.found[entry.url]
        if isinstance(found, Failed):
            raise found
        return found


async def prepare(extractor):
    """Extracts every page there is."""
    for listed in parse_opml(FEEDS.read_bytes()):
        feed = FeedState(feed_id=url_id(listed.url), url=listed.url)
        poll = await poll_feed(feed, Newsroom(), extractor.parse, NOW)
        for page in poll.parsed.listed:
            await extract_page(await fetch_page(page, Newsroom()), extractor, {})


async def run(db, extractor):
    with open_store(db, patience=60) as store:
        feeds = store.feeds.subscribe(parse_opml(FEEDS.read_bytes()), NOW)
        run_id = store.runs.begin(NOW)
        polls = [await poll_feed(feed, Newsroom(), extractor.parse, NOW) for feed in feeds]
        taken = take_up(store, run_id, polls, NOW, max_attempts=3)
        for pages in batches(taken.pages, BATCH):
            answers = [await fetch_page(page, Newsroom()) for page in store.pages.load(pages)]
            results = [await extract_page(answer, extractor, {}) for answer in answers]
            window, watch = timedelta(days=14), Stopwatch()
            file_batch(store, run_id, results, now=NOW, window=window, watch=watch)
        store.runs.end(run_id, "finished", {"total": 1.0})
        store.publish()


def broken(reader):
    """What does not hold together, by name."""
    found = {name: reader.query(f"SELECT count(*) FROM ({sql})") for name, sql in BROKEN.items()}
    return {name: table.rows[0][0] for name, table in found.items() if table.rows[0][0]}


def state(db):
    """What a database has come to, and a fingerprint of what must not depend on how it got there:
    articles, stories, matches, the account of pages, the sums of outcomes."""
    with open_reader(db, latest=True) as reader:
        held = [
            reader.query(sql).rows
            for sql in (
                "SELECT url, text, title, appeared FROM articles ORDER BY url",
                "SELECT s.url, list(a.url ORDER BY a.url) FROM stories s JOIN articles a "
                "USING (story_id) GROUP BY ALL ORDER BY ALL",
                "SELECT a, b, relation, shared FROM core.matches ORDER BY ALL",
                "SELECT url, outcome, attempts FROM pages ORDER BY ALL",
                "SELECT feed_url, outcome, url, sum(entries) FROM outcomes GROUP BY ALL "
                "ORDER BY ALL",
                "SELECT band, hash, article_id FROM core.bands ORDER BY ALL",
            )
        ]
        return {
            "articles": len(held[0]),
            "pending": sum(outcome == "pending" for _, outcome, _ in held[3]),
            "broken": broken(reader),
            "runs": reader.query("SELECT state FROM runs ORDER BY run_id").rows,
            "fingerprint": md5(repr(held).encode(), usedforsecurity=False).hexdigest(),
        }


def child(work):
    """Does the work in a fork; gives its number and the end of a pipe with the answer in JSON."""
    answer, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, answer
    status = 1
    try:
        done = json.dumps(work(), default=str)
        os.write(write, done.encode())
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def wait(pid, answer):
    """The answer of a child that ends by itself."""
    with os.fdopen(answer) as pipe:
        text = pipe.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise SystemExit(f"a run that nobody killed ended with {status}")
    return json.loads(text)


def examine(db, extractor):
    """In one child: what a kill left to the writer and to readers, and what the next run makes of
    it."""
    readers = state(snapshot_of(db)) if snapshot_of(db).exists() else None
    after = state_if_any(db)
    asyncio.run(run(db, extractor))
    return {"after": after, "readers": readers, "end": state(db)}


def main(folder, kills):
    extractor, chance = Extractor(), random.Random(4)  # noqa: S311  moments, no secrets
    asyncio.run(prepare(extractor))
    empty, whole = folder / "empty.duckdb", folder / "whole.duckdb"
    wait(*child(lambda: connect(empty).close()))
    started = time.monotonic()
    wait(*child(lambda: asyncio.run(run(whole, extractor))))
    took = time.monotonic() - started
    print(json.dumps({"seconds": took, **wait(*child(lambda: state(whole)))}), flush=True)
    done = 0
    while done < kills:
        db = folder / f"killed{done}.duckdb"
        if done % 5:  # every fifth makes its database, and may be killed while it does
            shutil.copy(empty, db)
        pid, answer = child(lambda db=db: asyncio.run(run(db, extractor)))
        time.sleep(chance.uniform(0, took))
        os.kill(pid, signal.SIGKILL)
        os.close(answer)
        _, status = os.waitpid(pid, 0)
        if status == signal.SIGKILL:
            print(json.dumps(wait(*child(lambda db=db: examine(db, extractor)))), flush=True)
            done += 1
        else:  # it was through already: the machine has become faster
            took *= 0.8
        for file in folder.glob(f"{db.stem}.*"):
            file.unlink()


def state_if_any(db):
    """The state of a database that may have been killed before it had a schema."""
    try:
        return state(db)
    except DatabaseError as error:
        if "not one of Copydesk's" in str(error) or "no database at" in str(error):
            return None
        raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
