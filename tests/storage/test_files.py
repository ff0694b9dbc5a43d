"""A database's files: names it may not have, a lost or damaged log, what killed processes leave."""

import os
import shutil
import subprocess
import sys

import pytest
from support.builders import NOW, page

from storage.core.connection import connect
from storage.core.errors import DatabaseError
from storage.core.files import log_of
from storage.core.tally import tally_of
from storage.reading import open_reader
from storage.store import open_store

NAMES = ["core.duckdb", "CORE.duckdb", "Core", "core.snapshot.duckdb", "core.a.b", ".core.duckdb"]


@pytest.mark.parametrize("name", [*NAMES, "TEMP.duckdb", "System.duckdb"])
def test_a_name_that_means_something_else_in_sql_is_refused(tmp_path, name):
    with pytest.raises(DatabaseError, match="cannot be called .*: choose another name"):
        connect(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["temp.duckdb", "score.duckdb", "news.core.duckdb", "core1"])
def test_other_names_are_fine_and_so_are_their_snapshots(tmp_path, name):
    with open_store(tmp_path / name) as store:
        store.publish()
    with open_reader(tmp_path / name) as reader:
        assert reader.query("SELECT count(*) FROM core.runs").rows == [(0,)]


KILLED = """
import os, sys
from pathlib import Path
from support.builders import NOW, page
from storage.store import open_store
with open_store(Path(sys.argv[1])) as store:
    with store.transaction():
        run = store.runs.begin(NOW)
    with store.transaction():
        store.pages.add(run, [page(f"https://wire.example/{n}") for n in range(5)])
    os._exit(9)
"""


@pytest.fixture
def killed(db):
    """A database whose writer was killed after two commits, which are only in the log."""
    connect(db).close()
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", KILLED, db], env=env, check=False)
    assert log_of(db).stat().st_size > 0
    return db


def test_a_killed_writer_leaves_a_log_that_the_next_one_takes_up(killed):
    with open_store(killed) as store:
        assert store.runs.last() == 1
    assert not tally_of(killed).exists()


@pytest.mark.parametrize("damage", ["removed", "empty", "cut"])
def test_a_log_that_is_gone_is_noticed_and_nothing_is_touched(killed, damage):
    log, whole = log_of(killed), log_of(killed).read_bytes()
    if damage == "removed":
        log.unlink()
    else:
        log.write_bytes(whole[: len(whole) // 2] if damage == "cut" else b"")
    with pytest.raises(DatabaseError, match="lacks .*5 pages.* that were filed") as told:
        connect(killed)
    assert "put copydesk.duckdb.wal back from a backup, or remove" in str(told.value)
    assert "\n" not in str(told.value)
    log.write_bytes(whole)  # the backup
    with open_store(killed) as store:
        assert store.runs.last() == 1


def test_one_goes_on_without_a_lost_log_by_removing_the_tally(killed):
    log_of(killed).unlink()
    tally_of(killed).unlink()
    with open_store(killed) as store:
        assert store.runs.last() == 0


def test_a_damaged_log_is_told_with_what_to_do(killed):
    damaged = bytearray(log_of(killed).read_bytes())
    damaged[60] ^= 255
    log_of(killed).write_bytes(damaged)
    with pytest.raises(DatabaseError, match=r"damaged log .*: put its \.wal file back") as told:
        connect(killed)
    assert "\n" not in str(told.value)


def test_a_tally_that_a_power_failure_cut_is_no_obstacle(killed):
    tally_of(killed).write_text("")
    with open_store(killed) as store:
        assert store.runs.last() == 1


def test_a_closed_database_has_neither_log_nor_tally(db):
    with open_store(db) as store, store.transaction():
        store.pages.add(store.runs.begin(NOW), [page("https://wire.example/1")])
    assert [file.name for file in db.parent.iterdir()] == [db.name]


def nobody():
    """The number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    return ended.pid


def test_what_killed_processes_left_goes_when_the_next_writer_opens(db):
    dead, alive = nobody(), os.getpid()
    name, snapshot = db.name, f"{db.stem}.snapshot{db.suffix}"
    left = [f"{name}.{dead}.new", f"{name}.{dead}.new.wal", f"{name}.migrating", f"{name}.compact"]
    left += [f"{snapshot}.unfinished", f"{snapshot}.{dead}.tmp/x", f"{name}.filed.{dead}.new"]
    kept = [f"{name}.{alive}.new", f"other.duckdb.{dead}.new", f"{name}.bak", f"{name}x.migrating"]
    for file in (*left, *kept):
        (db.parent / file).parent.mkdir(exist_ok=True)
        (db.parent / file).write_text("left")
    connect(db).close()
    assert {file.name for file in db.parent.iterdir()} == {name, *kept}
    shutil.rmtree(db.parent)
