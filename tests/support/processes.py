"""Other processes that read and write a database, and a run small enough to make many."""

import os
import subprocess
import sys
from datetime import timedelta

from support.builders import NOW, article, feed, prose
from support.filing import file_articles

from storage.store import open_store

# Another process that reads as an analyst does, with nothing of ours: it counts when it is told to.
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
for _ in sys.stdin:
    print(connection.execute("SELECT count(*) FROM articles").fetchall()[0][0], flush=True)
"""
WRITER = """
import sys
from pathlib import Path
from storage.store import open_store
with open_store(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


class Other:
    """Another process, talked to a line at a time."""

    def __init__(self, code, *args):
        self.child = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, args)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    def ask(self):
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        return self.hear()

    def hear(self):
        return self.child.stdout.readline().strip()

    def end(self):
        self.child.stdin.close()
        self.child.stdout.close()
        assert self.child.wait(60) == 0


def a_run(db, number, *, keep=0, patience=0):
    """One run that files one article, and publishes."""
    with open_store(db, patience=patience) as store:
        store.feeds.subscribe([feed()], NOW)
        run_id = store.runs.begin(NOW + timedelta(hours=number))
        text = prose(number * 1000, 80)
        file_articles(store, run_id, [article(f"https://wire.example/{number}", text=text)])
        store.runs.end(run_id, "finished", {"total": 1.0})
        return store.publish(keep=keep)


def file_twenty(store, number):
    """A run that files twenty articles, and ends; it does not publish."""
    store.feeds.subscribe([feed()], NOW)
    run_id = store.runs.begin(NOW)
    articles = [
        article(f"https://wire.example/{number}/{n}", text=prose(number * 10**6 + n * 1000, 400))
        for n in range(20)
    ]
    file_articles(store, run_id, articles)
    store.runs.end(run_id, "finished", {"total": 1.0})
