"""Writes batches of rows: the few statements that every table is kept with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

Row = Mapping[str, Any]

#: Every table with rows of an article, but for the account of pages and the moves, which outlive
#: it, and the full-text index: what finds it, what else is made of its text, the rest, and pairs.
INDEX = ("bands", "shingles", "sketches")
OF_TEXT = (*INDEX, "lines", "removed_lines")
OF_ARTICLE = (*OF_TEXT, "textless", "members", "articles")
OF_PAIR = ("matches", "passages")

#: The articles whose text upkeep has dropped: what was found of them cannot be found anew.
TEXTLESS = "(SELECT article_id FROM core.textless)"


def quoted(values: Iterable[str]) -> str:
    """Strings of this repository's own as a list in SQL."""
    return ", ".join(f"'{value}'" for value in sorted(values))


class Tables:
    """The tables of schema `core`. Set-based, over rows handed in as Arrow; no keys, no indexes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: object = None) -> list[tuple[Any, ...]]:
        """The answer to a query."""
        return self._connection.execute(sql, parameters).fetchall()

    def run(self, sql: str, parameters: object = None) -> None:
        """A statement that answers nothing."""
        self._connection.execute(sql, parameters)

    def insert(
        self, table: str, rows: Sequence[Row] | pa.Table, new_by: tuple[str, ...] = ()
    ) -> None:
        """Appends rows; with `new_by`, only those whose values there are not in the table yet."""
        same = " AND ".join(f"held.{column} = incoming.{column}" for column in new_by)
        unseen = f"WHERE NOT EXISTS (FROM core.{table} AS held WHERE {same})" if new_by else ""
        with self.incoming(rows) as any_rows:
            if any_rows:
                self._connection.execute(
                    f"INSERT INTO core.{table} BY NAME SELECT * FROM incoming {unseen}"
                )

    def delete(self, table: str, key: str, ids: Iterable[int]) -> None:
        """Removes the rows whose key is among the ids."""
        self.run(
            f"DELETE FROM core.{table} WHERE {key} IN (SELECT unnest(?::BIGINT[]))", [list(ids)]
        )

    def replace(self, table: str, key: str, rows: Sequence[Row]) -> None:
        """Puts rows in the place of those with the same key."""
        with self.incoming(rows) as any_rows:
            if any_rows:
                self.run(f"DELETE FROM core.{table} WHERE {key} IN (SELECT {key} FROM incoming)")
                self.run(f"INSERT INTO core.{table} BY NAME SELECT * FROM incoming")

    def update(self, table: str, key: str, rows: Sequence[Row], only_if: str = "true") -> None:
        """Sets, in the rows with the same key, every other column the rows have."""
        with self.incoming(rows) as any_rows:
            if any_rows:
                columns = ", ".join(f"{c} = incoming.{c}" for c in rows[0] if c != key)
                self._connection.execute(
                    f"UPDATE core.{table} AS held SET {columns} FROM incoming "
                    f"WHERE held.{key} = incoming.{key} AND {only_if}"
                )

    def held(self, table: str, key: str, ids: Iterable[int]) -> set[int]:
        """Those of the ids that the table has."""
        with self.incoming(pa.table({"id": pa.array(list(ids), pa.int64())})) as any_rows:
            if not any_rows:
                return set()
            found = self._connection.execute(
                f"SELECT {key} FROM core.{table} WHERE {key} IN (SELECT id FROM incoming)"
            ).fetchnumpy()
        return set(found[key].tolist())

    def next_number(self, table: str, column: str) -> int:
        """One more than the largest number in a column; 1 for an empty table."""
        ((number,),) = self.rows(f"SELECT coalesce(max({column}), 0) + 1 FROM core.{table}")
        return int(number)

    @contextmanager
    def incoming(self, rows: Sequence[Row] | pa.Table) -> Iterator[bool]:
        """Rows as the relation `incoming`, for as long as the block lasts; False for no rows.

        Many small rows come faster as a table of Arrow's, a column at a time; one without rows has
        columns all the same, and can be asked.
        """
        if not isinstance(rows, pa.Table) and not rows:
            yield False
            return
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows))
        self._connection.register("incoming", table)
        try:
            yield len(table) > 0
        finally:
            self._connection.unregister("incoming")


def values_of(item: object) -> dict[str, Any]:
    """A slotted dataclass as a row: what asdict gives, without a copy of all that is in it."""
    return {name: getattr(item, name) for name in item.__slots__}  # type: ignore[attr-defined]
