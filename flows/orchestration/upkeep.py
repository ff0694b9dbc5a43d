"""Upkeep as a flow, which `copydesk serve` runs once a day."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from flows.pipeline.upkeep import keep_up
from flows.settings import read_settings


@flow(name="copydesk-upkeep", persist_result=False)
def upkeep(db: Path | None = None, now: datetime | None = None) -> None:
    """Drops and rolls up what is older than it is to be kept, and rebuilds a file full of air.

    Args:
        db: The DuckDB file; without it, the setting.
        now: The clock that ages are counted from; without it, the time it is.
    """
    done = keep_up(read_settings(db=db), now or datetime.now(UTC))
    for step in done:
        get_run_logger().info("%s: %s", step.step, step.what)
    create_table_artifact(
        key="copydesk-upkeep",
        table=[{"step": step.step, "what it did": step.what} for step in done],
        description="What upkeep did",
    )
