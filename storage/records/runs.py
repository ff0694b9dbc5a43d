"""The runs: when each began, how it ended, and how long its stages took."""

from collections.abc import Mapping
from datetime import datetime

from storage.core.tables import Tables


class Runs:
    """The table of runs."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def begin(self, now: datetime) -> int:
        """Starts a run and returns its number.

        Only one process holds the file. So a run that is still marked as running was killed: it is
        marked as crashed.
        """
        self._tables.run("UPDATE core.runs SET state = 'crashed' WHERE state = 'running'")
        run_id = self._tables.next_number("runs", "run_id")
        self._tables.insert("runs", [{"run_id": run_id, "started_at": now, "state": "running"}])
        return run_id

    def last(self) -> int:
        """The number of the latest run; 0 where there was none."""
        return self._tables.next_number("runs", "run_id") - 1

    def note_entries(self, run_id: int, feeds: int, entries: int, retried: int) -> None:
        """Records how much work a run has. It is called early, so that a killed run has it too."""
        row = {"run_id": run_id, "feeds": feeds, "entries": entries, "retried": retried}
        self._tables.update("runs", "run_id", [row])

    def end(self, run_id: int, state: str, seconds: Mapping[str, float]) -> None:
        """Records how a run ended: `state` is "finished" or "failed".

        The keys of `seconds` are the stages: "poll", "fetch", "extract", "fold", "load", "total".
        "total" is always there.
        """
        spent = {f"{stage}_seconds": number for stage, number in seconds.items()}
        self._tables.update("runs", "run_id", [{"run_id": run_id, "state": state, **spent}])
        self._tables.run(
            "UPDATE core.runs SET finished_at = started_at + to_seconds(total_seconds) "
            "WHERE run_id = ?",
            [run_id],
        )
