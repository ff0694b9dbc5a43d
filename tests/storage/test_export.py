"""Exports, read back by those they are for."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest
from support.builders import NOW, ago, article, feed, prose
from support.filing import file_articles

from storage.core.errors import DatabaseError
from storage.reading import open_reader
from storage.snapshot.manifest import FORMATS, PARTITIONS, Shape
from storage.store import open_store

COPYDESK = Path(sys.executable).parent / "copydesk"
TEXT = 'A "quoted" line,\nand \u201ea second\u201c; größe 東京 | \\N \x7f'
BY_DAY = ("day", "language")
#: An export by day in a process of its own, in which something befalls it.
OTHER = """
import os, resource, signal, sys
from pathlib import Path
from storage.snapshot.export import Shape
from storage.reading import open_reader

db, out = map(Path, sys.argv[1:])
moves, replace = [], Path.replace

def move(self, target):
    replace(self, target)
    moves.append(target)
    {moved}

Path.replace = move
{before}
with open_reader(db) as reader:
    reader.export(out, Shape(partition=("day",)))
"""


def articles(day, texts=3):
    """A day's articles: one in English and its copy, others in German, the last of no language."""
    when = ago(days=day)
    own = [
        article(
            f"https://wire.example/{day}/{n}",
            text=f"{prose(day * 10**6 + n * 1000, 100)} {TEXT}",
            published=when,
            language=("en", "de", "")[min(n, 2)],
            authors=("Ana O'Neil", "Bo, Jr"),
        )
        for n in range(texts)
    ]
    copy = article(
        f"https://daily.example/{day}",
        text=own[0].text,
        published=when + timedelta(hours=1),
    )
    return [*own, copy]


def add(db, *days):
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        run_id = store.runs.begin(NOW)
        for day in days:
            file_articles(store, run_id, articles(day))
        store.runs.end(run_id, "finished", {"total": 1.0})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    db = tmp_path_factory.mktemp("made") / "copydesk.duckdb"
    add(db, 0, 1)
    return db


@pytest.fixture
def filled(made, db):
    return Path(shutil.copy(made, db))


def export(db, folder, **more):
    since = more.pop("since", None)
    with open_reader(db) as reader:
        return reader.export(folder, Shape(**more), since=since)


def other(db, folder, *, before="pass", moved="pass"):
    return subprocess.Popen(
        [sys.executable, "-c", OTHER.format(before=before, moved=moved), db, folder],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def names(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def manifest(folder):
    return json.loads((folder / "_manifest.json").read_text())


def texts(db):
    with open_reader(db) as reader:
        return dict(reader.query("SELECT url, text FROM articles").rows)


@pytest.mark.parametrize("partition", [(), BY_DAY, ("outlet",), ("language", "outlet", "day")])
@pytest.mark.parametrize("style", FORMATS)
def test_duckdb_reads_back_every_format_in_every_partition(filled, tmp_path, style, partition):
    folder = tmp_path / "it's out"
    done = export(filled, folder, format=style, partition=partition)
    assert done.rows == 8
    files = str(folder / "**" / f"articles.{style}").replace("'", "''")
    reading = {
        "parquet": f"read_parquet('{files}', hive_partitioning = {bool(partition)})",
        "csv": f"read_csv('{files}')",
        "jsonl": f"read_json('{files}')",
    }
    with duckdb.connect() as connection:
        held = connection.execute(f"SELECT url, text FROM {reading[style]}").fetchall()
        kinds = connection.execute(
            f"SELECT DISTINCT language, typeof(published) FROM {reading[style]} ORDER BY 1"
        ).fetchall()
    assert dict(held) == texts(filled)
    assert {language or "und" for language, _ in kinds} == {"de", "en", "und"}
    if style == "parquet":
        assert {kind for _, kind in kinds} == {"TIMESTAMP WITH TIME ZONE"}


def test_pandas_reads_a_partitioned_folder_as_one_table(filled, tmp_path):
    export(filled, tmp_path / "out", partition=BY_DAY)
    frame = pd.read_parquet(tmp_path / "out")
    assert dict(zip(frame["url"], frame["text"], strict=True)) == texts(filled)
    assert set(frame["language"]) == {"en", "de", "und"}
    assert str(frame["published"].dt.tz) == "UTC"
    assert list(frame["authors"].iloc[0]) in (["Ana O'Neil", "Bo, Jr"], [])
    assert {str(day) for day in frame["day"]} == {"2026-09-17", "2026-09-16"}


def test_pandas_reads_csv_and_json_lines(filled, tmp_path):
    export(filled, tmp_path / "csv", format="csv")
    frame = pd.read_csv(tmp_path / "csv" / "articles.csv", parse_dates=["published"])
    assert dict(zip(frame["url"], frame["text"], strict=True)) == texts(filled)
    assert {tuple(json.loads(names)) for names in frame["authors"]} == {
        ("Ana O'Neil", "Bo, Jr"),
        (),
    }
    assert frame["published"].dt.tz is not None
    export(filled, tmp_path / "jsonl", format="jsonl", partition=BY_DAY)
    parts = [
        pd.read_json(file, lines=True) for file in (tmp_path / "jsonl").rglob("articles.jsonl")
    ]
    frame = pd.concat(parts)
    assert dict(zip(frame["url"], frame["text"], strict=True)) == texts(filled)


def test_polars_reads_every_format(filled, tmp_path):
    export(filled, tmp_path / "parquet", partition=BY_DAY)
    frame = pl.read_parquet(tmp_path / "parquet" / "**" / "*.parquet", hive_partitioning=True)
    assert dict(frame.select("url", "text").iter_rows()) == texts(filled)
    assert frame["published"].dtype == pl.Datetime("us", "UTC")
    assert frame["authors"].dtype == pl.List(pl.String)
    export(filled, tmp_path / "csv", format="csv")
    frame = pl.read_csv(tmp_path / "csv" / "articles.csv")
    assert dict(frame.select("url", "text").iter_rows()) == texts(filled)
    export(filled, tmp_path / "jsonl", format="jsonl")
    frame = pl.read_ndjson(tmp_path / "jsonl" / "articles.jsonl")
    assert dict(frame.select("url", "text").iter_rows()) == texts(filled)


def test_a_partition_is_one_file_whatever_their_number(db, tmp_path):
    add(db, *range(30))
    done = export(db, tmp_path / "out", partition=("day", "language", "outlet"))
    assert len(done.files) == 30 * 4
    assert {Path(file.path).name for file in done.files} == {"articles.parquet"}
    assert done.rows == sum(file.rows for file in done.files) == 30 * 4


@pytest.mark.parametrize("style", FORMATS)
def test_the_manifest_says_what_is_there(filled, tmp_path, style):
    export(filled, tmp_path / "out", format=style, partition=("day",))
    held = manifest(tmp_path / "out")
    assert (held["rows"], held["as_of_run"]) == (8, 1)
    assert {(file["path"], file["rows"]) for file in held["files"]} == {
        (f"day=2026-09-17/articles.{style}", 4),
        (f"day=2026-09-16/articles.{style}", 4),
    }
    assert held["columns"]["authors"] == "VARCHAR[]"
    assert held["columns"]["published"] == "TIMESTAMP WITH TIME ZONE"
    assert names(tmp_path / "out") == {"_manifest.json"} | {f["path"] for f in held["files"]}


def test_originals_alone_are_one_article_a_story(filled, tmp_path):
    assert export(filled, tmp_path / "out", originals=True).rows == 6
    frame = pl.read_parquet(tmp_path / "out" / "articles.parquet")
    assert frame["is_original"].all()
    assert frame["story_id"].n_unique() == 6


def test_an_export_since_a_day_renews_whole_days_and_leaves_earlier_ones(filled, tmp_path):
    out = tmp_path / "out"
    export(filled, out, partition=("day",))
    first = (out / "day=2026-09-16" / "articles.parquet").stat().st_ino
    add(filled, -1)
    done = export(filled, out, partition=("day",), since=NOW)  # noon: the day begins before it
    assert [file.path for file in done.files] == [
        "day=2026-09-17/articles.parquet",
        "day=2026-09-18/articles.parquet",
    ]
    assert (out / "day=2026-09-16" / "articles.parquet").stat().st_ino == first
    assert manifest(out)["rows"] == 12
    assert pd.read_parquet(out)["url"].nunique() == 12


@pytest.mark.parametrize(
    ("first", "second", "earliest"),
    [(None, NOW, None), (ago(days=1), NOW, ago(days=1)), (NOW, ago(days=1), ago(days=1))],
)
def test_the_manifest_says_since_when_it_holds_all(filled, tmp_path, first, second, earliest):
    for since in (first, second):
        export(filled, tmp_path / "out", partition=("day",), since=since)
    midnight = earliest and earliest.replace(hour=0, minute=0, second=0).isoformat()
    assert manifest(tmp_path / "out")["since"] == midnight
    assert manifest(tmp_path / "out")["rows"] == 8


def test_the_latest_alone_do_not_take_the_place_of_all(filled, tmp_path):
    export(filled, tmp_path / "out")
    with pytest.raises(DatabaseError, match="holds articles of all times, of which --since would"):
        export(filled, tmp_path / "out", since=NOW)
    assert manifest(tmp_path / "out")["rows"] == 8


def test_an_export_since_a_moment_is_of_that_moment_where_days_do_not_part_it(filled, tmp_path):
    assert export(filled, tmp_path / "out", since=ago(hours=1)).rows == 4
    assert export(filled, tmp_path / "out", since=NOW).rows == 4
    assert export(filled, tmp_path / "out", since=NOW + timedelta(minutes=1)).rows == 1


def test_a_partition_whose_articles_are_no_more_is_removed(filled, tmp_path):
    out = tmp_path / "out"
    export(filled, out, partition=("day", "language"))
    with duckdb.connect(str(filled)) as connection:
        connection.execute("UPDATE core.articles SET language = 'nl' WHERE language = 'de'")
    done = export(filled, out, partition=("day", "language"))
    assert set(done.removed) == {
        "day=2026-09-16/language=de/articles.parquet",
        "day=2026-09-17/language=de/articles.parquet",
    }
    assert set(pd.read_parquet(out)["language"]) == {"en", "nl", "und"}
    assert not (out / "day=2026-09-16" / "language=de").exists()


@pytest.mark.parametrize("since", [None, NOW])
def test_only_files_of_the_last_export_are_removed(filled, tmp_path, since):
    out = tmp_path / "out"
    export(filled, out, partition=("day",))
    export(filled, out / "flat")
    (out / "mine").mkdir()
    (out / "mine" / "articles.parquet").write_bytes(b"years of work")
    done = export(filled, out, partition=("day",), since=since)
    assert done.removed == ()
    assert {"flat/articles.parquet", "mine/articles.parquet"} <= names(out)


def test_a_file_of_the_last_export_may_be_gone(filled, tmp_path):
    export(filled, tmp_path / "out", partition=("day",))
    shutil.rmtree(tmp_path / "out" / "day=2026-09-16")
    done = export(filled, tmp_path / "out", partition=("day",), since=NOW)
    assert (done.removed, manifest(tmp_path / "out")["rows"]) == ((), 4)


def test_what_a_killed_export_left_is_cleared_by_the_next(filled, tmp_path):
    out = tmp_path / "out"
    (out / ".unfinished" / "day=2026-09-17").mkdir(parents=True)
    (out / ".unfinished" / "day=2026-09-17" / "articles.parquet").write_bytes(b"half")
    assert export(filled, out).rows == 8
    assert names(out) == {"_manifest.json", "articles.parquet"}


@pytest.mark.parametrize("moves", [1, 2, 4])
@pytest.mark.parametrize("before", [True, False])
def test_what_a_killed_export_had_ready_is_moved_by_the_next(filled, tmp_path, before, moves):
    out = tmp_path / "out"
    if before:
        export(filled, out, partition=("day",))
    add(filled, 2)
    kill = f"if len(moves) == {moves}: os.kill(os.getpid(), signal.SIGKILL)"
    with other(filled, out, moved=kill) as killed:
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert (out / ".unfinished" / "_manifest.json").exists()
    export(filled, out, partition=("day",), since=NOW)
    assert names(out) == {"_manifest.json"} | {file["path"] for file in manifest(out)["files"]}
    assert (manifest(out)["rows"], manifest(out)["since"]) == (12, None)
    assert pd.read_parquet(out)["url"].nunique() == 12


def test_a_move_that_fails_can_be_made_again(filled, tmp_path):
    out = tmp_path / "out"
    export(filled, out, partition=("day",))
    add(filled, -1)
    (out / "day=2026-09-18").write_text("in the way")
    with pytest.raises(DatabaseError, match=r"cannot export to .*day=2026-09-18"):
        export(filled, out, partition=("day",))
    (out / "day=2026-09-18").unlink()
    assert export(filled, out, partition=("day",)).rows == 12
    assert names(out) == {"_manifest.json"} | {file["path"] for file in manifest(out)["files"]}


def test_a_second_export_at_once_is_refused_and_harms_nothing(filled, tmp_path):
    out = tmp_path / "out"
    wait = "if len(moves) == 2: print('moving', flush=True); input()"
    with other(filled, out, moved=wait) as first:
        assert first.stdout.readline() == "moving\n"
        with pytest.raises(DatabaseError, match=f"another export is writing to {out}: try again"):
            export(filled, out, partition=("day",))
        first.communicate("\n")
    assert first.returncode == 0
    assert pd.read_parquet(out)["url"].nunique() == manifest(out)["rows"] == 8
    assert export(filled, out, partition=("day",)).rows == 8


def test_a_full_disk_is_one_sentence_that_names_the_folder(filled, tmp_path):
    out = tmp_path / "out"
    full = "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    with other(filled, out, before=full) as cramped:
        said = cramped.communicate()[1].splitlines()[-1]
    assert f"DatabaseError: cannot export to {out}: " in said
    assert "File too large" in said
    assert names(out) == set()
    assert export(filled, out).rows == 8


def test_a_folder_with_other_things_is_left_alone(filled, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(DatabaseError, match="holds no export, but other files"):
        export(filled, tmp_path / "out")
    assert names(tmp_path / "out") == {"thesis.txt"}


def test_an_export_of_another_shape_is_not_mixed_in(filled, tmp_path):
    export(filled, tmp_path / "out", format="csv")
    with pytest.raises(DatabaseError, match=r"another shape \(csv, by nothing, all\)"):
        export(filled, tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_one_sentence(filled, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseError, match=r"cannot export to .*file"):
        export(filled, tmp_path / "file" / "out")


def test_the_command_exports(filled, tmp_path):
    shape = ["--format", "csv", "--partition", "day,language", "--originals"]
    ran = subprocess.run(
        [COPYDESK, "export", tmp_path / "out", "--db", filled, *shape, "--since", "2026-09-17"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "3 articles in 3 files" in ran.stdout
    with next((tmp_path / "out").rglob("articles.csv")).open(newline="") as file:
        row = next(csv.DictReader(file))
    assert row["day"] == "2026-09-17"
    assert datetime.fromisoformat(row["appeared"]).astimezone(UTC).date().isoformat() == row["day"]


def test_the_command_says_truly_why_files_were_removed(filled, tmp_path):
    command = [COPYDESK, "export", tmp_path / "out", "--db", filled, "--partition", "language"]
    for since in ("2026-09-16", "2027-01-01"):
        ran = subprocess.run(
            [*command, "--since", since], capture_output=True, text=True, check=False
        )
    assert "3 files removed: this export has no articles for them" in ran.stdout


@pytest.mark.parametrize("wrong", [["--format", "xml"], ["--partition", "day,mood"]])
def test_a_wrong_choice_names_the_right_ones(filled, tmp_path, wrong):
    ran = subprocess.run(
        [COPYDESK, "export", tmp_path / "out", "--db", filled, *wrong],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert all(name in ran.stderr for name in (FORMATS if "xml" in wrong else PARTITIONS))


@pytest.mark.parametrize(
    "path",
    [
        "../victim/articles.parquet",
        "../../articles.parquet",
        "/etc/articles.parquet",
        "day=2026-09-14/../../victim/articles.parquet",
        "day=../articles.parquet",
        "victim.txt",
        "",
    ],
)
def test_a_manifest_that_names_files_outside_removes_none(filled, tmp_path, path):
    out, victim = tmp_path / "out", tmp_path / "victim"
    export(filled, out, partition=("day",))
    victim.mkdir()
    (victim / "articles.parquet").write_text("mine")
    held = manifest(out)
    held["files"][0]["path"] = path
    (out / "_manifest.json").write_text(json.dumps(held))
    before = names(tmp_path)
    with pytest.raises(DatabaseError, match=r"_manifest\.json"):
        export(filled, out, partition=("day",))
    assert names(tmp_path) == before
    assert (victim / "articles.parquet").read_text() == "mine"


@pytest.mark.parametrize("place", [".", ".unfinished"])
@pytest.mark.parametrize("kind", ["above", "absolute", "format"])
def test_a_manifest_whose_shape_leads_outside_changes_nothing(filled, tmp_path, kind, place):
    out, victim = tmp_path / "out", tmp_path / "victim"
    export(filled, out)
    victim.mkdir()
    suffix = "precious" if kind == "format" else "parquet"
    (victim / f"articles.{suffix}").write_text("mine")
    up = [".."] * (1 if place == "." else 2)
    keys = str(victim).split("/") if kind == "absolute" else [*up, "victim"]
    held = manifest(out)
    held["shape"] |= {"format": suffix, "partition": keys}
    held["files"][0]["path"] = "/".join([*keys, f"articles.{suffix}"])
    if place == ".":  # and an export that was killed when it had all its files ready
        (out / ".unfinished").mkdir()
        shutil.copy(out / "_manifest.json", out / ".unfinished")
    else:
        (out / place).mkdir()
    (out / place / "_manifest.json").write_text(json.dumps(held))
    before = names(tmp_path)
    with pytest.raises(DatabaseError, match="that no export has: nothing was changed"):
        export(filled, out)
    assert names(tmp_path) == before
    assert (victim / f"articles.{suffix}").read_text() == "mine"


def test_an_unfinished_export_of_another_shape_is_not_moved(filled, tmp_path):
    out = tmp_path / "out"
    export(filled, out, format="csv")
    (out / ".unfinished").mkdir()
    for name in ("_manifest.json", "articles.csv"):
        (out / name).rename(out / ".unfinished" / name)
    with pytest.raises(DatabaseError, match=r"another shape \(csv, by nothing, all\)"):
        export(filled, out)
    assert names(out) == {".unfinished/_manifest.json", ".unfinished/articles.csv"}


@pytest.mark.parametrize("path", [["a", "list"], "outlet=a\0b/articles.parquet"])
def test_a_manifest_whose_path_is_none_is_one_sentence(filled, tmp_path, path):
    out = tmp_path / "out"
    export(filled, out, partition=("outlet",))
    held = manifest(out)
    held["files"][0]["path"] = path
    (out / "_manifest.json").write_text(json.dumps(held))
    with pytest.raises(DatabaseError, match=r"_manifest\.json (names|is not as an export)"):
        export(filled, out, partition=("outlet",))


def test_a_manifest_that_is_nested_too_deeply_is_one_sentence(filled, tmp_path):
    export(filled, tmp_path / "out")
    (tmp_path / "out" / "_manifest.json").write_text("[" * 100_000)
    with pytest.raises(DatabaseError, match="is not as an export leaves it"):
        export(filled, tmp_path / "out")


@pytest.mark.parametrize("style", FORMATS)
def test_outlets_of_the_longest_hosts_have_a_folder_each(db, tmp_path, style):
    hosts = [f"{'.'.join(['a' * 60] * 4)}.{end}" for end in ("example", "net")]
    hosts += ["\u6771" * 60 + ".example", "wire.example"]
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        run = store.runs.begin(NOW)
        made = [
            article(f"https://wire.example/{n}", text=prose(n * 1000, 90))
            for n, _ in enumerate(hosts)
        ]
        file_articles(store, run, made)
    with duckdb.connect(str(db)) as connection:
        for n, host in enumerate(hosts):
            connection.execute(
                "UPDATE core.articles SET outlet = ? WHERE url = ?",
                [host, f"https://wire.example/{n}"],
            )
    for _ in range(2):  # the second reads the manifest of the first
        done = export(db, tmp_path / "out", format=style, partition=("outlet", "language"))
    folders = [Path(file.path).parts[0] for file in done.files]
    assert len(set(folders)) == len(hosts)
    assert "outlet=wire.example" in folders
    assert max(len(os.fsencode(name)) for name in folders) <= 207


@pytest.mark.parametrize("which", ["a partition", "a file", "the unfinished files"])
def test_an_export_writes_through_no_link(filled, tmp_path, which):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    export(filled, out, partition=("day",))
    elsewhere.mkdir()
    if which == "a partition":
        link = next(folder for folder in out.iterdir() if folder.is_dir())
        shutil.rmtree(link)
    elif which == "a file":
        link = next(out.rglob("articles.parquet"))
        link.unlink()
    else:
        link = out / ".unfinished"
    link.symlink_to(elsewhere)
    with pytest.raises(DatabaseError, match=r"is a link to .*: nothing was changed"):
        export(filled, out, partition=("day",))
    assert list(elsewhere.iterdir()) == []


def test_no_text_of_a_csv_for_spreadsheets_is_a_formula(db, tmp_path):
    titles = ["=HYPERLINK(1)", "+1", "-1", "@a", "a=1"]
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        run = store.runs.begin(NOW)
        made = [
            article(f"https://wire.example/{n}", title=title, text=prose(n * 1000, 90))
            for n, title in enumerate(titles)
        ]
        file_articles(store, run, made)
        store.publish()
    export(db, tmp_path / "plain", format="csv")
    export(db, tmp_path / "safe", format="csv", for_spreadsheets=True)
    with (tmp_path / "plain" / "articles.csv").open(newline="") as plain:
        assert {row["title"] for row in csv.DictReader(plain)} == set(titles)
    with (tmp_path / "safe" / "articles.csv").open(newline="") as safe:
        changed = {f"'{title}" for title in titles[:4]} | {"a=1"}
        assert {row["title"] for row in csv.DictReader(safe)} == changed
