"""Ctrl-C while something is busy: in a worker, in the database, while a worker starts."""

import os
import signal
import subprocess
import sys
import time

import pytest

#: Seconds from Ctrl-C to the end of the process. It has to end a worker and roll back.
SOON = 10

# Each program says "busy" once it is, and would then go on for an hour.
BEGIN = """
import asyncio, sys, threading, time
from pathlib import Path
from flows.orchestration.tasks import _to_the_end
from ingest.workers.pool import open_pool
from storage.store import open_store
from support import pathological as deeds
def busy():
    print("busy", flush=True)
"""
IN_A_WORKER = """
async def main():
    with open_pool(workers=2, time_limit=3600) as pool:
        await pool.run(deeds.process_id)
        endless = asyncio.ensure_future(pool.run(deeds.go_on_for_ever))
        await asyncio.sleep(0.2)
        busy()
        await endless
asyncio.run(main())
"""
WHILE_A_WORKER_STARTS = """
async def main():
    with open_pool(workers=2, time_limit=3600, preload=["ingest.extract.warm"]) as pool:
        busy()
        await pool.run(deeds.go_on_for_ever)
asyncio.run(main())
"""
OUTSIDE_OF_AN_EVENT_LOOP = """
with open_pool(workers=1, time_limit=3600) as pool:
    pool.wait(deeds.process_id)
    threading.Timer(0.5, busy).start()
    pool.wait(deeds.go_on_for_ever)
"""
IN_THE_DATABASE = """
def endless(store):
    with store.transaction():
        store.hosts.put_robots({"wire.example": ""}, NOW)
        threading.Timer(0.5, busy).start()
        store.reader().query(
            "SELECT sum(a.range * b.range) FROM range(100000000) a, range(100000000) b"
        )
from support.builders import NOW, ago
async def main():
    with open_store(Path(sys.argv[1])) as store:
        try:
            await _to_the_end(endless, store)
        finally:
            print("rolled back", not store.hosts.robots(ago(days=1)), flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (IN_A_WORKER, ""),
        (WHILE_A_WORKER_STARTS, ""),
        (OUTSIDE_OF_AN_EVENT_LOOP, ""),
        (IN_THE_DATABASE, "rolled back True"),
    ],
    ids=["in a worker", "while a worker starts", "outside of an event loop", "in the database"],
)
def test_ctrl_c_ends_a_busy_process_within_seconds(tmp_path, program, said):
    running = subprocess.Popen(
        [sys.executable, "-c", BEGIN + program, tmp_path / "news.duckdb"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert running.stdout.readline() == "busy\n"
        pressed = time.monotonic()
        running.send_signal(signal.SIGINT)
        heard, _ = running.communicate(timeout=60)
    finally:
        running.kill()
    assert time.monotonic() - pressed < SOON
    assert heard.strip() == said
    assert running.returncode
