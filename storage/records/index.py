"""The index that copies are found by: bands, a sample of shingles, and what of it is boilerplate.

Tables beside the articles, written in the same transaction and asked in sets; there is no second
store to fall out of step.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.model import Sketch
from storage.core.tables import INDEX, Row, Tables

#: There are no times before and after: a feed may say that something appeared in the year 1.
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What keeps asking cheap where thousands of pages are alike: of a story with more copies than
    this, a new article is compared with its original and with the earliest of the others."""

    stories: int = 256  # a shingle that more different stories hold is asked of nobody
    weight: float = 0.1  # a pair that shares only shingles which many stories hold is lighter
    many: int = 4  # sampled shingles, with which it is a pair for all that
    share: float = 0.3  # of the shorter's shingles, with which it is one as well
    originals: int = 48  # compared with an article at most: originals, and articles of no story yet
    copies: int = 32  # and articles that are copies already


class Index:
    """The index's tables. Who calls holds a transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def add(self, sketches: Sequence[Sketch]) -> None:
        """Files the sketches of new articles."""
        self._add_signatures(sketches)
        self._tables.insert("shingles", _rows(sketches, [s.sample for s in sketches]))

    def drop(self, article_ids: Iterable[int]) -> None:
        """Takes articles out of the index: their text is another now."""
        ids = list(article_ids)
        for table in INDEX:
            self._tables.delete(table, "article_id", ids)

    def replace(self, sketches: Sequence[Sketch]) -> None:
        """Files other signatures and bands of articles whose boilerplate has become known."""
        ids = [sketch.article_id for sketch in sketches]
        for table in ("sketches", "bands"):
            self._tables.delete(table, "article_id", ids)
        self._add_signatures(sketches)

    def _add_signatures(self, sketches: Sequence[Sketch]) -> None:
        signed: list[Row] = [
            {
                "article_id": sketch.article_id,
                "scheme": sketch.scheme,
                "shingles": sketch.shingles,
                "signature": sketch.signature,
            }
            for sketch in sketches
        ]
        self._tables.insert("sketches", signed)
        banded = [sketch for sketch in sketches if sketch.bands]
        rows = _rows(banded, [sketch.bands for sketch in banded])
        numbers = [range(len(sketch.bands)) for sketch in banded]
        self._tables.insert("bands", rows.append_column("band", _flat(numbers, pa.uint8())))

    def boilerplate(self, outlets: Iterable[str]) -> dict[str, npt.NDArray[np.int64]]:
        """What is boilerplate of each of these outlets that has any, in ascending order."""
        rows = self._tables.rows(
            "SELECT outlet, list(hash ORDER BY hash) FROM core.boilerplate "
            "WHERE outlet IN (SELECT unnest(?::VARCHAR[])) GROUP BY outlet",
            [list(outlets)],
        )
        return {outlet: np.array(hashes, np.int64) for outlet, hashes in rows}

    def commonplaces(self, every: int) -> npt.NDArray[np.int64]:
        """The sampled shingles divisible by `every` that very many stories hold, ascending: no
        evidence of anything, whether or not they are boilerplate somewhere."""
        rows = self._tables.rows(
            "SELECT hash FROM core.commonplaces WHERE hash % ? = 0 ORDER BY hash", [every]
        )
        return np.array([row[0] for row in rows], np.int64)

    def ask(self, sketches: Sequence[Sketch], reach: timedelta) -> None:
        """Looks up who else holds these articles' sampled shingles and bands, among those that
        appeared within `reach` of one of them.

        `learn` and `candidates` work on what was found: the tables `asking` and `held`, of one row
        a shingle, `neighbours`, of one row a pair that shares a band, and `known`, of one an
        article.
        """
        asked = _rows(sketches, [s.sample for s in sketches])
        banded = _rows(sketches, [s.bands for s in sketches])
        ends = [end for span in spans([s.appeared for s in sketches], reach) for end in span]
        near = " OR ".join(["held.appeared BETWEEN ? AND ?"] * (len(ends) // 2)) or "false"
        with self._tables.incoming(asked):
            self._tables.run(
                """
                CREATE OR REPLACE TEMP TABLE asking AS
                SELECT hash, article_id FROM incoming ANTI JOIN core.commonplaces USING (hash)
                """
            )
        with self._tables.incoming(banded):
            self._tables.run(
                f"""
                CREATE OR REPLACE TEMP TABLE neighbours AS
                SELECT DISTINCT asked.article_id AS asker, held.article_id
                FROM core.bands held JOIN incoming asked ON asked.hash = held.hash
                WHERE asked.article_id <> held.article_id AND ({near})
                """,
                ends,
            )
        self._tables.run(
            f"""
            CREATE OR REPLACE TEMP TABLE held AS
            SELECT hash, article_id FROM core.shingles held SEMI JOIN asking USING (hash)
            WHERE {near}
            """,
            ends,
        )
        self._tables.run(
            # stories and sketches of a few only: DuckDB makes a table of all that it joins to
            """
            CREATE OR REPLACE TEMP TABLE known AS
            WITH any_of_them AS MATERIALIZED (
                SELECT article_id FROM held UNION SELECT article_id FROM asking
                UNION SELECT unnest([asker, article_id]) FROM neighbours
            )
            SELECT article_id, outlet, appeared, first_seen, shingles,
                   coalesce(story_id, -article_id) AS story,
                   coalesce(original_id = article_id, true) AS original
            FROM any_of_them JOIN core.articles USING (article_id)
            LEFT JOIN (FROM core.sketches SEMI JOIN any_of_them USING (article_id))
                USING (article_id)
            LEFT JOIN (FROM core.members SEMI JOIN any_of_them USING (article_id))
                USING (article_id)
            """
        )

    def note_commonplaces(self, bounds: Bounds) -> None:
        """Notes which of the shingles asked for too many stories hold, once the articles asked for
        are in theirs: until then every copy would count."""
        self._tables.run(
            # counted by distinct rows: DuckDB takes several times as long over count(DISTINCT)
            """
            INSERT INTO core.commonplaces
            SELECT hash FROM (
                SELECT DISTINCT hash, coalesce(story_id, -article_id) AS story FROM held
                SEMI JOIN (SELECT hash FROM held GROUP BY hash HAVING count(*) > $stories)
                    USING (hash)
                LEFT JOIN (FROM core.members SEMI JOIN held USING (article_id)) USING (article_id)
            ) GROUP BY hash HAVING count(*) > $stories
            """,
            {"stories": bounds.stories},
        )

    def learn(self, days: int, within: int, every: int, run_id: int) -> set[int]:
        """Learns boilerplate from what the articles asked for share with their outlets' others.

        A sampled shingle divisible by `every` becomes boilerplate when articles that hold it
        appeared, or were first seen, on `days` different days of which one is no more than `within`
        days from each of the others. Who asks has to reach twice as far: then what is boilerplate
        depends on which articles there are, and not on the order they came in. Returns the articles
        that hold one that has just become boilerplate: what was found about them has to be found
        again.
        """
        self._tables.run(
            """
            CREATE OR REPLACE TEMP TABLE learned AS
            WITH recurring AS (
                SELECT outlet, hash FROM held JOIN known USING (article_id)
                ANTI JOIN core.boilerplate USING (outlet, hash)
                WHERE hash % $every = 0
                  AND outlet IN (SELECT outlet FROM asking JOIN known USING (article_id))
                GROUP BY ALL HAVING count(*) >= $days
            ), dated AS (
                SELECT DISTINCT outlet, hash, appeared::DATE AS day, first_seen::DATE AS seen
                FROM held JOIN known USING (article_id) SEMI JOIN recurring USING (outlet, hash)
            ), counted AS (
                SELECT outlet, hash, one.day, count(DISTINCT other.day) AS days,
                       count(DISTINCT other.seen) AS seen
                FROM (SELECT DISTINCT outlet, hash, day FROM dated) one
                JOIN dated other USING (outlet, hash)
                WHERE abs(one.day - other.day) <= $within GROUP BY ALL
            )
            SELECT DISTINCT outlet, hash FROM counted WHERE greatest(days, seen) >= $days
            """,
            {"every": every, "days": days, "within": within},
        )
        ((any_learned,),) = self._tables.rows("SELECT count(*) FROM learned")
        if not any_learned:
            return set()
        self._tables.run("INSERT INTO core.boilerplate SELECT outlet, hash, ? FROM learned", [run_id])
        disturbed = self._tables.rows(  # whenever they appeared
            "SELECT DISTINCT article_id FROM core.shingles JOIN learned USING (hash) "
            "JOIN core.articles USING (article_id, outlet)"
        )
        return {row[0] for row in disturbed}

    def candidates(
        self, window: timedelta, min_shingles: int, every: int, bounds: Bounds
    ) -> list[tuple[int, int]]:
        """The pairs worth comparing, of which one is among the articles asked for and which
        appeared within `window` of each other: those that share a band, or two sampled shingles
        that are boilerplate of neither. Each once, the smaller id first.

        A shingle weighs the less the more stories hold it: two phrases that everybody uses make no
        pair, unless they are much of a text; of `every` so many shingles one is in the sample.
        Where an article has more candidates than `bounds` allows the heaviest are taken, the
        earliest of those about as heavy. Only one that is earlier than all of a story is compared
        with all of it, as it may be its original.
        """
        return self._tables.rows(
            """
            WITH mine AS (
                SELECT hash, article_id FROM asking JOIN known USING (article_id)
                ANTI JOIN core.boilerplate USING (outlet, hash)
            ), theirs AS (
                SELECT hash, article_id, story FROM held JOIN known USING (article_id)
                ANTI JOIN core.boilerplate USING (outlet, hash)
            ), weights AS (
                SELECT hash, 1 / count(*) AS weight FROM (SELECT DISTINCT hash, story FROM theirs)
                GROUP BY hash
            ), sharing AS (
                SELECT mine.article_id AS asker, theirs.article_id,
                       round(sum(weight), 9) AS weight,  -- whatever order threads add it up in
                       count(*) AS shared
                FROM mine JOIN weights USING (hash) JOIN theirs USING (hash)
                WHERE mine.article_id <> theirs.article_id
                GROUP BY ALL HAVING count(*) >= 2
                UNION ALL
                SELECT asker, article_id, 1, $many FROM neighbours
            ), paired AS (
                SELECT asker, article_id, max(weight) AS weight, max(shared) AS shared
                FROM sharing GROUP BY ALL
            ), ranked AS (
                SELECT asker, p.article_id, k.original,
                       row_number() OVER (PARTITION BY asker, k.original
                           ORDER BY floor(log2(weight)) DESC, k.appeared, p.article_id) AS place,
                       row_number() OVER (PARTITION BY k.story, p.article_id
                           ORDER BY a.appeared, asker) = 1
                       AND a.appeared <= min(k.appeared) OVER (PARTITION BY k.story) AS first
                FROM paired p
                JOIN known a ON a.article_id = asker JOIN known k ON k.article_id = p.article_id
                WHERE a.shingles >= $shingles AND k.shingles >= $shingles
                  AND greatest(a.appeared, k.appeared) - least(a.appeared, k.appeared) <= $window
                  AND (weight >= $weight OR shared >= $many
                       OR shared * $every >= $share * least(a.shingles, k.shingles))
            )
            SELECT DISTINCT least(asker, article_id) AS a, greatest(asker, article_id) AS b
            FROM ranked
            WHERE first OR place <= CASE WHEN original THEN $originals ELSE $copies END
            ORDER BY a, b
            """,
            {
                "window": window,
                "shingles": min_shingles,
                "weight": bounds.weight,
                "many": bounds.many,
                "share": bounds.share,
                "every": every,
                "originals": bounds.originals,
                "copies": bounds.copies,
            },
        )

    def clear(self) -> None:
        """Empties the index; of outlets with articles without text the boilerplate stays known."""
        for table in (*INDEX, "commonplaces"):
            self._tables.run(f"DELETE FROM core.{table}")
        self._tables.run(
            "DELETE FROM core.boilerplate "
            "WHERE outlet NOT IN ("
            "SELECT outlet FROM core.articles JOIN core.textless USING (article_id))"
        )

    def stale(self, scheme: str) -> int:
        """How many articles with text were sketched with other parameters, and so are found by none
        made with these."""
        ((count,),) = self._tables.rows(
            "SELECT count(*) FROM core.articles ANTI JOIN "
            "(FROM core.sketches WHERE scheme = ?) USING (article_id) "
            "ANTI JOIN core.textless USING (article_id)",
            [scheme],
        )
        return int(count)


def _rows(sketches: Sequence[Sketch], hashes: Sequence[Sequence[int]]) -> pa.Table:
    """A row a hash, with the article and the time of the sketch it is of. Made by columns: there
    are some sixty an article."""
    which = np.repeat(np.arange(len(sketches)), [len(one) for one in hashes])
    times = pa.array([s.appeared for s in sketches], pa.timestamp("us", tz="UTC"))
    return pa.table(
        {
            "article_id": np.array([s.article_id for s in sketches], np.int64)[which],
            "appeared": times.take(pa.array(which)),
            "hash": _flat(hashes, pa.int64()),
        }
    )


def _flat(values: Sequence[Iterable[int]], kind: pa.DataType) -> pa.Array:
    return pa.array(chain.from_iterable(values), kind)


def spans(times: Iterable[datetime], reach: timedelta) -> list[tuple[datetime, datetime]]:
    """What is within reach of any of these times, as few spans as possible in their order: one page
    of years ago among those of today must not have all the years between looked through."""
    spans: list[tuple[datetime, datetime]] = []
    for time in sorted(times):
        start, end = max(time, FIRST + reach) - reach, min(time, LAST - reach) + reach
        if spans and start <= spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans
