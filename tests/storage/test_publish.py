"""Readers and the writer, each in a process of its own, as they are."""

import signal
import subprocess
import sys

import duckdb
import pytest
from support.builders import NOW
from support.processes import READER, WRITER, Other, a_run

from storage.core.connection import connect
from storage.core.errors import DatabaseError, HeldError
from storage.reading import open_reader
from storage.snapshot.publish import snapshot_of
from storage.store import open_store


def count(db):
    with open_reader(db) as reader:
        return reader.query("SELECT count(*) FROM articles").rows[0][0]


def test_a_reader_held_open_stops_no_run_and_sees_the_new_state_when_it_opens_again(db):
    a_run(db, 1)
    held = Other(READER, snapshot_of(db))
    assert held.ask() == "1"
    for number in (2, 3):
        a_run(db, number)
        assert held.ask() == "1"
        again = Other(READER, snapshot_of(db))
        assert again.ask() == str(number)
        again.end()
    held.end()


def test_a_writer_that_holds_the_database_keeps_no_reader_waiting(db):
    a_run(db, 1)
    writer = Other(WRITER, db)
    assert writer.hear() == "held"
    assert count(db) == 1
    with open_reader(db, latest=True) as reader:
        assert reader.as_of().file == snapshot_of(db)
    writer.end()
    with open_reader(db, latest=True) as reader:
        assert reader.as_of().file == db


def test_what_a_client_wrote_to_a_snapshot_is_not_replayed_over_the_next(db):
    a_run(db, 1)
    edited = snapshot_of(db)
    killed = subprocess.run(
        [
            *(sys.executable, "-c"),
            "import duckdb, os, signal, sys; c = duckdb.connect(sys.argv[1]); "
            "c.execute(\"UPDATE core.articles SET title = 'edited'\"); "
            "os.kill(os.getpid(), signal.SIGKILL)",
            edited,
        ],
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert edited.with_name(f"{edited.name}.wal").exists()
    a_run(db, 2)
    with open_reader(db) as reader:
        assert reader.query("SELECT DISTINCT title = 'edited' FROM articles").rows == [(False,)]


def test_publishing_keeps_the_writers_lock(db):
    a_run(db, 1)
    with open_store(db) as store:
        store.publish()
        other = subprocess.run(
            [sys.executable, "-c", f"import duckdb; duckdb.connect({str(db)!r})"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert "Conflicting lock" in other.stderr


def test_a_second_writer_waits_for_the_first_or_says_who_it_is(db):
    a_run(db, 1)
    writer = Other(WRITER, db)
    assert writer.hear() == "held"
    with pytest.raises(HeldError, match=f"in use by process {writer.child.pid} "):
        connect(db)
    waiting = Other(
        "import sys\nfrom support.processes import a_run\nfrom pathlib import Path\n"
        "print('waits', flush=True); a_run(Path(sys.argv[1]), 2, patience=60); print('went')",
        db,
    )
    assert waiting.hear() == "waits"
    writer.end()
    assert waiting.hear() == "went"
    waiting.end()
    assert count(db) == 2


def test_a_snapshot_is_whole_though_the_last_writer_was_killed_with_a_log_unmerged(db):
    a_run(db, 1)
    killed = Other(
        "import sys, os, signal\nfrom pathlib import Path\nfrom storage.store import open_store\n"
        "from support.builders import article, prose\n"
        "from support.filing import file_articles\n"
        "with open_store(Path(sys.argv[1])) as store:\n"
        "    file_articles(store, 1, [article('https://wire.example/7', text=prose(7000, 70))])\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n",
        db,
    )
    assert killed.child.wait(60) == -signal.SIGKILL
    killed.child.stdin.close()
    killed.child.stdout.close()
    assert db.with_name(f"{db.name}.wal").exists()
    assert count(db) == 1
    a_run(db, 2)
    assert count(db) == 3
    assert not db.with_name(f"{db.name}.wal").exists()


def test_before_the_first_publication_readers_see_the_database_itself(store, db):
    store.runs.begin(NOW)
    assert not snapshot_of(db).exists()
    with pytest.raises(DatabaseError, match="no database at"), open_reader(db.with_name("none")):
        pass


def test_readers_say_which_run_they_see(db):
    connect(db).close()
    with open_reader(db) as reader:
        assert str(reader.as_of()) == "before the first run"
    a_run(db, 1)
    a_run(db, 2)
    with open_reader(db) as reader:
        assert str(reader.as_of()) == "as of run 2, 2026-09-17 14:00 UTC"


def test_as_many_snapshots_are_kept_by_run_as_was_asked_for(db):
    for number in range(1, 5):
        a_run(db, number, keep=2)
    names = {file.name for file in db.parent.iterdir()}
    assert names == {
        "copydesk.duckdb",
        "copydesk.snapshot.duckdb",
        "copydesk.snapshot.run3.duckdb",
        "copydesk.snapshot.run4.duckdb",
    }
    assert count(db.with_name("copydesk.snapshot.run3.duckdb")) == 3
    a_run(db, 5)
    assert len(list(db.parent.iterdir())) == 2


def test_a_publication_that_was_killed_leaves_the_last_snapshot_and_is_made_up_for(db):
    a_run(db, 1)
    unfinished = db.with_name("copydesk.snapshot.duckdb.unfinished")
    unfinished.write_bytes(b"half of it")
    assert count(db) == 1
    a_run(db, 2)
    assert count(db) == 2
    assert not unfinished.exists()


def test_a_publication_without_room_says_so_and_leaves_the_last_snapshot(db):
    a_run(db, 1)
    cramped = Other(
        "import os, resource, sys\nfrom pathlib import Path\nfrom storage.store import open_store\n"
        "from storage.core.errors import DatabaseError\n"
        "db = Path(sys.argv[1])\n"
        "with open_store(db) as store:\n"
        "    room = os.path.getsize(db) - 1\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))\n"
        "    try:\n"
        "        store.publish()\n"
        "    except DatabaseError as error:\n"
        "        print(error)\n",
        db,
    )
    said = cramped.hear()
    cramped.end()
    assert "all is filed in" in said
    assert "could not be renewed and is as it was: File too large" in said
    assert {file.name for file in db.parent.iterdir()} == {db.name, snapshot_of(db).name}
    assert count(db) == 1


def test_a_snapshot_can_take_the_place_of_a_lost_database(db):
    a_run(db, 1)
    snapshot_of(db).rename(db)
    a_run(db, 2)
    assert count(db) == 2


def test_any_duckdb_reads_the_snapshot_while_a_run_goes_on(db):
    a_run(db, 1)
    with open_store(db), duckdb.connect(str(snapshot_of(db)), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM stories").fetchall() == [(1,)]
