"""The index that finds copies: bands of signatures, a sample of shingles, and boilerplate.

Its tables stand beside the articles and are written in the same transaction. There is no second
store that could disagree with them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.model import Sketch
from storage.core.tables import INDEX, Row, Tables
from storage.records.lookup import Lookup, flat, hash_rows


class Index:
    """The tables of the index. The caller holds a transaction."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._lookup: Lookup | None = None

    def add(self, sketches: Sequence[Sketch]) -> None:
        """Files the sketches of new articles."""
        self._add_signatures(sketches)
        self._tables.insert("shingles", hash_rows(sketches, [s.sample for s in sketches]))

    def drop(self, article_ids: Iterable[int]) -> None:
        """Takes articles out of the index, because their text has changed."""
        ids = list(article_ids)
        for table in INDEX:
            self._tables.delete(table, "article_id", ids)

    def replace(self, sketches: Sequence[Sketch]) -> None:
        """Replaces signatures and bands, because new boilerplate is left out of them now.

        The samples stay: they are of the whole text.
        """
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
                "size": sketch.size,
            }
            for sketch in sketches
        ]
        self._tables.insert("sketches", signed)
        banded = [sketch for sketch in sketches if sketch.bands]
        rows = hash_rows(banded, [sketch.bands for sketch in banded])
        numbers = [range(len(sketch.bands)) for sketch in banded]
        self._tables.insert("bands", rows.append_column("band", flat(numbers, pa.uint8())))

    @contextmanager
    def asking(self, sketches: Sequence[Sketch], reach: timedelta) -> Iterator[Lookup]:
        """Looks up who else holds these articles' sampled shingles and bands.

        Only articles that appeared within `reach` of one of them are looked at. The Lookup is of
        use until the block ends. Raises RuntimeError where another one is still open.
        """
        if self._lookup and not self._lookup.closed:
            raise RuntimeError("another lookup is open: close it first")
        self._lookup = lookup = Lookup(self._tables, sketches, reach)
        try:
            yield lookup
        except BaseException:
            lookup.close(failed=True)
            raise
        lookup.close()

    def sizes(self, article_ids: Iterable[int]) -> dict[int, tuple[str, int]]:
        """The outlet of each of these articles, and what comparing it costs, in words."""
        rows = self._tables.records(
            "WITH asked AS (SELECT unnest(?::BIGINT[]) AS article_id) "
            "SELECT article_id, outlet, size FROM core.articles "
            "JOIN (FROM core.sketches SEMI JOIN asked USING (article_id)) USING (article_id)",
            [list(article_ids)],
        )
        return {row["article_id"]: (row["outlet"], row["size"]) for row in rows}

    def boilerplate(self, outlets: Iterable[str]) -> dict[str, npt.NDArray[np.int64]]:
        """The boilerplate of each of these outlets that has any: hashes in ascending order."""
        rows = self._tables.pairs(
            "SELECT outlet, list(hash ORDER BY hash) FROM core.boilerplate "
            "WHERE outlet IN (SELECT unnest(?::VARCHAR[])) GROUP BY outlet",
            [list(outlets)],
        )
        return {outlet: np.array(hashes, np.int64) for outlet, hashes in rows}

    def commonplaces(self, every: int) -> npt.NDArray[np.int64]:
        """The sampled shingles divisible by `every` that very many stories hold, ascending.

        They are evidence of nothing, whether or not an outlet has them as boilerplate.
        """
        hashes = self._tables.column(
            "SELECT hash FROM core.commonplaces WHERE hash % ? = 0 ORDER BY hash", [every]
        )
        return np.array(hashes, np.int64)

    def clear(self) -> None:
        """Empties the index. Boilerplate of outlets with articles that lost their text stays."""
        for table in (*INDEX, "commonplaces"):
            self._tables.run(f"DELETE FROM core.{table}")
        self._tables.run(
            "DELETE FROM core.boilerplate "
            "WHERE outlet NOT IN ("
            "SELECT outlet FROM core.articles JOIN core.textless USING (article_id))"
        )

    def stale(self, scheme: str) -> int:
        """How many articles with text were sketched with parameters other than `scheme`.

        An article sketched with `scheme` can't find them.
        """
        return int(
            self._tables.value(
                "SELECT count(*) FROM core.articles ANTI JOIN "
                "(FROM core.sketches WHERE scheme = ?) USING (article_id) "
                "ANTI JOIN core.textless USING (article_id)",
                [scheme],
            )
        )
