"""Turns what httpx raises into Failed, with one outcome for each kind of failure."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from ingest.model import Failed, Outcome
from ingest.urls import text_without_secrets
from ingest.values import clean_text

MAX_DETAIL = 200  # characters of a detail: part of it may be what a server sent


@contextmanager
def failing() -> Iterator[None]:
    """Turns what httpx raises into Failed. The address is left out: it may hold a password."""
    try:
        yield
    except (TimeoutError, httpx.TimeoutException) as error:
        raise Failed(Outcome.TIMEOUT, type(error).__name__) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError) as error:
        raise Failed(Outcome.BAD_ADDRESS, type(error).__name__) from error
    except httpx.HTTPError as error:
        detail = f"{type(error).__name__}: {error}".rstrip(": ")
        raise Failed(_broken(error), shown(detail)) from error
    except Failed:
        raise
    except Exception as error:  # a strange address or server must fail only its own request
        raise Failed(Outcome.CONNECTION_FAILED, type(error).__name__) from error


def shown(detail: str) -> str:
    """A detail as it may be stored and shown on a terminal: short, and on one line.

    It has no control characters and no secret of an address. Part of it may be a server's own
    words: its headers, or what the HTTP library quotes of them.
    """
    return text_without_secrets(clean_text(detail))[:MAX_DETAIL]


def _broken(error: httpx.HTTPError) -> Outcome:
    """The outcome of a failed connection, by the exception that caused it."""
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
