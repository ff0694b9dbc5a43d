"""Exports articles as files: one, or one a partition, each replaced whole, with a manifest.

    DIR/_manifest.json                               what is there, and as of which run
    DIR/articles.parquet                             all of it; or, by --partition day,language,
    DIR/day=2026-09-14/language=en/articles.parquet  a file a partition

Who reads meanwhile meets each file as it was or as it is, never half of one; the manifest comes
last. All is made ready in DIR/.unfinished, manifest and all, before the first file is moved: what a
killed export had ready, the next one moves.
"""

import csv
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from storage.core.errors import DatabaseError
from storage.core.migrate import schema_version

#: How DuckDB writes each format. JSON lines are a column of CSV in which nothing is quoted, since
#: its own JSON writer cannot partition; the delimiter is a character that JSON cannot hold.
FORMATS = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'",
}
#: What may partition an export, and how an article tells it. A path cannot hold an empty value:
#: `und` is ISO 639's code for a language that could not be told.
PARTITIONS = {
    "day": "CAST(appeared AT TIME ZONE 'UTC' AS DATE)",
    "language": "coalesce(nullif(language, ''), 'und')",
    "outlet": "coalesce(nullif(outlet, ''), 'unknown')",
}
#: Arrow, Spark and their like take no file for data whose name begins so.
MANIFEST = "_manifest.json"
UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an export is made of: a folder holds exports of one shape."""

    format: str = "parquet"
    partition: tuple[str, ...] = ()
    originals: bool = False  # one article a story


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of an export."""

    path: str  # within the folder
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export wrote, and what it took away."""

    files: tuple[File, ...]  # those written now
    removed: tuple[str, ...]  # those of the last export for which this one has no articles
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an export left in its folder, and needs to know of it the next time."""

    shape: Shape
    since: datetime | None  # the earliest of which articles are there: None, all
    files: tuple[File, ...]


def export(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    shape: Shape,
    *,
    since: datetime | None = None,
) -> Export:
    """Writes the articles that appeared since then, or all, to a folder.

    Partitioned by day, `since` means from the beginning of that day, and files of earlier days stay
    as they are, so that a folder can be kept up to date at little cost. Otherwise all is replaced.

    Raises DatabaseError where the folder holds something else or cannot be written, where another
    export is writing to it, and where all its articles would be replaced by the latest.
    """
    if since and "day" in shape.partition:
        since = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        with _alone(folder):
            _move(folder)  # what a killed export had ready
            held = _held(folder, shape, since)
            return _write(connection, folder, shape, since, held)
    except (OSError, duckdb.IOException) as error:
        # What befell a file of ours has not befallen the database, which `opened` would blame.
        blamed = None if UNFINISHED in str(error) else error
        raise DatabaseError(f"cannot export to {folder}: {error}") from blamed


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps other exports out of the folder. A process that is killed lets go of the lock."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DatabaseError(
                f"another export is writing to {folder}: try again when it has finished"
            ) from error
        yield
    finally:
        os.close(lock)


def _held(folder: Path, shape: Shape, since: datetime | None) -> Manifest | None:
    """What the last export left. Raises DatabaseError where this one may not replace it."""
    held = _read(folder / MANIFEST)
    if held is None:
        if any(file.name != UNFINISHED for file in folder.iterdir()):
            raise DatabaseError(f"{folder} holds no export, but other files: name another")
        return None
    made = held.shape
    if made != shape:
        raise DatabaseError(
            f"{folder} holds an export of another shape ({made.format}, by "
            f"{','.join(made.partition) or 'nothing'}, {'originals' if made.originals else 'all'}):"
            " ask for the same, or name another folder"
        )
    if since and not held.since and "day" not in shape.partition:
        raise DatabaseError(
            f"{folder} holds articles of all times, of which --since would leave the latest: name "
            "another folder, or partition by day, which keeps earlier days"
        )
    return held


def _read(path: Path) -> Manifest | None:
    try:
        held = json.loads(path.read_text())
        return Manifest(
            shape=Shape(**held["shape"] | {"partition": tuple(held["shape"]["partition"])}),
            since=datetime.fromisoformat(held["since"]) if held["since"] else None,
            files=tuple(File(**file) for file in held["files"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise DatabaseError(f"{path} is not as an export leaves it") from error


def _write(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    shape: Shape,
    since: datetime | None,
    held: Manifest | None,
) -> Export:
    """Makes all ready, then moves it. What is ready stays, should a move fail: see `_move`."""
    unfinished = folder / UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        _copy(connection, unfinished, shape, since)
        files = _collect(unfinished, shape)
        kept: list[File] = []
        earliest = since
        if held and since and "day" in shape.partition:
            kept = [
                file
                for file in held.files
                if _day(file.path) < since.date() and (folder / file.path).exists()
            ]
            earliest = min(since, held.since) if held.since else None
        both = sorted((*kept, *files), key=lambda file: file.path)
        _write_manifest(connection, unfinished, shape, earliest, both)
        removed = _move(folder)
    finally:
        if not (unfinished / MANIFEST).exists():
            shutil.rmtree(unfinished, ignore_errors=True)
    return Export(files=tuple(files), removed=removed, rows=sum(file.rows for file in files))


def _move(folder: Path) -> tuple[str, ...]:
    """Moves what is ready into place, and removes files of the last export that are not of this.

    Cut short at any point, it can be begun again. No manifest, nothing ready.
    """
    unfinished = folder / UNFINISHED
    ready = _read(unfinished / MANIFEST)
    if ready is None:
        return ()
    last = _read(folder / MANIFEST)
    for file in ready.files:
        if (unfinished / file.path).exists():
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (unfinished / file.path).replace(folder / file.path)
    stale = {file.path for file in last.files if (folder / file.path).exists()} if last else set()
    stale -= {file.path for file in ready.files}
    for path in stale:
        _remove(folder, folder / path)
    (unfinished / MANIFEST).replace(folder / MANIFEST)
    return tuple(sorted(stale))


def _copy(
    connection: duckdb.DuckDBPyConnection, folder: Path, shape: Shape, since: datetime | None
) -> None:
    """One COPY: a file, or a file a partition."""
    keys = {name: PARTITIONS[name] for name in shape.partition}
    chosen = ["is_original"] if shape.originals else []
    chosen += [f"appeared >= TIMESTAMPTZ '{since.isoformat()}'"] if since else []
    columns = [_columns(connection, shape), *(f"{keys[name]} AS {name}" for name in keys)]
    options, target = FORMATS[shape.format], folder / f"articles.{shape.format}"
    if keys:
        options += f", PARTITION_BY ({', '.join(keys)}), FILENAME_PATTERN 'articles'"
        options += ", WRITE_PARTITION_COLUMNS" if shape.format == "csv" else ""
        target = folder
        # Partition after partition and on one thread: else, where too many files would be open,
        # DuckDB closes one and later goes on with the partition in a second.
        connection.execute("SET threads = 1")
    try:
        connection.execute(
            f"COPY (SELECT {', '.join(columns)} "
            f"FROM (FROM articles WHERE {' AND '.join(chosen) or 'true'}) AS article "
            f"ORDER BY {', '.join([*keys.values(), 'appeared', 'article_id'])}) "
            f"TO {_quoted(target)} ({options})"
        )
    finally:
        connection.execute("RESET threads")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _columns(connection: duckdb.DuckDBPyConnection, shape: Shape) -> str:
    """The columns in a way the format can hold, but for those that partition it."""
    if shape.format == "jsonl":
        return "to_json(article) AS line"
    held = [name for name in shape.partition if name != "day"]
    nested = [
        name
        for name, kind in _described(connection)
        if shape.format == "csv" and kind.endswith("]") and name not in held
    ]
    excluded = f" EXCLUDE ({', '.join(held)})" if held else ""
    as_json = ", ".join(f"to_json({name}) AS {name}" for name in nested)
    return f"*{excluded} REPLACE ({as_json})" if nested else f"*{excluded}"


def _described(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """The names and types of an article's columns."""
    return [(row[0], row[1]) for row in connection.execute("DESCRIBE articles").fetchall()]


def _collect(unfinished: Path, shape: Shape) -> list[File]:
    """The files written, each under the name it will have."""
    files = []
    for written in sorted(unfinished.rglob(f"articles*.{_suffix(shape)}")):
        file = written.rename(written.with_name(f"articles.{shape.format}"))
        with file.open("rb") as data:
            sha256 = hashlib.file_digest(data, "sha256").hexdigest()
        files.append(
            File(
                path=file.relative_to(unfinished).as_posix(),
                rows=_rows(file, shape),
                bytes=file.stat().st_size,
                sha256=sha256,
            )
        )
    return files


def _suffix(shape: Shape) -> str:
    """What DuckDB calls the format where it names the files."""
    return "csv" if shape.partition and shape.format == "jsonl" else shape.format


def _rows(file: Path, shape: Shape) -> int:
    if shape.format == "parquet":
        return int(pq.read_metadata(file).num_rows)
    with file.open(newline="", encoding="utf-8") as lines:
        if shape.format == "jsonl":
            return sum(1 for _ in lines)
        csv.field_size_limit(2**31 - 1)  # a text may be longer than what it takes by default
        return sum(1 for _ in csv.reader(lines)) - 1


def _day(path: str) -> date:
    parts = dict(part.partition("=")[::2] for part in path.split("/"))
    return date.fromisoformat(parts["day"])


def _remove(folder: Path, file: Path) -> None:
    """A file, and the folders above it that it leaves empty."""
    file.unlink()
    for parent in file.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()


def _write_manifest(
    connection: duckdb.DuckDBPyConnection,
    unfinished: Path,
    shape: Shape,
    since: datetime | None,
    files: list[File],
) -> None:
    """Written whole or not at all: where there is one, all else is ready."""
    ((run_id,),) = connection.execute("SELECT max(run_id) FROM runs").fetchall()
    manifest = {
        "shape": asdict(shape),
        "as_of_run": run_id,
        "schema": schema_version(connection),
        "since": since.isoformat() if since else None,
        "rows": sum(file.rows for file in files),
        "columns": dict(_described(connection)),
        "files": [asdict(file) for file in files],
    }
    begun = unfinished / f"{MANIFEST}.begun"
    begun.write_text(json.dumps(manifest, indent=1) + "\n")
    begun.replace(unfinished / MANIFEST)
