"""The account of pages: every address that a feed has listed, and how it ended.

A page is pending from the poll that first listed it until it is settled. A run that is killed
leaves its pages pending, and the next run fetches them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from ingest.model import NOT_ASKED, TEMPORARY, Entry, EntryOutcome, Page, PageResult
from storage.core.tables import Row, Tables
from storage.records.ledger import attempt_row

#: The column of core.pages that holds each field of an Entry.
COLUMNS = {field.name: field.name for field in fields(Entry)} | {"url": "listed_url"}
#: What core.other_pages keeps of a page that is no article.
OTHER = ("verdict", "reason", "title", "words", "url", "text")


class Pages:
    """The tables of pages, of the feeds that listed them, and of how their entries ended."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def known(self, page_ids: Iterable[int]) -> set[int]:
        """Those of the pages that the account already has."""
        return self._tables.held("pages", "page_id", page_ids)

    def add(self, run_id: int, pages: Sequence[Page]) -> None:
        """Adds pages as pending. Pages that the account already has are left as they are."""
        rows = [
            {
                "page_id": page.page_id,
                "url": page.url,
                "feed_id": page.feed_id,
                "first_run": run_id,
                "first_seen": page.first_seen,
                "attempts": 0,
                **{column: getattr(page.entry, name) for name, column in COLUMNS.items()},
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

    def pending(self, max_attempts: int, now: datetime) -> list[Page]:
        """The pages to fetch, the oldest first.

        These are the pages without an outcome, and those whose failure may have passed and that
        were fetched fewer than `max_attempts` times. A failed page waits for one hour after the
        first attempt, and four times as long after each further one.
        """
        rows = self._tables.records(
            f"""
            SELECT page_id, url, feed_id, attempts, first_seen, {", ".join(COLUMNS.values())}
            FROM core.pages
            WHERE outcome IS NULL OR (list_contains(?, outcome) AND attempts < ?
                AND coalesce(tried_at + to_hours((4 ** (attempts - 1))::BIGINT) <= ?, true))
            ORDER BY first_seen, rowid
            """,
            [list(TEMPORARY), max_attempts, now],
        )
        return [
            Page(
                page_id=row["page_id"],
                url=row["url"],
                feed_id=row["feed_id"],
                attempts=row["attempts"],
                first_seen=row["first_seen"],
                entry=_entry(row),
            )
            for row in rows
        ]

    def settle(self, run_id: int, results: Sequence[PageResult], now: datetime) -> None:
        """Files the requests and the outcomes of pages, and what was read from pages that are no
        articles."""
        self._tables.insert("fetches", [attempt_row(run_id, one.attempt, now) for one in results])
        self._tables.update("pages", "page_id", [_settled(result) for result in results])
        # a page that was not asked for does not wait for its next attempt
        asked = [result.page.page_id for result in results if result.outcome not in NOT_ASKED]
        tried = [{"page_id": page_id, "tried_at": now} for page_id in asked]
        self._tables.update("pages", "page_id", tried)
        self.add_outcomes(run_id, [_outcome(result) for result in results])
        others = [_other(run_id, result) for result in results if result.other]
        self._tables.insert("other_pages", others)

    def add_outcomes(self, run_id: int, outcomes: Iterable[EntryOutcome]) -> None:
        """Records how entries ended."""
        rows = [{"run_id": run_id, **asdict(outcome)} for outcome in outcomes]
        self._tables.insert("outcomes", rows)


def _entry(row: Row) -> Entry:
    """The entry that a row of core.pages holds. A column without a value leaves the default."""
    values: dict[str, Any] = {
        name: tuple(row[column]) if isinstance(row[column], list) else row[column]
        for name, column in COLUMNS.items()
        if row[column] is not None
    }
    return Entry(**values)


def _settled(result: PageResult) -> Row:
    return {
        "page_id": result.page.page_id,
        "outcome": result.outcome,
        "detail": result.detail,
        "attempts": result.page.attempts + (result.outcome not in NOT_ASKED),
        "article_id": result.article_id,
    }


def _outcome(result: PageResult) -> EntryOutcome:
    return EntryOutcome(
        feed_id=result.page.feed_id,
        outcome=result.outcome,
        url=result.page.url,
        detail=result.detail,
    )


def _other(run_id: int, result: PageResult) -> Row:
    read = {name: getattr(result.other, name) for name in OTHER}
    return {"page_id": result.page.page_id, "run_id": run_id, **read}
