"""What an outlet's articles have in common, line by line, and what was taken out of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ingest.model import Article, Line, PageResult, Removed
from storage.core.tables import Tables
from storage.views.search import forgetting

#: A line is boilerplate where it stands in so many of an outlet's stories...
STORIES = 4
#: ... and, where it ends as a sentence does or is as long as a paragraph, in this share of them
#: all: reporters repeat "He denies the charges.", and agencies their paragraphs of background.
LONG_LINE = 20  # words
SHARE = 0.1

RECURRING = f"""
    WITH counted AS (
        SELECT a.article_id, a.outlet, m.story_id
        FROM core.articles a JOIN core.members m USING (article_id)
        WHERE a.outlet IN (SELECT unnest(?::VARCHAR[]))
          AND a.appeared >= coalesce(?::TIMESTAMPTZ, '-infinity')
    ), stories AS (
        SELECT outlet, count(DISTINCT story_id) AS stories FROM counted GROUP BY outlet
    )
    SELECT c.outlet, l.line
    FROM core.lines l JOIN counted c USING (article_id) JOIN stories s ON s.outlet = c.outlet
    GROUP BY c.outlet, l.line, s.stories
    HAVING count(DISTINCT c.story_id) >= {STORIES}
       AND (NOT bool_or(l.ended) AND max(l.words) < {LONG_LINE}
            OR count(DISTINCT c.story_id) >= {SHARE} * s.stories)
"""

UNCOUNTED = """
    SELECT article_id, text FROM core.articles
    WHERE outlet = ? AND article_id NOT IN (SELECT article_id FROM core.lines)
"""


class Lines:
    """The lines of articles, and what recurs. Copies of one story count once, so that a wire story
    that an outlet runs five times is never taken for its boilerplate."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def recurring(
        self, outlets: Iterable[str], since: datetime | None = None
    ) -> dict[str, frozenset[int]]:
        """The lines, as hashes, that are boilerplate of each outlet; by its articles that appeared
        since then, where a time is given."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for outlet, line in self._tables.rows(RECURRING, [list(set(outlets)), since]):
            found[outlet].add(line)
        return {outlet: frozenset(lines) for outlet, lines in found.items()}

    def outlets(self) -> list[str]:
        """Every outlet that has articles, by name."""
        return [
            o for (o,) in self._tables.rows("SELECT DISTINCT outlet FROM core.articles ORDER BY 1")
        ]

    def texts(self, outlet: str) -> dict[int, str]:
        """The texts of an outlet's articles, by id."""
        return dict(
            self._tables.rows(
                "SELECT article_id, text FROM core.articles WHERE outlet = ?", [outlet]
            )
        )

    def uncounted(self, outlet: str) -> dict[int, str]:
        """The texts, by id, of an outlet's articles whose lines have never been counted: those
        filed before lines were."""
        return dict(self._tables.rows(UNCOUNTED, [outlet]))

    def add_lines(self, lines: Mapping[int, Sequence[Line]]) -> None:
        """Counts the lines of new articles, by their ids."""
        self._tables.insert(
            "lines",
            [
                {
                    "line": line.hash,
                    "words": line.words,
                    "ended": line.ended,
                    "article_id": article_id,
                }
                for article_id, listed in lines.items()
                for line in listed
            ],
        )

    def add_removed(
        self, removed: Iterable[tuple[int, Removed]], run_id: int | None = None
    ) -> None:
        """Keeps what was taken out of articles, and why."""
        rows = [
            {"article_id": article_id, "line": one.line, "rule": one.rule, "run_id": run_id}
            for article_id, one in removed
        ]
        self._tables.insert("removed_lines", rows)

    def replace_texts(self, texts: Mapping[int, tuple[str, int]]) -> None:
        """Puts cleaned texts, with their lengths in words, in the place of those filed.

        They leave the full-text index: publishing indexes what is not in it.
        """
        rows = [{"article_id": i, "text": text, "words": n} for i, (text, n) in texts.items()]
        self._tables.update("articles", "article_id", rows)
        for statement in forgetting("SELECT unnest(?::BIGINT[])"):
            self._tables.run(statement, [list(texts)])

    def add_others(self, run_id: int, results: Iterable[PageResult]) -> None:
        """Keeps what was read from pages that are no articles."""
        self._tables.insert(
            "other_pages",
            [
                {"page_id": result.page.page_id, "run_id": run_id, **_other(result.other)}
                for result in results
                if result.other
            ],
        )


def _other(article: Article) -> dict[str, str | int]:
    return {
        "verdict": article.verdict,
        "reason": article.reason,
        "title": article.title,
        "words": article.words,
        "url": article.url,
        "text": article.text,
    }
