"""The stories: which articles belong together, and which of them is the original."""

from collections.abc import Iterable, Sequence

from ingest.model import FOLDS, LIKELY, FoldArticle, Match, Story
from storage.core.tables import Row, Tables, quoted
from storage.records.matches import MATCH, as_match


class Stories:
    """The tables of stories. The caller holds a transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def neighbourhood(self, article_ids: Iterable[int]) -> tuple[list[FoldArticle], list[Match]]:
        """All that `fold` has to see to fold these articles: articles, and their matches.

        The articles are those given, those in a story with one of them, and all that folding
        matches connect with any of these. It is the smallest such set.
        """
        with self._tables.incoming([{"article_id": i} for i in article_ids]) as any_rows:
            if not any_rows:
                return [], []
            self._tables.run(REACHED)
        articles = self._tables.records(
            "SELECT article_id, appeared, words, story_id, "
            "coalesce(original_id = article_id, false) AS was_original, "
            "coalesce(agency_from = 'outlet', false) AS is_source, "
            "coalesce(agency_confidence >= ?, false) AS is_credited "
            "FROM core.articles JOIN reached USING (article_id) "
            "LEFT JOIN (FROM core.members SEMI JOIN reached USING (article_id)) USING (article_id)",
            [LIKELY],
        )
        matches = self._tables.records(
            f"SELECT {MATCH} FROM core.matches "
            "WHERE a IN (SELECT article_id FROM reached) AND b IN (SELECT article_id FROM reached)"
        )
        self._tables.run("DROP TABLE reached")
        return [FoldArticle(**row) for row in articles], [as_match(row) for row in matches]

    def put(self, run_id: int, stories: Sequence[Story]) -> None:
        """Files the members of stories, in the place of what was filed for these articles.

        Numbers the new stories; a number is never given twice. Records each article that leaves
        one story for another.
        """
        last = self._last()
        rows: list[Row] = []
        for story in stories:
            story_id = story.story_id
            if story_id is None:
                last += 1
                story_id = last
            rows += [
                {"story_id": story_id, "article_id": member, "original_id": story.original}
                for member in story.members
            ]
        with self._tables.incoming(rows) as any_rows:
            if any_rows:
                self._move(run_id)
        self._tables.run("DELETE FROM core.counters WHERE name = 'stories'")
        self._tables.insert("counters", [{"name": "stories", "value": last}])

    def moves(self) -> int:
        """How often an article has left one story for another."""
        return int(self._tables.value("SELECT count(*) FROM core.moves"))

    def _move(self, run_id: int) -> None:
        """Puts the articles of `incoming` into their stories."""
        self._tables.run(
            "INSERT INTO core.moves SELECT article_id, held.story_id, incoming.story_id, ? "
            "FROM core.members AS held JOIN incoming USING (article_id) "
            "WHERE held.story_id <> incoming.story_id",
            [run_id],
        )
        self._tables.run(
            "DELETE FROM core.members WHERE article_id IN (SELECT article_id FROM incoming)"
        )
        self._tables.run("INSERT INTO core.members BY NAME SELECT * FROM incoming")

    def _last(self) -> int:
        """The highest number that a story was ever given; 0 where there was none."""
        return int(
            self._tables.value(
                "SELECT coalesce(max(value), 0) FROM core.counters WHERE name = 'stories'"
            )
        )


REACHED = f"""
    CREATE OR REPLACE TEMP TABLE reached AS
    WITH RECURSIVE edges AS (
        SELECT a, b FROM core.matches WHERE relation IN ({quoted(FOLDS)})
        UNION ALL
        SELECT b, a FROM core.matches WHERE relation IN ({quoted(FOLDS)})
    ), reached AS (
        SELECT article_id FROM incoming
        UNION
        SELECT article_id FROM core.members WHERE story_id IN (
            SELECT story_id FROM core.members SEMI JOIN incoming USING (article_id))
        UNION
        SELECT edges.b FROM reached JOIN edges ON edges.a = reached.article_id
    )
    SELECT article_id FROM reached
"""
