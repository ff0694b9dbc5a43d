"""Answers what people ask most: how a run went, what is there, the story of an address."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingest.model import Failed
from ingest.urls import canonical_form, without_credentials
from storage.answers import (
    AsOf,
    Member,
    RunSummary,
    Status,
    StoredArticle,
    StorySummary,
    StoryTree,
    Table,
)
from storage.core.connection import connect, opened
from storage.core.errors import DatabaseError, HeldError
from storage.core.limits import HARMLESS, QueryLimits, confine, lock, temporary_folder, timed
from storage.core.migrate import schema_version
from storage.core.tables import Row, Tables
from storage.records.index import Index
from storage.records.lines import Lines
from storage.snapshot.export import Export, export
from storage.snapshot.manifest import Shape
from storage.snapshot.publish import readable

#: Rows that are fetched at once.
PART = 2048


class Reader:
    """Answers questions about a database, and changes nothing in it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables = Tables(connection)
        self.lines = Lines(self._tables)
        self.index = Index(self._tables)

    def as_of(self) -> AsOf:
        """Which state of the database this is."""
        (row,) = self._tables.records(
            "SELECT path AS file, max(run_id) AS run_id, "
            "arg_max(coalesce(finished_at, started_at), run_id) AS ended "
            "FROM duckdb_databases() LEFT JOIN core.runs ON true "
            "WHERE database_name = current_database() GROUP BY path"
        )
        return AsOf(file=Path(row["file"]), run_id=row["run_id"], when=row["ended"])

    def query(self, sql: str, limits: QueryLimits | None = None) -> Table:
        """The answer to any query. Raises DatabaseError with DuckDB's own words.

        With `limits` it takes no more than they allow. This holds for all later queries of this
        Reader: a query can't undo it. An answer of too many rows is cut. A query that needs more
        time or memory raises DatabaseError. The caller bounds the process (`capped_memory`).
        """
        try:
            if limits is None:
                return _fetched(self._connection, sql, None)
            confine(self._connection, limits, temporary_folder(self.as_of().file))
            lock(self._connection, HARMLESS)
            return self._bounded(sql, limits)
        except duckdb.Error as error:
            raise DatabaseError(str(error)) from error

    def _bounded(self, sql: str, limits: QueryLimits) -> Table:
        with timed(self._connection, limits.seconds) as over:
            try:
                answer = _fetched(self._connection, sql, limits.rows, over)
            except (duckdb.OutOfMemoryException, MemoryError) as error:
                raise DatabaseError(
                    f"the query needed more than {limits.megabytes:,} MB of memory and was ended: "
                    "ask for fewer rows or columns, or raise COPYDESK_QUERY_MEMORY_LIMIT"
                ) from error
            except duckdb.Error as error:
                # DuckDB has several exceptions for a query that was interrupted
                if over.is_set() and "interrupt" in str(error).lower():
                    raise DatabaseError(limits.too_slow) from error
                raise
        if over.is_set():
            raise DatabaseError(limits.too_slow)
        return answer

    def export(self, folder: Path, shape: Shape, *, since: datetime | None = None) -> Export:
        """Writes articles as files."""
        return export(self._connection, folder, shape, since=since)

    def run_summary(self, run_id: int) -> RunSummary:
        """How a run went. Raises DatabaseError where there is no such run."""
        row = self._tables.first(
            "SELECT run_id, started_at, state, articles, "
            "coalesce(entries, 0) + coalesce(retried, 0) AS read, "
            "coalesce(total_seconds, 0) AS total_seconds FROM runs WHERE run_id = ?",
            [run_id],
        )
        if row is None:
            raise DatabaseError(
                f"the database has no run {run_id}: `copydesk sql 'FROM runs'` lists them"
            )
        # A run holds the file while it goes on. One that still says so to a reader was killed.
        state = "crashed" if row["state"] == "running" else row["state"]
        return RunSummary(
            **{**row, "state": state},
            folded=self._tables.value(
                "SELECT count(DISTINCT story_id) FROM articles WHERE run_id = ? AND story_id IN "
                "(SELECT story_id FROM core.members GROUP BY story_id HAVING count(*) > 1)",
                [run_id],
            ),
            feeds=self._counts(
                "SELECT outcome, count(*) FROM fetches WHERE run_id = ? AND kind = 'feed' "
                "GROUP BY ALL ORDER BY count(*) DESC, outcome",
                [run_id],
            ),
            entries=self._counts(
                "SELECT outcome, sum(entries)::BIGINT FROM outcomes WHERE run_id = ? "
                "GROUP BY ALL ORDER BY sum(entries) DESC, outcome",
                [run_id],
            ),
        )

    def largest_stories(self, limit: int = 10, run_id: int | None = None) -> list[StorySummary]:
        """The stories that most outlets ran; with `run_id`, only those this run added to."""
        rows = self._tables.records(
            """
            SELECT story_id, title, original_outlet, appeared, articles, outlet_names AS outlets
            FROM stories
            WHERE articles > 1
              AND (?::BIGINT IS NULL
                   OR story_id IN (SELECT story_id FROM articles WHERE run_id = ?))
            ORDER BY stories.outlets DESC, articles DESC, appeared, story_id LIMIT ?
            """,
            [run_id, run_id, limit],
        )
        return [StorySummary(**{**row, "outlets": tuple(row["outlets"])}) for row in rows]

    def story(self, key: str) -> StoryTree:
        """The story with a number, or of an address. Raises DatabaseError where there is none."""
        story_id = int(key) if key.isdecimal() else self._at(key)["story_id"]
        rows = self._tables.records(
            """
            SELECT folded, article_id, relation, outlet, title, url, appeared, similarity, words
            FROM story_timeline WHERE story_id = ?
            ORDER BY relation <> 'original', appeared, article_id
            """,
            [story_id],
        )
        if not rows:
            raise DatabaseError(self._no_story(story_id))
        told = [(row.pop("folded"), Member(**row)) for row in rows]
        return StoryTree(
            story_id=story_id,
            members=tuple(member for folded, member in told if folded),
            linked=tuple(member for folded, member in told if not folded),
        )

    def article(self, url: str) -> StoredArticle:
        """The article at an address. Raises DatabaseError where there is none."""
        found = self._at(url)
        (row,) = self._tables.records(
            "SELECT article_id, story_id, outlet, title, url, appeared, text "
            "FROM articles WHERE article_id = ?",
            [found["article_id"]],
        )
        return StoredArticle(**row)

    def status(self) -> Status:
        """What the database holds, and how its last run went."""
        last = self._tables.value("SELECT max(run_id) FROM runs")
        tables = ("feeds", "pages", "articles", "stories", "matches", "runs")
        return Status(
            schema=schema_version(self._connection),
            counts={table: self._tables.value(f"SELECT count(*) FROM {table}") for table in tables},
            pages=self._counts(
                "SELECT outcome, count(*) FROM pages GROUP BY ALL ORDER BY count(*) DESC, outcome"
            ),
            feeds=self._counts(
                "SELECT coalesce(outcome, 'never polled'), count(*) FROM feeds "
                "GROUP BY ALL ORDER BY count(*) DESC, 1"
            ),
            last_run=self.run_summary(last) if last is not None else None,
            unfinished=self._tables.value(
                "SELECT count(*) FROM runs WHERE state IN ('failed', 'crashed')"
            ),
        )

    def uncompared(self) -> int:
        """The number of articles that are still to be compared with others."""
        return int(self._tables.value("SELECT count(*) FROM uncompared"))

    def _no_story(self, story_id: int) -> str:
        heirs = self._tables.column(
            "SELECT DISTINCT to_story FROM moves WHERE from_story = ? ORDER BY to_story", [story_id]
        )
        if heirs:
            named = ", ".join(map(str, heirs))
            return f"story {story_id} is no more; its articles went to story {named}"
        return f"no story {story_id}; `copydesk sql 'FROM stories'` lists them"

    def _at(self, url: str) -> Row:
        """The ids of the article at an address, and of its story."""
        try:
            canonical = without_credentials(canonical_form(url))  # stored ones may be long
        except Failed as failure:
            raise DatabaseError(
                f"{url} is neither the number of a story nor an http(s) address"
            ) from failure
        found = self._tables.records(
            "SELECT a.article_id, a.story_id, p.outcome, p.detail FROM pages p "
            "LEFT JOIN articles a USING (article_id) WHERE p.url = $url "
            "UNION ALL SELECT article_id, story_id, NULL, NULL FROM articles WHERE url = $url",
            {"url": canonical},
        )
        if not found:
            raise DatabaseError(f"no feed has listed {canonical}")
        best = max(found, key=lambda row: row["article_id"] is not None)
        if best["article_id"] is None:
            detail = f" ({best['detail']})" if best["detail"] else ""
            raise DatabaseError(
                f"{canonical} led to no article: {best['outcome']}{detail}"
                f"{self._other_page(canonical)}"
            )
        return best

    def _other_page(self, url: str) -> str:
        row = self._tables.first("SELECT verdict, reason FROM other_pages WHERE url = ?", [url])
        if row is None:
            return ""
        return f"; judged {row['verdict']}, {row['reason']}: what could be read is in other_pages"

    def _counts(self, sql: str, parameters: Sequence[Any] = ()) -> dict[str, int]:
        return dict(self._tables.pairs(sql, parameters))


def _fetched(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    most: int | None,
    over: threading.Event | None = None,
) -> Table:
    """The answer, of at most so many rows. It is fetched in parts, so that `over` can end it."""
    cursor = connection.execute(sql)
    if not cursor or not cursor.description:
        raise DatabaseError("the query is empty: nothing was asked")
    columns = tuple(column[0] for column in cursor.description)
    rows: list[tuple[Any, ...]] = []
    while part := cursor.fetchmany(PART):
        rows += part
        if (over and over.is_set()) or (most is not None and len(rows) > most):
            break
    return Table(columns=columns, rows=rows[:most], cut=most is not None and len(rows) > most)


@contextmanager
def open_reader(path: Path, *, latest: bool = False) -> Iterator[Reader]:
    """A Reader of a database's published snapshot. No run waits for the block's end.

    With `latest` it reads the database itself, if no run holds it. A run then waits until the block
    ends, so use it for short questions.

    Raises DatabaseError where there is nothing to read.
    """
    with opened(path if latest and not _held(path) else readable(path), read_only=True) as found:
        yield Reader(found)


def _held(path: Path) -> bool:
    try:
        connect(path, read_only=True).close()
    except HeldError:
        return True
    return False
