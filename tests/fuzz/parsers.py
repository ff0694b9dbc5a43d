"""Feeds, addresses and the rest of what strangers write, mutated at random: only Failed is raised.

    python tests/fuzz/parsers.py --inputs 200000              all kinds, on all cores
    python tests/fuzz/parsers.py --inputs 1000 --seed 7       another 1,000

Fails where a check of checks.py does, and where an input takes longer than `SLOW` seconds. Prints
the input, in base64. Some addresses are as long as they may be, of pieces that repeat.
`guided.py` does the same with inputs that are chosen by what they cover.
"""

import argparse
import base64
import collections
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from fuzz.checks import CHECKS, SLOW, check  # noqa: E402  after the path
from fuzz.seeds import (  # noqa: E402
    BYLINES,
    CONTENT_TYPES,
    DATES,
    FEEDS,
    OPML,
    REPEATED,
    ROBOTS,
    TOKENS,
    URLS,
)

from ingest.urls import MAX_ADDRESS  # noqa: E402

BATCH = 2_000
OTHERS = {
    "robots": ROBOTS,
    "opml": OPML,
    "byline": [byline.encode() for byline in BYLINES],
    "date": [date.encode() for date in DATES],
}


def mutated(data: bytes, others: list[bytes], rng: random.Random) -> bytes:
    """`data` after one to six changes of the kinds that nets and publishers make."""
    body = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 2, 3, 6))):
        at = rng.randrange(len(body) + 1)
        length = min(rng.choice((1, 2, 8, 40, 200)), len(data) // 8 + 1)  # addresses are short
        kind = rng.randrange(9)
        if kind == 0 and body:
            body[at % len(body)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del body[at : at + length]
        elif kind == 2:
            body[at:at] = body[at : at + length] * rng.choice((1, 1, 3, 20))
        elif kind == 3:
            other = rng.choice(others)
            start = rng.randrange(len(other))
            body[at : at + length] = other[start : start + length]
        elif kind == 4 and rng.randrange(3) == 0:
            del body[at:]
        elif kind == 5:
            body[at:at] = rng.randbytes(length)
        elif kind == 6:  # one of its own bytes or pieces, exchanged everywhere
            old = bytes(body[at : at + rng.choice((1, 4))])
            body = body.replace(old, rng.choice(TOKENS), rng.choice((1, 50))) if old else body
        else:
            body[at : at + rng.choice((0, 0, 3, length))] = rng.choice(TOKENS)
    return bytes(body[:50_000])


def long_address(others: list[bytes], rng: random.Random) -> bytes:
    """An address of MAX_ADDRESS characters, nearly all of them one or two pieces that repeat."""
    url = rng.choice(others)
    at = rng.randrange(len(url) + 1)
    room = MAX_ADDRESS - len(url)
    for piece in rng.sample(REPEATED, rng.choice((1, 2))):
        url = url[:at] + piece * (room // len(piece) // 2) + url[at:]
        at += len(piece) * (room // len(piece) // 2)
    return url


def cases(inputs: int, rng: random.Random) -> Iterator[tuple[str, bytes, str]]:
    """Kind, input and content type: half feeds, half addresses. Every eighth brings more.

    These are an address as long as it may be, and one input of each other kind.
    """
    addresses = [url.encode() for url in URLS]
    for number in range(inputs):
        kind, pool = ("feed", FEEDS) if number % 2 == 0 else ("url", addresses)
        yield kind, mutated(rng.choice(pool), pool, rng), rng.choice(CONTENT_TYPES)
        if number % 8 == 1:
            yield "url", long_address(addresses, rng), ""
            for kind, pool in OTHERS.items():
                yield kind, mutated(rng.choice(pool), pool, rng), ""


def run_batch(seed: int, inputs: int) -> tuple[collections.Counter[str], list[str]]:
    """What came of the inputs, by kind, and what is wrong."""
    rng = random.Random(seed)  # noqa: S311  the same inputs at every run
    counts: collections.Counter[str] = collections.Counter()
    findings = []
    for kind in CHECKS:  # what a first call loads is not the input's time
        if kind != "page":
            check(kind, b"", "")
    for kind, data, content_type in cases(inputs, rng):
        start = time.process_time()  # of this process: other work on the machine does not count
        try:
            counts[f"{kind} {check(kind, data, content_type)}"] += 1
        except Exception:  # that there is none is what is tested
            trace = "".join(traceback.format_exc().splitlines(keepends=True)[-7:])
            findings.append(f"{kind} {base64.b64encode(data).decode()} {content_type}\n{trace}")
        if time.process_time() - start > SLOW[kind]:
            findings.append(f"{kind} {base64.b64encode(data).decode()} {content_type}\nslow")
    return counts, findings


def report(line: str) -> None:
    """A line for whoever started the script."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Runs what the command line asks for; 1 where anything was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    start = time.perf_counter()
    counts: collections.Counter[str] = collections.Counter()
    findings: list[str] = []
    sizes = [min(BATCH, options.inputs - at) for at in range(0, options.inputs, BATCH)]
    seeds = [options.seed * 1_000_003 + number for number in range(len(sizes))]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for counted, found in pool.map(run_batch, seeds, sizes):
            counts += counted
            findings += found
    for what, count in counts.most_common():
        report(f"{count:9,} {what}")
    report(
        f"{options.inputs:9,} inputs, {len(findings)} findings, {time.perf_counter() - start:.0f} s"
    )
    for finding in findings[:20]:
        report(f"\n{finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
