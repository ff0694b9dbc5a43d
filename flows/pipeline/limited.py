"""Worker processes for everything that strangers have written. No Prefect here.

Feeds, the pages that name feeds, lists of feeds and articles are read in these processes only. A
document that takes too much time or memory costs itself and not the program.
"""

from contextlib import AbstractContextManager

from flows.settings import Settings
from ingest.workers.pool import WorkerPool, open_pool

#: What a worker process has imported before its first call. All pools of a process share the
#: process that workers are forked from, so this is the same for all of them.
PRELOAD = ("ingest.feeds.listed", "ingest.feeds.opml", "ingest.extract.warm")


def open_workers(settings: Settings, most: int = 0) -> AbstractContextManager[WorkerPool]:
    """The workers that the settings name, `most` at most where it is not 0."""
    return open_pool(
        workers=most or settings.workers,
        time_limit=settings.page_time_limit,
        memory_limit=settings.page_memory_limit,
        preload=PRELOAD,
    )
