"""The feeds subscribed to: what is known of each between polls, and when it is due."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ingest.model import LONGEST_WAIT, UNKNOWN, Due, Feed, FeedState, Hints, Pace, Poll
from ingest.urls import url_id, without_credentials, without_secrets
from storage.core.tables import Row, Tables
from storage.records.ledger import attempt_row

#: The columns of core.feeds that are fields of a FeedState, and hold the same.
SAME = (
    "feed_id",
    "url",
    "etag",
    "last_modified",
    "body_hash",
    "failures",
    "streak",
    "succeeded_at",
    "fresh_at",
    "full_at",
    "moved_to",
    "moved_times",
)
#: Those that hold a field in another form.
OTHERS = (
    "interval_seconds",
    "rhythm_seconds",
    "needs_credentials",
    "ttl_seconds",
    "max_age_seconds",
    "skip_hours",
    "skip_days",
    "shortest_seconds",
    "longest_seconds",
)
#: The fields of a feed's pace that are tuples.
SHAPES = ("by_hour", "hours_watched", "by_day", "days_watched")
#: The column of each field of a feed's pace.
PACE = {
    **{name: f"pace_{name}" for name in ("at", "window", "entries", "days", "spread", "silence")},
    **{name: name for name in SHAPES},
}


class Feeds:
    """The tables of feeds. A feed keeps its id when its address changes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def subscribe(self, feeds: Sequence[Feed], now: datetime) -> list[FeedState]:
        """Adds the feeds not yet known; returns those given that are polled, each once, in order.

        A feed is known by its address, or by one it had before. A paused or removed feed stays so.
        Passwords and tokens are not stored: the database notes that there are some, and the states
        returned have them.
        """
        shared = _shared({feed.url for feed in feeds})
        by_id = {self._id_of(feed.url, shared): feed for feed in feeds}
        rows = [
            {
                "feed_id": feed_id,
                "url": without_secrets(feed.url),
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
        stored = dict(self._tables.pairs("SELECT feed_id, url FROM core.feeds"))
        private = [i for i, feed in by_id.items() if _has_more(feed.url, stored[i])]
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
        return bool(self._tables.value("SELECT count(*) FROM core.feeds"))

    def active(self) -> list[FeedState]:
        """Every feed that is polled, in the order they were added."""
        return self._states("state = 'active'")

    def due(self, now: datetime) -> list[FeedState]:
        """The active feeds whose time has come, those that have waited longest first.

        A time beyond the longest wait has come too: a run whose clock was ahead has set it.
        """
        return self._states(
            "state = 'active' AND coalesce(next_due <= ? OR next_due > ?, true)",
            [now, now + LONGEST_WAIT],
            "next_due NULLS FIRST",
        )

    def listed(self) -> list[Feed]:
        """Every feed that was not removed, as an OPML file would list it."""
        rows = self._tables.records(
            "SELECT url, title, folder FROM core.feeds WHERE state <> 'removed' "
            "ORDER BY folder, title, url"
        )
        return [Feed(**row) for row in rows]

    def state_of(self, url: str) -> str | None:
        """Whether the feed with an address is active, paused, gone or removed; None for no feed."""
        feed_id = self._id_of(url)
        row = self._tables.first("SELECT state FROM core.feeds WHERE feed_id = ?", [feed_id])
        return row["state"] if row else None

    def set_state(self, url: str, state: str) -> None:
        """Makes a feed active, paused or removed. Active again, it is due at once."""
        self._tables.run(
            "UPDATE core.feeds SET state = ?, "
            "next_due = CASE WHEN ? = 'active' THEN NULL ELSE next_due END WHERE feed_id = ?",
            [state, state, self._id_of(url)],
        )

    def answered(self, url: str) -> None:
        """Notes that a feed was read at this address, and whether a part of it is not stored."""
        feed_id = self._id_of(url)
        stored = self._tables.column("SELECT url FROM core.feeds WHERE feed_id = ?", [feed_id])
        needed = any(_has_more(url, one) for one in stored)
        self._tables.update("feeds", "feed_id", [{"feed_id": feed_id, "needs_credentials": needed}])

    def record_polls(
        self,
        run_id: int,
        polls: Sequence[Poll],
        dues: Mapping[int, Due],
        counts: Mapping[int, tuple[int, int]],
        now: datetime,
    ) -> None:
        """Files the requests, the validators that feeds gave, and when each feed is due.

        By feed id, `counts` has the number of entries that a feed listed, and how many of them were
        never listed before. Call it in one transaction with `pages.add`: if the validators were
        kept and the pages were not, the server would answer "not modified", and the pages would be
        lost.
        """
        self._tables.insert(
            "fetches",
            [
                {
                    **attempt_row(run_id, poll.attempt, now),
                    "feed_id": poll.feed.feed_id,
                    "entries": counts[poll.feed.feed_id][0] if poll.parsed else None,
                    "fresh": counts[poll.feed.feed_id][1] if poll.parsed else None,
                    "missed": dues[poll.feed.feed_id].missed if poll.parsed else None,
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
                    "site_url": without_secrets(parsed.site_url),
                    "language": parsed.language,
                }
                for feed_id, parsed in read
            ],
        )
        titles = [{"feed_id": feed_id, "title": parsed.title} for feed_id, parsed in read]
        self._tables.update("feeds", "feed_id", titles, only_if="held.title = ''")

    def move(self, feed: FeedState, url: str, now: datetime) -> bool:
        """Gives a feed a new address and keeps the old one; False where another feed has it.

        Feeds that were removed, are gone, or have moved on do not count.
        """
        holders = self._tables.column(
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

    def _id_of(self, url: str, shared: Container[str] = ()) -> int:
        """The id of the feed that has or had an address; else the id that a new feed would get.

        An address is looked up as it is listed before it is looked up without its secrets. Feeds of
        one list may differ in their secrets only. Their address without them is in `shared`, and
        each has an id of its own, which is the hash of its full address.
        """
        full, shown = without_credentials(url), without_secrets(url)
        own_id = url_id(full)
        found = self._holder(full)
        if found is None and self._tables.held("feeds", "feed_id", [own_id]):
            found = own_id
        if found is None and shown not in shared:
            found = self._holder(shown)
        return found if found is not None else url_id(full if shown in shared else shown)

    def _holder(self, url: str) -> int | None:
        """The feed that has or had an address.

        The feed that has the address now comes first, feeds that were removed or are gone last.
        """
        ids = self._tables.column(
            "SELECT feed_id FROM (SELECT feed_id, state, 0 AS former FROM core.feeds "
            "WHERE url = $url UNION ALL SELECT a.feed_id, f.state, 1 FROM core.feed_addresses a "
            "JOIN core.feeds f USING (feed_id) WHERE a.url = $url) "
            "ORDER BY state IN ('removed', 'gone'), former, feed_id LIMIT 1",
            {"url": url},
        )
        return int(ids[0]) if ids else None

    def _states(
        self, where: str, parameters: Iterable[Any] = (), order: str = "rowid"
    ) -> list[FeedState]:
        columns = ", ".join((*SAME, *OTHERS, *PACE.values()))
        rows = self._tables.records(
            f"SELECT {columns} FROM core.feeds WHERE {where} ORDER BY {order}",
            list(parameters),
        )
        return [_state(row) for row in rows]


def _shared(urls: Iterable[str]) -> set[str]:
    """The addresses without secrets that several feeds of one list have in common."""
    full = {without_credentials(url) for url in urls}
    return {shown for shown, times in Counter(map(without_secrets, full)).items() if times > 1}


def _has_more(listed: str, stored: str) -> bool:
    """Whether an address has a password or token that the stored address has not."""
    return listed not in {stored, without_secrets(listed)}


def _seconds(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(seconds=number)


def _state(row: Row) -> FeedState:
    """The state that a row of core.feeds holds."""
    return FeedState(
        **{name: row[name] for name in SAME},
        interval=timedelta(seconds=row["interval_seconds"]),
        rhythm=_seconds(row["rhythm_seconds"]),
        needs_credentials=bool(row["needs_credentials"]),
        pace=_pace(row),
        shortest=_seconds(row["shortest_seconds"]),
        longest=_seconds(row["longest_seconds"]),
        asks=Hints(
            ttl=_seconds(row["ttl_seconds"]),
            max_age=_seconds(row["max_age_seconds"]),
            skip_hours=frozenset(row["skip_hours"] or ()),
            skip_days=frozenset(row["skip_days"] or ()),
        ),
    )


def _pace(row: Row) -> Pace:
    """The pace that a row of core.feeds holds; UNKNOWN where no poll was counted."""
    if row["pace_at"] is None:
        return UNKNOWN
    held: Row = {name: row[column] for name, column in PACE.items()}
    return Pace(**{**held, **{name: tuple(held[name]) for name in SHAPES}})


def _state_row(poll: Poll, due: Due, now: datetime) -> Row:
    """What a poll leaves in the row of its feed."""
    feed = poll.feed
    kept = {name: getattr(feed, name) for name in SAME if name != "url"}
    return {
        **kept,
        **{column: getattr(feed.pace, name) for name, column in PACE.items()},
        "polled_at": now,
        "outcome": poll.attempt.outcome,
        "detail": poll.attempt.detail,
        "interval_seconds": feed.interval.total_seconds(),
        "rhythm_seconds": feed.rhythm.total_seconds() if feed.rhythm else None,
        "ttl_seconds": feed.asks.ttl.total_seconds() if feed.asks.ttl else None,
        "max_age_seconds": feed.asks.max_age.total_seconds() if feed.asks.max_age else None,
        "skip_hours": sorted(feed.asks.skip_hours),
        "skip_days": sorted(feed.asks.skip_days),
        "next_due": due.at,
        "due_reason": due.reason,
        "state": "active" if due.at else "gone",
    }
