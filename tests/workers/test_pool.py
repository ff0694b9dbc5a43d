import asyncio
import os
import signal
from pathlib import Path

import pytest
from support import pathological as deeds

from ingest.model import Failed, Outcome
from ingest.workers.pool import open_pool


@pytest.fixture(scope="module")
def pool():
    """One worker, for all tests here: what one of them does to it must not harm the next."""
    with open_pool(workers=1, time_limit=30) as opened:
        yield opened


async def failure(awaitable):
    with pytest.raises(Failed) as caught:
        await awaitable
    return caught.value


async def works(pool):
    """Whether the pool gives what a function gives."""
    return await pool.run(sorted, [1, 3, 2], reverse=True) == [3, 2, 1]


def test_a_pool_gives_what_the_function_gives_and_raises_what_it_raises(pool):
    async def run():
        assert await works(pool)
        refused = await failure(pool.run(deeds.refuse))
        assert (refused.outcome, refused.detail) == (Outcome.NOT_HTML, "application/pdf")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("deed", "outcome", "detail"),
    [
        (deeds.end_the_process, Outcome.EXTRACT_CRASH, "its worker ended with code 3"),
        (deeds.leave, Outcome.EXTRACT_CRASH, "SystemExit: goodbye"),
        (deeds.take_memory_bit_by_bit, Outcome.EXTRACT_MEMORY, "over 400 MB"),
        (deeds.take_memory_at_once, Outcome.EXTRACT_MEMORY, "more than its worker may hold"),
    ],
)
def test_what_a_page_does_to_its_worker_costs_itself_and_not_the_next(pool, deed, outcome, detail):
    asyncio.run(costs_itself_alone(pool, deed, outcome, detail))


def test_a_page_that_takes_for_ever_costs_itself_and_not_the_next():
    with open_pool(workers=1, time_limit=1) as pool:
        ending = Outcome.EXTRACT_TIMEOUT, "over 1 s"
        asyncio.run(costs_itself_alone(pool, deeds.go_on_for_ever, *ending))


async def costs_itself_alone(pool, deed, outcome, detail):
    doomed, fine = await asyncio.gather(pool.run(deed), works(pool), return_exceptions=True)
    assert isinstance(doomed, Failed)
    assert (doomed.outcome, doomed.detail) == (outcome, detail)
    assert fine is True


def test_an_error_nobody_foresaw_is_a_crash_of_its_page_alone(pool):
    async def run():
        # the length of a number stands for whatever a page may do to a parser
        crash = await failure(pool.run(len, 7))
        assert crash.outcome is Outcome.EXTRACT_CRASH
        assert crash.detail.startswith("TypeError")
        assert await works(pool)

    asyncio.run(run())


def test_a_page_whose_worker_is_killed_from_outside_may_be_tried_again(pool):
    async def run():
        await pool.run(deeds.process_id)  # it is there from here on
        busy = asyncio.ensure_future(pool.run(deeds.go_on_for_ever))
        await asyncio.wait([busy], timeout=0.3)
        os.kill(*pool.pids(), signal.SIGKILL)
        killed = await failure(busy)
        assert (killed.outcome, killed.detail) == (
            Outcome.EXTRACT_KILLED,
            "its worker was killed by signal 9",
        )
        assert await works(pool)

    asyncio.run(run())


def test_an_idle_worker_killed_from_outside_costs_no_page(pool):
    async def run():
        before = await pool.run(deeds.process_id)
        os.kill(before, signal.SIGKILL)
        while Path(f"/proc/{before}").exists():
            await asyncio.sleep(0.01)
        assert await pool.run(deeds.process_id) != before

    asyncio.run(run())


def test_a_worker_is_replaced_once_it_has_grown(pool):
    async def run():
        before = await pool.run(deeds.process_id)
        assert await pool.run(deeds.process_id) == before
        await pool.run(deeds.keep_much)
        assert await pool.run(deeds.process_id) != before

    asyncio.run(run())


def test_one_worker_goes_on_while_another_is_lost():
    async def run(pool):
        endless = asyncio.ensure_future(pool.run(deeds.go_on_for_ever))
        for deed in (deeds.end_the_process, deeds.take_memory_at_once, deeds.leave):
            await failure(pool.run(deed))
            assert await works(pool)
        assert not endless.done()
        endless.cancel()

    with open_pool(workers=2, time_limit=60) as pool:
        asyncio.run(run(pool))


def test_closing_the_pool_ends_whatever_is_under_way():
    async def run(pool):
        worker = await pool.run(deeds.process_id)
        busy = asyncio.ensure_future(pool.run(deeds.go_on_for_ever))
        await asyncio.wait([busy], timeout=0.3)
        pool.close()
        return worker, await failure(busy)

    with open_pool(workers=1, time_limit=3600) as pool:
        worker, ended = asyncio.run(run(pool))
    assert ended.outcome is Outcome.EXTRACT_CRASH
    assert not Path(f"/proc/{worker}").exists()
