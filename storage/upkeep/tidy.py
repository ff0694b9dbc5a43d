"""Drops old rows or sums them up. Each step returns what it did.

    drop_texts      old articles lose their text and their rows in the indexes
    drop_stories    deletes stories whose last article is old, with all rows about their articles
    settle_pages    clears the feed's content of pages that led to an article; marks pages whose
                    article was dropped
    roll_up_ledger  old requests are summed up by day, host, feed and outcome; old outcomes by run,
                    feed and outcome

`storage.upkeep.compact` then makes the file smaller.

An article's age is counted from when it appeared. A request's age is counted from the clock of its
run.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from storage.core.migrate import transaction
from storage.core.tables import OF_ARTICLE, OF_PAIR, OF_TEXT
from storage.views.search import forgetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long texts, stories and the ledger are kept; None means for ever."""

    texts: timedelta | None = None
    stories: timedelta | None = None
    ledger: timedelta | None = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a step of upkeep did, in words, and whether it changed anything."""

    step: str
    what: str
    changed: bool


def tidy(connection: duckdb.DuckDBPyConnection, keep: Keep, now: datetime) -> list[Done]:
    """Takes every step, each in a transaction of its own."""
    done = []
    for step, age in (
        (drop_texts, keep.texts),
        (drop_stories, keep.stories),
        (roll_up_ledger, keep.ledger),
    ):
        with transaction(connection):
            done.append(step(connection, None if age is None else now - age))
    with transaction(connection):
        done.append(settle_pages(connection))
    return done


def drop_texts(connection: duckdb.DuckDBPyConnection, before: datetime | None) -> Done:
    """Removes text, sketch and index rows of articles that appeared before then.

    The articles stay, with headline, address, length and story.
    """
    if before is None:
        return _nothing("texts", "kept for ever")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE bare AS SELECT article_id, strlen(text) AS bytes "
        "FROM core.articles ANTI JOIN core.textless USING (article_id) WHERE appeared < ?",
        [before],
    )
    number, size = _row(connection, "SELECT count(*), coalesce(sum(bytes), 0) FROM bare")
    connection.execute(
        "UPDATE core.articles SET text = '' WHERE article_id IN (SELECT article_id FROM bare)"
    )
    connection.execute("INSERT INTO core.textless SELECT article_id FROM bare")
    for table in OF_TEXT:
        connection.execute(
            f"DELETE FROM core.{table} WHERE article_id IN (SELECT article_id FROM bare)"
        )
    for statement in forgetting("SELECT article_id FROM bare"):
        connection.execute(statement)
    connection.execute("DROP TABLE bare")
    others = _changed(
        connection,
        "UPDATE core.other_pages SET text = '' WHERE text <> '' AND page_id IN "
        "(SELECT page_id FROM core.pages WHERE first_seen < ?)",
        [before],
    )
    what = (
        f"{number:,} articles before {_day(before)} lost theirs, {size:,} bytes; "
        f"{others:,} other pages too"
    )
    return _did("texts", number + others, what)


def drop_stories(connection: duckdb.DuckDBPyConnection, before: datetime | None) -> Done:
    """Removes stories whose last article appeared before then, and all rows of their articles.

    Also removes what was read from other pages that were first seen before then. The addresses stay
    in core.pages: a feed that still lists them does not bring them back.
    """
    if before is None:
        return _nothing("stories", "kept for ever")
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE gone AS
        SELECT article_id, story_id FROM core.members WHERE story_id IN (
            SELECT story_id FROM core.members JOIN core.articles USING (article_id)
            GROUP BY story_id HAVING max(appeared) < ?
        )
        """,
        [before],
    )
    articles, stories = _row(connection, "SELECT count(*), count(DISTINCT story_id) FROM gone")
    for statement in forgetting("SELECT article_id FROM gone"):
        connection.execute(statement)
    for table in OF_PAIR:
        connection.execute(
            f"DELETE FROM core.{table} WHERE a IN (SELECT article_id FROM gone) "
            "OR b IN (SELECT article_id FROM gone)"
        )
    for table in OF_ARTICLE:
        connection.execute(
            f"DELETE FROM core.{table} WHERE article_id IN (SELECT article_id FROM gone)"
        )
    connection.execute("DROP TABLE gone")
    others = _changed(
        connection,
        "DELETE FROM core.other_pages WHERE page_id IN "
        "(SELECT page_id FROM core.pages WHERE first_seen < ?)",
        [before],
    )
    what = (
        f"{stories:,} last added to before {_day(before)} dropped, {articles:,} articles; "
        f"{others:,} other pages too"
    )
    return _did("stories", stories + others, what)


def settle_pages(connection: duckdb.DuckDBPyConnection) -> Done:
    """Clears the feed's content of pages with an article; marks pages of dropped articles."""
    content = _changed(
        connection,
        "UPDATE core.pages SET content = '' "
        "WHERE content <> '' AND outcome IN ('new', 'duplicate_url')",
    )
    dangling = _changed(
        connection,
        "UPDATE core.pages SET article_id = NULL, detail = 'its article was dropped by upkeep' "
        "WHERE article_id IS NOT NULL "
        "AND article_id NOT IN (SELECT article_id FROM core.articles)",
    )
    what = f"{dangling:,} pages marked: article dropped; {content:,} cleared of the feed's content"
    return _did("pages", dangling + content, what)


def roll_up_ledger(connection: duckdb.DuckDBPyConnection, before: datetime | None) -> Done:
    """Sums up requests before then, and the outcomes of runs before then.

    Requests become a row for each day, host, feed and outcome. Outcomes become a row for each run,
    feed and outcome, without addresses.
    """
    if before is None:
        return _nothing("ledger", "kept for ever")
    connection.execute(
        """
        INSERT INTO core.fetch_days
        SELECT CAST(fetched_at AT TIME ZONE 'UTC' AS DATE), kind,
               split_part(split_part(url, '/', 3), ':', 1), feed_id, outcome, count(*),
               coalesce(sum(bytes), 0), coalesce(sum(elapsed_ms), 0), coalesce(sum(entries), 0),
               coalesce(sum(fresh), 0)
        FROM core.fetches WHERE fetched_at < ? GROUP BY ALL ORDER BY ALL
        """,
        [before],
    )
    requests = _changed(connection, "DELETE FROM core.fetches WHERE fetched_at < ?", [before])
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE summed AS
        SELECT run_id, feed_id, outcome, '' AS url, '' AS detail, sum(o.entries)::BIGINT AS entries
        FROM core.outcomes o
        WHERE run_id IN (SELECT run_id FROM core.runs WHERE started_at < ?)
        GROUP BY run_id, feed_id, outcome
        HAVING count(*) > 1 OR max(o.url) <> '' OR max(o.detail) <> ''
        ORDER BY run_id, feed_id, outcome
        """,
        [before],
    )
    outcomes = _changed(
        connection,
        "DELETE FROM core.outcomes o USING summed s "
        "WHERE s.run_id = o.run_id AND s.feed_id = o.feed_id AND s.outcome = o.outcome",
    )
    connection.execute("INSERT INTO core.outcomes BY NAME FROM summed")
    connection.execute("DROP TABLE summed")
    what = f"{requests:,} requests and {outcomes:,} outcomes before {_day(before)} rolled up"
    return _did("ledger", requests + outcomes, what)


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    (row,) = connection.execute(sql).fetchall()
    return tuple(map(int, row))


def _changed(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[object] | None = None
) -> int:
    """Runs a statement; returns how many rows it changed."""
    ((number,),) = connection.execute(sql, parameters).fetchall()
    return int(number)


def _did(step: str, number: int, what: str) -> Done:
    return Done(step=step, what=what if number else "nothing to do", changed=bool(number))


def _nothing(step: str, what: str) -> Done:
    return Done(step=step, what=what, changed=False)


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d}"
