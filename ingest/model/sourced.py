"""A value with its source: a title, names or a date, and where they were read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)  # no slots: with them Sourced[str]("") fails on Python 3.11
class Sourced(Generic[T_co]):
    """A value and its source: "json-ld", "meta", "h1", "feed" and so on; "" for no source.

    `Article` lists all the sources.
    """

    value: T_co
    source: str = ""

    def __bool__(self) -> bool:
        """Whether there is a value."""
        return bool(self.value)


@dataclass(frozen=True)
class SourcedDate(Sourced[datetime | None]):
    """An instant in UTC and its source; midnight where only the day is known.

    `day` is the day as the publisher writes it (YYYY-MM-DD). It may differ from the day in UTC.
    """

    value: datetime | None = None
    source: str = ""
    day: str = ""
    has_time: bool = False


NO_DATE = SourcedDate()
