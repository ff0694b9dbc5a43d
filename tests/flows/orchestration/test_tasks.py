"""Filing a batch goes on in a thread, and a run that is cancelled stops it."""

import asyncio

import pytest
from support.bomb import bomb
from support.builders import NOW, feed, page, result
from support.filing import rows

from flows.orchestration.tasks import Batch, Run, file_pages
from flows.pipeline.stopwatch import Stopwatch
from flows.settings import Settings


def the_run(store):
    return Run(
        run_id=store.runs.begin(NOW),
        now=NOW,
        settings=Settings(),
        store=store,
        fetcher=None,
        pool=None,
        recipes={},
        watch=Stopwatch(),
    )


def test_a_run_that_is_cancelled_stops_comparing_and_the_next_one_files_the_batch(store):
    store.feeds.subscribe([feed()], NOW)
    articles = bomb(24, sentences=160)
    run, pages = the_run(store), [page(one.url) for one in articles]
    store.pages.add(run.run_id, pages)
    batch = Batch(pages=pages, number=1, of=1, all_pages=len(pages))
    results = [result(one) for one in articles]

    async def cancelled():
        filing = asyncio.ensure_future(file_pages.fn(run, batch, results))
        for _ in range(3):
            await asyncio.sleep(0)
        filing.cancel()
        await filing

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())
    assert rows(store, "SELECT count(*) FROM core.articles") == [(0,)]
    assert len(store.pages.pending(3, NOW)) == 24
    asyncio.run(file_pages.fn(the_run(store), batch, results))
    assert rows(store, "SELECT count(*) FROM articles") == [(24,)]
