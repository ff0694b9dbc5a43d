"""A value and its source."""

from datetime import UTC, datetime

from ingest.model import NO_DATE, Sourced, SourcedDate


def test_a_value_counts_as_missing_where_it_is_empty():
    assert Sourced("The quay sank", "h1")
    assert not Sourced[str]("")
    assert not NO_DATE
    assert SourcedDate(datetime(2026, 11, 3, tzinfo=UTC), "meta")


def test_the_same_value_from_another_source_is_another():
    assert Sourced("The quay sank", "h1") != Sourced("The quay sank", "meta")
