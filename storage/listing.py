"""Lists that commands print or compare, read from the views: feeds, their health, what is filed."""

from dataclasses import dataclass
from datetime import datetime

from storage.reading import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """One subscription."""

    folder: str
    title: str
    state: str  # active, paused or gone
    url: str
    articles: int
    next_due: datetime | None
    due_reason: str
    needs_credentials: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """How well one feed works, as the view `feed_health` tells it."""

    title: str
    verdict: str
    last_success: datetime | None
    fresh_per_day: float
    usual_per_day: float | None
    may_have_missed: int  # polls in its last 7 days whose entries were all new
    due_reason: str
    url: str


def listed_feeds(reader: Reader) -> list[ListedFeed]:
    """The feeds that were not removed, by folder and title."""
    found = reader.query(
        "SELECT folder, title, state, url, articles, next_due, due_reason, needs_credentials "
        "FROM feeds WHERE state <> 'removed' ORDER BY folder, title, url"
    )
    return [ListedFeed(**dict(zip(found.columns, row, strict=True))) for row in found.rows]


def feed_health(reader: Reader) -> list[FeedHealth]:
    """The health of every feed, the worst first."""
    found = reader.query(
        "SELECT title, verdict, last_success, fresh_per_day, usual_per_day, "
        "may_have_missed, due_reason, url "
        "FROM feed_health ORDER BY verdict = 'well', streak DESC, title"
    )
    return [FeedHealth(**dict(zip(found.columns, row, strict=True))) for row in found.rows]


def feed_addresses(reader: Reader) -> set[str]:
    """The address of every feed that was ever subscribed to, also of removed ones."""
    return {url for (url,) in reader.query("SELECT url FROM feeds").rows}


def article_addresses(reader: Reader) -> dict[str, int]:
    """The article id at each address: an article's own, and those of pages that led to it."""
    return dict(
        reader.query(
            "SELECT url, article_id FROM articles UNION ALL SELECT url, article_id FROM pages "
            "WHERE article_id IS NOT NULL"
        ).rows
    )


def story_numbers(reader: Reader) -> dict[int, int]:
    """The story of each article, by article id."""
    return dict(reader.query("SELECT article_id, story_id FROM articles").rows)


def filed_relations(reader: Reader) -> dict[tuple[int, int], tuple[str, str]]:
    """Relation and rule of each match, by its two article ids, the smaller id first."""
    rows = reader.query("SELECT a, b, relation, rule FROM matches").rows
    return {(a, b): (relation, rule) for a, b, relation, rule in rows}
