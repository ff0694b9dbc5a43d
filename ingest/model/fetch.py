"""A request with its answer, and the state of a host."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """The wishes of a server and its feed about the next request."""

    retry_after: timedelta | None = None  # Retry-After, counted from the server's own Date
    max_age: timedelta | None = None  # Cache-Control
    ttl: timedelta | None = None  # RSS <ttl>, sy:updatePeriod and sy:updateFrequency
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, UTC
    skip_days: frozenset[int] = frozenset()  # 0 for Monday to 6 for Sunday, UTC


#: No wishes.
NO_HINTS = Hints()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """The state of a host, for all its feeds and pages. It is kept between runs."""

    host: str
    cooling_until: datetime | None = None  # it asked not to be asked before this time
    strikes: int = 0  # how often in a row it asked so
    latency_ms: float = 0  # smoothed response time; 0: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An address to fetch, with the validators of the stored copy, if there is one."""

    url: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The answer for a feed or a page: status 200 with its decoded body, or 304 without one."""

    url: str
    final_url: str
    status: int
    headers: dict[str, str]
    body: bytes
    elapsed_ms: int
    moved_to: str = ""  # the target of the permanent redirects before any temporary one

    @property
    def not_modified(self) -> bool:
        """Whether the server said that the stored copy is still current."""
        return self.status == 304

    @property
    def content_type(self) -> str:
        """The media type in lower case, without parameters; empty where the answer has none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request as the ledger stores it: successful, failed, or not made at all."""

    kind: str  # "feed" or "page"
    url: str
    outcome: Outcome
    host: str = ""  # as in HostState
    at: datetime | None = None  # when it ended; None means the time when the run began
    final_url: str = ""
    status: int | None = None
    bytes: int | None = None
    elapsed_ms: int | None = None
    detail: str = ""
    validators: str = ""  # the names of the validators sent: "etag", "last-modified", both or none
    hints: Hints = NO_HINTS  # from the headers of the answer
