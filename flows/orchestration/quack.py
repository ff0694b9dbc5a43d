"""The published database for DuckDB clients, for as long as `copydesk serve --quack` runs."""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console

from flows.settings import Settings
from ingest.model import CopydeskError
from storage.snapshot.quack import SHORTEST, check_quack
from storage.snapshot.quack_process import keep_serving


@contextmanager
def serving_quack(settings: Settings, console: Console) -> Iterator[None]:
    """Serves the database's snapshots until the block ends. Prints how to connect, or what fails.

    A process of its own serves them, with half of the cores.

    Raises CopydeskError where DuckDB's extension cannot be loaded or the token is too short.
    """
    check_quack()
    given = settings.quack_token.get_secret_value()
    if given and len(given) < SHORTEST:
        raise CopydeskError(f"COPYDESK_QUACK_TOKEN is too short: {SHORTEST} characters at least")
    token = given or secrets.token_urlsafe(24)

    def tell(trouble: str) -> None:
        console.print(
            f"Not served to DuckDB for now. The next attempt follows. {trouble}"
            if trouble
            else f"For DuckDB:  CREATE SECRET (TYPE quack, TOKEN '{'...' if given else token}');\n"
            f"             ATTACH 'quack:localhost:{settings.quack_port}' AS news;",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )

    stop = threading.Event()
    limits = replace(settings.query_limits, threads=max(2, (os.cpu_count() or 1) // 2))
    how = {
        "token": token,
        "port": settings.quack_port,
        "limits": limits,
        "stop": stop,
        "tell": tell,
    }
    thread = threading.Thread(target=keep_serving, args=(settings.db,), kwargs=how, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
