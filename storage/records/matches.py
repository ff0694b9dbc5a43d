"""Pairs of articles that were compared, with the evidence; and pages stitched from several others.

    core.matches      pairs that are related: one copies, updates or embeds the other
    core.passages     pairs that are not related, but share passages
    core.uncompared   pairs that are still to be compared: there was no budget left for them

Several pairs of core.passages together may show that a page is stitched from the others. Such pairs
stand in core.matches as well, with the relation "embeds" and the rule STITCHED.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields

from ingest.model import FOLDS, Match, Relation
from storage.core.tables import TEXTLESS, Row, Tables, quoted

#: The columns of a match.
MATCH = ", ".join(field.name for field in fields(Match))

#: The rule of a match between a stitched page and one of its sources.
STITCHED = "one page is put together from passages of several articles; the other is one of them"

#: Stitched pages that cannot be judged again, because the text of the page or of a source is gone.
SETTLED = f"""
    SELECT a FROM core.passages WHERE a_page AND (a IN {TEXTLESS} OR b IN {TEXTLESS})
    UNION SELECT b FROM core.passages WHERE b_page AND (a IN {TEXTLESS} OR b IN {TEXTLESS})
"""
#: Whether a pair of core.passages has such a page.
IS_SETTLED = f"""
    coalesce(a_page, false) AND a IN ({SETTLED}) OR coalesce(b_page, false) AND b IN ({SETTLED})
"""
#: Whether a pair is of one of the articles `$ids`.
OF_THESE = "(a IN (SELECT unnest($ids::BIGINT[])) OR b IN (SELECT unnest($ids::BIGINT[])))"


class Matches:
    """The tables of pairs. The caller holds a transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, run_id: int, matches: Collection[Match]) -> None:
        """Files pairs, each once: those without a relation as pairs that share passages only."""
        related = [{"run_id": run_id, **asdict(match)} for match in matches if match.relation]
        self._tables.insert("matches", related, new_by=("a", "b"))
        others = [match for match in matches if not match.relation]
        rows = [{"run_id": run_id, **asdict(match), "relation": ""} for match in others]
        self._tables.insert("passages", rows, new_by=("a", "b"))

    def postpone(self, run_id: int, pairs: Iterable[tuple[int, int]]) -> None:
        """Files pairs that have not been compared, each once."""
        rows = [{"run_id": run_id, "a": a, "b": b} for a, b in pairs]
        self._tables.insert("uncompared", rows, new_by=("a", "b"))

    def settle(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Forgets that these pairs have not been compared."""
        with self._tables.incoming([{"a": a, "b": b} for a, b in pairs]) as any_rows:
            if any_rows:
                self._tables.run(
                    "DELETE FROM core.uncompared WHERE (a, b) IN (SELECT (a, b) FROM incoming)"
                )

    def settle_all(self) -> None:
        """Forgets all pairs that have not been compared."""
        self._tables.run("DELETE FROM core.uncompared")

    def find(self, a: int, b: int) -> Match | None:
        """The match of two articles, the smaller id first; None where there is none."""
        row = self._tables.first(f"SELECT {MATCH} FROM core.matches WHERE a = ? AND b = ?", [a, b])
        return as_match(row) if row else None

    def drop(self, article_ids: Iterable[int]) -> set[int]:
        """Forgets the pairs of these articles; returns these articles' partners in them.

        Pairs with an article that has lost its text stay: they cannot be found again.
        """
        ids = {"ids": list(article_ids)}
        partners = self._tables.column(
            """
            WITH pairs AS (
                SELECT a, b FROM core.matches UNION ALL SELECT a, b FROM core.passages
            ), gone AS (SELECT unnest($ids::BIGINT[]) AS id)
            SELECT b FROM pairs SEMI JOIN gone ON a = id
            UNION SELECT a FROM pairs SEMI JOIN gone ON b = id
            """,
            ids,
        )
        for table, unless in (
            ("matches", "false"),
            ("passages", IS_SETTLED),
            ("uncompared", "false"),
        ):
            self._tables.run(
                f"DELETE FROM core.{table} WHERE {OF_THESE} AND NOT ({unless}) "
                f"AND a NOT IN {TEXTLESS} AND b NOT IN {TEXTLESS}",
                ids,
            )
        return set(partners)

    def suspects(self, article_ids: Collection[int], stitched: float) -> dict[int, list[int]]:
        """Those of the articles that may be stitched, each with the articles it shares text with.

        A suspect folds with nothing. What it shares with two or more articles of other outlets adds
        up to the share `stitched` of its prose. Articles without text are left out.
        """
        return dict(self._tables.pairs(SUSPECTS, {"ids": list(article_ids), "stitched": stitched}))

    def put_stitched(
        self, article_ids: Collection[int], found: Mapping[int, Collection[int]]
    ) -> None:
        """Files which of these articles are stitched, each with its sources, and links them.

        A stitched page stays one where its text or that of a source is gone since.
        """
        pages = [
            {"page": page, "other": other} for page, others in found.items() for other in others
        ]
        ids = {"ids": list(article_ids)}
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
        ruled = ids | {"rule": STITCHED}
        self._tables.run(f"DELETE FROM core.matches WHERE rule = $rule AND {OF_THESE}", ruled)
        self._tables.run(
            f"""
            INSERT INTO core.matches BY NAME
            SELECT * EXCLUDE (a_page, b_page) REPLACE ('embeds' AS relation, $rule AS rule)
            FROM core.passages WHERE (a_page OR b_page) AND {OF_THESE}
            """,
            ruled,
        )


def as_match(row: Row) -> Match:
    """A row of core.matches as a Match."""
    return Match(**{**row, "relation": Relation(row["relation"])})


SUSPECTS = f"""
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
    ), outlets AS MATERIALIZED (  -- else DuckDB may first pair all articles of different outlets
        SELECT article_id, outlet FROM core.articles
        SEMI JOIN (SELECT unnest([page, other]) AS article_id FROM shared)
        USING (article_id)
    )
    SELECT page, list(other) FROM shared
    JOIN outlets p ON p.article_id = page JOIN outlets o ON o.article_id = other
    WHERE o.outlet <> p.outlet
    GROUP BY page HAVING count(*) >= 2 AND sum(share) >= $stitched
"""
