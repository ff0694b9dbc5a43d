"""A request as the ledger keeps it, whatever it came to. Pure."""

from datetime import datetime

from ingest.fetch.response import hints
from ingest.model import Attempt, Failed, Fetched, Hints, Outcome, Request
from ingest.urls import host_of, without_credentials


def went(kind: str, request: Request, fetched: Fetched, outcome: Outcome, at: datetime) -> Attempt:
    """A request that was answered, at a time by the run's clock."""
    return Attempt(
        kind=kind,
        url=without_credentials(request.url),
        outcome=outcome,
        host=host_of(request.url),
        at=at,
        final_url=without_credentials(fetched.final_url),
        status=fetched.status,
        bytes=len(fetched.body),
        elapsed_ms=fetched.elapsed_ms,
        validators=_validators(request),
        hints=hints(fetched.headers),
    )


def failed(kind: str, request: Request, failure: Failed, at: datetime) -> Attempt:
    """A request that failed, or was not even made."""
    return Attempt(
        kind=kind,
        url=without_credentials(request.url),
        outcome=failure.outcome,
        host=host_of(request.url),
        at=at,
        status=failure.status,
        elapsed_ms=failure.elapsed_ms,
        detail=failure.detail,
        validators=_validators(request),
        hints=Hints(retry_after=failure.retry_after),
    )


def _validators(request: Request) -> str:
    sent = {"etag": request.etag, "last-modified": request.last_modified}
    return ", ".join(name for name, value in sent.items() if value)
