"""The ledger of requests: a row for each request for a feed or a page, with its outcome."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ingest.model import Attempt


def attempt_row(run_id: int, attempt: Attempt, now: datetime) -> dict[str, Any]:
    """A request as a row of core.fetches. `now` is its time if the attempt has none."""
    row = asdict(attempt)
    row.pop("hints")
    return {"run_id": run_id, "fetched_at": row.pop("at") or now, **row}
