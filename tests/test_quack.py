"""A client in another process: what it may and may not do, and what it sees after a run."""

import json
import os
import subprocess
import sys
import threading

import duckdb
import pytest
from test_publish import a_run

from storage.extensions import load_extension
from storage.migrate import DatabaseError
from storage.publish import snapshot_of
from storage.quack import check_quack, follow, serving

PORT, TOKEN = 19494, "open sesame"

# Reads statements from its standard input, one a line; answers each with a line of JSON.
CLIENT = """
import json, sys, duckdb
from storage.extensions import load_extension
port, token = sys.argv[1:]
with duckdb.connect() as connection:
    load_extension(connection, "httpfs")
    load_extension(connection, "quack")
    connection.execute(f"CREATE SECRET (TYPE quack, TOKEN '{token}')")
    for statement in sys.stdin:
        try:
            rows = connection.execute(statement.replace("PORT", port)).fetchall()
            print(json.dumps({"rows": rows}, default=str), flush=True)
        except duckdb.Error as error:
            print(json.dumps({"error": str(error).splitlines()[0]}), flush=True)
"""
ATTACH = "ATTACH 'quack:localhost:PORT' AS news"


def quack_is_here():
    try:
        check_quack()
    except DatabaseError:
        return False
    return True


needs_quack = pytest.mark.skipif(
    duckdb.__version__ >= "2" and not quack_is_here(), reason="its wheels are for DuckDB 1.5"
)


def ask(*statements, token=TOKEN, port=PORT):
    ran = subprocess.run(
        [sys.executable, "-c", CLIENT, str(port), token],
        input="\n".join(statements),
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.fixture
def served(db):
    a_run(db, 1)
    with serving(snapshot_of(db), token=TOKEN, port=PORT):
        yield db


@needs_quack
def test_another_process_reads_while_a_run_writes(served):
    a_run(served, 2)  # the writer's file is free, and what is served is as it was
    answers = ask(
        ATTACH,
        "SELECT count(*) FROM news.articles",
        "SELECT title FROM news.stories",
        "FROM news.query('SELECT outlet FROM search(''w1000'')')",
    )
    assert [answer["rows"] for answer in answers[1:]] == [
        [[1]],
        [["Harbour council votes"]],
        [["wire.example"]],
    ]


@needs_quack
@pytest.mark.usefixtures("served")
def test_a_client_can_read_and_do_nothing_else():
    refusals = {
        "INSERT INTO news.core.runs (run_id) VALUES (9)": "read-only",
        "CREATE TABLE news.mine (a INTEGER)": "read-only",
        "FROM news.query('DELETE FROM core.articles')": "read-only",
        "FROM news.query('DROP VIEW articles')": "read-only",
        "FROM news.query('FROM read_text(''/etc/hostname'')')": "disabled by configuration",
        "FROM news.query('COPY articles TO ''/tmp/out.csv''')": "disabled by configuration",
        "FROM news.query('ATTACH ''/tmp/x.duckdb'' AS x')": "disabled by configuration",
        "FROM news.query('SET enable_external_access = true')": "has been locked",
        "FROM news.query('CALL quack_stop(''quack:localhost:PORT'')')": "Authorization failed",
        "FROM news.query('FROM quack_active_connections()')": "Authorization failed",
    }
    attached, *refused, after = ask(ATTACH, *refusals, "SELECT count(*) FROM news.articles")
    assert attached == {"rows": []}
    for (statement, reason), answer in zip(refusals.items(), refused, strict=True):
        assert reason in answer.get("error", ""), statement
    assert after == {"rows": [[1]]}


@needs_quack
@pytest.mark.usefixtures("served")
def test_a_wrong_token_lets_nobody_in():
    (refused,) = ask(ATTACH, token=TOKEN[::-1])
    assert "error" in refused


@needs_quack
def test_clients_that_attach_after_a_run_see_its_state(db):
    stop = threading.Event()
    settings = {"token": TOKEN, "port": PORT, "stop": stop, "pause": 0.05}
    thread = threading.Thread(target=follow, args=(db,), kwargs=settings)
    thread.start()  # before there is anything to serve
    try:
        for number in (1, 2):
            a_run(db, number)
            assert eventually_counts(number)
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def eventually_counts(number, tries=100):
    for _ in range(tries):
        if ask(ATTACH, "SELECT count(*) FROM news.articles")[-1] == {"rows": [[number]]}:
            return True
    return False


def test_an_extension_that_cannot_be_had_is_one_sentence():
    with duckdb.connect() as connection:
        connection.execute("SET custom_extension_repository = 'http://127.0.0.1:9'")
        with pytest.raises(DatabaseError, match=r"needs DuckDB's extension nonesuch: install") as e:
            load_extension(connection, "nonesuch")
    assert "\n" not in str(e.value)
