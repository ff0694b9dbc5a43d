"""What the flows read and write: one object for each entity, over one connection.

One process holds a database file, through one Store. A caller puts statements that belong together
into a `transaction()`. A statement outside of one is committed by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from storage.core import tally
from storage.core.connection import opened
from storage.core.migrate import transaction
from storage.core.tables import Tables
from storage.reading import Reader
from storage.records.articles import Articles
from storage.records.feeds import Feeds
from storage.records.hosts import Hosts
from storage.records.index import Index
from storage.records.lines import Lines
from storage.records.matches import Matches
from storage.records.pages import Pages
from storage.records.runs import Runs
from storage.records.stories import Stories
from storage.snapshot.publish import Published, publish, readable
from storage.upkeep.tidy import Done, Keep, tidy
from storage.views.search import index_articles


class Store:
    """The database as the flows see it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, db: Path | None = None) -> None:
        self._connection = connection
        self._db = db  # the file whose tally is kept; none for a reader
        tables = Tables(connection)
        self.runs = Runs(tables)
        self.feeds = Feeds(tables)
        self.hosts = Hosts(tables)
        self.pages = Pages(tables)
        self.articles = Articles(tables)
        self.lines = Lines(tables)
        self.index = Index(tables)
        self.matches = Matches(tables)
        self.stories = Stories(tables)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits all writes of the block together, or none of them."""
        with transaction(self._connection):
            yield
        if self._db:
            tally.note(self._connection, self._db)

    def reader(self) -> Reader:
        """A Reader of the same database, over the same connection."""
        return Reader(self._connection)

    def publish(self, *, keep: int = 0) -> Published:
        """Indexes new articles for search, then publishes the snapshot that readers open.

        `keep` is how many snapshots are kept under the numbers of their runs.
        """
        index_articles(self._connection)
        return publish(self._connection, keep=keep)

    def tidy(self, keep: Keep, now: datetime) -> list[Done]:
        """Drops or sums up what is older than `keep` allows. Returns what each step did."""
        if self._db:
            tally.forget(self._db)
        return tidy(self._connection, keep, now)


@contextmanager
def open_store(path: Path, *, patience: float = 0) -> Iterator[Store]:
    """The store in a file, which this process holds until the block ends. Makes a missing file.

    `patience` is how many seconds to wait while another process holds the file.

    Raises DatabaseError where the file cannot be opened.
    """
    with opened(path, patience=patience) as connection:
        try:
            yield Store(connection, path)
        finally:
            connection.close()  # which writes the log to the file
            tally.settle(path)


@contextmanager
def open_published(path: Path) -> Iterator[Store]:
    """The store as it was last published, to read only. No run waits for the block's end.

    Raises DatabaseError where there is nothing to read.
    """
    with opened(readable(path), read_only=True) as connection:
        yield Store(connection)
