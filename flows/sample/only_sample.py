"""Keeps the demo's fictional articles out of a database with real feeds."""

from pathlib import Path

from ingest.model import CopydeskError, Feed
from storage.listing import feed_addresses
from storage.store import open_store


def refuse_real_database(db: Path, sample: tuple[Feed, ...]) -> None:
    """Raises CopydeskError where the database holds any feed that is not one of the sample's."""
    if not db.exists():
        return
    with open_store(db) as store:  # opened for writing: that brings an old schema up to date
        held = feed_addresses(store.reader())
    if held - {feed.url for feed in sample}:
        raise CopydeskError(
            f"{db} holds real feeds. The demo would add its fictional articles to them: "
            "name another file with --db"
        )
