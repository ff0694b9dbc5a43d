"""What runs learn about a host: how fast it answers, when to ask it again, its robots.txt."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime

from ingest.model import HostState
from storage.core.tables import Tables

HOST = ", ".join(field.name for field in fields(HostState))


class Hosts:
    """The tables of hosts and of their robots.txt files."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def states(self) -> dict[str, HostState]:
        """What is known of each host, by host."""
        rows = self._tables.records(f"SELECT {HOST} FROM core.hosts")
        return {row["host"]: HostState(**row) for row in rows}

    def put(self, hosts: Iterable[HostState], now: datetime) -> None:
        """Keeps what a run has learned about hosts."""
        rows = [{**asdict(host), "seen_at": now} for host in hosts]
        self._tables.replace("hosts", "host", rows)

    def robots(self, since: datetime) -> dict[str, str]:
        """The text of each robots.txt that was fetched since then, by host."""
        return dict(
            self._tables.pairs("SELECT host, text FROM core.robots WHERE fetched_at >= ?", [since])
        )

    def put_robots(self, texts: Mapping[str, str], now: datetime) -> None:
        """Keeps robots.txt files by host, so that the next run need not fetch them again."""
        rows = [{"host": host, "text": text, "fetched_at": now} for host, text in texts.items()]
        self._tables.replace("robots", "host", rows)
