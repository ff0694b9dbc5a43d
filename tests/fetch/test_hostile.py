"""One run over everything that a web site may do to us ends, and each poll as it should."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from support.fetching import NOW, session, settled
from support.hostile import BEHAVIOURS, LIMITS, newsroom, resolve, url

from flows.pipeline.polling import poll_feed
from ingest.feeds.parse import parse_feed
from ingest.feeds.plan import identify
from ingest.fetch.errors import MAX_DETAIL
from ingest.model import EntryOutcome, FeedState, Outcome, Request
from ingest.urls import MAX_ADDRESS
from ingest.values import clean_text

ROOT = Path(__file__).parent.parent.parent
QUICK = [behaviour for behaviour in BEHAVIOURS if not behaviour.slow]

# what a second round over them could show, beside how long they take
AGAIN = [b for b in QUICK if b.outcome not in {Outcome.TIMEOUT, Outcome.TOO_LARGE}]


async def parse_here(fetched):
    """In this process, so that the memory it takes is measured."""
    return await asyncio.to_thread(parse_feed, fetched)


async def poll_all(ports, *rounds):
    """The feeds of each round polled, all at once; what came of them by name, round by round."""
    async with session(limits=LIMITS, resolve=resolve) as fetcher:
        found = []
        for behaviours in rounds:
            feeds = [FeedState(feed_id=n, url=url(b, ports)) for n, b in enumerate(behaviours)]
            polls = await asyncio.gather(
                *(poll_feed(feed, fetcher, parse_here, NOW) for feed in feeds)
            )
            found.append({b.name: poll for b, poll in zip(behaviours, polls, strict=True)})
        return found, {state.host.partition(":")[0]: state for state in fetcher.host_states()}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    with newsroom(tmp_path_factory.mktemp("hostile")) as room:
        (first, second), states = asyncio.run(poll_all(room.ports, QUICK, AGAIN))
        return first, second, states, room.asked


@pytest.mark.parametrize("behaviour", QUICK, ids=lambda behaviour: behaviour.name)
def test_each_ends_in_its_outcome(run, behaviour):
    poll = run[0][behaviour.name]
    assert poll.attempt.outcome is behaviour.outcome, poll.attempt.detail
    if behaviour.entries is not None:
        assert len(poll.parsed.entries) == behaviour.entries


def test_every_failure_says_why(run):
    for name, poll in run[0].items():
        if poll.attempt.outcome not in {Outcome.READ, Outcome.UNCHANGED}:
            assert poll.attempt.detail, name


def test_no_detail_steers_a_terminal(run):
    for name, poll in run[0].items():
        assert poll.attempt.detail == clean_text(poll.attempt.detail), name
        assert len(poll.attempt.detail) <= MAX_DETAIL


@pytest.mark.parametrize("behaviour", [b for b in QUICK if b.entries], ids=lambda b: b.name)
def test_each_entry_is_a_page_or_has_a_bad_address(run, behaviour):
    identified = identify(1, run[0][behaviour.name].parsed.entries, NOW)
    bad = [one for one in identified if isinstance(one, EntryOutcome)]
    assert [one.outcome for one in bad] == [Outcome.BAD_ADDRESS] * behaviour.bad
    assert all(len(one.url) <= MAX_ADDRESS for one in identified)


async def visit_all(ports, behaviours, path):
    """A page of each host asked for with its robots.txt held to; what came of them."""
    async with session(limits=LIMITS, resolve=resolve) as fetcher:
        requests = [Request(url=url(b, ports).replace("/feed", path)) for b in behaviours]
        found = await settled(*(fetcher.fetch(one, "*/*", robots=True) for one in requests))
        return found, fetcher.robots_missed()


def test_robots_txt_may_be_a_bomb_and_the_page_is_fetched_all_the_same(tmp_path):
    bombs = [b for b in QUICK if b.robots]
    with newsroom(tmp_path) as room:
        found, missed = asyncio.run(visit_all(room.ports, bombs, "/" + "a" * 60_000))
    assert {b.name: getattr(one, "status", one) for b, one in zip(bombs, found, strict=True)} == {
        b.name: 200 for b in bombs
    }
    noted = {host.partition(":")[0]: why for host, why in missed.items()}
    harmless = {"robots-of-dollars.example"}  # many rules, each compared in one step
    assert set(noted) == {b.host for b in bombs} - harmless
    assert noted["robots-of-wildcards.example"].endswith("rules with wildcards too many")
    assert noted["robots-in-a-loop.example"] == "too_many_redirects: more than 5"


def test_hosts_that_asked_for_patience_get_it(run):
    _, second, states, asked = run
    patient = {Outcome.THROTTLED, Outcome.CHALLENGED}
    names = {b.name: b.host for b in QUICK if b.outcome in patient}
    assert len(names) == 5
    for name in names:
        assert second[name].attempt.outcome is Outcome.COOLING
        assert asked.count(name) == 1
    others = set(second) - set(names)
    assert not any(second[name].attempt.outcome is Outcome.COOLING for name in others)
    waits = {"throttled_for_seconds": 2, "throttled_until_a_date": 2, "unavailable": 5}
    for name, minutes in waits.items():
        left = states[names[name]].cooling_until - NOW
        assert timedelta(minutes=minutes) <= left < timedelta(minutes=minutes + 2)


def test_what_is_forbidden_is_never_asked(run):
    asked = run[3]
    assert "private_name" not in asked
    assert "no_such_name" not in asked
    assert asked.count("redirect_loop") == 2 * (LIMITS.max_redirects + 1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_whole_run_stays_within_its_memory(tmp_path):
    """In a process of its own, with the newsroom in this one: growth is the run's alone."""
    with newsroom(tmp_path) as room:
        done = subprocess.run(
            [sys.executable, __file__, *map(str, room.ports)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["outcomes"] == {b.name: b.outcome for b in BEHAVIOURS}
    assert figures["entries"] == sum(b.entries or 0 for b in BEHAVIOURS)
    assert figures["grown_mb"] < 200


def _peak():
    """The most memory this process ever held, in megabytes. Not getrusage's ru_maxrss: a process
    inherits that from the one that started it, here pytest."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _measure(*ports):
    """Polls them all and prints how they ended, and by how much the process grew at its peak
    beyond what it held with everything imported."""
    before = _peak()
    ((polls,), _) = asyncio.run(poll_all(ports, BEHAVIOURS))
    outcomes = {name: poll.attempt.outcome for name, poll in polls.items()}
    entries = sum(len(poll.parsed.entries) for poll in polls.values() if poll.parsed)
    figures = {"outcomes": outcomes, "entries": entries, "grown_mb": _peak() - before}
    print(json.dumps(figures))  # noqa: T201


if __name__ == "__main__":
    _measure(*map(int, sys.argv[1:]))
