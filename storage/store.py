"""What the flows read and write. One store a process, one process a file.

Statements are set-based, over batches handed in as Arrow, and none relies on a key or an index.
A caller wraps what belongs together in `transaction()`; nothing else commits.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ingest.model import (
    FOLDS,
    NOT_ASKED,
    TEMPORARY,
    Article,
    ArticleText,
    Entry,
    EntryOutcome,
    FoldArticle,
    HostState,
    Match,
    Page,
    PageResult,
    Relation,
    Story,
)
from storage.core.connection import opened
from storage.core.migrate import transaction
from storage.core.tables import TEXTLESS, Row, Tables, quoted
from storage.reading import Reader
from storage.records.feeds import Subscriptions, attempt_row
from storage.records.index import Index
from storage.records.lines import Lines
from storage.records.passages import Passages
from storage.snapshot.publish import Published, publish, readable
from storage.upkeep.tidy import Done, Keep, tidy
from storage.views.search import index_articles

#: What the table of articles keeps of one; the rest has tables of its own.
ARTICLE = [
    field.name
    for field in fields(Article)
    if field.name not in {"removed", "pruned", "verdict", "reason"}
]
MATCH = [field.name for field in fields(Match)]
LISTED_AT_MOST = 200  # articles, up to which their texts are found faster by a list than by a join


class Store:
    """The database as the flows see it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables = Tables(connection)
        self.feeds = Subscriptions(self._tables)
        self.lines = Lines(self._tables)
        self.index = Index(self._tables)
        self.passages = Passages(self._tables)

    def transaction(self) -> AbstractContextManager[None]:
        """All writes of the block, or none of them."""
        return transaction(self._connection)

    def reader(self) -> Reader:
        """The same database, to read what has been committed."""
        return Reader(self._connection)

    def publish(self, *, keep: int = 0) -> Published:
        """Puts what has been committed, indexed for search, where readers look; `keep` is how many
        of these snapshots stay under the names of their runs."""
        index_articles(self._connection)
        return publish(self._connection, keep=keep)

    def tidy(self, keep: Keep, now: datetime) -> list[Done]:
        """Drops and rolls up what is older than it is to be kept; says what it did."""
        return tidy(self._connection, keep, now)

    # runs

    def begin_run(self, now: datetime) -> int:
        """The number of a new run. One still marked running was killed: we alone hold the file."""
        self._connection.execute("UPDATE core.runs SET state = 'crashed' WHERE state = 'running'")
        run_id = self._tables.next_number("runs", "run_id")
        self._tables.insert("runs", [{"run_id": run_id, "started_at": now, "state": "running"}])
        return run_id

    def last_run(self) -> int:
        """The number of the latest run; 0 where there was none."""
        return self._tables.next_number("runs", "run_id") - 1

    def note_entries(self, run_id: int, feeds: int, entries: int, retried: int) -> None:
        """Records what a run has to do, so that one that dies is accounted for as well."""
        row = {"run_id": run_id, "feeds": feeds, "entries": entries, "retried": retried}
        self._tables.update("runs", "run_id", [row])

    def end_run(self, run_id: int, state: str, seconds: Mapping[str, float]) -> None:
        """Records how a run ended: `state` is finished or failed.

        `seconds` are by stage, and "total" has to be among them. What the run had to do is noted
        before, by `note_entries`, so that it stands however the run ends.
        """
        row = {
            "run_id": run_id,
            "state": state,
            **{f"{stage}_seconds": spent for stage, spent in seconds.items()},
        }
        self._tables.update("runs", "run_id", [row])
        self._connection.execute(
            "UPDATE core.runs SET finished_at = started_at + to_seconds(total_seconds) "
            "WHERE run_id = ?",
            [run_id],
        )

    # hosts

    def hosts(self) -> dict[str, HostState]:
        """What is known of each host: how fast it is, and until when it wants to be left alone."""
        rows = self._tables.rows("SELECT host, cooling_until, strikes, latency_ms FROM core.hosts")
        return {
            host: HostState(
                host=host, cooling_until=cooling_until, strikes=strikes, latency_ms=latency_ms
            )
            for host, cooling_until, strikes, latency_ms in rows
        }

    def put_hosts(self, hosts: Iterable[HostState], now: datetime) -> None:
        """Keeps what a run has learned of hosts for the next."""
        rows = [{**asdict(host), "seen_at": now} for host in hosts]
        self._tables.replace("hosts", "host", rows)

    def robots(self, since: datetime) -> dict[str, str]:
        """The robots.txt of each host that was asked for it since then."""
        rows = self._tables.rows(
            "SELECT host, text FROM core.robots WHERE fetched_at >= ?", [since]
        )
        return dict(rows)

    def put_robots(self, texts: Mapping[str, str], now: datetime) -> None:
        """Keeps robots.txt files, so that a host is asked once a day and not once a run."""
        rows = [{"host": host, "text": text, "fetched_at": now} for host, text in texts.items()]
        self._tables.replace("robots", "host", rows)

    # pages

    def known_pages(self, page_ids: Iterable[int]) -> set[int]:
        """Those of the pages that the account already holds."""
        return self._tables.held("pages", "page_id", page_ids)

    def add_pages(self, run_id: int, pages: Sequence[Page]) -> None:
        """Opens the account of pages seen for the first time: pending until settled."""
        rows = [
            {
                "page_id": page.page_id,
                "url": page.url,
                "feed_id": page.feed_id,
                "first_run": run_id,
                "first_seen": page.first_seen,
                "listed_url": page.entry.url,
                "attempts": 0,
                **{k: v for k, v in asdict(page.entry).items() if k != "url"},
            }
            for page in pages
        ]
        self._tables.insert("pages", rows, new_by=("page_id",))

    def add_sightings(self, pages: Iterable[Page]) -> None:
        """Records which feed listed which page, the first time it does."""
        rows = [
            {
                "feed_id": page.feed_id,
                "page_id": page.page_id,
                "listed_url": page.entry.url,
                "first_seen": page.first_seen,
            }
            for page in pages
        ]
        self._tables.insert("sightings", rows, new_by=("feed_id", "page_id"))

    def pending_pages(self, max_attempts: int, now: datetime) -> list[Page]:
        """The pages to fetch, the oldest first: new ones, those an unfinished run left, and those
        whose failure may have passed and that were fetched fewer than `max_attempts` times.

        After the first attempt a page is left for an hour, after each further one four times as
        long: an outage of a morning costs no page.
        """
        rows = self._connection.execute(
            """
            SELECT page_id, url, feed_id, attempts, listed_url, entry_id, title, summary, content,
                   authors, published, published_from, language, first_seen
            FROM core.pages
            WHERE outcome IS NULL OR (list_contains(?, outcome) AND attempts < ?
                AND coalesce(tried_at + to_hours((4 ** (attempts - 1))::BIGINT) <= ?, true))
            ORDER BY first_seen, rowid
            """,
            [list(TEMPORARY), max_attempts, now],
        ).fetchall()
        return [
            Page(
                page_id=row[0],
                url=row[1],
                feed_id=row[2],
                attempts=row[3],
                first_seen=row[13],
                entry=Entry(
                    url=row[4],
                    entry_id=row[5],
                    title=row[6],
                    summary=row[7],
                    content=row[8],
                    authors=tuple(row[9]),
                    published=row[10],
                    published_from=row[11],
                    language=row[12],
                ),
            )
            for row in rows
        ]

    def settle_pages(self, run_id: int, results: Sequence[PageResult], now: datetime) -> None:
        """Closes the account of pages done, with the request and the outcome of each."""
        self._tables.insert(
            "fetches", [attempt_row(run_id, result.attempt, now) for result in results]
        )
        self._tables.update(
            "pages",
            "page_id",
            [
                {
                    "page_id": result.page.page_id,
                    "outcome": result.outcome,
                    "detail": result.detail,
                    "attempts": result.page.attempts + (result.outcome not in NOT_ASKED),
                    "article_id": result.article_id,
                }
                for result in results
            ],
        )
        # only an attempt begins the wait for the next one
        asked = [result.page.page_id for result in results if result.outcome not in NOT_ASKED]
        self._tables.update(
            "pages", "page_id", [{"page_id": page_id, "tried_at": now} for page_id in asked]
        )
        self.add_outcomes(
            run_id,
            [
                EntryOutcome(
                    feed_id=result.page.feed_id,
                    outcome=result.outcome,
                    url=result.page.url,
                    detail=result.detail,
                )
                for result in results
            ],
        )

    def add_outcomes(self, run_id: int, outcomes: Iterable[EntryOutcome]) -> None:
        """Counts how entries ended."""
        self._tables.insert(
            "outcomes", [{"run_id": run_id, **asdict(outcome)} for outcome in outcomes]
        )

    # articles

    def known_articles(self, article_ids: Iterable[int]) -> set[int]:
        """Those of the articles that are filed."""
        return self._tables.held("articles", "article_id", article_ids)

    def add_articles(self, run_id: int, articles: Sequence[Article]) -> None:
        """Files new articles."""
        self._tables.insert(
            "articles",
            [
                {
                    "run_id": run_id,
                    "appeared": article.appeared,
                    **{name: getattr(article, name) for name in ARTICLE},  # asdict copies the text
                }
                for article in articles
            ],
        )

    def article_ids(self) -> list[int]:
        """The ids of all articles that have their text, the earliest first."""
        rows = self._tables.rows(
            "SELECT article_id FROM core.articles ANTI JOIN core.textless USING (article_id) "
            "ORDER BY appeared, article_id"
        )
        return [row[0] for row in rows]

    def article_texts(self, article_ids: Iterable[int]) -> list[ArticleText]:
        """What of these articles is sketched and compared."""
        ids = list(article_ids)
        # a list is looked through while scanning, and DuckDB reads no other texts than those of
        # articles near them; to join with, it reads them all, but its time is the same for many
        few = "list_contains($ids, article_id)"
        many = "article_id IN (SELECT unnest($ids::BIGINT[]))"
        rows = self._tables.rows(
            "SELECT article_id, outlet, text, appeared FROM core.articles "
            f"WHERE {few if len(ids) <= LISTED_AT_MOST else many}",
            {"ids": ids},
        )
        return [
            ArticleText(article_id=i, outlet=outlet, text=text, appeared=appeared)
            for i, outlet, text, appeared in rows
        ]

    # matches

    def drop_matches(self, article_ids: Iterable[int]) -> set[int]:
        """Forgets what comparing these articles found; returns whom it had found them like.

        What was found of an article that has lost its text since stays: nobody finds it anew.
        """
        ids = list(article_ids)
        partners = self._tables.rows(
            """
            WITH pairs AS (
                SELECT a, b FROM core.matches UNION ALL SELECT a, b FROM core.passages
            ), gone AS (SELECT unnest(?::BIGINT[]) AS id)
            SELECT b FROM pairs SEMI JOIN gone ON a = id
            UNION SELECT a FROM pairs SEMI JOIN gone ON b = id
            """,
            [ids],
        )
        self._tables.run(
            "DELETE FROM core.matches WHERE "
            "(a IN (SELECT unnest($ids::BIGINT[])) OR b IN (SELECT unnest($ids::BIGINT[]))) "
            f"AND a NOT IN {TEXTLESS} AND b NOT IN {TEXTLESS}",
            {"ids": ids},
        )
        self.passages.drop(ids)
        return {row[0] for row in partners}

    def add_matches(self, run_id: int, matches: Iterable[Match]) -> None:
        """Files what comparisons found, a pair once."""
        rows = [{"run_id": run_id, **asdict(match)} for match in matches]
        self._tables.insert("matches", rows, new_by=("a", "b"))

    def match(self, a: int, b: int) -> Match | None:
        """What is filed of two articles, the smaller id first; None where nothing is."""
        rows = self._tables.rows(
            f"SELECT {', '.join(MATCH)} FROM core.matches WHERE a = ? AND b = ?", [a, b]
        )
        return _match(rows[0]) if rows else None

    # stories

    def neighbourhood(self, article_ids: Iterable[int]) -> tuple[list[FoldArticle], list[Match]]:
        """The articles given, those they are in a story with, all that folding matches connect any
        of them with, and those matches: the smallest set that `fold` can be run on."""
        with self._tables.incoming([{"article_id": i} for i in article_ids]) as any_rows:
            if not any_rows:
                return [], []
            self._connection.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE reached AS
                WITH RECURSIVE edges AS (
                    SELECT a, b FROM core.matches WHERE relation IN ({quoted(FOLDS)})
                    UNION ALL
                    SELECT b, a FROM core.matches WHERE relation IN ({quoted(FOLDS)})
                ), reached AS (
                    SELECT article_id FROM incoming
                    UNION
                    SELECT article_id FROM core.members WHERE story_id IN (
                        SELECT story_id FROM core.members SEMI JOIN incoming USING (article_id))
                    UNION
                    SELECT edges.b FROM reached JOIN edges ON edges.a = reached.article_id
                )
                SELECT article_id FROM reached
                """
            )
        articles = self._connection.execute(
            "SELECT article_id, appeared, words, story_id, "
            "coalesce(original_id = article_id, false), "
            "coalesce(agency_from = 'outlet', false), coalesce(agency_confidence >= 0.5, false) "
            "FROM core.articles JOIN reached USING (article_id) "
            "LEFT JOIN (FROM core.members SEMI JOIN reached USING (article_id)) USING (article_id)"
        ).fetchall()
        matches = self._connection.execute(
            f"SELECT {', '.join(MATCH)} FROM core.matches "
            f"WHERE relation IN ({quoted(FOLDS)}) AND a IN (SELECT article_id FROM reached)"
        ).fetchall()
        self._connection.execute("DROP TABLE reached")
        return (
            [
                FoldArticle(
                    article_id=i,
                    appeared=appeared,
                    words=words,
                    story_id=story,
                    was_original=was_original,
                    is_source=is_source,
                    is_credited=is_credited,
                )
                for i, appeared, words, story, was_original, is_source, is_credited in articles
            ],
            [_match(row) for row in matches],
        )

    def put_stories(self, run_id: int, stories: Sequence[Story]) -> None:
        """Files the stories' members in place of what was filed for them; numbers the new ones.

        An article that changes its story is recorded as moved; a number is never given again.
        """
        last = self._last_story()
        rows: list[Row] = []
        for story in stories:
            story_id = story.story_id
            if story_id is None:
                last += 1
                story_id = last
            rows += [
                {"story_id": story_id, "article_id": member, "original_id": story.original}
                for member in story.members
            ]
        with self._tables.incoming(rows) as any_rows:
            if any_rows:
                self._connection.execute(
                    "INSERT INTO core.moves SELECT article_id, held.story_id, incoming.story_id, ? "
                    "FROM core.members AS held JOIN incoming USING (article_id) "
                    "WHERE held.story_id <> incoming.story_id",
                    [run_id],
                )
                self._connection.execute(
                    "DELETE FROM core.members WHERE article_id IN (SELECT article_id FROM incoming)"
                )
                self._connection.execute("INSERT INTO core.members BY NAME SELECT * FROM incoming")
        self._tables.run("DELETE FROM core.counters WHERE name = 'stories'")
        self._tables.insert("counters", [{"name": "stories", "value": last}])

    def _last_story(self) -> int:
        """The highest number that a story was ever given; 0 where none was."""
        ((last,),) = self._tables.rows(
            "SELECT coalesce(max(value), 0) FROM core.counters WHERE name = 'stories'"
        )
        return int(last)


def _match(row: tuple[Any, ...]) -> Match:
    values = dict(zip(MATCH, row, strict=True))
    return Match(**values | {"relation": Relation(values["relation"])})


@contextmanager
def open_store(path: Path, *, read_only: bool = False, patience: float = 0) -> Iterator[Store]:
    """The store in a file, made where there is none; held by this process until the block ends.

    `patience` is how many seconds to wait while another process holds the file; `read_only` makes
    and changes nothing.

    Raises DatabaseError where the file cannot be had.
    """
    with opened(path, read_only=read_only, patience=patience) as connection:
        yield Store(connection)


@contextmanager
def open_published(path: Path) -> Iterator[Store]:
    """The store as it was last published, to read what a run would: no run waits for it."""
    with opened(readable(path), read_only=True) as connection:
        yield Store(connection)
