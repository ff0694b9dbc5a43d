import asyncio

import pytest
from support import pathological
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
def two():
    with open_pool(workers=2, time_limit=20, preload=["ingest.extract.warm"]) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("name", pathological.PAGES)
def test_a_pathological_page_is_a_counted_outcome_while_others_are_read(two, name):
    async def run():
        page = fetched(pathological.PAGES[name](), "text/html")
        ending = asyncio.ensure_future(two.run(extract_article, entry(), page, NOW))
        assert await two.run(extract_article, entry(), QUAY, NOW) == ARTICLE
        try:
            await ending
        except Failed as failed:
            return failed.outcome
        return Outcome.NEW

    read = {Outcome.NEW, Outcome.TOO_LARGE, Outcome.NO_TEXT, Outcome.NOT_HTML}
    # the longest of them take seconds, which on a busy machine is a limit's worth
    assert asyncio.run(run()) in read | {Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY}
