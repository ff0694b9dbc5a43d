import gzip
import hashlib
import multiprocessing
import re
from pathlib import Path

import duckdb
import pytest
from support.builders import NOW, article
from support.filing import file_articles

from ingest.model import FeedState
from storage.core.connection import connect
from storage.core.errors import DatabaseError
from storage.core.migrate import HERE, schema_version, transaction
from storage.core.views import AREAS, CONSTANTS, FOLDER
from storage.reading import open_reader
from storage.records.matches import STITCHED
from storage.store import open_store

LAST = len(list((HERE / "migrations").glob("*.sql")))


def fetch(db, sql):
    with duckdb.connect(str(db)) as connection:
        return connection.execute(sql).fetchall()


def catalogue(db):
    """All that a database is made of, apart from its rows."""
    return [
        fetch(db, "SELECT schema_name, table_name, sql FROM duckdb_tables() ORDER BY ALL"),
        fetch(
            db, "SELECT view_name, sql, comment FROM duckdb_views() WHERE NOT internal ORDER BY 1"
        ),
        fetch(db, "FROM core.migrations ORDER BY number"),
    ]


@pytest.fixture
def made(db):
    connect(db).close()
    return db


def test_a_fresh_database_reaches_the_last_version(db):
    connection = connect(db)
    assert schema_version(connection) == LAST
    connection.close()
    numbers = fetch(db, "SELECT number FROM core.migrations ORDER BY number")
    assert numbers == [(number,) for number in range(LAST + 1)]  # 0 are the views


def test_the_folder_of_a_database_is_made_where_it_is_missing(tmp_path):
    connect(tmp_path / "new" / "folder" / "copydesk.duckdb").close()
    assert (tmp_path / "new" / "folder" / "copydesk.duckdb").exists()


def test_opening_again_changes_nothing(made):
    before = catalogue(made)
    connect(made).close()
    assert catalogue(made) == before


def test_migrations_are_numbered_without_a_gap():
    names = sorted(script.name for script in (HERE / "migrations").glob("*.sql"))
    assert [int(name.partition("_")[0]) for name in names] == list(range(1, LAST + 1))


def test_a_database_of_a_newer_version_is_refused_and_left_alone(made):
    fetch(made, "INSERT INTO core.migrations VALUES (999, '0999_future.sql', 'sha') RETURNING 1")
    before = catalogue(made)
    with pytest.raises(DatabaseError, match=r"has schema 999.*newer version; upgrade Copydesk"):
        connect(made)
    assert catalogue(made) == before


def test_a_migration_edited_after_it_was_applied_is_refused_by_name(made):
    fetch(made, "UPDATE core.migrations SET sha = 'another' WHERE number = 1 RETURNING 1")
    with pytest.raises(DatabaseError, match=r"0001_\w+\.sql differs from the migration"):
        connect(made)


def test_a_database_of_schema_2_that_holds_rows_is_brought_up_to_date(db):
    with duckdb.connect(str(db)) as old:
        old.execute("CREATE SCHEMA core")
        old.execute("CREATE TABLE core.migrations (number INTEGER, name VARCHAR, sha VARCHAR)")
        for number, script in enumerate(sorted((HERE / "migrations").glob("*.sql"))[:2], start=1):
            sql = script.read_text()
            old.execute(sql)
            sha = hashlib.sha256(sql.encode()).hexdigest()
            old.execute("INSERT INTO core.migrations VALUES (?, '', ?)", [number, sha])
        old.execute(
            "INSERT INTO core.feeds BY NAME SELECT 1 AS feed_id, 'https://wire.example/f' AS url, "
            "'' AS title, '' AS folder, '' AS site_url, '' AS language, now() AS added_at, "
            "'' AS etag, '' AS last_modified, '' AS body_hash"
        )
        old.execute(
            "INSERT INTO core.fetches (run_id, fetched_at, kind, url, final_url, outcome, detail) "
            "VALUES (1, now(), 'page', 'https://Wire.example:8443/a', '', 'timeout', '')"
        )
    with open_store(db) as store:
        assert store.feeds.active() == [FeedState(feed_id=1, url="https://wire.example/f")]
        assert store.reader().query("SELECT needs_credentials FROM feeds").rows == [(False,)]
        hosts = store.reader().query("SELECT host, failed FROM host_health").rows
    assert hosts == [("wire.example:8443", 1)]


def test_views_that_changed_are_replaced(made):
    before = catalogue(made)
    fetch(made, "UPDATE core.migrations SET sha = 'of an older text' WHERE number = 0 RETURNING 1")
    fetch(made, "CREATE OR REPLACE VIEW stories AS SELECT 'of an older text' AS story_id")
    connect(made).close()
    assert catalogue(made) == before


def test_views_are_renewed_when_a_constant_they_share_with_python_changes(made, monkeypatch):
    monkeypatch.setitem(CONSTANTS, "likely", "0.7")
    connect(made).close()
    ((sql,),) = fetch(made, "SELECT sql FROM duckdb_views() WHERE view_name = 'wire_pickup'")
    assert "0.7" in sql
    assert "0.5" not in sql


def test_every_file_of_views_is_applied():
    assert sorted(AREAS) == sorted(file.stem for file in FOLDER.glob("*.sql"))


def test_a_file_that_is_no_database_is_refused_and_left_alone(db):
    db.write_text("Dear desk, please find attached the tide tables." * 100)
    before = db.read_bytes()
    for read_only in (False, True):
        with pytest.raises(DatabaseError, match="is not a DuckDB database: name another"):
            connect(db, read_only=read_only)
    assert db.read_bytes() == before


def test_a_database_of_somebody_else_is_refused_and_left_alone(db):
    fetch(db, "CREATE TABLE mine AS SELECT 1 AS x")
    fetch(db, "CREATE VIEW feeds AS SELECT 'mine' AS x")
    with pytest.raises(DatabaseError, match=r"not one of Copydesk's, and has been left as it is"):
        connect(db)
    assert fetch(db, "FROM feeds") == [("mine",)]


def test_a_name_that_sql_has_for_something_else_is_refused(tmp_path):
    with pytest.raises(DatabaseError, match=r"cannot be called core\.duckdb: choose another"):
        connect(tmp_path / "core.duckdb")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(DatabaseError, match=r"cannot be opened: .*directory"):
        connect(tmp_path)


def test_reading_a_missing_database_says_what_makes_one(db):
    with pytest.raises(DatabaseError, match=r"no database at .*`copydesk run`"):
        connect(db, read_only=True)
    assert not db.exists()


def test_a_reader_cannot_write(made):
    connection = connect(made, read_only=True)
    with pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("DELETE FROM core.migrations")
    connection.close()


def hold(db, held, done):
    """In another process: keeps the database open until told."""
    with open_store(db):
        held.set()
        done.wait(60)


def test_a_database_in_use_names_the_process_that_uses_it(db):
    spawn = multiprocessing.get_context("spawn")
    held, done = spawn.Event(), spawn.Event()
    holder = spawn.Process(target=hold, args=(db, held, done))
    holder.start()
    try:
        assert held.wait(60)
        for read_only in (False, True):
            with pytest.raises(DatabaseError, match=f"in use by process {holder.pid} .*try again"):
                connect(db, read_only=read_only)
    finally:
        done.set()
        holder.join()


def test_times_are_in_utc(made):
    connection = connect(made)
    with transaction(connection):
        connection.execute(
            "INSERT INTO core.runs (run_id, started_at, state) VALUES (1, ?, 'running')", [NOW]
        )
    ((read,),) = connection.execute("SELECT started_at FROM runs").fetchall()
    assert (read, read.utcoffset()) == (NOW, NOW.utcoffset())
    connection.close()


def test_every_view_and_every_column_of_it_says_what_it_is(made):
    columns = fetch(made, "SELECT view_name, column_name, meaning FROM dictionary")
    assert [column for column in columns if not column[2]] == []
    views = fetch(made, "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal")
    assert [view for view in views if not view[1]] == []
    assert {name for name, _, _ in columns} == {name for name, _ in views}


def test_analysts_see_views_and_no_tables(made):
    assert fetch(made, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'") == []


def test_no_column_has_a_function_for_its_default(made):
    """DuckDB 1.5 can neither replay a log with such a column nor let a client attach to it."""
    defaults = fetch(made, "SELECT table_name, column_name, column_default FROM duckdb_columns()")
    called = [(t, c, d) for t, c, d in defaults if d and re.search(r"[(\[]", d)]
    assert [one for one in called if not one[2].startswith("CAST(")] == []


# Databases as earlier versions of Copydesk left them after a run over two feeds of the sample
# newsroom: made by those versions, and never to be made again.
OLD = sorted((Path(__file__).parent.parent / "data").glob("schema-*.duckdb.gz"))


@pytest.fixture(params=OLD, ids=[file.name.partition(".")[0] for file in OLD])
def old(request, db):
    db.write_bytes(gzip.decompress(request.param.read_bytes()))
    return db


def held(db):
    """The rows of every table that an old database has, by what all versions know of them."""
    return [
        fetch(db, sql)
        for sql in (
            "SELECT url, title, text, published FROM core.articles ORDER BY url",
            "SELECT url, outcome, article_id FROM core.pages ORDER BY url",
            "SELECT article_id, story_id, original_id FROM core.members ORDER BY ALL",
            "SELECT a, b, relation FROM core.matches ORDER BY ALL",
            "SELECT article_id, band, hash FROM core.bands ORDER BY ALL",
            "SELECT run_id, url, outcome FROM core.fetches ORDER BY ALL",
            "SELECT run_id, feed_id, outcome, url, entries FROM core.outcomes ORDER BY ALL",
        )
    ]


def test_a_database_of_every_earlier_schema_is_brought_up_to_date_with_all_it_holds(old):
    before = held(old)
    assert len(before[0]) > 10
    with open_store(old) as store:
        assert store.reader().status().schema == LAST
        assert store.feeds.active()
    assert held(old) == before


def test_the_boilerplate_that_was_learned_before_is_still_known(db):
    db.write_bytes(gzip.decompress(OLD[-1].read_bytes()))
    fetch(db, "INSERT INTO core.furniture VALUES ('wire.example', 7, 1) RETURNING 1")
    before = fetch(db, "FROM core.furniture ORDER BY ALL")
    with open_store(db) as store:
        assert store.index.boilerplate(["wire.example"])["wire.example"].tolist() == [7]
    assert fetch(db, "FROM core.boilerplate ORDER BY ALL") == before


def test_the_rule_of_pages_put_together_from_several_gets_its_words_of_today():
    before = "one is stitched together from passages of several, of which this is one"
    script = (HERE / "migrations" / "0009_evidence.sql").read_text()
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core; CREATE TABLE core.matches (rule VARCHAR)")
        connection.execute("INSERT INTO core.matches VALUES (?), ('another')", [before])
        connection.execute(script[script.index("UPDATE") :])
        found = connection.execute("SELECT rule FROM core.matches ORDER BY rule").fetchall()
    assert found == [("another",), (STITCHED,)]


def test_texts_that_upkeep_dropped_before_are_known_to_be_gone(old):
    connect(old).close()
    gone = fetch(old, "SELECT article_id FROM core.articles WHERE text = '' ORDER BY 1")
    assert fetch(old, "SELECT article_id FROM core.textless ORDER BY 1") == gone


def test_a_database_brought_up_to_date_is_as_one_made_anew(old, tmp_path):
    connect(old).close()
    connect(tmp_path / "new.duckdb").close()

    def made_of(db):
        return [
            fetch(db, sql)
            for sql in (
                "SELECT schema_name, table_name, column_name, data_type, comment "
                "FROM duckdb_columns() WHERE NOT internal ORDER BY ALL",
                "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
                "FROM core.migrations ORDER BY number",
            )
        ]

    assert made_of(old) == made_of(tmp_path / "new.duckdb")


def test_a_run_goes_on_where_an_earlier_version_left_off(old):
    with open_store(old) as store:
        run_id = store.runs.begin(NOW)
        file_articles(store, run_id, [article("https://wire.example/today")])
        store.runs.end(run_id, "finished", {"total": 1.0})
        store.publish()
    with open_reader(old) as reader:
        assert reader.run_summary(run_id).articles == 1
        assert reader.query("SELECT count(*) > 0 FROM search('ferry')").rows == [(True,)]


def test_a_reader_of_an_earlier_schema_says_what_brings_it_up_to_date(old):
    before = old.read_bytes()
    with pytest.raises(DatabaseError, match=r"has schema \d, .* the next run brings it up"):
        connect(old, read_only=True)
    assert old.read_bytes() == before


def test_a_migration_that_was_killed_or_fails_leaves_the_database_as_it_was(old, monkeypatch):
    old.with_name(f"{old.name}.migrating").write_bytes(b"of a process that was killed")
    before = old.read_bytes()

    def full(*_args, **_kwargs):
        raise duckdb.IOException("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("storage.core.migrate._apply_views", full)
        with pytest.raises(DatabaseError, match="the disk is full"):
            connect(old)
    assert old.read_bytes() == before
    assert [file.name for file in old.parent.iterdir()] == [old.name]
    connect(old).close()


def test_what_a_killed_migration_left_is_not_replayed_over_the_next(old):
    for left in (".migrating", ".migrating.wal"):
        old.with_name(old.name + left).write_bytes(b"half of one")
    connect(old).close()
    assert fetch(old, "SELECT max(number) FROM core.migrations") == [(LAST,)]
    assert [file.name for file in old.parent.iterdir()] == [old.name]


def test_a_link_to_a_database_stays_one_when_that_is_brought_up_to_date(old, tmp_path):
    link = tmp_path / "link.duckdb"
    link.symlink_to(old)
    connect(link).close()
    assert link.is_symlink()
    assert fetch(old, "SELECT max(number) FROM core.migrations") == [(LAST,)]
