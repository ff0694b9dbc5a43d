"""Pages, mutated at random, through the workers: each ends in time, as an article or as Failed.

    python tests/fuzz/pages.py --inputs 2000                     the sample newsroom's pages
    python tests/fuzz/pages.py --inputs 10000 pages.zip folder   pages of your own, gzipped or not
    python tests/fuzz/pages.py --plain pages.zip                 each once, as it is

Fails where a page takes longer than its limit, where a worker grows beyond its own, and where
anything but Failed is raised. Prints how the pages ended, the slowest of them, and the largest
worker; a page is named by its number, which with --only and the same seed is made again.
"""

import argparse
import asyncio
import collections
import gzip
import random
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from ingest.extract.article import extract_article  # noqa: E402
from ingest.model import Entry, Failed, Fetched  # noqa: E402  after the path
from ingest.workers.pool import WorkerPool, open_pool  # noqa: E402

SAMPLE = ROOT / "deploy" / "sample"
NOW = datetime(2026, 9, 17, 12, tzinfo=UTC)
MEMORY = 400  # megabytes a worker
GRACE = 5.0  # seconds beyond the limit in which a worker is stopped, on a busy machine
LARGEST = 3_000_000  # bytes
TOKENS = [
    *(b"<", b">", b"&", b'"', b"\x00", b"\xff", b"\xc3", b"\xed\xa0\xbd", b"&#0;", b"&#x110000;"),
    *(b"<div>", b"</div>", b"<p>", b"<a href=x>", b"<table><tr><td>", b"<b>", b"<article>"),
    *(b"<script>", b'<script type="application/ld+json">{"author":[', b"</script>", b"<style>"),
    *(b"<!--", b"-->", b"<![CDATA[", b"<svg>", b"<template>", b"<plaintext>", b"<base href=x:>"),
    *(b'<meta charset="utf-7">', b'<meta charset="utf-16">', b"<html>", b"<body>", b"<select>"),
    *(b'"author":x,', b'"datePublished":"', b"2016-13-45T99", b"99999999999", b"data:;base64,AAAA"),
]

Read = Callable[[], bytes]


def sources(paths: list[Path]) -> Iterator[Read]:
    """A reader for each page in the folders, zips and files named."""
    for path in paths:
        if path.is_dir():
            yield from sources(sorted(p for p in path.rglob("*") if ".htm" in p.name))
        elif zipfile.is_zipfile(path):
            archive = zipfile.ZipFile(path)
            names = [name for name in archive.namelist() if not name.endswith((".json", "/"))]
            yield from (lambda name=name, archive=archive: archive.read(name) for name in names)
        else:
            yield path.read_bytes


def page(read: Read) -> bytes:
    """A page's bytes, unpacked."""
    body = read()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def mutated(data: bytes, other: Callable[[], bytes], rng: random.Random) -> bytes:
    """`data` after one to six changes of the kinds that nets, publishers and enemies make."""
    body = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 6))):
        at = rng.randrange(len(body) + 1)
        length = rng.choice((1, 8, 100, 2_000, 20_000))
        kind = rng.randrange(8)
        if kind == 0:
            for _ in range(min(length, len(body))):
                body[rng.randrange(len(body))] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del body[at : at + length]
        elif kind == 2 and rng.randrange(2) == 0:
            del body[at:]
        elif kind == 3:
            piece = other()
            start = rng.randrange(len(piece) + 1)
            body[at : at + length] = piece[start : start + rng.choice((length, 100_000))]
        elif kind == 4:
            body[at:at] = body[at : at + length] * rng.choice((1, 3, 50))
        elif kind == 5:  # a tag of its own, over and over
            start = body.find(b"<", at)
            body[at:at] = body[start : body.find(b">", start) + 1] * rng.choice((1, 50, 5_000))
        elif kind == 6:
            body[at:at] = rng.randbytes(length)
        else:
            body[at:at] = rng.choice(TOKENS) * rng.choice((1, 1, 20, 3_000))
    return bytes(body[:LARGEST])


class Account:
    """How the pages ended."""

    def __init__(self) -> None:
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.faults: collections.Counter[str] = collections.Counter()
        self.slowest: list[tuple[float, int, str]] = []
        self.findings: list[str] = []
        self.peak = 0.0

    def add(self, number: int, seconds: float, how: str, detail: str, limit: float) -> None:
        """One page done."""
        self.outcomes[how] += 1
        if how.startswith("extract_"):
            self.faults[f"{how}: {detail}"[:150]] += 1
        self.slowest = sorted([*self.slowest, (seconds, number, how)], reverse=True)[:8]
        done = sum(self.outcomes.values())
        if done % 500 == 0:
            report(f"{done:9,} done, the largest worker was {self.peak:.0f} MB")
        if seconds > limit + GRACE:
            self.findings.append(f"page {number} took {seconds:.1f} s")


async def run(options: argparse.Namespace, reads: list[Read]) -> Account:
    """Every page through the pool, a few at a time."""
    account = Account()
    numbers = iter([options.only] if options.only is not None else range(options.inputs))
    with open_pool(
        workers=options.workers, time_limit=options.seconds, memory_limit=MEMORY
    ) as pool:
        watch = asyncio.create_task(watch_memory(pool, account))
        await asyncio.gather(
            *(work(pool, numbers, options, reads, account) for _ in range(options.workers))
        )
        watch.cancel()
    if account.peak > MEMORY:
        account.findings.append(f"a worker of {account.peak:.0f} MB")
    return account


async def work(
    pool: WorkerPool,
    numbers: Iterator[int],
    options: argparse.Namespace,
    reads: list[Read],
    account: Account,
) -> None:
    """Takes page after page; one at a time, so that none waits for a worker."""
    for number in numbers:
        rng = random.Random(options.seed * 1_000_003 + number)  # noqa: S311  the same at every run
        body = page(reads[number % len(reads)])
        if not options.plain:
            body = mutated(body, lambda rng=rng: page(rng.choice(reads)), rng)
        if options.save:
            Path(options.save).write_bytes(body)
        url = f"https://a{number % 50}.example/news/{number}"
        fetched = Fetched(url=url, final_url=url, status=200, headers={}, body=body, elapsed_ms=1)
        start, detail = time.monotonic(), ""
        try:
            article = await pool.run(
                extract_article, Entry(url=url, entry_id=url, title=""), fetched, NOW
            )
            repr(article).encode()
            how = "article"
        except Failed as failure:
            how, detail = failure.outcome.value, failure.detail
            detail.encode()
        except Exception as error:  # that there is none is what is tested
            how = "raised"
            account.findings.append(f"page {number} raised {type(error).__name__}: {error}")
        account.add(number, time.monotonic() - start, how, detail, options.seconds)


async def watch_memory(pool: WorkerPool, account: Account) -> None:
    """Keeps the largest any worker has been, as the system tells it."""
    while True:
        for pid in pool.pids():
            try:
                status = Path(f"/proc/{pid}/status").read_text()
            except OSError:  # it has just been replaced
                continue
            peak = status.partition("VmHWM:")[2].split()
            account.peak = max(account.peak, int(peak[0]) / 1024 if peak else 0)
        await asyncio.sleep(0.02)


def report(line: str) -> None:
    """A line for whoever started the script."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Runs what the command line asks for; 1 where anything was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pages", nargs="*", type=Path, default=[SAMPLE])
    parser.add_argument("--inputs", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=20, help="the limit a page")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="the one page of this number")
    parser.add_argument("--save", help="write each page here before it is read")
    parser.add_argument("--plain", action="store_true", help="every page once, not mutated")
    options = parser.parse_args()
    reads = list(sources(options.pages))
    if options.plain:
        options.inputs = len(reads)
    start = time.monotonic()
    account = asyncio.run(run(options, reads))
    seconds = time.monotonic() - start
    for what, count in account.outcomes.most_common():
        report(f"{count:9,} {what}")
    for what, count in account.faults.most_common(12):
        report(f"{count:9,}   {what}")
    for took, number, how in account.slowest:
        report(f"{took:9.1f} s  page {number}: {how}")
    report(f"{account.peak:9.0f} MB the largest worker was")
    report(f"{options.inputs:9,} pages, {len(account.findings)} findings, {seconds:.0f} s")
    for finding in account.findings[:20]:
        report(f"\n{finding}")
    return 1 if account.findings else 0


if __name__ == "__main__":
    sys.exit(main())
