"""Exports articles as files: one file, or one for each partition, and a manifest.

    DIR/_manifest.json                               what is there, and as of which run
    DIR/articles.parquet                             all of it; or, by --partition day,language,
    DIR/day=2026-09-14/language=en/articles.parquet  a file a partition

A reader never sees half of a file: all files and the manifest are first written to DIR/.unfinished
and then moved, the manifest last. If an export is killed while it moves files, the next one moves
the rest.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import duckdb

from storage.core.errors import DatabaseError
from storage.snapshot.manifest import (
    FORMATS,
    MANIFEST,
    PARTITIONS,
    UNFINISHED,
    File,
    Manifest,
    Shape,
    columns_of,
    name_files,
    read_manifest,
    write_manifest,
)
from storage.snapshot.spreadsheets import as_text_sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export wrote and removed."""

    files: tuple[File, ...]  # those written now
    removed: tuple[str, ...]  # files of the last export that this one has no articles for
    rows: int


def export(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    shape: Shape,
    *,
    since: datetime | None = None,
) -> Export:
    """Writes all articles, or those that appeared since then, to a folder.

    In an export by day, `since` means the beginning of its day, and the files of earlier days stay.
    So a folder can be kept up to date at little cost. Otherwise all files are replaced.

    Raises DatabaseError where the folder holds something else or can't be written, where another
    export is writing to it, and where `since` would remove older articles from it.
    """
    if since and "day" in shape.partition:
        since = since.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        with _alone(folder):
            _check_shape(folder, shape)
            _move(folder)  # what a killed export had ready
            held = _held(folder, shape, since)
            return _write(connection, folder, shape, since, held)
    except (OSError, duckdb.IOException) as error:
        # An error of a file in the folder is no error of the database, though `opened` thinks so.
        blamed = None if UNFINISHED in str(error) else error
        raise DatabaseError(f"cannot export to {folder}: {error}") from blamed


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps other exports out of the folder. The lock ends with the process, even if killed."""
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


def _check_shape(folder: Path, shape: Shape) -> None:
    """Raises DatabaseError where an export in the folder, or one left unfinished, differs."""
    for manifest in (folder / UNFINISHED / MANIFEST, folder / MANIFEST):
        held = read_manifest(manifest)
        if held and held.shape != shape:
            made = held.shape
            raise DatabaseError(
                f"{folder} holds an export of another shape ({made.format}, by "
                f"{','.join(made.partition) or 'nothing'}, "
                f"{'originals' if made.originals else 'all'}"
                f"{', for spreadsheets' if made.for_spreadsheets else ''}): ask for the same, or "
                "name another folder"
            )


def _held(folder: Path, shape: Shape, since: datetime | None) -> Manifest | None:
    """The manifest of the last export. Raises DatabaseError where this one may not replace it."""
    held = read_manifest(folder / MANIFEST)
    if held is None:
        if any(file.name != UNFINISHED for file in folder.iterdir()):
            raise DatabaseError(f"{folder} holds no export, but other files: name another")
        return None
    if since and not held.since and "day" not in shape.partition:
        raise DatabaseError(
            f"{folder} holds articles of all times, of which --since would leave the latest: name "
            "another folder, or partition by day, which keeps earlier days"
        )
    return held


def _write(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    shape: Shape,
    since: datetime | None,
    held: Manifest | None,
) -> Export:
    """Writes all files to DIR/.unfinished, then moves them. They stay there if a move fails."""
    unfinished = folder / UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        _copy(connection, unfinished, shape, since)
        files = name_files(unfinished, shape)
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
        write_manifest(connection, unfinished, shape, earliest, both)
        removed = _move(folder)
    finally:
        if not (unfinished / MANIFEST).exists():
            shutil.rmtree(unfinished, ignore_errors=True)
    return Export(files=tuple(files), removed=removed, rows=sum(file.rows for file in files))


def _move(folder: Path) -> tuple[str, ...]:
    """Moves the files that are ready into place, and removes other files of the last export.

    Nothing is ready without a manifest. If it is cut short, calling it again does the rest.
    """
    unfinished = folder / UNFINISHED
    _check_no_links(folder, [UNFINISHED])
    ready = read_manifest(unfinished / MANIFEST)
    if ready is None:
        return ()
    last = read_manifest(folder / MANIFEST)
    _check_no_links(folder, (file.path for file in (*ready.files, *(last.files if last else ()))))
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


def _check_no_links(folder: Path, paths: Iterable[str]) -> None:
    """Raises DatabaseError where a link leads from a path within the folder to another place."""
    real = Path(os.path.realpath(folder))
    below = {
        folder / part for path in paths for part in (path, *map(str, PurePosixPath(path).parents))
    }
    for part in sorted(below - {folder}):
        leads = Path(os.path.realpath(part))
        if leads != real / part.relative_to(folder):
            raise DatabaseError(
                f"{part} is a link to {leads}, and an export writes only to its own "
                "folder: nothing was changed; remove the link, or name another folder"
            )


def _copy(
    connection: duckdb.DuckDBPyConnection, folder: Path, shape: Shape, since: datetime | None
) -> None:
    """Writes the files, in one COPY statement."""
    keys = {name: PARTITIONS[name] for name in shape.partition}
    chosen = ["is_original"] if shape.originals else []
    chosen += [f"appeared >= TIMESTAMPTZ '{since.isoformat()}'"] if since else []
    columns = [_columns(connection, shape), *(f"{keys[name]} AS {name}" for name in keys)]
    options, target = FORMATS[shape.format], folder / f"articles.{shape.format}"
    if keys:
        options += f", PARTITION_BY ({', '.join(keys)}), FILENAME_PATTERN 'articles'"
        options += ", WRITE_PARTITION_COLUMNS" if shape.format == "csv" else ""
        target = folder
        # On one thread, DuckDB writes one partition after the other. With too many open files it
        # would close some of them, and write the rest of their partitions to second files.
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
    """The columns as the format can hold them, without those that the path holds."""
    if shape.format == "jsonl":
        return "to_json(article) AS line"
    held = [name for name in shape.partition if name != "day"]
    excluded = f" EXCLUDE ({', '.join(held)})" if held else ""
    replaced = {
        name: changed
        for name, kind in columns_of(connection).items()
        if name not in held and (changed := _for_csv(name, kind, shape))
    }
    changes = ", ".join(f"{changed} AS {name}" for name, changed in replaced.items())
    return f"*{excluded} REPLACE ({changes})" if replaced else f"*{excluded}"


def _for_csv(name: str, kind: str, shape: Shape) -> str:
    """A column as CSV can hold it; empty where it can as it is."""
    if shape.format != "csv":
        return ""
    if kind.endswith("]"):
        return f"to_json({name})"
    return as_text_sql(name) if shape.for_spreadsheets and kind == "VARCHAR" else ""


def _day(path: str) -> date:
    parts = dict(part.partition("=")[::2] for part in path.split("/"))
    return date.fromisoformat(parts["day"])


def _remove(folder: Path, file: Path) -> None:
    """Removes a file, and the folders above it that are empty then."""
    file.unlink()
    for parent in file.parents:
        if parent == folder or any(parent.iterdir()):
            return
        parent.rmdir()
