"""What `copydesk serve` does with deployments that an earlier version stored in Prefect."""

import asyncio
import importlib
import time

import pytest

from flows.orchestration import schedule
from flows.orchestration.schedule import MOVED, repair_entry_points
from flows.sample.newsroom import FEEDS, sample_newsroom
from flows.settings import Settings
from storage.reading import open_reader

pytestmark = [
    pytest.mark.slow,
    # Prefect's own code and its server's libraries warn of their own deprecations
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module", autouse=True)
def prefect():
    """A Prefect server and database for this module alone."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


async def store_as_before(deployment, entry_point):
    """Stores a deployment as a version stored it whose flow was elsewhere. Returns its id."""
    deployment.entrypoint = entry_point
    return await deployment.aapply()


@pytest.mark.parametrize("entry_point", sorted(MOVED))
def test_a_deployment_with_an_old_entry_point_gets_todays(entry_point):
    from prefect.client.orchestration import get_client

    from flows.orchestration.news import news

    async def repaired():
        deployment = await news.ato_deployment(name=f"by hand {len(entry_point)}")
        stored = await store_as_before(deployment, entry_point)
        async with get_client() as client:
            await repair_entry_points(client)
            return (await client.read_deployment(stored)).entrypoint

    found = asyncio.run(repaired())
    assert found == MOVED[entry_point]
    module, _, flow = found.replace("/", ".").replace(".py:", ".").rpartition(".")
    assert hasattr(importlib.import_module(module), flow)


def test_an_entry_point_of_somebody_elses_stays():
    from prefect.client.orchestration import get_client

    from flows.orchestration.news import news

    async def repaired():
        stored = await store_as_before(await news.ato_deployment(name="theirs"), "their.flow")
        async with get_client() as client:
            await repair_entry_points(client)
            return (await client.read_deployment(stored)).entrypoint

    assert asyncio.run(repaired()) == "their.flow"


def test_serving_after_an_upgrade_runs_what_was_scheduled_before(tmp_path, monkeypatch):
    from prefect.client.orchestration import get_client

    db = tmp_path / "news.duckdb"

    async def upgraded(settings):
        """The entry point of the stored deployment and the states of its runs, once one ended."""
        news, _ = await schedule._deployments(settings)
        stored = await store_as_before(news, "flows.news.news")
        async with get_client() as client:
            runs = [await client.create_flow_run_from_deployment(stored)]
            serving = asyncio.create_task(schedule._serve(settings))
            give_up = time.monotonic() + 240
            states = []
            while "Completed" not in states and not serving.done() and time.monotonic() < give_up:
                await asyncio.sleep(1)
                runs = [r for r in await client.read_flow_runs() if r.deployment_id == stored]
                states = [run.state.name for run in runs]
            entry_point = (await client.read_deployment(stored)).entrypoint
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
            return entry_point, states

    with sample_newsroom() as proxy:
        for name, value in {"PROXY": proxy, "HOST_GAP": "0"}.items():
            monkeypatch.setenv(f"COPYDESK_{name}", value)  # the run is another process
        entry_point, states = asyncio.run(upgraded(Settings(db=db, feeds=FEEDS)))
    assert entry_point == "flows.orchestration.news.news"
    assert "Completed" in states
    assert not {"Failed", "Crashed"} & set(states)
    with open_reader(db, latest=True) as reader:
        assert reader.run_summary(1).articles > 60
