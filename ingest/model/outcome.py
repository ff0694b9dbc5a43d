"""The outcomes of feeds and pages, and the exceptions that carry an outcome."""

from datetime import timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """How a feed, or an entry of a feed, ended in a run. Each has exactly one outcome."""

    # a feed
    READ = "read"
    UNCHANGED = "unchanged"
    NOT_A_FEED = "not_a_feed"
    # an entry: one address that one feed lists
    NEW = "new"
    KNOWN = "known"
    DUPLICATE_URL = "duplicate_url"
    NO_LINK = "no_link"
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"  # no text, or fewer than 30 words
    # the verdict on a page that has text but no full article
    TEASER = "teaser"
    PAYWALLED = "paywalled"
    CONSENT = "consent"
    LOGIN = "login"
    LISTING = "listing"
    GALLERY = "gallery"  # pictures or a video
    EXTRACT_TIMEOUT = "extract_timeout"
    EXTRACT_MEMORY = "extract_memory"
    EXTRACT_CRASH = "extract_crash"
    ROBOTS = "robots"  # robots.txt forbids the page
    # a feed or a page, from the network
    BAD_ADDRESS = "bad_address"
    FORBIDDEN_ADDRESS = "forbidden_address"  # private, loopback or special: the guard refuses it
    COOLING = "cooling"  # not asked: its host asked us to wait
    PENDING = "pending"  # not asked: the time for its host was over; the next run continues
    NO_CREDENTIALS = "no_credentials"  # not asked: the password of the feed is missing
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
    CHALLENGED = "challenged"  # a page that checks for humans, as a captcha does
    THROTTLED = "throttled"  # 429, 503
    SERVER_ERROR = "server_error"
    HTTP_ERROR = "http_error"


#: Failures that may pass. A page with such an outcome is fetched again in a later run.
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


#: Outcomes without a request. They are not failures.
NOT_ASKED = frozenset({Outcome.COOLING, Outcome.PENDING, Outcome.NO_CREDENTIALS})

#: The weights of failures that often pass by themselves. They weigh less than a hard failure.
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
#: The weight of every other failure. It rarely passes by itself.
HARD = 1.0


class CopydeskError(Exception):
    """An error for the user. Its text says what went wrong, where, and what to do."""


class Failed(Exception):  # noqa: N818  it is read as `except Failed`; it is not an error of ours
    """A feed or page failed, with its outcome.

    If a server answered, `status` is the HTTP status and `retry_after` is the wait that it asked
    for. If a request was made, `elapsed_ms` is the time that it took.
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
