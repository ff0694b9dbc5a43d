"""What httpx and a server's conduct raise becomes Failed: one named outcome each."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from ingest.model import Failed, Outcome
from ingest.urls import text_without_credentials


@contextmanager
def failing() -> Iterator[None]:
    """Turns what httpx raises into Failed, and leaves the address out: it may hold a password."""
    try:
        yield
    except (TimeoutError, httpx.TimeoutException) as error:
        raise Failed(Outcome.TIMEOUT, type(error).__name__) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
        raise Failed(Outcome.BAD_ADDRESS, type(error).__name__) from error
    except httpx.HTTPError as error:
        detail = text_without_credentials(f"{type(error).__name__}: {error}".rstrip(": "))
        raise Failed(_broken(error), detail[:200]) from error
    except Failed:
        raise
    except Exception as error:  # whatever an address or a server does costs that request alone
        raise Failed(Outcome.CONNECTION_FAILED, type(error).__name__) from error


def _broken(error: httpx.HTTPError) -> Outcome:
    """Which failure of a connection it was, by what caused it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Outcome.TLS_FAILED
        if getattr(cause, "error_status_hint", 0) == 431:  # h11: over 100 kB of headers
            return Outcome.TOO_LARGE
        cause = cause.__cause__ or cause.__context__
    if "without sending complete message body" in str(error):
        return Outcome.TRUNCATED
    if "Invalid URL in location" in str(error):
        return Outcome.BAD_ADDRESS
    return Outcome.CONNECTION_FAILED
