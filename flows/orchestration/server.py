"""Prefect's surroundings: what must hold before it is imported, its server, and the schedule."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, build_opener

from platformdirs import user_log_path
from rich.console import Console
from rich.text import Text

from flows.settings import Settings
from ingest.model import CopydeskError
from ingest.urls import url_id

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import State

STARTUP_SECONDS = 120  # a server's first start migrates its own database; on a busy machine slowly
SETTLE_SECONDS = 20
DEFAULTS = {
    "DO_NOT_TRACK": "1",
    # a server that goes away during a run is said in a sentence, not in one for each event
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # besides sending nothing: its heartbeat is what finds the server's database locked at a start
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
}
# The child: a Prefect server that Linux ends with us, should we be killed outright.
SERVER = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
os.execv(sys.executable, [sys.executable, "-m", "prefect", "server", "start"])
"""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def prepare(*, quiet: bool = False) -> None:
    """Sets Prefect's environment; call it before Prefect is imported. What the user set stays.

    A proxy is for the news sites: Prefect's own server is on this machine, and a proxy asked for
    it would answer in its stead. `quiet` keeps Prefect's log lines off the terminal, not from its
    server.
    """
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if quiet:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    named = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    exempt = ",".join(dict.fromkeys([*filter(None, named.split(",")), *LOOPBACK]))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = exempt


def configured_api() -> str | None:
    """The Prefect server the user has chosen, by variable or in Prefect's active profile."""
    if url := os.environ.get("PREFECT_API_URL"):
        return url
    home = Path(os.environ.get("PREFECT_HOME", Path.home() / ".prefect"))
    try:
        profiles = tomllib.loads((home / "profiles.toml").read_text())
    except (OSError, tomllib.TOMLDecodeError):
        return None
    active = os.environ.get("PREFECT_PROFILE") or profiles.get("active", "")
    url = profiles.get("profiles", {}).get(active, {}).get("PREFECT_API_URL")
    return url if isinstance(url, str) else None


def local_api(settings: Settings) -> str:
    """The address of the server that `copydesk serve` starts on this machine."""
    return f"http://127.0.0.1:{settings.prefect_port}/api"


def healthy(api: str) -> bool:
    """Whether a Prefect server answers there."""
    try:
        with build_opener(ProxyHandler({})).open(f"{api}/health", timeout=2) as response:
            return bool(response.read().strip() == b"true")
    except (OSError, HTTPException, ValueError):  # nobody there, or somebody else
        return False


@contextmanager
def a_server(settings: Settings, say: Callable[[str], None], *, lasting: bool) -> Iterator[str]:
    """A Prefect server for as long as the block lasts: the one that answers already, else a child.

    A `lasting` child is where `local_api` says, with the UI; else it is on any free port, for one
    run. Gives its API's address, and names it to this process and its children. `say` is told what
    is being waited for.
    """
    running = configured_api() or (local_api(settings) if healthy(local_api(settings)) else None)
    if running:
        say(f"using the Prefect server at {running}")
        os.environ["PREFECT_API_URL"] = running
        yield running
        return
    port = settings.prefect_port if lasting else _free_port()
    api = f"http://127.0.0.1:{port}/api"
    log = user_log_path("copydesk", ensure_exists=True) / "prefect-server.log"
    child_env = {
        **os.environ,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_UI_ENABLED": str(lasting).lower(),
    }
    with log.open("ab") as stream:
        child = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            env=child_env,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop it when we are done
        )
        try:
            say(f"starting a Prefect server, some 10 s (log: {log})")
            _await_health(child, api, log)
            os.environ["PREFECT_API_URL"] = api
            yield api
        finally:
            os.environ.pop("PREFECT_API_URL", None)
            _stop(child)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(child: subprocess.Popen[bytes], api: str, log: Path) -> None:
    give_up = time.monotonic() + STARTUP_SECONDS
    while not healthy(api):
        if child.poll() is not None:
            raise CopydeskError(f"the Prefect server ended at once; {log} says why")
        if time.monotonic() > give_up:
            raise CopydeskError(f"no Prefect server after {STARTUP_SECONDS} s; {log} says more")
        time.sleep(0.25)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def run_now(settings: Settings, now: "datetime | None", *, due: bool) -> int:
    """One run in this process, after `prepare`. Returns its number; raises what ended it."""
    from flows.orchestration.news import news

    async def run() -> "State[int]":
        return await news(feeds=settings.feeds, db=settings.db, now=now, due=due, return_state=True)

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
    """Waits until all that happened has been sent to the server, which is about to end; Prefect
    would wait for it when the process ends, and for each event that nobody answers seven seconds.
    """
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    APILogWorker.drain_all(timeout=SETTLE_SECONDS)
    EventsWorker.drain_all(timeout=SETTLE_SECONDS)


def _settle(flow_run_id: "UUID") -> None:
    """Waits until the server has heard how every task ended.

    A server for one run ends with it, and tasks it had not heard of would stay Running for ever in
    what the UI shows later.
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
    # a shell starts its background jobs with SIGINT ignored, and both signals end here
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
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.runner import Runner
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.orchestration.news import news
    from flows.orchestration.upkeep import upkeep

    # one deployment a database: two that are served side by side do not take each other's runs
    name = f"{settings.db.stem}-{url_id(str(settings.db.resolve())) % 16**6:06x}"
    deployment = await news.ato_deployment(
        name=name,
        parameters={
            "feeds": str(settings.feeds.resolve()) if settings.feeds else None,
            "db": str(settings.db.resolve()),
            "due": True,
        },
        schedule=Cron(settings.schedule, timezone="UTC"),
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    daily = await upkeep.ato_deployment(
        name=name,
        parameters={"db": str(settings.db.resolve())},
        schedule=Cron(settings.upkeep_schedule, timezone="UTC"),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    # a limit above one lets the runner take up a run that is due, to see that it must be cancelled
    runner = Runner(name="copydesk", limit=4, pause_on_shutdown=False)
    # its own handler stops it from within the loop's callback, with a coroutine never awaited
    runner.handle_sigterm = lambda *_: signal.raise_signal(signal.SIGINT)  # type: ignore[method-assign]
    await runner.aadd_deployment(daily)
    deployment_id = await runner.aadd_deployment(deployment)
    async with get_client() as client:
        await _close_stale(client, deployment_id)
        await client.create_flow_run_from_deployment(deployment_id)
    try:
        await runner.start()
    finally:
        async with get_client() as client:
            await _close_stale(client, deployment_id)


async def _close_stale(client: "PrefectClient", deployment_id: "UUID") -> None:
    """Ends runs that a killed `copydesk serve` left running: they would hold the only place."""
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
