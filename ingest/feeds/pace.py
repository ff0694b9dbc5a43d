"""How fast the entries of a feed appear: counted from its polls, expected for the hours to come.

The rate is the number of entries over the days in which they appeared. A factor for the hour of the
day and one for the day of the week say when they appear; with little evidence both are near 1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ingest.model import LONGEST_WAIT, Pace

HOUR, DAY = 3600.0, 86400.0
#: Days after which a count has faded to a third: of the rate, and of the hours and days.
RATE_MEMORY, SHAPE_MEMORY = 14.0, 28.0
#: A rate rests on at least so many entries, where they are few a day.
FEWEST, LONGEST_MEMORY = 10.0, 90.0
#: As many entries as this weigh as much as the assumption that all hours are alike.
EVIDENCE = 8.0
#: A feed whose silence is longer than so many entries expected is slowing down.
PATIENCE = 7.0
#: What is assumed of a feed whose dates say nothing: entries a day, and days of evidence for that.
#: After a window of nothing but new entries, what was known before has no more weight.
ASSUMED, ASSUMED_DAYS = 24.0, 0.25
#: The share of a document's dates that must be there and not in the future.
MOST = 0.9
#: A date may be so far in the future: clocks differ.
SLACK = timedelta(minutes=5)


def rolled_past(pace: Pace, entries: int, fresh: int) -> bool:
    """Whether a poll may have missed entries: all it lists are new, and there were some before."""
    return pace.at is not None and pace.window > 0 and 0 < entries <= fresh


def observe(
    pace: Pace, at: datetime, *, entries: int, fresh: int, dates: Sequence[datetime | None] = ()
) -> Pace:
    """The pace after a poll at `at` (with a zone), which lists `entries`, `fresh` of them new.

    `dates` are the dates of the entries listed, in any order. A poll that found the feed unchanged
    lists none. Polls are observed in the order of their time; one that is not later than the last
    changes nothing. Where the last lies far ahead, a clock was wrong: only the time is corrected.
    """
    at = at.astimezone(UTC)
    if pace.at is not None and at <= pace.at:
        return replace(pace, at=at) if pace.at - at > LONGEST_WAIT else pace
    known = _credible(dates, at, entries)
    first = pace.at is None or (entries > 0 and not pace.window)
    if first or rolled_past(pace, entries, fresh):
        return _began(pace, at, entries, fresh, known)
    since = pace.at or at
    new = [date for date in known if date > since][-fresh:] if fresh else []
    watched = _watched(pace, since.timestamp(), at.timestamp())
    usual = watched.silence - pace.silence
    spread = watched.spread + (fresh - usual) ** 2
    watched = replace(watched, at=at, window=entries or pace.window, spread=spread)
    return _counted(watched, since, at, fresh, new) if fresh else watched


def _began(pace: Pace, at: datetime, entries: int, fresh: int, known: Sequence[datetime]) -> Pace:
    """The pace that one document tells, after which what was known before counts for little.

    Its dates tell how many entries came since the first of them. Nothing is known of the time
    before that: it isn't counted. Without dates twice the new entries came since the last poll.
    """
    window = entries or pace.window
    weight = min(1.0, ASSUMED_DAYS / max(pace.days, ASSUMED_DAYS))
    pace = replace(pace, entries=pace.entries * weight, days=pace.days * weight)
    if known:
        since = max(known[0], at - timedelta(days=SHAPE_MEMORY))
        new = [date for date in known if date > since]
        watched = _watched(pace, since.timestamp(), at.timestamp())
        began = replace(_counted(watched, since, at, len(new), new), at=at, window=window)
        return replace(began, silence=_base(began) * ((at - known[-1]) / timedelta(days=1)))
    if pace.at is None or not pace.window:
        came = ASSUMED * ASSUMED_DAYS
        return replace(pace, at=at, window=window, entries=came, days=ASSUMED_DAYS)
    watched = _watched(pace, pace.at.timestamp(), at.timestamp())
    return replace(_counted(watched, pace.at, at, 2 * fresh, ()), at=at, window=window)


def _credible(dates: Sequence[datetime | None], at: datetime, entries: int) -> list[datetime]:
    """The dates in order, where they tell when entries appeared; none where they do not.

    They do not where more than a few are missing or in the future, or where all lie in one minute.
    """
    known = sorted(date for date in dates if date is not None and date <= at + SLACK)
    if len(known) < max(2, MOST * entries) or known[-1] - known[0] <= timedelta(minutes=1):
        return []
    return known


def _watched(pace: Pace, since: float, until: float) -> Pace:
    """The pace after some time was watched, before the entries of that time are counted."""
    since = max(since, until - SHAPE_MEMORY * DAY)
    by_hour, hours = list(pace.by_hour), list(pace.hours_watched)
    by_day, days = list(pace.by_day), list(pace.days_watched)
    hourly, daily = _usual(by_hour, hours), _usual(by_day, days)
    exposure = 0.0
    for start, length in _hours(since, until):
        hour, day = _slot(start)
        factor = _factor(by_hour[hour], hours[hour], hourly)
        exposure += length / DAY * factor * _factor(by_day[day], days[day], daily)
        part = length / HOUR
        fade = 1 - part / SHAPE_MEMORY
        by_hour[hour] *= fade
        hours[hour] = hours[hour] * fade + part
        part = length / DAY
        fade = 1 - part / (SHAPE_MEMORY / 7)
        by_day[day] *= fade
        days[day] = days[day] * fade + part
    fade = _fade(pace, exposure)
    return Pace(
        at=pace.at,
        window=pace.window,
        entries=pace.entries * fade,
        days=pace.days * fade + exposure,
        spread=pace.spread * fade,
        silence=pace.silence + _base(pace) * exposure,
        by_hour=tuple(by_hour),
        hours_watched=tuple(hours),
        by_day=tuple(by_day),
        days_watched=tuple(days),
    )


def _fade(pace: Pace, exposure: float) -> float:
    memory = max(RATE_MEMORY, min(FEWEST / max(_base(pace), 1e-9), LONGEST_MEMORY))
    return max(0.0, 1 - exposure / memory)


def _counted(
    pace: Pace, since: datetime, until: datetime, fresh: int, dates: Sequence[datetime]
) -> Pace:
    """The pace with new entries: each at its date, those without one spread over the time."""
    by_hour, by_day = list(pace.by_hour), list(pace.by_day)
    for date in dates:
        hour, day = _slot(date.timestamp())
        by_hour[hour] += 1
        by_day[day] += 1
    spread = fresh - len(dates)
    if spread > 0:
        since = max(since, until - timedelta(days=SHAPE_MEMORY))
        length = (until - since).total_seconds()
        for start, part in _hours(since.timestamp(), until.timestamp()):
            hour, day = _slot(start)
            by_hour[hour] += spread * part / length
            by_day[day] += spread * part / length
    return replace(
        pace,
        entries=pace.entries + fresh,
        silence=0.0 if fresh else pace.silence,
        by_hour=tuple(by_hour),
        by_day=tuple(by_day),
    )


def rate(pace: Pace) -> float:
    """Entries a day, over a whole week; less where its silence says that the feed slows down."""
    return _base(pace) / max(1.0, pace.silence / PATIENCE)


def clumping(pace: Pace) -> float:
    """How many entries come at once, as it were: their variance over their mean, at least 1.

    It is 1 where entries appear independently of each other.
    """
    return max(1.0, (pace.spread + EVIDENCE) / (pace.entries + EVIDENCE))


def _base(pace: Pace) -> float:
    return pace.entries / pace.days if pace.days > 0 else 0.0


def expected(pace: Pace, since: datetime) -> Iterator[tuple[float, float]]:
    """The hours from a moment on: the length of each in seconds, and its entries a second."""
    hourly = _usual(pace.by_hour, pace.hours_watched)
    daily = _usual(pace.by_day, pace.days_watched)
    a_second = rate(pace) / DAY
    start = since.timestamp()
    while True:
        hour, day = _slot(start)
        length = HOUR - start % HOUR
        factor = _factor(pace.by_hour[hour], pace.hours_watched[hour], hourly)
        factor *= _factor(pace.by_day[day], pace.days_watched[day], daily)
        yield length, a_second * factor
        start += length


def _usual(counts: Sequence[float], watched: Sequence[float]) -> float:
    """Entries that come in a slot on average, whichever it is."""
    return sum(counts) / max(sum(watched), 1e-9)


def _factor(count: float, watched: float, usual: float) -> float:
    """What came in a slot over what would have come if all slots were alike."""
    return (count + EVIDENCE) / (usual * watched + EVIDENCE)


def _hours(since: float, until: float) -> Iterator[tuple[float, float]]:
    """The parts of a time that lie in one hour each: their start and length in seconds."""
    while since < until:
        length = min(HOUR - since % HOUR, until - since)
        yield since, length
        since += length


def _slot(moment: float) -> tuple[int, int]:
    """The hour of the day and the day of the week of a moment, in UTC."""
    return int(moment % DAY // HOUR), int(moment // DAY + 3) % 7  # 1970 began on a Thursday
