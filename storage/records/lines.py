"""The lines of articles: which recur in an outlet's articles, and which were removed from them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ingest.model import Line, Removed
from storage.core.tables import Tables
from storage.views.search import forgetting

#: A line is boilerplate if it stands in this many stories of an outlet.
STORIES = 4
#: A sentence, or a line of LONG_LINE words, must also stand in this share of the outlet's stories.
#: Reporters repeat "He denies the charges.", and agencies repeat paragraphs of background.
LONG_LINE = 20
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
    """The tables of lines.

    Copies of one story count once. So the lines of a story that an outlet runs five times are never
    taken for its boilerplate.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def recurring(
        self, outlets: Iterable[str], since: datetime | None = None
    ) -> dict[str, frozenset[int]]:
        """The lines that are boilerplate of each outlet, as hashes.

        With `since`, only articles that appeared since then are counted.
        """
        found: defaultdict[str, set[int]] = defaultdict(set)
        for outlet, line in self._tables.pairs(RECURRING, [list(set(outlets)), since]):
            found[outlet].add(line)
        return {outlet: frozenset(lines) for outlet, lines in found.items()}

    def outlets(self) -> list[str]:
        """Every outlet that has articles, by name."""
        return self._tables.column("SELECT DISTINCT outlet FROM core.articles ORDER BY 1")

    def texts(self, outlet: str) -> dict[int, str]:
        """The texts of an outlet's articles, by id."""
        return dict(
            self._tables.pairs(
                "SELECT article_id, text FROM core.articles WHERE outlet = ?", [outlet]
            )
        )

    def uncounted(self, outlet: str) -> dict[int, str]:
        """The texts, by id, of an outlet's articles whose lines were never counted.

        They were filed by a version that did not count lines.
        """
        return dict(self._tables.pairs(UNCOUNTED, [outlet]))

    def add_lines(self, lines: Mapping[int, Sequence[Line]]) -> None:
        """Files the lines of new articles, by article id."""
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
        """Files the lines that were removed from articles, each with its article's id.

        `run_id` is the run that read the article; None for `copydesk reclean`.
        """
        rows = [
            {"article_id": article_id, "line": one.line, "rule": one.rule, "run_id": run_id}
            for article_id, one in removed
        ]
        self._tables.insert("removed_lines", rows)

    def replace_texts(self, texts: Mapping[int, tuple[str, int]]) -> None:
        """Replaces texts, by article id, with cleaned ones and their lengths in words.

        The articles leave the full-text index. Publishing indexes them again.
        """
        rows = [{"article_id": i, "text": text, "words": n} for i, (text, n) in texts.items()]
        self._tables.update("articles", "article_id", rows)
        for statement in forgetting("SELECT unnest(?::BIGINT[])"):
            self._tables.run(statement, [list(texts)])
