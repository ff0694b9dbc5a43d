"""Finds the articles that share bands and sampled shingles with some given articles.

Each search is one object, a Lookup, with this order of calls:

    with index.asking(sketches, reach) as lookup:    look up who else holds their hashes
        disturbed = lookup.learn(...)                learn boilerplate from what they share
        lookup.renew(...)                            if anything was learned: look up anew
        pairs = lookup.candidates(...)               the pairs worth comparing
        ...                                          compare them, and file the stories
        lookup.note_commonplaces(...)                note the shingles that too many stories hold

The temporary tables belong to the Lookup, and go with it:

    asking        hash, article_id           the sampled shingles of the articles asked about
    held          hash, article_id           who holds one of these shingles
    neighbours    asker, article_id          who shares a band with one of the articles
    known         article_id, outlet, ...    what is known of each of all these articles
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

import numpy as np
import pyarrow as pa

from ingest.model import Sketch
from storage.core.tables import Tables

#: The first and the last time there is: a feed may say that something appeared in the year 1.
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
#: The temporary tables of a Lookup.
OWN = ("asking", "held", "neighbours", "known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What keeps a lookup cheap where thousands of pages are alike."""

    stories: int = 256  # a shingle that more stories hold is a commonplace: it finds nobody
    weight: float = 0.1  # compare a pair if the weight of its shared shingles is at least this,
    many: int = 4  # or if it shares so many sampled shingles,
    share: float = 0.3  # or this share of the shorter text's shingles
    originals: int = 48  # compared with one article at most: originals, and articles of no story
    copies: int = 32  # and so many articles that are copies already
    rows: int = 500_000  # an article's shingles are looked up until so many articles hold them


class Lookup:
    """The answer to which articles share hashes with some others. `Index.asking` makes one.

    The caller holds a transaction. Raises RuntimeError where a method is called out of order.
    """

    def __init__(self, tables: Tables, sketches: Sequence[Sketch], reach: timedelta) -> None:
        self._tables = tables
        self._reach = reach
        self._refused = ""  # why it gives no candidates; empty where it does
        self.closed = False
        self._ask(sketches)

    def learn(self, days: int, within: int, every: int, run_id: int) -> set[int]:
        """Learns boilerplate from what the articles share with others of their outlets.

        A sampled shingle divisible by `every` becomes boilerplate of an outlet when its articles
        with this shingle appeared, or were first seen, on `days` different days. One of these days
        is at most `within` days from each of the others. The lookup has to reach twice as far: then
        the order in which articles come makes no difference.

        Returns the articles that hold something that has just become boilerplate. They have to be
        sketched and compared again; `renew` is due where there are any.
        """
        self._check_open()
        self._tables.run(LEARNED, {"every": every, "days": days, "within": within})
        disturbed: set[int] = set()
        if self._tables.value("SELECT count(*) FROM learned"):
            self._tables.run(
                "INSERT INTO core.boilerplate SELECT outlet, hash, ? FROM learned", [run_id]
            )
            # all of the outlet's articles, whenever they appeared
            disturbed = set(
                self._tables.column(
                    "SELECT DISTINCT article_id FROM core.shingles JOIN learned USING (hash) "
                    "JOIN core.articles USING (article_id, outlet)"
                )
            )
        self._tables.run("DROP TABLE learned")
        if disturbed:
            self._refused = "new boilerplate was learned: renew the lookup first"
        return disturbed

    def renew(self, sketches: Sequence[Sketch]) -> None:
        """Asks anew, about these sketches instead of those before."""
        self._check_open()
        self._ask(sketches)
        self._refused = ""

    def candidates(
        self, window: timedelta, min_shingles: int, every: int, bounds: Bounds
    ) -> list[tuple[int, int]]:
        """The pairs worth comparing: each once, the smaller id first, in order.

        One of a pair is among the articles asked about, and both appeared within `window` of each
        other. They share a band, or two sampled shingles that are boilerplate of neither.

        The more stories hold a shingle, the less it weighs. Two phrases that everybody uses make no
        pair, unless they are a large part of a text: one in `every` shingles is in the sample. An
        article with more candidates than `bounds` allows is compared with those whose shingles
        weigh most, and of about the same weight with the earliest. Only an article that is earlier
        than all of a story is compared with all of that story: it may be the original.
        """
        self._check_open()
        if self._refused:
            raise RuntimeError(self._refused)
        return self._tables.pairs(
            CANDIDATES,
            {
                "window": window,
                "shingles": min_shingles,
                "weight": bounds.weight,
                "many": bounds.many,
                "share": bounds.share,
                "every": every,
                "originals": bounds.originals,
                "copies": bounds.copies,
                "rows": bounds.rows,
            },
        )

    def note_commonplaces(self, bounds: Bounds) -> int:
        """Notes which of the shingles asked about more stories hold than `bounds` allows.

        Call it when the articles are in their stories: before that, each copy counts as a story.
        Returns how many were noted.
        """
        self._check_open()
        self._refused = "commonplaces were noted: ask anew"
        return self._tables.changed(COMMONPLACES, {"stories": bounds.stories})

    def close(self, *, failed: bool = False) -> None:
        """Ends the lookup. Its tables are dropped; after a failure the transaction does that."""
        self.closed = True
        if not failed:
            for table in OWN:
                self._tables.run(f"DROP TABLE {table}")

    def _check_open(self) -> None:
        if self.closed:
            raise RuntimeError("this lookup is closed: ask anew")

    def _ask(self, sketches: Sequence[Sketch]) -> None:
        """Fills the tables with what is within reach of the sketches' articles."""
        ends = [end for span in spans([s.appeared for s in sketches], self._reach) for end in span]
        near = " OR ".join(["held.appeared BETWEEN ? AND ?"] * (len(ends) // 2)) or "false"
        with self._tables.incoming(hash_rows(sketches, [s.sample for s in sketches])):
            self._tables.run(ASKING)
        with self._tables.incoming(hash_rows(sketches, [s.bands for s in sketches])):
            self._tables.run(f"{NEIGHBOURS} AND ({near})", ends)
        self._tables.run(f"{HELD} WHERE {near}", ends)
        self._tables.run(KNOWN)


ASKING = """
    CREATE OR REPLACE TEMP TABLE asking AS
    SELECT hash, article_id FROM incoming ANTI JOIN core.commonplaces USING (hash)
"""
NEIGHBOURS = """
    CREATE OR REPLACE TEMP TABLE neighbours AS
    SELECT DISTINCT asked.article_id AS asker, held.article_id
    FROM core.bands held JOIN incoming asked ON asked.hash = held.hash
    WHERE asked.article_id <> held.article_id
"""
HELD = """
    CREATE OR REPLACE TEMP TABLE held AS
    SELECT hash, article_id FROM core.shingles held SEMI JOIN asking USING (hash)
"""
#: Stories and sketches are narrowed before they are joined: DuckDB builds a table of all it joins.
KNOWN = """
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
LEARNED = """
    CREATE OR REPLACE TEMP TABLE learned AS
    WITH recurring AS (
        SELECT outlet, hash FROM held JOIN known USING (article_id)
        ANTI JOIN core.boilerplate USING (outlet, hash)
        WHERE hash % $every = 0
          AND outlet IN (SELECT outlet FROM asking JOIN known USING (article_id))
        GROUP BY ALL HAVING count(*) >= $days
    ), dated AS (
        SELECT DISTINCT outlet, hash, appeared::DATE - DATE '1970-01-01' AS day,
               first_seen::DATE AS seen
        FROM held JOIN known USING (article_id) SEMI JOIN recurring USING (outlet, hash)
    ), counted AS (  -- windows: a join of each day with each other would take the square of them
        SELECT outlet, hash, count(DISTINCT day) OVER near AS days,
               count(DISTINCT seen) OVER near AS seen
        FROM dated WINDOW near AS (PARTITION BY outlet, hash ORDER BY day
            RANGE BETWEEN $within PRECEDING AND $within FOLLOWING)
    )
    SELECT DISTINCT outlet, hash FROM counted WHERE greatest(days, seen) >= $days
"""
CANDIDATES = """
    WITH theirs AS (
        SELECT hash, article_id, story FROM held JOIN known USING (article_id)
        ANTI JOIN core.boilerplate USING (outlet, hash)
    ), weights AS (
        SELECT hash, 1 / count(*) AS weight, sum(holders) AS holders
        FROM (SELECT hash, story, count(*) AS holders FROM theirs GROUP BY ALL)
        GROUP BY hash
    ), mine AS (
        SELECT hash, article_id, weight FROM asking JOIN known USING (article_id)
        ANTI JOIN core.boilerplate USING (outlet, hash)
        JOIN weights USING (hash)
        QUALIFY sum(holders) OVER (PARTITION BY article_id ORDER BY holders, hash) <= $rows
    ), sharing AS (
        SELECT mine.article_id AS asker, theirs.article_id,
               round(sum(weight), 9) AS weight,  -- threads add it up in any order
               count(*) AS shared
        FROM mine JOIN theirs USING (hash)
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
"""
#: Counts distinct rows first: count(DISTINCT) takes DuckDB several times as long. An article that
#: is still to be compared may be a copy, so it does not count as a story.
COMMONPLACES = """
    INSERT INTO core.commonplaces
    SELECT hash FROM (
        SELECT DISTINCT hash, coalesce(story_id, -article_id) AS story FROM held
        SEMI JOIN (SELECT hash FROM held GROUP BY hash HAVING count(*) > $stories)
            USING (hash)
        ANTI JOIN (SELECT unnest([a, b]) AS article_id FROM core.uncompared) USING (article_id)
        LEFT JOIN (FROM core.members SEMI JOIN held USING (article_id)) USING (article_id)
    ) GROUP BY hash HAVING count(*) > $stories
"""


def hash_rows(sketches: Sequence[Sketch], hashes: Sequence[Sequence[int]]) -> pa.Table:
    """A row for each hash of each sketch: article_id, appeared, hash.

    Made column by column, because an article has some sixty hashes.
    """
    which = np.repeat(np.arange(len(sketches)), [len(one) for one in hashes])
    times = pa.array([s.appeared for s in sketches], pa.timestamp("us", tz="UTC"))
    return pa.table(
        {
            "article_id": np.array([s.article_id for s in sketches], np.int64)[which],
            "appeared": times.take(pa.array(which)),
            "hash": flat(hashes, pa.int64()),
        }
    )


def flat(values: Sequence[Iterable[int]], kind: pa.DataType) -> pa.Array:
    """All numbers of all these lists as one column."""
    return pa.array(chain.from_iterable(values), kind)


def spans(times: Iterable[datetime], reach: timedelta) -> list[tuple[datetime, datetime]]:
    """The spans of time within reach of any of these times: as few as possible, in order.

    One span around all of them would make an old page among new ones costly: every year between
    would be read.
    """
    spans: list[tuple[datetime, datetime]] = []
    for time in sorted(times):
        start, end = max(time, FIRST + reach) - reach, min(time, LAST - reach) + reach
        if spans and start <= spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return spans
