"""Pairs that share passages only, and what they show together: pages stitched from others."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict

from ingest.model import FOLDS, Match
from storage.core.tables import TEXTLESS, Tables, quoted

STITCHED = "one is stitched together from passages of several, of which this is one"

#: Pages known to be stitched that cannot be judged anew: a text is gone, theirs or of a source.
SETTLED = f"""
    SELECT a FROM core.passages WHERE a_page AND (a IN {TEXTLESS} OR b IN {TEXTLESS})
    UNION SELECT b FROM core.passages WHERE b_page AND (a IN {TEXTLESS} OR b IN {TEXTLESS})
"""


class Passages:
    """The table of passages. Who calls holds a transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, run_id: int, matches: Iterable[Match]) -> None:
        """Files pairs that share passages only, a pair once."""
        rows = [{"run_id": run_id, **asdict(match), "relation": ""} for match in matches]
        self._tables.insert("passages", rows, new_by=("a", "b"))

    def drop(self, article_ids: Collection[int]) -> None:
        """Forgets those of these articles, but for what cannot be found anew."""
        self._tables.run(
            f"""
            DELETE FROM core.passages
            WHERE (a IN (SELECT unnest($ids::BIGINT[])) OR b IN (SELECT unnest($ids::BIGINT[])))
              AND a NOT IN {TEXTLESS} AND b NOT IN {TEXTLESS}
              AND NOT (coalesce(a_page, false) AND a IN ({SETTLED})
                       OR coalesce(b_page, false) AND b IN ({SETTLED}))
            """,
            {"ids": list(article_ids)},
        )

    def suspects(self, article_ids: Collection[int], stitched: float) -> dict[int, list[int]]:
        """Those of the articles that may be stitched together, with what they share passages with.

        They fold with nothing, and what they share with two articles or more of other outlets, by
        passage or by link, adds up to the share `stitched` of their prose. Articles without text
        are left out.
        """
        rows = self._tables.rows(
            f"""
            WITH folding AS (
                SELECT unnest([a, b]) AS page FROM core.matches WHERE relation IN ({quoted(FOLDS)})
            ), pairs AS (
                SELECT a, b, a_prose, b_prose FROM core.passages
                UNION
                SELECT a, b, a_prose, b_prose FROM core.matches
                WHERE relation NOT IN ({quoted(FOLDS)})
            ), directed AS (
                SELECT a AS page, b AS other, a_prose AS share FROM pairs
                UNION ALL SELECT b, a, b_prose FROM pairs
            ), shared AS MATERIALIZED (
                SELECT page, other, share FROM directed
                SEMI JOIN (SELECT unnest($ids::BIGINT[]) AS page) USING (page)
                ANTI JOIN folding USING (page)
                ANTI JOIN core.textless bare_page ON bare_page.article_id = page
                ANTI JOIN core.textless bare_other ON bare_other.article_id = other
            ), outlets AS MATERIALIZED (  -- or it may pair all articles whose outlets differ
                SELECT article_id, outlet FROM core.articles
                SEMI JOIN (SELECT unnest([page, other]) AS article_id FROM shared)
                USING (article_id)
            )
            SELECT page, list(other) FROM shared
            JOIN outlets p ON p.article_id = page JOIN outlets o ON o.article_id = other
            WHERE o.outlet <> p.outlet
            GROUP BY page HAVING count(*) >= 2 AND sum(share) >= $stitched
            """,
            {"ids": list(article_ids), "stitched": stitched},
        )
        return dict(rows)

    def settle(self, article_ids: Collection[int], found: Mapping[int, Collection[int]]) -> None:
        """Files which of these articles are stitched together, and from which: links them.

        What was found of a page and sources of which one has lost its text since stays.
        """
        pages = [
            {"page": page, "other": other} for page, others in found.items() for other in others
        ]
        ids = {"ids": list(article_ids)}
        touched = "(a IN (SELECT unnest($ids::BIGINT[])) OR b IN (SELECT unnest($ids::BIGINT[])))"
        for side, other in (("a", "b"), ("b", "a")):
            self._tables.run(
                f"UPDATE core.passages SET {side}_page = false "
                f"WHERE {side}_page AND {side} IN (SELECT unnest($ids::BIGINT[])) "
                f"AND {side} NOT IN ({SETTLED})",
                ids,
            )
            with self._tables.incoming(pages) as any_rows:
                if any_rows:
                    self._tables.run(
                        f"UPDATE core.passages SET {side}_page = true FROM incoming "
                        f"WHERE {side} = incoming.page AND {other} = incoming.other"
                    )
        self._tables.run(
            f"DELETE FROM core.matches WHERE rule = $rule AND {touched}", ids | {"rule": STITCHED}
        )
        self._tables.run(
            f"""
            INSERT INTO core.matches BY NAME
            SELECT * EXCLUDE (a_page, b_page) REPLACE ('embeds' AS relation, $rule AS rule)
            FROM core.passages WHERE (a_page OR b_page) AND {touched}
            """,
            ids | {"rule": STITCHED},
        )
