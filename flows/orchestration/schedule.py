"""Starts runs: one at once, or on a schedule until a signal.

Prefect takes seconds to import, so it is imported only in the functions that need it.
"""

import asyncio
import os
import signal
import time
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.text import Text

from flows.orchestration.server import a_server, healthy, prepare
from flows.settings import Settings
from ingest.model import CopydeskError
from ingest.urls import url_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import State
    from prefect.deployments.runner import RunnerDeployment

    from ingest.model import Feed

SETTLE_SECONDS = 20
PAGE = 200  # deployments that Prefect's server returns at most at once
#: The entry points of earlier versions, which a user's Prefect may have stored, and today's.
MOVED = {
    "flows.news.news": "flows.orchestration.news.news",
    "flows/news.py:news": "flows/orchestration/news.py:news",
    "flows.upkeep_flow.upkeep": "flows.orchestration.upkeep.upkeep",
    "flows/upkeep_flow.py:upkeep": "flows/orchestration/upkeep.py:upkeep",
}


def run_now(
    settings: Settings, listed: "Sequence[Feed] | None", now: "datetime | None", *, due: bool
) -> int:
    """One run in this process, after `prepare`. Returns its number, or raises what ended it."""
    from flows.orchestration.news import news_with

    async def run() -> "State[int]":
        ended = await news_with(settings, listed)(now=now, due=due, return_state=True)
        return cast("State[int]", ended)

    api = os.environ["PREFECT_API_URL"]
    try:
        try:
            state = asyncio.run(run())
        finally:
            _report()
        if flow_run_id := state.state_details.flow_run_id:
            _settle(flow_run_id)
    except Exception as error:
        if healthy(api):
            raise
        raise CopydeskError(
            f"the Prefect server at {api} does not answer ({error}): start it, or set another "
            "PREFECT_API_URL or none; what the run has filed stays, and the next one goes on"
        ) from error
    return int(state.result())


def _report() -> None:
    """Waits until Prefect has sent all logs and events to the server, which is about to stop.

    Prefect itself would wait when the process ends, seven seconds for each event without an answer.
    """
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    APILogWorker.drain_all(timeout=SETTLE_SECONDS)
    EventsWorker.drain_all(timeout=SETTLE_SECONDS)


def _settle(flow_run_id: "UUID") -> None:
    """Waits until the server has heard how every task ended.

    A server for one run stops after it. The UI would later show a task that the server had not
    heard of as Running for ever.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter

    give_up = time.monotonic() + SETTLE_SECONDS
    ours = FlowRunFilter.model_validate({"id": {"any_": [flow_run_id]}})
    ended = -1
    with get_client(sync_client=True) as client:
        while time.monotonic() < give_up:
            runs = client.read_task_runs(flow_run_filter=ours)
            before, ended = ended, sum(bool(r.state and r.state.is_final()) for r in runs)
            if ended == len(runs) == before:
                return
            time.sleep(0.3)


def serve_schedule(settings: Settings, console: Console) -> None:
    """Runs the flow now and on the schedule, one run at a time, until SIGINT or SIGTERM."""
    prepare()
    # a shell lets its background jobs ignore SIGINT; here both signals stop the schedule
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        with a_server(settings, lambda what: console.print(Text(what)), lasting=True) as api:
            console.print(f"Prefect UI:  {api.removesuffix('/api')}")
            console.print(Text(f"Database:    {settings.db}"))
            console.print(f"Schedule:    {settings.schedule} (UTC), and once now. Ctrl-C stops it.")
            asyncio.run(_serve(settings))
    except KeyboardInterrupt:
        console.print("Stopped.")


async def _serve(settings: Settings) -> None:
    from prefect.client.orchestration import get_client
    from prefect.runner import Runner

    news, upkeep = await _deployments(settings)
    # with a limit above one the runner takes up a run that is due during another, and cancels it
    runner = Runner(name="copydesk", limit=4, pause_on_shutdown=False)
    # the runner's own handler would stop it inside the loop's callback and never await a coroutine
    runner.handle_sigterm = lambda *_: signal.raise_signal(signal.SIGINT)  # type: ignore[method-assign]
    async with get_client() as client:
        await repair_entry_points(client)
        await runner.aadd_deployment(upkeep)
        deployment_id = await runner.aadd_deployment(news)
        await _close_stale(client, deployment_id)
        await client.create_flow_run_from_deployment(deployment_id)
    try:
        await runner.start()
    finally:
        async with get_client() as client:
            await _close_stale(client, deployment_id)


async def _deployments(settings: Settings) -> "tuple[RunnerDeployment, RunnerDeployment]":
    """The deployments of the runs and of upkeep, named for the database.

    Adding them to a runner overwrites the stored ones of that name, entry point and schedule
    included, and schedules their runs again. Two databases have two deployments each, so that two
    `copydesk serve` side by side do not take each other's runs.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.orchestration.news import news
    from flows.orchestration.upkeep import upkeep

    db = str(settings.db.resolve())
    name = f"{settings.db.stem}-{url_id(db) % 16**6:06x}"
    feeds = str(settings.feeds.resolve()) if settings.feeds else None
    one_at_a_time = ConcurrencyLimitConfig(
        limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
    )
    return (
        await news.ato_deployment(
            name=name,
            parameters={"feeds": feeds, "db": db, "due": True},
            schedule=Cron(settings.schedule, timezone="UTC"),
            concurrency_limit=one_at_a_time,
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
        await upkeep.ato_deployment(
            name=name,
            parameters={"db": db},
            schedule=Cron(settings.upkeep_schedule, timezone="UTC"),
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
    )


async def repair_entry_points(client: "PrefectClient") -> None:
    """Gives every stored deployment that names an entry point of an earlier version today's.

    Those of other databases, and those that a user made by hand, would fail at their next run.
    """
    from prefect.client.schemas.actions import DeploymentUpdate

    seen = 0
    while page := await client.read_deployments(limit=PAGE, offset=seen):
        seen += len(page)
        for stored in page:
            if stored.entrypoint in MOVED:
                update = DeploymentUpdate(entrypoint=MOVED[stored.entrypoint])
                await client.update_deployment(stored.id, update)


async def _close_stale(client: "PrefectClient", deployment_id: "UUID") -> None:
    """Ends the runs that a killed `copydesk serve` left running: no other run could start."""
    from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    going = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    stale = await client.read_flow_runs(
        deployment_filter=DeploymentFilter.model_validate({"id": {"any_": [deployment_id]}}),
        flow_run_filter=FlowRunFilter.model_validate({"state": {"type": {"any_": going}}}),
    )
    for flow_run in stale:
        await client.set_flow_run_state(
            flow_run.id, Crashed(message="copydesk serve was stopped"), force=True
        )
