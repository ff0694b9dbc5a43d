"""What a quack client may take, and what happens to the server when one takes more."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from support.processes import a_run
from support.quack import ATTACH, PORT, TOKEN, ask, client, eventually, needs_quack, quote

from storage.core.limits import QueryLimits
from storage.snapshot.publish import snapshot_of
from storage.snapshot.quack import LONGEST, serving
from storage.snapshot.quack_process import keep_serving
from storage.snapshot.watch import GONE_SECONDS, Watch, clients_of

LIMITS = QueryLimits(megabytes=200, seconds=60, rows=1000, threads=2)
COUNT = "SELECT count(*) FROM news.articles"
#: It takes hours, little memory, and answers one row.
ENDLESS = (
    "FROM news.query('SELECT count(hash(a.range * b.range)) "
    "FROM range(1000000) a, range(1000000) b')"
)


@contextmanager
def kept(db, **changes):
    """A database served from a process of its own; gives the list of what is told."""
    told, stop = [], threading.Event()
    limits = QueryLimits(**{"megabytes": 200, "seconds": 60, "rows": 1000, "threads": 2} | changes)
    how = {"token": TOKEN, "port": PORT, "limits": limits, "stop": stop, "tell": told.append}
    thread = threading.Thread(target=keep_serving, args=(db,), kwargs=how)
    thread.start()
    try:
        assert eventually(lambda: told == [""])
        yield told
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def filed(db):
    a_run(db, 1)
    return db


@needs_quack
def test_a_statement_that_takes_too_long_is_ended_and_the_server_comes_back(filed):
    with kept(filed, seconds=2) as told:
        assert "error" in ask(ATTACH, ENDLESS)[-1]
        assert eventually(lambda: told[-1:] == [""] and len(told) > 1)
        assert "took longer than 2 s (COPYDESK_QUERY_TIME_LIMIT) and was ended" in told[1]
        assert ask(ATTACH, COUNT)[-1] == {"rows": [[1]]}


@needs_quack
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who is connected")
def test_a_statement_ends_when_its_client_is_gone(filed):
    with kept(filed, seconds=600) as told, client() as asking:
        asking.stdin.write(f"{ATTACH}\n")
        asking.stdin.flush()
        assert asking.stdout.readline() == '{"rows": []}\n'
        asking.stdin.write(f"{ENDLESS}\n")
        asking.stdin.flush()
        time.sleep(3)
        asking.kill()
        assert eventually(lambda: len(told) > 1, seconds=GONE_SECONDS + 30)
        assert "a client went away and left a statement running: 'SELECT count(hash" in told[1]
        assert eventually(lambda: told[-1] == "")


HUNGRY = {
    "a text of ten times the memory": "SELECT length(repeat('x', 2000000000))",
    "many long texts": "SELECT string_agg(repeat('x', 1000000), ',') FROM range(2000)",
    "a list of many texts": "SELECT list(repeat('x', 1000000) || range) FROM range(2000)",
    "a table to sort": "SELECT max(a) FROM (SELECT (range || repeat('y', 200)) AS a "
    "FROM range(20000000) ORDER BY hash(range) LIMIT 15000000)",
}


@needs_quack
def test_a_statement_gets_no_more_than_its_memory_and_its_temporary_space(filed):
    with kept(filed) as told:
        asked = [f"FROM news.query({quote(sql)})" for sql in HUNGRY.values()]
        _, *refused, after = ask(ATTACH, *asked, COUNT)
        for what, answer in zip(HUNGRY, refused, strict=True):
            assert "error" in answer, what
        assert after == {"rows": [[1]]}  # the same process answers
    assert told == [""]
    assert [file.name for file in filed.parent.iterdir() if "tmp" in file.name] == []


@needs_quack
def test_an_answer_of_ten_times_the_rows_is_refused_and_never_cut(filed):
    with serving(snapshot_of(filed), token=TOKEN, port=PORT, limits=LIMITS):
        _, most, more, counted = ask(
            ATTACH,
            "SELECT count(*) FROM news.query('FROM range(1000)')",
            "SELECT count(*) FROM news.query('FROM range(10000)')",
            "FROM news.query('SELECT count(*) FROM range(10000)')",
        )
    assert most == {"rows": [[1000]]}
    assert "more than 1,000 rows (COPYDESK_QUERY_ROWS): ask for fewer" in more["error"]
    assert counted == {"rows": [[10000]]}


@needs_quack
def test_the_limit_of_rows_changes_no_answer(filed):
    same = [
        "SELECT range AS a FROM range(3) ORDER BY a DESC",
        "SELECT 1, 1, 2 AS a",
        "SELECT 1; -- a comment",
        "SELECT 1 -- a comment",
        "WITH a AS (SELECT 3 AS b) FROM a",
        "VALUES (1), (2)",
        "SELECT ';' AS a /* ; */ ;;",
        "SUMMARIZE SELECT 5 AS a",
        "SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a DESC LIMIT 1",
    ]
    with serving(snapshot_of(filed), token=TOKEN, port=PORT, limits=LIMITS):
        _, *answers = ask(ATTACH, *(f"FROM news.query({quote(sql)})" for sql in same))
    with duckdb.connect() as plain:
        for sql, answer in zip(same, answers, strict=True):
            rows = [[str(value) for value in row] for row in plain.execute(sql).fetchall()]
            assert [
                [str(value) for value in row] for row in answer.get("rows", [[answer]])
            ] == rows, sql


@needs_quack
def test_a_query_longer_than_any_is_refused_unparsed(filed):
    with serving(snapshot_of(filed), token=TOKEN, port=PORT, limits=LIMITS):
        (_, long, after) = ask(
            ATTACH, f"FROM news.query('SELECT 1 {'+ 1 ' * (10 * LONGEST // 4)}')", COUNT
        )
    assert "Authorization failed" in long["error"]
    assert after == {"rows": [[1]]}


def children_of(process):
    return map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())


def lives(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


SERVER = """
import sys, threading
from pathlib import Path
from storage.core.limits import QueryLimits
from storage.snapshot.quack_process import keep_serving
if __name__ == "__main__":
    keep_serving(
        Path(sys.argv[1]), token=sys.argv[2], port=int(sys.argv[3]), limits=QueryLimits(),
        stop=threading.Event(), tell=lambda what: print(repr(what), flush=True),
    )
"""


@pytest.fixture
def server(filed, tmp_path):
    """A program that keeps serving. A spawned process reads it again."""
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    with subprocess.Popen(
        [sys.executable, program, filed, TOKEN, str(PORT)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout.readline() == "''\n"
        yield running
        running.kill()


def serving_process(server):
    """The child that listens: multiprocessing has another one, which tracks resources."""
    (found,) = [
        child
        for child in children_of(server.pid)
        if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()
    ]
    return found


@needs_quack
@pytest.mark.skipif(sys.platform != "linux", reason="it looks at /proc")
def test_the_process_that_serves_ends_with_its_parent_even_if_that_is_killed(server):
    child = serving_process(server)
    assert lives(child)
    server.kill()
    assert eventually(lambda: not lives(child))


@needs_quack
@pytest.mark.skipif(sys.platform != "linux", reason="it looks at /proc")
def test_a_process_that_is_killed_is_replaced(server):
    os.kill(serving_process(server), signal.SIGKILL)
    assert "the process that serves it ended (-9)" in server.stdout.readline()
    assert server.stdout.readline() == "''\n"
    assert ask(ATTACH, COUNT)[-1] == {"rows": [[1]]}


class Watched(Watch):
    """Statements that a test names; no quack."""

    statements: dict[tuple[str, str], str] | None = None

    def running(self):
        if self.statements is None:
            raise duckdb.OutOfMemoryException("no memory is left to answer")
        return self.statements


@pytest.fixture
def watched():
    connected = []
    watching = Watched(None, PORT, LIMITS, clients=lambda _port: len(connected))
    watching.connected = connected
    watching.statements = {("one", "10:00"): "SELECT 1"}
    return watching


def test_time_is_counted_for_each_statement(watched):
    assert watched.complaint(now=0, processor=0) == ""
    watched.statements = {("one", "10:01"): "SELECT 2"}  # the same client's next
    assert watched.complaint(now=59, processor=0) == ""
    assert watched.complaint(now=61, processor=0) == ""
    assert "took longer than 60 s" in watched.complaint(now=120, processor=0)


def test_a_statement_whose_text_is_an_escape_sequence_is_shown_without_it(watched):
    watched.statements = {("one", "10:00"): "SELECT '\x1b[2J\u202e'" + "x" * 1000}
    watched.complaint(now=0, processor=0)
    shown = watched.complaint(now=61, processor=0)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert len(shown) < 300


def test_a_server_that_cannot_be_watched_ends_after_the_time_of_a_statement(watched):
    watched.statements = None
    assert watched.complaint(now=0, processor=0) == ""
    assert watched.complaint(now=60, processor=0) == ""
    assert "could not be seen for 60 s" in watched.complaint(now=61, processor=0)


def test_what_is_computed_with_nobody_connected_ends(watched):
    complaints = [watched.complaint(now=n, processor=n) for n in range(1, GONE_SECONDS + 3)]
    assert complaints[:GONE_SECONDS] == [""] * GONE_SECONDS
    assert "a client went away" in complaints[-1]


def test_a_half_read_answer_is_not_taken_for_a_client_that_is_gone(watched):
    """Between two parts of an answer no client is connected; and nothing is computed."""
    assert all(watched.complaint(now=n, processor=0) == "" for n in range(1, 30))


def test_a_connected_client_may_compute_up_to_the_limit(watched):
    watched.connected.append("a client")
    assert all(watched.complaint(now=n, processor=n) == "" for n in range(1, 30))


def test_where_the_system_does_not_tell_who_is_connected_only_time_counts(watched):
    watched._clients = lambda _port: None
    assert all(watched.complaint(now=n, processor=n) == "" for n in range(1, 30))


@pytest.mark.skipif(sys.platform != "linux", reason="it looks at /proc")
def test_connections_to_a_port_are_counted():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert clients_of(port) == 0
        with socket.create_connection(("127.0.0.1", port)), listening.accept()[0]:
            assert clients_of(port) == 1
