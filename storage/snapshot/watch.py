"""Says when the server must end, because of what its clients run.

DuckDB can interrupt a statement only from the connection that runs it, and quack keeps those to
itself. So one statement can't be ended by itself: its process ends, and a new one starts. What
quack tells is which statements run. What the system tells is whether anybody is connected.
"""

import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from storage.core.limits import QueryLimits

#: Seconds that the server may compute with nobody connected. A client that reads an answer is not
#: connected between two parts of it, but then nothing is computed.
GONE_SECONDS = 5
#: The share of a processor that counts as computing. On a busy machine a statement gets no more; an
#: idle server takes a hundredth.
BUSY = 0.1
#: Characters of a statement that are shown to the operator.
SHOWN = 80
#: The state ESTABLISHED in /proc/net/tcp.
ESTABLISHED = "01"

Statement = tuple[str, str]  # its client's session, and when it began


class Watch:
    """Watches what the clients of one server run. Call `complaint` every second or so."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        port: int,
        limits: QueryLimits,
        clients: Callable[[int], int | None] | None = None,
    ) -> None:
        self._connection = connection
        self._port = port
        self._limits = limits
        self._clients = clients or clients_of
        self._seen: dict[Statement, float] = {}
        self._unseen_since: float | None = None  # since when quack could not be asked
        self._alone_since: float | None = None  # since when it has computed for nobody
        self._last = (0.0, 0.0)  # time and processor time at the last look

    def running(self) -> dict[Statement, str]:
        """The statements that run, or whose answers are half read. Raises duckdb.Error."""
        rows = self._connection.execute(
            "SELECT connection_id, query_started_at::VARCHAR, query FROM quack_active_connections()"
            " WHERE state = 'active' ORDER BY ALL"
        ).fetchall()
        return {(session, started): query for session, started, query in rows}

    def complaint(self, now: float | None = None, processor: float | None = None) -> str:
        """Why the server must end, in a sentence; empty while all is well.

        The arguments are seconds of `time.monotonic` and `time.process_time`.
        """
        now = time.monotonic() if now is None else now
        processor = time.process_time() if processor is None else processor
        try:
            running = self.running()
        except (duckdb.Error, MemoryError):  # no memory is left for the question, for instance
            running = {}
            self._unseen_since = now if self._unseen_since is None else self._unseen_since
        else:
            self._unseen_since = None
            self._seen = {one: self._seen.get(one, now) for one in running}
        return self._too_long(now, running) or self._for_nobody(now, processor, running)

    def _too_long(self, now: float, running: dict[Statement, str]) -> str:
        limit = self._limits.seconds
        unseen = self._unseen_since
        if unseen is not None and now - unseen > limit:
            return f"what clients run could not be seen for {limit:g} s"
        for one, query in running.items():
            if now - self._seen[one] > limit:
                return (
                    f"a client's statement took longer than {limit:g} s "
                    f"(COPYDESK_QUERY_TIME_LIMIT) and was ended: {query[:SHOWN]!a}"
                )
        return ""

    def _for_nobody(self, now: float, processor: float, running: dict[Statement, str]) -> str:
        before, used = self._last
        self._last = (now, processor)
        busy = processor - used > BUSY * (now - before)
        if not (running and busy and self._clients(self._port) == 0):
            self._alone_since = None
            return ""
        if self._alone_since is None:
            self._alone_since = now
        if now - self._alone_since < GONE_SECONDS:
            return ""
        query = next(iter(running.values()))
        return f"a client went away and left a statement running: {query[:SHOWN]!a}"


def clients_of(port: int) -> int | None:
    """How many connections to a port of this machine are open; None where that can't be seen."""
    files = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    found = [file.read_text().splitlines()[1:] for file in files if file.exists()]
    if not found:
        return None
    sockets = (line.split() for lines in found for line in lines)
    return sum(
        socket[1].endswith(f":{port:04X}") and socket[3] == ESTABLISHED for socket in sockets
    )
