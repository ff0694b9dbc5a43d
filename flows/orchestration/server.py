"""Prefect's environment and its server: the user's own, or a child of this process."""

import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

from platformdirs import user_log_path

from flows.settings import Settings
from ingest.model import CopydeskError

STARTUP_SECONDS = 120  # at its first start the server makes its own database
DEFAULTS = {
    "DO_NOT_TRACK": "1",
    # a server that stops during a run is told in one sentence, not in one for each event
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # it sends nothing; and at a start its heartbeat would find the server's database locked
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
}
# The child process: a Prefect server. Linux ends it where this process is killed.
SERVER = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
os.execv(sys.executable, [sys.executable, "-m", "prefect", "server", "start"])
"""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def prepare(*, quiet: bool = False) -> None:
    """Sets Prefect's environment. Call it before Prefect is imported. The user's values stay.

    The user's proxy is for news sites. Requests to Prefect's server on this machine must not go
    through it. With `quiet`, Prefect's log lines go to its server and not to the terminal.
    """
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if quiet:
        os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    named = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    exempt = ",".join(dict.fromkeys([*filter(None, named.split(",")), *LOOPBACK]))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = exempt


def configured_api() -> str | None:
    """The Prefect server that the user chose by a variable or in Prefect's active profile."""
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
    """Whether a Prefect server answers at this address."""
    try:
        with build_opener(ProxyHandler({})).open(f"{api}/health", timeout=2) as response:
            return bool(response.read().strip() == b"true")
    except (OSError, HTTPException, ValueError):  # nothing answers, or something else does
        return False


@contextmanager
def a_server(settings: Settings, say: Callable[[str], None], *, lasting: bool) -> Iterator[str]:
    """A Prefect server for as long as the block lasts: a running one, or else a child process.

    A `lasting` child is at `local_api` and has the UI. Any other child is on a free port, for one
    run. Yields the address of the API, which PREFECT_API_URL names meanwhile. `say` is called with
    what is being waited for.
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
            start_new_session=True,  # Ctrl-C reaches only this process, which stops the child
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
