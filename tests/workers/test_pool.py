import asyncio
import os
import signal
from pathlib import Path

import pytest
from support import pathological as deeds
from support.builders import NOW, entry, fetched

from ingest.extract.article import extract_article
from ingest.model import Failed, Outcome
from ingest.workers.pool import open_pool

QUAY = fetched(
    "<html><body><article>"
    + "".join(
        f"<p>{who} told the harbour council on {day} that the quay would have to be made longer, "
        "and that the ferry could not wait for another winter of storms and of meetings.</p>"
        for who, day in (("The mayor", "Monday"), ("A pilot", "Tuesday"), ("The union", "Friday"))
    )
    + "</article></body></html>",
    "text/html",
)
ARTICLE = extract_article(entry(), QUAY, NOW)


@pytest.fixture(scope="module")
def pool():
    """One worker, for all tests here: what one of them does to it must not harm the next."""
    with open_pool(workers=1, time_limit=4, preload=["ingest.extract.warm"]) as opened:
        yield opened


async def failure(awaitable):
    with pytest.raises(Failed) as caught:
        await awaitable
    return caught.value


def test_a_pool_gives_what_the_function_gives_and_raises_what_it_raises(pool):
    async def run():
        assert await pool.run(extract_article, entry(), QUAY, NOW) == ARTICLE
        refused = await failure(
            pool.run(extract_article, entry(), fetched(b"%PDF", "application/pdf"), NOW)
        )
        assert (refused.outcome, refused.detail) == (Outcome.NOT_HTML, "application/pdf")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("deed", "outcome", "detail"),
    [
        (deeds.go_on_for_ever, Outcome.EXTRACT_TIMEOUT, "over 4 s"),
        (deeds.end_the_process, Outcome.EXTRACT_CRASH, "its worker ended with code 3"),
        (deeds.leave, Outcome.EXTRACT_CRASH, "SystemExit: goodbye"),
        (deeds.take_memory_bit_by_bit, Outcome.EXTRACT_MEMORY, "over 400 MB"),
        (deeds.take_memory_at_once, Outcome.EXTRACT_MEMORY, "more than its worker may hold"),
    ],
)
def test_what_a_page_does_to_its_worker_costs_itself_and_not_the_next(pool, deed, outcome, detail):
    async def run():
        doomed, fine = await asyncio.gather(
            pool.run(deed), pool.run(extract_article, entry(), QUAY, NOW), return_exceptions=True
        )
        assert isinstance(doomed, Failed)
        assert (doomed.outcome, doomed.detail) == (outcome, detail)
        assert fine == ARTICLE

    asyncio.run(run())


def test_an_error_nobody_foresaw_is_a_crash_of_its_page_alone(pool):
    async def run():
        # a date that is no date stands for whatever a page may do to a parser
        crash = await failure(pool.run(extract_article, entry(published="noon"), QUAY, NOW))
        assert crash.outcome is Outcome.EXTRACT_CRASH
        assert crash.detail.startswith("TypeError")
        assert await pool.run(extract_article, entry(), QUAY, NOW) == ARTICLE

    asyncio.run(run())


def test_a_worker_killed_from_outside_costs_its_page_and_not_the_next(pool):
    async def run():
        await pool.run(deeds.process_id)  # it is there from here on
        busy = asyncio.ensure_future(pool.run(deeds.go_on_for_ever))
        await asyncio.wait([busy], timeout=0.3)
        os.kill(*pool.pids(), signal.SIGKILL)
        killed = await failure(busy)
        assert (killed.outcome, killed.detail) == (
            Outcome.EXTRACT_CRASH,
            "its worker was killed by signal 9",
        )
        assert await pool.run(extract_article, entry(), QUAY, NOW) == ARTICLE

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
            assert await pool.run(extract_article, entry(), QUAY, NOW) == ARTICLE
        assert not endless.done()
        endless.cancel()

    with open_pool(workers=2, time_limit=60, preload=["ingest.extract.warm"]) as pool:
        asyncio.run(run(pool))


def test_closing_the_pool_ends_whatever_is_under_way():
    async def run(pool):
        worker = await pool.run(deeds.process_id)
        busy = asyncio.ensure_future(pool.run(deeds.go_on_for_ever))
        await asyncio.wait([busy], timeout=0.3)
        pool.close()
        return worker, await failure(busy)

    with open_pool(workers=1, time_limit=3600, preload=["ingest.extract.warm"]) as pool:
        worker, ended = asyncio.run(run(pool))
    assert ended.outcome is Outcome.EXTRACT_CRASH
    assert not Path(f"/proc/{worker}").exists()


@pytest.fixture(scope="module")
def two():
    with open_pool(workers=2, time_limit=20, preload=["ingest.extract.warm"]) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("name", deeds.PAGES)
def test_a_pathological_page_is_a_counted_outcome_while_others_are_read(two, name):
    async def run():
        page = fetched(deeds.PAGES[name](), "text/html")
        ending = asyncio.ensure_future(two.extract(entry(), page, NOW))
        assert await two.extract(entry(), QUAY, NOW) == ARTICLE
        try:
            await ending
        except Failed as failed:
            return failed.outcome
        return Outcome.NEW

    read = {Outcome.NEW, Outcome.TOO_LARGE, Outcome.NO_TEXT, Outcome.NOT_HTML}
    # the longest of them take seconds, which on a busy machine is a limit's worth
    assert asyncio.run(run()) in read | {Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY}
