"""A client in another process: what it may and may not do, and what it sees after a run."""

import socket
import threading
from contextlib import contextmanager

import duckdb
import pytest
from rich.console import Console
from support.processes import a_run
from support.quack import ATTACH, PORT, TOKEN, ask, eventually, needs_quack, occupied, quote

from flows.orchestration.quack import serving_quack
from flows.settings import read_settings
from ingest.model import CopydeskError
from storage.core.errors import DatabaseError
from storage.core.extensions import load_extension
from storage.snapshot.publish import snapshot_of
from storage.snapshot.quack import follow, serving


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
        "INSERT INTO news.core.runs (run_id) VALUES (9)": "Authorization failed",
        "CREATE TABLE news.mine (a INTEGER)": "Authorization failed",
        "FROM news.query('DELETE FROM core.articles')": "Authorization failed",
        "FROM news.query('DROP VIEW articles')": "Authorization failed",
        "FROM news.query('FROM read_text(''/etc/hostname'')')": "Authorization failed",
        "FROM news.query('FROM ''/etc/hostname.csv''')": "disabled by configuration",
        "FROM news.query('COPY articles TO ''/tmp/out.csv''')": "Authorization failed",
        "FROM news.query('ATTACH ''/tmp/x.duckdb'' AS x')": "Authorization failed",
        "FROM news.query('SET enable_external_access = true')": "Authorization failed",
        "FROM news.query('SELECT FROM WHERE')": "Authorization failed",
    }
    attached, *refused, after = ask(ATTACH, *refusals, "SELECT count(*) FROM news.articles")
    assert attached == {"rows": []}
    for (statement, reason), answer in zip(refusals.items(), refused, strict=True):
        assert reason in answer.get("error", ""), statement
    assert after == {"rows": [[1]]}


STOP = "FROM quack_stop('quack:localhost:PORT')"
ATTACKS = [
    STOP,
    "CALL quack_stop('quack:localhost:PORT')",
    "FROM \"quack_stop\"('quack:localhost:PORT')",
    "FROM QuAcK_StOp/* a comment */('quack:localhost:PORT')",
    "FROM system.main.quack_stop -- a comment\n('quack:localhost:PORT')",
    f"SELECT 1; {STOP}",
    f"SELECT 1\0; {STOP}",
    f"SELECT (WITH a AS ({STOP}) SELECT count(*) FROM a)",
    f"SELECT 1 WHERE EXISTS (SELECT 1 FROM range(1), LATERAL ({STOP}))",
    f"DESCRIBE {STOP}",
    f"EXPLAIN ANALYZE {STOP}",
    f"PREPARE a AS {STOP}",
    "EXECUTE a",
    f"CREATE TEMP MACRO a() AS TABLE {STOP}",
    "FROM a()",
    f"PIVOT ({STOP}) ON 1",
    "SET VARIABLE a = 1",
    "FROM query('FROM qua' || 'ck_stop(''qua'||'ck:localhost:PORT'')')",
    "FROM query('FROM query(''FROM qua'' || ''ck_stop(''''qua''''||''''ck:localhost:PORT'''')'')')",
    "FROM \"QUERY\"('FROM qua' || 'ck_active_connections()')",
    "FROM query_table('qua' || 'ck_server_list')",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM qua' || 'ck_server_list()'))",
    "PRAGMA json_execute_serialized_sql('{}')",
    "SELECT json_serialize_plan('FROM qua' || 'ck_stop(''quack:localhost:PORT'')')",
    "FROM quack_serve('quack:localhost:19603', token = 'mine')",
    "FROM query('FROM qua' || 'ck_serve(''quack:localhost:19603'', token = ''mine'')')",
    "FROM quack_active_connections()",
    "FROM quack_query('quack:localhost:PORT', 'FROM articles')",
    "SELECT quack_check_token('a', 'b', 'c')",
    "FROM enable_logging('QueryLog')",
    "FROM histogram('articles', outlet)",
]


@needs_quack
@pytest.mark.usefixtures("served")
def test_a_client_cannot_stop_the_server_start_another_or_watch_others():
    quoted = [f"FROM news.query({quote(attack)})" for attack in ATTACKS]
    attached, *refused, after = ask(ATTACH, *quoted, "SELECT count(*) FROM news.articles")
    assert attached == {"rows": []}
    for attack, answer in zip(ATTACKS, refused, strict=True):
        assert "Authorization failed" in answer.get("error", ""), attack
    assert after == {"rows": [[1]]}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("localhost", 19603))


@needs_quack
@pytest.mark.usefixtures("served")
def test_a_client_may_ask_about_ducks_and_use_what_only_reads():
    honest = {
        "SELECT count(*) FROM articles WHERE title ILIKE '%Quack%'": [[0]],
        "SELECT 'query(''x''); quack_stop()' AS quack_stop -- quack": [
            ["query('x'); quack_stop()"]
        ],
        "SELECT i FROM range(2) AS r(i)": [[0], [1]],
        "SELECT count(*) FROM (SHOW TABLES) WHERE name = 'articles'": [[1]],
        "SELECT json_serialize_sql('SELECT').error::VARCHAR": [["true"]],
    }
    _, *answers = ask(ATTACH, *(f"FROM news.query({quote(sql)})" for sql in honest))
    assert answers == [{"rows": rows} for rows in honest.values()]


@needs_quack
@pytest.mark.usefixtures("served")
def test_a_wrong_token_lets_nobody_in():
    (refused,) = ask(ATTACH, token=TOKEN[::-1])
    assert "error" in refused


@contextmanager
def following(db):
    """Follows a database for as long as the block lasts; gives the list of what it tells."""
    told, stop = [], threading.Event()
    settings = {"token": TOKEN, "port": PORT, "stop": stop, "tell": told.append, "pause": 0.05}
    thread = threading.Thread(target=follow, args=(db,), kwargs=settings)
    thread.start()
    try:
        yield told
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


@needs_quack
def test_clients_that_attach_after_a_run_see_its_state(db):
    with following(db) as told:  # before there is anything to serve
        for number in (1, 2):
            a_run(db, number)
            assert eventually_counts(number)
    assert [trouble[:11] for trouble in told] == ["no database", ""]


@needs_quack
def test_a_snapshot_of_an_older_schema_is_not_served_and_the_next_one_is(db):
    with duckdb.connect(str(snapshot_of(db))) as older:
        older.execute("CREATE SCHEMA core")
        older.execute("CREATE TABLE core.migrations AS SELECT 1 AS number")
    with following(db) as told:
        assert eventually(lambda: told)
        assert "has schema 1" in told[0]
        assert "\n" not in told[0]
        a_run(db, 1)
        assert eventually_counts(1)
    assert told[1:] == [""]


@needs_quack
def test_a_port_that_is_taken_is_tried_again_until_it_is_free(db, monkeypatch):
    monkeypatch.setattr("storage.snapshot.quack.RETRY", 0.1)
    a_run(db, 1)
    with occupied(), following(db) as told:
        pass  # told to stop while it waits for the port: it stops
    with following(db) as told:
        assert eventually_counts(1)
    assert told == [""]
    with occupied() as other, following(db) as told:
        assert eventually(lambda: told)
        assert f"port {PORT} of localhost cannot be had, COPYDESK_QUACK_PORT names" in told[0]
        other.close()
        assert eventually_counts(1)
    assert told[1:] == [""]


@needs_quack
def test_how_to_attach_is_said_once_it_is_so(db, monkeypatch, capsys):
    monkeypatch.setattr("storage.snapshot.quack.RETRY", 0.1)
    settings = read_settings(db=db, quack_port=PORT, quack_token=TOKEN)
    shown = []
    with occupied() as other:
        a_run(db, 1)
        with serving_quack(settings, Console()):
            assert eventually(lambda: shown.append(capsys.readouterr().out) or any(shown))
            assert "Not served to DuckDB for now. The next attempt follows. port" in "".join(shown)
            assert "ATTACH" not in "".join(shown)
            other.close()
            assert eventually(
                lambda: shown.append(capsys.readouterr().out) or "ATTACH" in "".join(shown)
            )
            assert eventually_counts(1, tries=1)


@pytest.mark.parametrize("port", [0, 99999])
def test_a_port_that_is_none_is_refused(port):
    with pytest.raises(CopydeskError, match="quack_port"):
        read_settings(quack_port=port)


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
