"""The account of pages: every address that a feed has listed, and how it ended.

A page is pending from the poll that first listed it until it is settled. A run that is killed
leaves its pages pending, and the next run fetches them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from ingest.model import (
    MAX_KILLS,
    NOT_ASKED,
    TEMPORARY,
    Entry,
    EntryOutcome,
    Outcome,
    Page,
    PageResult,
    PendingPage,
)
from storage.core.tables import Row, Tables
from storage.records.ledger import attempt_row

#: The column of core.pages that holds each field of an Entry.
COLUMNS = {field.name: field.name for field in fields(Entry)} | {"url": "listed_url"}
#: The columns of core.pages that a Page has besides its entry.
OF_PAGE = ("page_id", "url", "feed_id", "attempts", "first_seen")
#: The host in a page's address, as `batches` in ingest/feeds/plan.py has it.
HOST = "split_part(url, '/', 3)"
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

    def pending(
        self, max_attempts: int, now: datetime, of_host: int | None = None
    ) -> list[PendingPage]:
        """The pages to fetch, the oldest first, and of each host the oldest `of_host` at most.

        These are the pages without an outcome, and those whose failure may have passed and that
        were fetched fewer than `max_attempts` times. A failed page waits for one hour after the
        first attempt, and four times as long after each further one. It does not wait for an hour
        that lies ahead of `now`, when a run's clock was ahead. A page whose worker was killed is
        fetched MAX_KILLS times at most.
        """
        rows = self._tables.pairs(
            f"""
            SELECT page_id, url
            FROM core.pages
            WHERE outcome IS NULL OR (list_contains($temporary, outcome)
                AND attempts < CASE outcome WHEN '{Outcome.EXTRACT_KILLED}'
                                    THEN least($attempts, {MAX_KILLS}) ELSE $attempts END
                AND coalesce(tried_at + to_hours((4 ** (attempts - 1))::BIGINT) <= $now
                             OR tried_at > $now, true))
            QUALIFY row_number() OVER (PARTITION BY {HOST} ORDER BY first_seen, rowid) <= $of_host
            ORDER BY first_seen, rowid
            """,
            {
                "temporary": list(TEMPORARY),
                "attempts": max_attempts,
                "now": now,
                "of_host": of_host if of_host is not None else 2**31,
            },
        )
        return [PendingPage(page_id=page_id, url=url) for page_id, url in rows]

    def load(self, pages: Iterable[PendingPage]) -> list[Page]:
        """The pages with their entries, in the order in which they are given."""
        ids = [page.page_id for page in pages]
        rows = self._tables.records(
            f"SELECT {', '.join(OF_PAGE)}, {', '.join(COLUMNS.values())} FROM core.pages "
            "WHERE page_id IN (SELECT unnest(?::BIGINT[]))",
            [ids],
        )
        found = {
            row["page_id"]: Page(**{name: row[name] for name in OF_PAGE}, entry=_entry(row))
            for row in rows
        }
        return [found[page_id] for page_id in ids]

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
        rows = [{"run_id": run_id, **_counted(outcome)} for outcome in outcomes]
        self._tables.insert("outcomes", rows)


def _entry(row: Row) -> Entry:
    """The entry that a row of core.pages holds. A column without a value leaves the default."""
    values: dict[str, Any] = {
        name: tuple(row[column]) if isinstance(row[column], list) else row[column]
        for name, column in COLUMNS.items()
        if row[column] is not None
    }
    return Entry(**values)


def _counted(outcome: EntryOutcome) -> Row:
    return {name: value for name, value in asdict(outcome).items() if name != "page_id"}


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
