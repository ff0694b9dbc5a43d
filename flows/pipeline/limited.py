"""Worker processes for everything that strangers have written. No Prefect here.

Feeds, the pages that name feeds, lists of feeds and articles are read in these processes only. A
document that takes too much time or memory costs itself and not the program.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from flows.settings import Settings
from ingest.workers.pool import WorkerPool, open_pool

#: What workers have imported before their first call, in a process that extracts articles. They are
#: forked from a process that stays, so all pools of a program must have the same.
PRELOAD = ("ingest.feeds.listed", "ingest.feeds.opml", "ingest.extract.warm")
#: The same in a program that only reads feeds and lists of feeds. What extracts takes seconds to
#: import, and 100 MB.
PRELOAD_FEEDS = ("ingest.feeds.listed", "ingest.feeds.opml", "ingest.feeds.discover")


def open_workers(
    settings: Settings, preload: Sequence[str] = PRELOAD
) -> AbstractContextManager[WorkerPool]:
    """The workers that the settings name, within the limits that they name."""
    return open_pool(
        workers=settings.workers,
        time_limit=settings.page_time_limit,
        memory_limit=settings.page_memory_limit,
        preload=preload,
    )
