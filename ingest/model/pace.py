"""How fast the entries of a feed appear, as far as its polls have shown."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the polls of a feed have counted. All counts fade, so that the latest weigh most.

    A tuple has a number for each hour of the day (24, UTC) or each day of the week (7, Monday
    first). Days and hours that were watched lie between a feed's first entry and its last poll.
    """

    at: datetime | None = None  # the last poll that was counted; None: there was none
    window: int = 0  # entries that its document lists
    entries: float = 0  # entries that appeared
    days: float = 0  # days in which they did, quiet hours counting less and busy ones more
    spread: float = 0  # squared differences between the entries that came and those expected
    silence: float = 0  # entries expected since the last one appeared
    by_hour: tuple[float, ...] = (0.0,) * 24  # entries
    by_day: tuple[float, ...] = (0.0,) * 7
    hours_watched: tuple[float, ...] = (0.0,) * 24  # days, for each hour of the day
    days_watched: tuple[float, ...] = (0.0,) * 7  # weeks, for each day of the week


#: A feed that was never read.
UNKNOWN = Pace()
