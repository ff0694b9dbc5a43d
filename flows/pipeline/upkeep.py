"""Upkeep: deletes old data, rebuilds the file if much of it is unused, publishes it. No Prefect."""

from datetime import datetime, timedelta

from flows.settings import Settings
from storage.store import open_store
from storage.upkeep.compact import compact
from storage.upkeep.tidy import Done, Keep

#: Seconds that upkeep waits for a run to finish.
PATIENCE = 600


def keep_up(settings: Settings, now: datetime, *, rebuild: bool = False) -> list[Done]:
    """Does every step once and returns what each did. Readers keep the snapshot they have open.

    With `rebuild`, the file is rebuilt in any case.
    """
    with open_store(settings.db, patience=PATIENCE) as store:
        done = store.tidy(keep_of(settings), now)
    done.append(compact(settings.db, anyway=rebuild, patience=PATIENCE))
    with open_store(settings.db, patience=PATIENCE) as store:
        published = store.publish(keep=settings.keep_snapshots)
    what = f"published as {published.path.name}, {published.bytes / 1e6:,.1f} MB"
    return [*done, Done(step="snapshot", what=what, changed=True)]


def keep_of(settings: Settings) -> Keep:
    """How long each kind of data is kept, from the settings."""
    return Keep(
        texts=_days(settings.keep_texts_days),
        stories=_days(settings.keep_stories_days),
        ledger=_days(settings.keep_ledger_days),
    )


def _days(number: float | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)
