"""What a feed lists: the document is parsed, and its newest entries become pages. Pure.

    Fetched -> parse_feed -> newest entries -> identify -> ListedFeed

A worker process runs `listed_feed`. Every step here reads what a stranger wrote, and the worker has
limits on time and memory.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from ingest.feeds.parse import parse_feed
from ingest.feeds.plan import identify
from ingest.model import Entry, EntryOutcome, Fetched, ListedFeed, Outcome

#: Entries of a feed that one poll takes. News feeds list 10 to 100. A Google-News sitemap may list
#: 1,000. A document of the largest size holds 100,000 links.
MAX_ENTRIES = 1_000
#: Dates of entries that are passed on. They tell how fast entries appear.
MAX_DATES = 10_000
LATEST = datetime.max.replace(tzinfo=UTC)


def listed_feed(fetched: Fetched, feed_id: int, now: datetime) -> ListedFeed:
    """The feed in an answer, with a page or an outcome for each of its entries.

    Only the newest `MAX_ENTRIES` become pages. The others are counted as left_out. They come up
    again at a later poll that still lists them. Raises Failed(not_a_feed).
    """
    parsed = parse_feed(fetched)
    taken = newest(parsed.entries, MAX_ENTRIES)
    left = len(parsed.entries) - len(taken)
    detail = f"only the newest {MAX_ENTRIES:,} entries of a feed are taken"
    others = EntryOutcome(feed_id=feed_id, outcome=Outcome.LEFT_OUT, detail=detail, entries=left)
    return ListedFeed(
        title=parsed.title,
        site_url=parsed.site_url,
        language=parsed.language,
        listed=(*identify(feed_id, taken, now), *([others] if left else [])),
        hints=parsed.hints,
        dates=tuple(_date(entry) for entry in parsed.entries[:MAX_DATES]),
    )


def title_of(fetched: Fetched) -> str:
    """The title of a feed. Raises Failed(not_a_feed)."""
    return parse_feed(fetched).title


def newest(entries: Sequence[Entry], most: int) -> list[Entry]:
    """The newest `most` entries, in the order of the document.

    An entry without a date is as new as the one before it. Of entries that are equally new, the
    first in the document are taken: most feeds list the newest first.
    """
    if len(entries) <= most:
        return list(entries)
    dates: list[datetime] = []
    for entry in entries:
        dates.append(_date(entry) or (dates[-1] if dates else LATEST))
    ranked = sorted(range(len(entries)), key=lambda number: dates[number], reverse=True)
    return [entries[number] for number in sorted(ranked[:most])]


def _date(entry: Entry) -> datetime | None:
    return entry.published or entry.updated
