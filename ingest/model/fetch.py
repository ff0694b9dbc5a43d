"""A request and its answer, and what is known of a host."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a server and its feed said about when to come back."""

    retry_after: timedelta | None = None  # Retry-After, relative to the server's own Date
    max_age: timedelta | None = None  # Cache-Control
    ttl: timedelta | None = None  # RSS <ttl>, sy:updatePeriod and sy:updateFrequency
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, UTC
    skip_days: frozenset[int] = frozenset()  # 0 for Monday to 6 for Sunday, UTC


#: What a server says that says nothing.
NO_HINTS = Hints()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What is known of a host, over all its feeds and pages, from one run to the next."""

    host: str
    cooling_until: datetime | None = None  # it asked for patience until then
    strikes: int = 0  # how often in a row it did
    latency_ms: float = 0  # its smoothed response time; 0 for unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An address to fetch, with the validators of the copy we hold, if any."""

    url: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A server's answer: 200 with a decoded body, or 304 with none. Serves feeds and pages."""

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    body: bytes
    elapsed_ms: int
    moved_to: str = ""  # where permanent redirects alone led, from the first hop on

    @property
    def not_modified(self) -> bool:
        """Whether the server said that the copy we hold is still good."""
        return self.status == 304

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty where the server gave none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request as the ledger keeps it, whether it brought a body or a failure."""

    kind: str  # "feed" or "page"
    url: str
    outcome: Outcome
    host: str = ""  # as its HostState spells it
    at: datetime | None = None  # when it ended, by the run's clock; None for when the run began
    final_url: str = ""
    status: int | None = None
    bytes: int | None = None
    elapsed_ms: int | None = None
    detail: str = ""
    validators: str = ""  # those sent: "etag", "last-modified", both, or none
    hints: Hints = NO_HINTS  # what the answer's headers said
