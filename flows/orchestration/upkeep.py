"""Upkeep as a flow, which `copydesk serve` runs once a day."""

from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from flows.orchestration.artifacts import as_text
from flows.pipeline.upkeep import keep_up
from flows.settings import read_settings


@flow(name="copydesk-upkeep", persist_result=False)
def upkeep(db: Path | None = None, now: datetime | None = None) -> None:
    """Deletes or sums up old data, and rebuilds the file if much of it is unused.

    Args:
        db: The DuckDB file. Without it, the setting.
        now: The time from which ages are counted. Without it, the current time.
    """
    done = keep_up(read_settings(db=db), now or datetime.now(UTC))
    for step in done:
        get_run_logger().info("%s: %s", step.step, step.what)
    create_table_artifact(
        key="copydesk-upkeep",
        table=[{"step": step.step, "what it did": as_text(step.what)} for step in done],
        description="What upkeep did",
    )
