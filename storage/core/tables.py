"""Reads rows by column name, and writes batches of rows: what every table is kept with."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

Row = Mapping[str, Any]

#: The tables that find an article's copies.
INDEX = ("bands", "shingles", "sketches")
#: The tables that are made of an article's text.
OF_TEXT = (*INDEX, "lines", "removed_lines")
#: Every table with rows of an article. `pages` and `moves` are missing because they outlive it, and
#: the full-text index because it has functions of its own.
OF_ARTICLE = (*OF_TEXT, "textless", "members", "articles")
#: The tables with rows of two articles.
OF_PAIR = ("matches", "passages", "uncompared")

#: The articles whose text upkeep has dropped. What was found of them cannot be found again.
TEXTLESS = "(SELECT article_id FROM core.textless)"


def quoted(values: Iterable[str]) -> str:
    """Strings as a list in SQL. For names from this repository only: it escapes nothing."""
    return ", ".join(f"'{value}'" for value in sorted(values))


class Tables:
    """Reads and writes the tables of schema `core`.

    Statements work on whole sets. Rows to write are handed in as Arrow. There are no keys and no
    indexes: what must be unique is kept so by the statements.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def records(self, sql: str, parameters: object = None) -> list[dict[str, Any]]:
        """The rows that a query answers, each by column name.

        Two columns of the same name become one: name each column.
        """
        answer = self._connection.execute(sql, parameters)
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def first(self, sql: str, parameters: object = None) -> dict[str, Any] | None:
        """The first row that a query answers, by column name; None where it answers none."""
        return next(iter(self.records(sql, parameters)), None)

    def column(self, sql: str, parameters: object = None) -> list[Any]:
        """The values that a query of one column answers."""
        return [value for (value,) in self._connection.execute(sql, parameters).fetchall()]

    def value(self, sql: str, parameters: object = None) -> Any:  # noqa: ANN401  as the query says
        """The value that a query of one column and one row answers."""
        (value,) = self.column(sql, parameters)
        return value

    def pairs(self, sql: str, parameters: object = None) -> list[tuple[Any, Any]]:
        """The rows that a query of two columns answers, in the order it names them."""
        return [(a, b) for a, b in self._connection.execute(sql, parameters).fetchall()]

    def run(self, sql: str, parameters: object = None) -> None:
        """Runs a statement whose answer does not matter."""
        self._connection.execute(sql, parameters)

    def changed(self, sql: str, parameters: object = None) -> int:
        """Runs a statement that writes; returns how many rows it changed."""
        return int(self.value(sql, parameters))

    def insert(
        self, table: str, rows: Sequence[Row] | pa.Table, new_by: tuple[str, ...] = ()
    ) -> None:
        """Appends rows. With `new_by`, only rows whose values in these columns are new."""
        same = " AND ".join(f"held.{column} = incoming.{column}" for column in new_by)
        unseen = f"WHERE NOT EXISTS (FROM core.{table} AS held WHERE {same})" if new_by else ""
        with self.incoming(rows) as any_rows:
            if any_rows:
                self.run(f"INSERT INTO core.{table} BY NAME SELECT * FROM incoming {unseen}")

    def delete(self, table: str, key: str, ids: Iterable[int]) -> None:
        """Removes the rows whose key is among the ids."""
        self.run(
            f"DELETE FROM core.{table} WHERE {key} IN (SELECT unnest(?::BIGINT[]))", [list(ids)]
        )

    def replace(self, table: str, key: str, rows: Sequence[Row]) -> None:
        """Replaces the rows that have the same keys."""
        with self.incoming(rows) as any_rows:
            if any_rows:
                self.run(f"DELETE FROM core.{table} WHERE {key} IN (SELECT {key} FROM incoming)")
                self.run(f"INSERT INTO core.{table} BY NAME SELECT * FROM incoming")

    def update(self, table: str, key: str, rows: Sequence[Row], only_if: str = "true") -> None:
        """Sets every other column that the rows have, in the rows with the same keys."""
        with self.incoming(rows) as any_rows:
            if any_rows:
                columns = ", ".join(f"{c} = incoming.{c}" for c in rows[0] if c != key)
                self.run(
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
        return int(self.value(f"SELECT coalesce(max({column}), 0) + 1 FROM core.{table}"))

    @contextmanager
    def incoming(self, rows: Sequence[Row] | pa.Table) -> Iterator[bool]:
        """Makes rows readable as the relation `incoming` until the block ends; False for no rows.

        An Arrow table is faster for many small rows. One without rows still has its columns, so
        that `incoming` can be read; an empty list has none, and there is no `incoming`.
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
