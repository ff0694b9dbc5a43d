"""Rows come by column name."""

import pytest

from storage.core.tables import Tables


@pytest.fixture
def tables(store):
    return Tables(store._connection)


def test_rows_come_by_column_name_whatever_their_order(tables):
    (row,) = tables.records("SELECT 2 AS b, 1 AS a")
    assert row == {"a": 1, "b": 2}


def test_the_first_row_is_none_where_there_is_no_row(tables):
    assert tables.first("SELECT 1 AS a") == {"a": 1}
    assert tables.first("SELECT 1 AS a WHERE false") is None


def test_a_column_is_a_list_of_its_values(tables):
    assert tables.column("SELECT unnest([3, 1, 2])") == [3, 1, 2]


def test_a_query_of_other_columns_than_one_is_no_column(tables):
    with pytest.raises(ValueError, match="too many values"):
        tables.column("SELECT 1, 2")
    with pytest.raises(ValueError, match="not enough values"):
        tables.value("SELECT 1 WHERE false")
