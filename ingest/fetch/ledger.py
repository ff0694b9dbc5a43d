"""Makes the ledger's record of a request, with its outcome. Pure.

The address of a feed may hold a token in its query. The ledger does not keep the token, as it does
not keep a password. A page's address keeps its parameters: they are part of what identifies it.
"""

from datetime import datetime

from ingest.fetch.errors import shown
from ingest.fetch.response import hints
from ingest.model import Attempt, Failed, Fetched, Hints, Outcome, Request
from ingest.urls import host_of, without_credentials, without_secrets


def went(
    kind: str, request: Request, fetched: Fetched, outcome: Outcome, at: datetime, detail: str = ""
) -> Attempt:
    """The record of a request that was answered. `at` is a time of the run's clock.

    `kind` is "feed" or "page". `detail` says why the answer could not be used.
    """
    return Attempt(
        kind=kind,
        url=_kept(kind, request.url),
        outcome=outcome,
        host=host_of(request.url),
        at=at,
        final_url=_kept(kind, fetched.final_url),
        status=fetched.status,
        bytes=len(fetched.body),
        elapsed_ms=fetched.elapsed_ms,
        detail=shown(detail),
        validators=_validators(request),
        hints=hints(fetched.headers),
    )


def failed(kind: str, request: Request, failure: Failed, at: datetime) -> Attempt:
    """The record of a request that failed, or was not made at all."""
    return Attempt(
        kind=kind,
        url=_kept(kind, request.url),
        outcome=failure.outcome,
        host=host_of(request.url),
        at=at,
        status=failure.status,
        elapsed_ms=failure.elapsed_ms,
        detail=shown(failure.detail),
        validators=_validators(request),
        hints=Hints(retry_after=failure.retry_after),
    )


def _kept(kind: str, url: str) -> str:
    return without_secrets(url) if kind == "feed" else without_credentials(url)


def _validators(request: Request) -> str:
    sent = {"etag": request.etag, "last-modified": request.last_modified}
    return ", ".join(name for name, value in sent.items() if value)
