"""Exports articles as files: one, or one a partition, each replaced whole, with a manifest.

    DIR/_manifest.json                               what is there, and as of which run
    DIR/articles.parquet                             all of it; or, by --partition day,language,
    DIR/day=2026-09-14/language=en/articles.parquet  a file a partition

Who reads meanwhile meets each file as it was or as it is, never half of one; the manifest is
written last.
"""

import csv
import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from storage.migrate import DatabaseError, schema_version

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
    removed: tuple[str, ...]  # those whose articles are no more
    rows: int


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

    Raises DatabaseError where the folder holds something else or cannot be written.
    """
    if since and "day" in shape.partition:
        since = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    unfinished = folder / UNFINISHED
    try:
        held = _held(folder, shape)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _copy(connection, unfinished, shape, since)
        files = _collect(unfinished, shape)
        stale = _stale(folder, shape, since) - {file.path for file in files}
        for file in files:
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (unfinished / file.path).replace(folder / file.path)
        for path in stale:
            _remove(folder, folder / path)
        kept = [file for file in held if (folder / file.path).exists()]
        both = {file.path: file for file in (*kept, *files)}
        _write_manifest(connection, folder, shape, since, [both[path] for path in sorted(both)])
    except (OSError, duckdb.IOException) as error:
        raise DatabaseError(f"cannot export to {folder}: {error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    rows = sum(file.rows for file in files)
    return Export(files=tuple(files), removed=tuple(sorted(stale)), rows=rows)


def _held(folder: Path, shape: Shape) -> list[File]:
    """The files of the folder's last export. Raises DatabaseError where it holds something else."""
    if not folder.exists() or all(file.name == UNFINISHED for file in folder.iterdir()):
        return []
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        made = Shape(**manifest["shape"] | {"partition": tuple(manifest["shape"]["partition"])})
        files = [File(**file) for file in manifest["files"]]
    except FileNotFoundError as error:
        raise DatabaseError(f"{folder} holds no export, but other files: name another") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatabaseError(f"{folder / MANIFEST} is not as an export leaves it") from error
    if made != shape:
        raise DatabaseError(
            f"{folder} holds an export of another shape ({made.format}, by "
            f"{','.join(made.partition) or 'nothing'}, {'originals' if made.originals else 'all'}):"
            " ask for the same, or name another folder"
        )
    return files


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


def _stale(folder: Path, shape: Shape, since: datetime | None) -> set[str]:
    """The files an export may leave behind: all, or those of the days from `since` on."""
    found = {
        file.relative_to(folder).as_posix()
        for file in folder.rglob(f"articles.{shape.format}")
        if UNFINISHED not in file.relative_to(folder).parts
    }
    if since and "day" in shape.partition:
        return {path for path in found if _day(path) >= since.date()}
    return found


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
    folder: Path,
    shape: Shape,
    since: datetime | None,
    files: list[File],
) -> None:
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
    unfinished = folder / UNFINISHED / MANIFEST
    unfinished.write_text(json.dumps(manifest, indent=1) + "\n")
    unfinished.replace(folder / MANIFEST)
