"""What people ask of the database most: how a run went, what is in it, the story of an address."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingest.model import Failed
from ingest.urls import canonical_url, without_credentials
from storage.core.connection import connect, opened
from storage.core.errors import DatabaseError, HeldError
from storage.core.migrate import schema_version
from storage.core.tables import Tables
from storage.records.index import Index
from storage.records.lines import Lines
from storage.snapshot.export import Export, Shape, export
from storage.snapshot.publish import readable


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The answer to a query: column names, and rows of as many values."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run, as it is told to a person."""

    run_id: int
    started_at: datetime
    state: str
    feeds: dict[str, int]  # number of feeds by outcome
    entries: dict[str, int]  # number of entries by outcome
    read: int  # entries read, and pages taken up again: what `entries` adds up to
    articles: int
    folded: int  # stories of two or more articles that the run added to
    total_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySummary:
    """One story of several articles: who had it first, and who ran it."""

    story_id: int
    title: str
    original_outlet: str
    appeared: datetime
    articles: int
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article of a story, or one linked with it, next to the original."""

    article_id: int
    relation: str  # "original", or what it is to the original
    outlet: str
    title: str
    url: str
    appeared: datetime
    similarity: float  # share of the shorter text found in the other, in the same order
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """One article, to be read."""

    article_id: int
    story_id: int
    outlet: str
    title: str
    url: str
    appeared: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTree:
    """A story: its original and copies, and the updates and round-ups that are linked with one."""

    story_id: int
    members: tuple[Member, ...]
    linked: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a database holds."""

    schema: int
    counts: dict[str, int]
    pages: dict[str, int]  # number of addresses by outcome
    feeds: dict[str, int]  # number of feeds by the outcome of their last poll
    last_run: RunSummary | None
    unfinished: int  # runs that failed or crashed


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """Which state a reader sees: the file it reads, and the last run in it."""

    file: Path
    run_id: int | None  # None before the first run
    when: datetime | None  # that run's end, or its start where it has none

    def __str__(self) -> str:
        if self.when is None:
            return "before the first run"
        return f"as of run {self.run_id}, {self.when:%Y-%m-%d %H:%M} UTC"


class Reader:
    """Reads a database that somebody else may write another time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.lines = Lines(Tables(connection))
        self.index = Index(Tables(connection))

    def as_of(self) -> AsOf:
        """Which state this is."""
        file, run_id, when = self._one(
            "SELECT path, max(run_id), arg_max(coalesce(finished_at, started_at), run_id) "
            "FROM duckdb_databases() LEFT JOIN core.runs ON true "
            "WHERE database_name = current_database() GROUP BY path",
            [],
        )
        return AsOf(file=Path(file), run_id=run_id, when=when)

    def query(self, sql: str) -> Table:
        """The answer to any query. Raises DatabaseError with DuckDB's own words."""
        try:
            cursor = self._connection.execute(sql)
            if not cursor or not cursor.description:
                raise DatabaseError("the query is empty: nothing was asked")
            columns = tuple(column[0] for column in cursor.description)
            return Table(columns=columns, rows=cursor.fetchall())
        except duckdb.Error as error:
            raise DatabaseError(str(error)) from error

    def export(self, folder: Path, shape: Shape, *, since: datetime | None = None) -> Export:
        """Writes articles as files."""
        return export(self._connection, folder, shape, since=since)

    def run_summary(self, run_id: int) -> RunSummary:
        """How a run went."""
        row = self._one(
            "SELECT started_at, state, articles, coalesce(entries, 0) + coalesce(retried, 0), "
            "coalesce(total_seconds, 0) FROM runs WHERE run_id = ?",
            [run_id],
        )
        folded = self._one(
            "SELECT count(DISTINCT story_id) FROM articles WHERE run_id = ? AND story_id IN "
            "(SELECT story_id FROM core.members GROUP BY story_id HAVING count(*) > 1)",
            [run_id],
        )
        return RunSummary(
            run_id=run_id,
            started_at=row[0],
            # a run that goes on holds the file: who reads it while it says so reads of a dead one
            state="crashed" if row[1] == "running" else row[1],
            articles=row[2],
            read=row[3],
            total_seconds=row[4],
            folded=folded[0],
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
        """The stories most outlets ran; of one run, those it added an article to."""
        rows = self._connection.execute(
            """
            SELECT story_id, title, original_outlet, appeared, articles, outlet_names
            FROM stories
            WHERE articles > 1
              AND (?::BIGINT IS NULL
                   OR story_id IN (SELECT story_id FROM articles WHERE run_id = ?))
            ORDER BY outlets DESC, articles DESC, appeared, story_id LIMIT ?
            """,
            [run_id, run_id, limit],
        ).fetchall()
        return [
            StorySummary(
                story_id=story_id,
                title=title,
                original_outlet=outlet,
                appeared=appeared,
                articles=articles,
                outlets=tuple(outlets),
            )
            for story_id, title, outlet, appeared, articles, outlets in rows
        ]

    def story(self, key: str) -> StoryTree:
        """The story with a number, or of an address. Raises DatabaseError where there is none."""
        story_id = int(key) if key.isdecimal() else self._at(key)[1]
        rows = self._connection.execute(
            """
            SELECT folded, article_id, relation, outlet, title, url, appeared, similarity, words
            FROM story_timeline WHERE story_id = ?
            ORDER BY relation <> 'original', appeared, article_id
            """,
            [story_id],
        ).fetchall()
        if not rows:
            raise DatabaseError(self._no_story(story_id))
        names = [field.name for field in fields(Member)]
        told = [(row[0], Member(**dict(zip(names, row[1:], strict=True)))) for row in rows]
        return StoryTree(
            story_id=story_id,
            members=tuple(member for folded, member in told if folded),
            linked=tuple(member for folded, member in told if not folded),
        )

    def article(self, url: str) -> StoredArticle:
        """The article at an address. Raises DatabaseError where there is none."""
        article_id, story_id = self._at(url)
        row = self._one(
            "SELECT outlet, title, url, appeared, text FROM core.articles WHERE article_id = ?",
            [article_id],
        )
        return StoredArticle(
            article_id=article_id,
            story_id=story_id,
            outlet=row[0],
            title=row[1],
            url=row[2],
            appeared=row[3],
            text=row[4],
        )

    def status(self) -> Status:
        """What the database holds, and how its last run went."""
        last = self._one("SELECT max(run_id) FROM runs", [])[0]
        tables = ("feeds", "pages", "articles", "stories", "matches", "runs")
        return Status(
            schema=schema_version(self._connection),
            counts={t: self._one(f"SELECT count(*) FROM {t}", [])[0] for t in tables},
            pages=self._counts(
                "SELECT outcome, count(*) FROM pages GROUP BY ALL ORDER BY count(*) DESC, outcome"
            ),
            feeds=self._counts(
                "SELECT coalesce(outcome, 'never polled'), count(*) FROM feeds "
                "GROUP BY ALL ORDER BY count(*) DESC, 1"
            ),
            last_run=self.run_summary(last) if last is not None else None,
            unfinished=self._one(
                "SELECT count(*) FROM runs WHERE state IN ('failed', 'crashed')", []
            )[0],
        )

    def _no_story(self, story_id: int) -> str:
        moved = self._connection.execute(
            "SELECT DISTINCT to_story FROM moves WHERE from_story = ? ORDER BY to_story", [story_id]
        ).fetchall()
        if moved:
            heirs = ", ".join(str(row[0]) for row in moved)
            return f"story {story_id} is no more; its articles went to story {heirs}"
        return f"no story {story_id}; `copydesk sql 'FROM stories'` lists them"

    def _at(self, url: str) -> tuple[int, int]:
        """The ids of the article at an address, and of its story."""
        try:
            canonical = without_credentials(canonical_url(url))
        except Failed as failure:
            raise DatabaseError(
                f"{url} is neither the number of a story nor an http(s) address"
            ) from failure
        found = self._connection.execute(
            "SELECT a.article_id, a.story_id, p.outcome, p.detail FROM pages p "
            "LEFT JOIN articles a USING (article_id) WHERE p.url = $url "
            "UNION ALL SELECT article_id, story_id, NULL, NULL FROM articles WHERE url = $url",
            {"url": canonical},
        ).fetchall()
        if not found:
            raise DatabaseError(f"no feed has listed {canonical}")
        article_id, story_id, outcome, detail = max(found, key=lambda row: row[0] is not None)
        if article_id is None:
            raise DatabaseError(
                f"{canonical} led to no article: {outcome}{f' ({detail})' if detail else ''}"
                f"{self._other_page(canonical)}"
            )
        return int(article_id), int(story_id)

    def _other_page(self, url: str) -> str:
        rows = self._connection.execute(
            "SELECT verdict, reason FROM other_pages WHERE url = ?", [url]
        ).fetchall()
        if not rows:
            return ""
        ((verdict, reason), *_) = rows
        return f"; judged {verdict}, {reason}: what could be read is in other_pages"

    def _one(self, sql: str, parameters: Sequence[Any]) -> tuple[Any, ...]:
        rows = self._connection.execute(sql, parameters).fetchall()
        if not rows:
            raise DatabaseError("the database has no such run")
        return rows[0]

    def _counts(self, sql: str, parameters: Sequence[Any] = ()) -> dict[str, int]:
        return dict(self._connection.execute(sql, parameters).fetchall())


@contextmanager
def open_reader(path: Path, *, latest: bool = False) -> Iterator[Reader]:
    """A Reader of a database: of its published snapshot, so that no run waits for the block's end.

    With `latest`, of the database itself, if no run holds it: for a glance, since a run then has to
    wait. Raises DatabaseError where there is nothing to read.
    """
    with opened(path if latest and not _held(path) else readable(path), read_only=True) as found:
        yield Reader(found)


def _held(path: Path) -> bool:
    try:
        connect(path, read_only=True).close()
    except HeldError:
        return True
    return False
