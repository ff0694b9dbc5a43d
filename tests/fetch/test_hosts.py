import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.hosts import DEAD, HostGate, answered, gap, is_cooling, throttled, timed
from ingest.model import Failed, HostState, Outcome

NOW = datetime(2026, 9, 18, 6, tzinfo=UTC)
HOST = HostState(host="wire.example")
MINUTE = timedelta(minutes=1)
states = st.builds(
    HostState,
    host=st.just("wire.example"),
    cooling_until=st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1),  # noqa: DTZ001
                                           timezones=st.just(UTC)),
    strikes=st.integers(0, 10_000),
    latency_ms=st.floats(0, 1e9),
)  # fmt: skip
waits = st.none() | st.timedeltas(timedelta(0), timedelta(days=400))


def test_a_host_cools_for_as_long_as_it_asks():
    state = throttled(HOST, NOW, 20 * MINUTE)
    assert state.cooling_until == NOW + 20 * MINUTE
    assert is_cooling(state, NOW + 19 * MINUTE)
    assert not is_cooling(state, NOW + 20 * MINUTE)


def test_a_host_that_names_no_time_cools_for_longer_each_time():
    state, now, cooled = HOST, NOW, []
    for _ in range(9):
        state = throttled(state, now, None)
        cooled.append((state.cooling_until - now) / MINUTE)
        now = state.cooling_until
    assert cooled == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert state.strikes == 9


def test_answers_that_were_under_way_together_are_one_strike():
    state = throttled(throttled(HOST, NOW, None), NOW + MINUTE, None)
    assert state.strikes == 1
    assert state.cooling_until == NOW + 6 * MINUTE


def test_an_answer_ends_the_strikes_but_no_cooldown():
    state = throttled(HOST, NOW, None)
    assert answered(state, NOW + MINUTE) == state
    assert answered(state, NOW + 6 * MINUTE) == HOST


def test_no_server_is_waited_for_longer_than_a_day():
    assert throttled(HOST, NOW, timedelta(days=7)).cooling_until == NOW + timedelta(days=1)


def test_a_wait_of_no_time_is_none_at_all():
    assert throttled(HOST, NOW, timedelta(0)) == throttled(HOST, NOW, None)


@given(states, waits)
def test_a_throttled_host_always_cools_and_never_for_less_than_before(state, wait):
    after = throttled(state, NOW, wait)
    assert is_cooling(after, NOW)
    assert state.cooling_until is None or after.cooling_until >= state.cooling_until
    assert after.cooling_until <= max(NOW + timedelta(days=1), state.cooling_until or NOW)


def test_response_times_are_smoothed_from_the_first_on():
    state = timed(HOST, 1000)
    assert state.latency_ms == 1000
    assert timed(state, 2000).latency_ms == pytest.approx(1300)


@pytest.mark.parametrize(
    ("latency_ms", "host_gap", "crawl_delay", "seconds"),
    [
        (0, 0.5, 0, 0.5),
        (800, 0.5, 0, 0.5),
        (4000, 0.5, 0, 2),
        (60_000, 0.5, 0, 10),
        (4000, 0.5, 5, 5),
        (4000, 0.5, 1, 2),
        (0, 0.5, 3600, 30),
        (0, 0.5, float("inf"), 30),
        (0, 0.5, float("nan"), 0.5),
        (0, 0.5, -1, 0.5),
        (4000, 0, 0, 0),
        (4000, 0, 3, 3),
        (0, 20, 0, 20),
    ],
)
def test_the_gap_is_what_we_choose_widened_by_slowness_and_by_what_is_asked(
    latency_ms, host_gap, crawl_delay, seconds
):
    state = HostState(host="wire.example", latency_ms=latency_ms)
    assert gap(state, host_gap, crawl_delay) == seconds


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def read(self):
        return self.now

    async def sleep(self, seconds):
        due = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, due)


def hosts(time=None, *, known=(), connections=32, connections_per_host=2, host_gap=0.5, **more):
    time = time or Time()
    return HostGate(
        now=NOW,
        states={state.host: state for state in known},
        connections=connections,
        connections_per_host=connections_per_host,
        host_gap=host_gap,
        clock=time.read,
        sleep=time.sleep,
        **more,
    )


def starts(count, *, crawl_delay=0, **options):
    """When each of many requests to one host was let in, in seconds after the first."""
    time, times = Time(), []
    turns = hosts(time, **options)

    async def ask():
        async with turns.visit("wire.example", crawl_delay):
            times.append(time.now - 1000)
            await asyncio.sleep(0)

    async def run():
        await asyncio.gather(*(ask() for _ in range(count)))

    asyncio.run(run())
    return times


def test_starts_at_one_host_keep_their_distance():
    assert starts(4) == [0, 0.5, 1, 1.5]
    assert starts(3, host_gap=0) == [0, 0, 0]
    assert starts(3, crawl_delay=7) == [0, 7, 14]
    assert starts(3, connections=1) == [0, 0.5, 1]


def test_a_slow_host_is_asked_less_often():
    slow = HostState(host="wire.example", latency_ms=8000)
    assert starts(3, known=[slow]) == [0, 4, 8]


def test_another_host_is_not_kept_waiting():
    time, times = Time(), {}
    turns = hosts(time)

    async def ask(name):
        async with turns.visit(name):
            times[name] = time.now - 1000

    async def run():
        await asyncio.gather(*(ask(f"{n}.example") for n in range(5)))

    asyncio.run(run())
    assert set(times.values()) == {0}


def test_while_a_host_cools_nobody_is_let_in_and_those_who_wait_are_turned_away():
    time, outcomes = Time(), []
    turns = hosts(time, connections_per_host=1)

    async def ask(number):
        try:
            async with turns.visit("wire.example"):
                await asyncio.sleep(0)
                turns.throttled("wire.example", 2 * MINUTE)
                outcomes.append(number)
        except Failed as failure:
            outcomes.append(failure.outcome)

    async def run():
        await asyncio.gather(*(ask(number) for number in range(20)))
        assert time.now < 1001  # they were not kept waiting one after the other
        time.now += 120
        await ask("later")

    asyncio.run(run())
    assert outcomes == [0, *[Outcome.COOLING] * 19, "later"]


def test_a_cooldown_of_an_earlier_run_holds_until_it_is_over():
    time = Time()
    cooling = HostState(host="wire.example", cooling_until=NOW + MINUTE, strikes=3)
    turns = hosts(time, known=[cooling])

    async def ask():
        async with turns.visit("wire.example"):
            turns.answered("wire.example")

    with pytest.raises(Failed) as failed:
        asyncio.run(ask())
    assert failed.value.retry_after == MINUTE
    assert turns.states() == []
    time.now += 60
    asyncio.run(ask())
    assert turns.states() == [HOST]


def test_places_are_given_back_whatever_happens_in_them():
    turns = hosts(connections=1, connections_per_host=1, host_gap=0)

    async def fail():
        async with turns.visit("wire.example"):
            raise ValueError

    async def run():
        for _ in range(3):
            with pytest.raises(ValueError, match=r"^$"):
                await fail()
        turns.throttled("wire.example", MINUTE)
        for _ in range(3):
            with pytest.raises(Failed):
                await fail()
        async with asyncio.timeout(5), turns.visit("other.example"):
            pass

    asyncio.run(run())


def test_a_host_that_answers_nothing_at_all_is_left_alone_for_a_while():
    hosts = HostGate(
        now=NOW, states={}, connections=1, connections_per_host=1, host_gap=0, clock=lambda: 0
    )

    async def asked(times):
        for _ in range(times):
            async with hosts.visit("dead.example"):
                hosts.unanswered("dead.example")

    asyncio.run(asked(DEAD - 1))
    assert not is_cooling(hosts.states()[0], NOW)
    asyncio.run(asked(1))
    assert is_cooling(hosts.states()[0], NOW)


def outcomes(count, *, crawl_delay=0, takes=0, **options):
    """What many requests to one host came to, and the seconds that all of them took."""
    time, found = Time(), []
    turns = hosts(time, **options)

    async def ask():
        try:
            async with turns.visit("wire.example", crawl_delay):
                await time.sleep(takes)
                found.append("asked")
        except Failed as failure:
            found.append(failure.outcome)

    async def run():
        await asyncio.gather(*(ask() for _ in range(count)))

    asyncio.run(run())
    return found, time.now - 1000


def test_a_host_that_wants_long_gaps_does_not_hold_up_a_run():
    found, seconds = outcomes(100, crawl_delay=30, host_time=300)
    assert Counter(found) == {"asked": 11, Outcome.PENDING: 89}
    assert seconds == 300


def test_a_host_that_answers_slowly_does_not_either():
    found, _ = outcomes(50, takes=20, host_gap=0, connections_per_host=1, host_time=100)
    assert Counter(found) == {"asked": 6, Outcome.PENDING: 44}


def test_one_request_is_let_in_however_little_time_a_host_has():
    found, _ = outcomes(3, crawl_delay=30, host_time=1)
    assert Counter(found) == {"asked": 1, Outcome.PENDING: 2}
