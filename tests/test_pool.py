import asyncio
import multiprocessing

import pytest
from builders import NOW, entry, fetched

from ingest.extract import extract_article
from ingest.model import Failed, Outcome
from ingest.pool import open_pool

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
# each "author" that is none has trafilatura search the rest of the text: some fifteen seconds
ENDLESS = fetched(
    '<script type="application/ld+json">{' + '"author":x,' * 10_000 + "</script>", "text/html"
)
ARTICLE = extract_article(entry(), QUAY, NOW)


@pytest.fixture(scope="module")
def pool():
    """One worker, for all tests here: what one of them does to it must not harm the next."""
    # a worker's first page takes a second, while what it works with is loaded
    with open_pool(workers=1, time_limit=4) as opened:
        yield opened


def test_a_pool_gives_what_the_function_gives_and_raises_what_it_raises(pool):
    async def run():
        assert await pool.extract(entry(), QUAY, NOW) == ARTICLE
        with pytest.raises(Failed) as caught:
            await pool.extract(entry(), fetched(b"%PDF", "application/pdf"), NOW)
        assert (caught.value.outcome, caught.value.detail) == (
            Outcome.NOT_HTML,
            "application/pdf",
        )

    asyncio.run(run())


def test_a_page_that_overruns_its_limit_costs_itself_and_not_the_next(pool):
    async def run():
        overrun, fine = await asyncio.gather(
            pool.extract(entry(), ENDLESS, NOW),
            pool.extract(entry(), QUAY, NOW),
            return_exceptions=True,
        )
        assert isinstance(overrun, Failed)
        assert overrun.outcome is Outcome.EXTRACT_TIMEOUT
        assert fine == ARTICLE

    asyncio.run(run())


def test_a_worker_that_dies_costs_its_page_and_not_the_next(pool):
    async def run():
        await pool.extract(entry(), QUAY, NOW)  # the worker is up from here on
        doomed = asyncio.ensure_future(pool.extract(entry(), ENDLESS, NOW))
        while not doomed.done():
            await asyncio.wait([doomed], timeout=0.3)
            for worker in multiprocessing.active_children():
                worker.kill()
        assert isinstance(doomed.exception(), Failed)
        assert doomed.exception().outcome is Outcome.EXTRACT_CRASH
        assert await pool.extract(entry(), QUAY, NOW) == ARTICLE

    asyncio.run(run())


def test_an_error_nobody_foresaw_is_a_crash_of_its_page_alone(pool):
    async def run():
        with pytest.raises(Failed) as caught:
            # a date that is no date stands for whatever a page may do to a parser
            await pool.extract(entry(published="noon"), QUAY, NOW)
        assert caught.value.outcome is Outcome.EXTRACT_CRASH
        assert caught.value.detail.startswith("TypeError")
        assert await pool.extract(entry(), QUAY, NOW) == ARTICLE

    asyncio.run(run())
