"""The manifest of an export: its shape, and the files it wrote, with their rows and checksums."""

import csv
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from storage.core.errors import DatabaseError
from storage.core.migrate import schema_version
from storage.core.tables import Tables

#: Arrow, Spark and others take no file for data whose name begins with a `_`.
MANIFEST = "_manifest.json"
UNFINISHED = ".unfinished"
#: How DuckDB writes each format. JSON lines are written as CSV of one column without quotes,
#: because DuckDB's JSON writer can't partition. The delimiter is a character that JSON can't hold.
FORMATS = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'",
}
#: A file system allows 255 bytes for a name. Partition values that are longer than this are cut.
MAX_VALUE = 200


def _named(column: str, empty: str) -> str:
    """The SQL for a text that names a folder. DuckDB writes it with percent signs, as in URLs.

    A long one is cut after 160 characters. The hash that follows tells it from others.
    """
    start = f"left(regexp_replace({column}, '[^a-zA-Z0-9.-]', '_', 'g'), 160)"
    return (
        f"CASE WHEN strlen(url_encode({column})) > {MAX_VALUE} "
        f"THEN {start} || '~' || md5({column}) "
        f"ELSE coalesce(nullif({column}, ''), '{empty}') END"
    )


#: What may partition an export, as SQL. A path can't hold an empty value: `und` is the code of ISO
#: 639 for an unknown language.
PARTITIONS = {
    "day": "CAST(appeared AT TIME ZONE 'UTC' AS DATE)",
    "language": _named("language", "und"),
    "outlet": _named("outlet", "unknown"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The form of an export. A folder holds exports of one shape."""

    format: str = "parquet"
    partition: tuple[str, ...] = ()
    originals: bool = False  # one article a story
    for_spreadsheets: bool = False  # no text of a CSV file can be taken for a formula


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of an export."""

    path: str  # within the folder
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an export left in its folder; the next export needs it."""

    shape: Shape
    since: datetime | None  # the time of the earliest articles; None for articles of all times
    files: tuple[File, ...]


def read_manifest(path: Path) -> Manifest | None:
    """A manifest; None where there is none. Raises DatabaseError where it is damaged.

    The next export removes and replaces the files that it names. So it may name none outside, and
    its shape must be one that an export can have.
    """
    try:
        held = json.loads(path.read_text())
        shape = Shape(**held["shape"] | {"partition": tuple(held["shape"]["partition"])})
        manifest = Manifest(
            shape=shape,
            since=datetime.fromisoformat(held["since"]) if held["since"] else None,
            files=tuple(File(**file) for file in held["files"]),
        )
        known = shape.format in FORMATS and all(key in PARTITIONS for key in shape.partition)
        strange = [file.path for file in manifest.files if not _ours(file.path, shape)]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DatabaseError(f"{path} is not as an export leaves it") from error
    if not known:
        raise DatabaseError(
            f"{path} states a format or a partition that no export has: nothing was changed; mend "
            "the manifest, or name another folder"
        )
    if strange:
        raise DatabaseError(
            f"{path} names {strange[0]!r}, which no export writes: nothing was changed; mend the "
            "manifest, or name another folder"
        )
    return manifest


def _ours(path: str, shape: Shape) -> bool:
    """Whether an export of this shape writes to such a path: a folder for each key, and a file."""
    *folders, name = path.split("/")
    parts = [folder.partition("=")[::2] for folder in folders]
    keys = tuple(key for key, _ in parts)
    if "day" in keys:
        date.fromisoformat(dict(parts)["day"])
    return name == f"articles.{shape.format}" and keys == shape.partition and "\0" not in path


def write_manifest(
    connection: duckdb.DuckDBPyConnection,
    unfinished: Path,
    shape: Shape,
    since: datetime | None,
    files: list[File],
) -> None:
    """Writes the manifest, in one step: where there is one, all else is ready."""
    run_id = Tables(connection).value("SELECT max(run_id) FROM runs")
    manifest = {
        "shape": asdict(shape),
        "as_of_run": run_id,
        "schema": schema_version(connection),
        "since": since.isoformat() if since else None,
        "rows": sum(file.rows for file in files),
        "columns": columns_of(connection),
        "files": [asdict(file) for file in files],
    }
    begun = unfinished / f"{MANIFEST}.begun"
    begun.write_text(json.dumps(manifest, indent=1) + "\n")
    begun.replace(unfinished / MANIFEST)


def columns_of(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The types of an article's columns, by name."""
    rows = Tables(connection).records("DESCRIBE articles")
    return {row["column_name"]: row["column_type"] for row in rows}


def name_files(unfinished: Path, shape: Shape) -> list[File]:
    """Gives the files that DuckDB wrote their final names; returns what they hold."""
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
    """The suffix that DuckDB gives the files."""
    return "csv" if shape.partition and shape.format == "jsonl" else shape.format


def _rows(file: Path, shape: Shape) -> int:
    if shape.format == "parquet":
        return int(pq.read_metadata(file).num_rows)
    with file.open(newline="", encoding="utf-8") as lines:
        if shape.format == "jsonl":
            return sum(1 for _ in lines)
        csv.field_size_limit(2**31 - 1)  # a text may be longer than the default limit
        return sum(1 for _ in csv.reader(lines)) - 1
