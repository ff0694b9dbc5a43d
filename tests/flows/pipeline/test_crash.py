"""What a killed process, a full disk, a closed folder and a damaged file leave behind."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from support.processes import file_twenty

from storage.core.connection import connect
from storage.core.errors import DatabaseError
from storage.reading import open_reader
from storage.snapshot.publish import snapshot_of
from storage.store import open_store

KILLS = 50
SUPPORT = Path(__file__).parents[2] / "support"
NEWER = SUPPORT.parent / "data" / "duckdb-2.duckdb.gz"


def python(*args):
    """Another process, which finds our modules and the tests' own."""
    return subprocess.run(
        [sys.executable, *map(str, args)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def killed():
    """An undisturbed run; and what became of runs killed at random moments and run again."""
    memory = Path("/dev/shm")  # noqa: S108  a kill, other than a power failure, loses nothing there
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        ran = python(SUPPORT / "crashing.py", folder, KILLS)
    assert ran.returncode == 0, ran.stderr[-2000:]
    undisturbed, *rounds = map(json.loads, ran.stdout.splitlines())
    return undisturbed, rounds


@pytest.mark.slow
def test_a_run_killed_at_any_moment_and_run_again_ends_as_if_nothing_had_been(killed):
    undisturbed, rounds = killed
    assert len(rounds) == KILLS
    ends = Counter(told["end"]["fingerprint"] for told in rounds)
    assert ends == {undisturbed["fingerprint"]: KILLS}
    assert {told["end"]["articles"] for told in rounds} == {undisturbed["articles"]}


@pytest.mark.slow
def test_a_kill_leaves_whole_batches_and_nothing_in_part(killed):
    _, rounds = killed
    states = [state for told in rounds for state in (told["after"], told["readers"], told["end"])]
    assert [state["broken"] for state in states if state and state["broken"]] == []
    # and they were killed all along the way: before, between and after the batches
    assert len({told["after"]["articles"] for told in rounds if told["after"]}) > 3


@pytest.mark.slow
def test_a_run_that_was_killed_is_marked_so_by_the_next(killed):
    _, rounds = killed
    for told in rounds:
        before = [state for (state,) in told["after"]["runs"]] if told["after"] else []
        runs = [state for (state,) in told["end"]["runs"]]
        assert runs == ["crashed" if state == "running" else state for state in before] + [
            "finished"
        ]


@pytest.fixture
def filled(db):
    with open_store(db) as store:
        file_twenty(store, 1)
        store.publish()
    return db


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_database_killed_right_after_it_was_made_opens_again(db):
    ran = python(
        "-c",
        "import os, signal, sys; from pathlib import Path\n"
        "from storage.core.connection import connect\n"
        "connection = connect(Path(sys.argv[1])); os.kill(os.getpid(), signal.SIGKILL)",
        db,
    )
    assert ran.returncode == -signal.SIGKILL
    connect(db).close()


def test_a_full_disk_is_one_sentence_and_undoes_what_was_under_way(filled):
    ran = python(
        "-c",
        "import os, resource, sys; from pathlib import Path; from storage.store import open_store\n"
        "from support.processes import file_twenty\n"
        "db = Path(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (os.path.getsize(db) // 2,) * 2)\n"
        "try:\n"
        "    with open_store(db) as store:\n"
        "        with store.transaction():\n"
        "            for number in range(2, 40):\n"
        "                file_twenty(store, number)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n",
        filled,
    )
    assert ran.stdout.startswith(f"DatabaseError the database {filled} could not be written, the ")
    assert ran.stdout.count("\n") == 1
    with open_reader(filled, latest=True) as reader:
        assert reader.query("SELECT count(*) FROM articles").rows == [(20,)]
    with open_store(filled) as store:
        file_twenty(store, 2)


def test_a_folder_that_is_closed_to_us_is_one_sentence_and_stays_as_it_is(filled):
    before = contents(filled.parent)
    filled.chmod(0o444)
    filled.parent.chmod(0o555)
    try:
        ran = python(
            "-c",
            "import os, sys; from pathlib import Path; from storage.store import open_store\n"
            "if os.geteuid() == 0:\n"
            "    os.chdir(Path(sys.argv[1]).parent)\n"  # the folders above may be closed as well
            "    os.setuid(65534)\n"  # root may write anywhere
            "for name in (Path(sys.argv[1]).name, 'new.duckdb'):\n"
            "    try:\n"
            "        with open_store(Path(name)): pass\n"
            "    except Exception as error:\n"
            "        print(type(error).__name__, error)\n",
            filled,
        )
    finally:
        filled.parent.chmod(0o755)
    told = ran.stdout.splitlines()
    assert len(told) == 2, ran.stderr
    for line in told:
        assert line.startswith("DatabaseError the database ")
        assert "is closed to this user" in line
    assert contents(filled.parent) == before


def damage(data, how):
    if how == "cut":
        return data[: 12288 + 262144]  # three headers and a block
    if how == "header":
        return data[:4096] + bytes(64) + data[4160:]
    if how == "zeros":
        return data[:12288] + bytes(len(data) - 12288)
    blocks = range(12288, len(data), 262144)  # DuckDB's block size, behind three headers
    damaged = bytearray(data)
    for start in blocks:
        damaged[start + 100] ^= 0xFF
    return bytes(damaged)


@pytest.mark.parametrize("how", ["cut", "header", "zeros", "every block"])
def test_a_damaged_database_is_one_sentence_and_stays_as_it_is(filled, how):
    filled.write_bytes(damage(filled.read_bytes(), how))
    before = contents(filled.parent)
    with pytest.raises(DatabaseError, match=r"is damaged.* copy its \.snapshot") as raised:
        connect(filled)
    assert "\n" not in str(raised.value)
    assert contents(filled.parent) == before
    with open_reader(filled) as reader:  # the published copy is none the worse
        assert reader.query("SELECT count(*) FROM articles").rows == [(20,)]
    filled.write_bytes(snapshot_of(filled).read_bytes())
    connect(filled).close()


def test_whichever_block_is_damaged_the_answer_is_whole_or_that_sentence(filled):
    data, sentences = filled.read_bytes(), 0
    query = "SELECT md5(string_agg(text ORDER BY url)) FROM articles"
    with open_reader(filled, latest=True) as reader:
        whole = reader.query(query).rows
    for start in range(12288, len(data), 262144):
        filled.write_bytes(data[:start] + bytes(64) + data[start + 64 :])
        try:
            with open_reader(filled, latest=True) as reader:
                assert reader.query(query).rows == whole
        except DatabaseError as error:
            assert "is damaged" in str(error)  # noqa: PT017  either will do
            sentences += 1
    assert sentences


@pytest.mark.skipif(duckdb.__version__ >= "2", reason="it is the newer one")
def test_a_file_of_a_newer_duckdb_is_one_sentence_and_stays_as_it_is(db):
    db.write_bytes(newer := gzip.decompress(NEWER.read_bytes()))
    with pytest.raises(DatabaseError, match="was written by a newer DuckDB than is installed"):
        connect(db)
    assert db.read_bytes() == newer
