"""Pairs that share passages only, and what they show together: pages stitched from others."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict

from ingest.model import FOLDS, Match
from storage.tables import BARE, Tables, quoted

STITCHED = "one is stitched together from passages of several, of which this is one"

#: Pages known to be stitched that cannot be judged anew: a text is gone, theirs or of a source.
SETTLED = f"""
    SELECT a FROM core.passages WHERE a_page AND (a IN {BARE} OR b IN {BARE})
    UNION SELECT b FROM core.passages WHERE b_page AND (a IN {BARE} OR b IN {BARE})
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
              AND a NOT IN {BARE} AND b NOT IN {BARE}
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
            WITH pairs AS (
                SELECT a, b, a_prose, b_prose FROM core.passages
                UNION
                SELECT a, b, a_prose, b_prose FROM core.matches
                WHERE relation NOT IN ({quoted(FOLDS)})
            ), directed AS (
                SELECT a AS page, b AS other, a_prose AS share FROM pairs
                UNION ALL SELECT b, a, b_prose FROM pairs
            )
            SELECT page, list(other) FROM directed
            JOIN core.articles p ON p.article_id = page
            JOIN core.articles o ON o.article_id = other AND o.outlet <> p.outlet
            WHERE page IN (SELECT unnest($ids::BIGINT[]))
              AND page NOT IN {BARE} AND other NOT IN {BARE} AND NOT EXISTS (
                FROM core.matches m WHERE page IN (m.a, m.b) AND m.relation IN ({quoted(FOLDS)}))
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
