"""How a feed or a page ends: its outcome, and the failures that carry one."""

from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """How a feed, or an entry of a feed, ended in a run: always in exactly one of these."""

    # a feed
    READ = "read"
    UNCHANGED = "unchanged"
    NOT_A_FEED = "not_a_feed"
    # an entry, that is, one address listed by one feed
    NEW = "new"
    KNOWN = "known"
    DUPLICATE_URL = "duplicate_url"
    NO_LINK = "no_link"
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"  # empty, or too little to tell what it is
    # a page with text that is no article: its verdict
    TEASER = "teaser"
    PAYWALLED = "paywalled"
    CONSENT = "consent"
    LOGIN = "login"
    LISTING = "listing"
    GALLERY = "gallery"  # of pictures, or a video
    EXTRACT_TIMEOUT = "extract_timeout"
    EXTRACT_MEMORY = "extract_memory"
    EXTRACT_CRASH = "extract_crash"
    ROBOTS = "robots"  # the site's robots.txt asks us not to
    # either, from the network
    BAD_ADDRESS = "bad_address"
    FORBIDDEN_ADDRESS = "forbidden_address"  # private, loopback or otherwise special: the guard
    COOLING = "cooling"  # its host asked for patience: not asked at all
    PENDING = "pending"  # its host's time was up in this run: not asked, the next one goes on
    NO_CREDENTIALS = "no_credentials"  # a feed whose password is not at hand: not asked
    DNS_FAILED = "dns_failed"
    CONNECTION_FAILED = "connection_failed"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    TRUNCATED = "truncated"  # fewer bytes than the server announced
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TOO_LARGE = "too_large"
    NOT_FOUND = "not_found"  # 404
    GONE = "gone"  # 410
    REFUSED = "refused"  # 401, 403, 451
    CHALLENGED = "challenged"  # a page that asks whether we are human
    THROTTLED = "throttled"  # 429, 503
    SERVER_ERROR = "server_error"
    HTTP_ERROR = "http_error"


#: Failures that may pass: a page that ended so is fetched again in a later run.
TEMPORARY = frozenset(
    {
        Outcome.COOLING,
        Outcome.PENDING,
        Outcome.DNS_FAILED,
        Outcome.CONNECTION_FAILED,
        Outcome.TLS_FAILED,
        Outcome.TIMEOUT,
        Outcome.TRUNCATED,
        Outcome.CHALLENGED,
        Outcome.THROTTLED,
        Outcome.SERVER_ERROR,
    }
)


#: Outcomes of no request at all: nobody was asked, so nothing has failed.
NOT_ASKED = frozenset({Outcome.COOLING, Outcome.PENDING, Outcome.NO_CREDENTIALS})

#: How much a failure weighs, where it weighs less than a hard one: these often pass by themselves.
WEIGHTS = {
    **dict.fromkeys(NOT_ASKED, 0.0),
    Outcome.DNS_FAILED: 0.25,
    **dict.fromkeys(
        (
            *(Outcome.NOT_FOUND, Outcome.THROTTLED, Outcome.CHALLENGED, Outcome.SERVER_ERROR),
            *(Outcome.CONNECTION_FAILED, Outcome.TIMEOUT, Outcome.TRUNCATED, Outcome.TLS_FAILED),
        ),
        0.5,
    ),
}
#: How much every other failure weighs: it rarely passes by itself.
HARD = 1.0


class CopydeskError(Exception):
    """Something the user must know and can act on: its text says what, where and what to do."""


class Failed(Exception):  # noqa: N818  it reads as `except Failed`, and its outcome is no bug
    """One feed or page that could not be had, with the outcome it counts as.

    `status` is the HTTP status where a server answered, `retry_after` how long it asked us to wait,
    `elapsed_ms` how long the request took, where one was made.
    """

    def __init__(
        self,
        outcome: Outcome,
        detail: str = "",
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
        self.elapsed_ms: int | None = None
