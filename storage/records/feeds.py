"""The feeds subscribed to: their state between polls, and the ledger of the polls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from ingest.model import Attempt, Due, Feed, FeedState, Hints, Poll
from ingest.urls import url_id, without_credentials
from storage.core.tables import Row, Tables


class Subscriptions:
    """The feeds as the flows see them. A feed keeps its id whatever becomes of its address."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def subscribe(self, feeds: Sequence[Feed], now: datetime) -> list[FeedState]:
        """Adds the feeds not yet known; returns those given that are polled, each once, in order.

        A feed is known by its address or one it had before; one that was paused or removed stays
        so. Its credentials stay out of the database, which notes that there are some: they are in
        the state returned, no more.
        """
        by_id = {self._id_of(without_credentials(feed.url)): feed for feed in feeds}
        rows = [
            {
                "feed_id": feed_id,
                "url": without_credentials(feed.url),
                "title": feed.title,
                "folder": feed.folder,
                "site_url": "",
                "language": "",
                "added_at": now,
                "etag": "",
                "last_modified": "",
                "body_hash": "",
            }
            for feed_id, feed in by_id.items()
        ]
        self._tables.insert("feeds", rows, new_by=("feed_id",))
        private = [i for i, feed in by_id.items() if feed.url != without_credentials(feed.url)]
        self._tables.update(
            "feeds", "feed_id", [{"feed_id": i, "needs_credentials": True} for i in private]
        )
        held = {state.feed_id: state for state in self.active()}
        return [
            replace(held[feed_id], url=feed.url) if feed_id in private else held[feed_id]
            for feed_id, feed in by_id.items()
            if feed_id in held
        ]

    def any(self) -> bool:
        """Whether there is any feed, polled or not."""
        return bool(self._tables.rows("FROM core.feeds LIMIT 1"))

    def active(self) -> list[FeedState]:
        """Every feed that is polled, in the order they were added."""
        return self._states("state = 'active'")

    def due(self, now: datetime) -> list[FeedState]:
        """The active feeds whose time has come, those that have waited longest first."""
        return self._states(
            "state = 'active' AND coalesce(next_due <= ?, true)", [now], "next_due NULLS FIRST"
        )

    def listed(self) -> list[Feed]:
        """Every feed that was not removed, as an OPML file would list it."""
        rows = self._tables.rows(
            "SELECT url, title, folder FROM core.feeds WHERE state <> 'removed' "
            "ORDER BY folder, title, url"
        )
        return [Feed(url=url, title=title, folder=folder) for url, title, folder in rows]

    def state_of(self, url: str) -> str | None:
        """Whether the feed with an address is active, paused, gone or removed; None for no feed."""
        feed_id = self._id_of(without_credentials(url))
        rows = self._tables.rows("SELECT state FROM core.feeds WHERE feed_id = ?", [feed_id])
        return rows[0][0] if rows else None

    def set_state(self, url: str, state: str) -> None:
        """Makes a feed active, paused or removed. Active again, it is due at once."""
        self._tables.run(
            "UPDATE core.feeds SET state = ?, "
            "next_due = CASE WHEN ? = 'active' THEN NULL ELSE next_due END WHERE feed_id = ?",
            [state, state, self._id_of(without_credentials(url))],
        )

    def answered(self, url: str) -> None:
        """Notes that a feed was read at this very address, with credentials or without."""
        row = {
            "feed_id": self._id_of(without_credentials(url)),
            "needs_credentials": url != without_credentials(url),
        }
        self._tables.update("feeds", "feed_id", [row])

    def record_polls(
        self,
        run_id: int,
        polls: Sequence[Poll],
        dues: Mapping[int, Due],
        counts: Mapping[int, tuple[int, int]],
        now: datetime,
    ) -> None:
        """Files the requests, what each feed leaves to ask with, and when it is due, by feed id.

        `counts` has the entries a feed listed and how many of them were never listed before.
        Belongs in one transaction with the pages the polls brought: a validator kept without its
        entries would have the server tell us next time that we hold them.
        """
        self._tables.insert(
            "fetches",
            [
                {
                    **attempt_row(run_id, poll.attempt, now),
                    "feed_id": poll.feed.feed_id,
                    "entries": counts[poll.feed.feed_id][0] if poll.parsed else None,
                    "fresh": counts[poll.feed.feed_id][1] if poll.parsed else None,
                    "next_due": dues[poll.feed.feed_id].at,
                    "due_reason": dues[poll.feed.feed_id].reason,
                }
                for poll in polls
            ],
        )
        self._tables.update(
            "feeds",
            "feed_id",
            [_state_row(poll, dues[poll.feed.feed_id], now) for poll in polls],
        )
        read = [(poll.feed.feed_id, poll.parsed) for poll in polls if poll.parsed]
        self._tables.update(
            "feeds",
            "feed_id",
            [
                {
                    "feed_id": feed_id,
                    "read_at": now,
                    "site_url": without_credentials(parsed.site_url),
                    "language": parsed.language,
                }
                for feed_id, parsed in read
            ],
        )
        titles = [{"feed_id": feed_id, "title": parsed.title} for feed_id, parsed in read]
        self._tables.update("feeds", "feed_id", titles, only_if="held.title = ''")

    def move(self, feed: FeedState, url: str, now: datetime) -> bool:
        """Gives a feed a new address and keeps the old one; False where another feed has it.

        One that was removed or is gone has it no more, nor has one that has moved on.
        """
        holders = self._tables.rows(
            "SELECT feed_id FROM core.feeds WHERE url = ? AND state IN ('active', 'paused')", [url]
        )
        if holders:
            return False
        self._tables.run(
            "INSERT INTO core.feed_addresses SELECT feed_id, url, ? FROM core.feeds AS held "
            "WHERE feed_id = ? AND NOT EXISTS (FROM core.feed_addresses AS former "
            "WHERE former.feed_id = held.feed_id AND former.url = held.url)",
            [now, feed.feed_id],
        )
        self._tables.update(
            "feeds",
            "feed_id",
            [{"feed_id": feed.feed_id, "url": url, "moved_to": "", "moved_times": 0}],
        )
        return True

    def _id_of(self, url: str) -> int:
        """The id of the feed that has or had an address, else the id it would be given.

        Of several it is the one that has it now, one that was removed or is gone coming last.
        """
        rows = self._tables.rows(
            "SELECT feed_id FROM (SELECT feed_id, state, 0 AS former FROM core.feeds "
            "WHERE url = $url UNION ALL SELECT a.feed_id, f.state, 1 FROM core.feed_addresses a "
            "JOIN core.feeds f USING (feed_id) WHERE a.url = $url) "
            "ORDER BY state IN ('removed', 'gone'), former, feed_id LIMIT 1",
            {"url": url},
        )
        return int(rows[0][0]) if rows else url_id(url)

    def _states(
        self, where: str, parameters: Iterable[Any] = (), order: str = "rowid"
    ) -> list[FeedState]:
        rows = self._tables.rows(
            "SELECT feed_id, url, etag, last_modified, body_hash, interval_seconds, failures, "
            "streak, succeeded_at, fresh_at, rhythm_seconds, full_at, moved_to, moved_times, "
            "needs_credentials, ttl_seconds, max_age_seconds, skip_hours, skip_days "
            f"FROM core.feeds WHERE {where} ORDER BY {order}",
            list(parameters),
        )
        return [
            FeedState(
                feed_id=row[0],
                url=row[1],
                etag=row[2],
                last_modified=row[3],
                body_hash=row[4],
                interval=timedelta(seconds=row[5]),
                failures=row[6],
                streak=row[7],
                succeeded_at=row[8],
                fresh_at=row[9],
                rhythm=_seconds(row[10]),
                full_at=row[11],
                moved_to=row[12],
                moved_times=row[13],
                needs_credentials=bool(row[14]),
                asks=Hints(
                    ttl=_seconds(row[15]),
                    max_age=_seconds(row[16]),
                    skip_hours=frozenset(row[17] or ()),
                    skip_days=frozenset(row[18] or ()),
                ),
            )
            for row in rows
        ]


def attempt_row(run_id: int, attempt: Attempt, now: datetime) -> dict[str, Any]:
    """A request as the ledger keeps it."""
    row = asdict(attempt)
    row.pop("hints")
    return {"run_id": run_id, "fetched_at": row.pop("at") or now, **row}


def _seconds(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(seconds=number)


def _state_row(poll: Poll, due: Due, now: datetime) -> Row:
    feed = poll.feed
    return {
        "feed_id": feed.feed_id,
        "polled_at": now,
        "outcome": poll.attempt.outcome,
        "detail": poll.attempt.detail,
        "etag": feed.etag,
        "last_modified": feed.last_modified,
        "body_hash": feed.body_hash,
        "interval_seconds": feed.interval.total_seconds(),
        "failures": feed.failures,
        "streak": feed.streak,
        "succeeded_at": feed.succeeded_at,
        "fresh_at": feed.fresh_at,
        "rhythm_seconds": feed.rhythm.total_seconds() if feed.rhythm else None,
        "full_at": feed.full_at,
        "moved_to": feed.moved_to,
        "moved_times": feed.moved_times,
        "ttl_seconds": feed.asks.ttl.total_seconds() if feed.asks.ttl else None,
        "max_age_seconds": feed.asks.max_age.total_seconds() if feed.asks.max_age else None,
        "skip_hours": sorted(feed.asks.skip_hours),
        "skip_days": sorted(feed.asks.skip_days),
        "next_due": due.at,
        "due_reason": due.reason,
        "state": "active" if due.at else "gone",
    }
