"""Reads an answer: its outcome, when to ask again, and its body, unpacked. Pure.

Nothing in an answer is trusted: headers are cleaned, times are limited, and bodies have a maximum
size.
"""

import email.utils
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.request import parse_http_list

from ingest.model import Failed, Hints, Outcome
from ingest.values import clean_text

#: The encodings that we ask for. Only these are unpacked, in pieces of a limited size.
ENCODINGS = "gzip, deflate"
WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
UNREADABLE = frozenset({"br", "zstd", "compress", "x-compress", "dcb", "dcz"})
PIECE = 65_536  # bytes that a body may grow by before its size is checked again
JUDGED_FROM = 1_000_000  # decoded bytes: a smaller body may have any ratio
VALIDATORS = frozenset({"etag", "last-modified"})
LONGEST_WAIT = timedelta(days=7)
LONGEST_AGE = timedelta(days=365)

STATUS_OUTCOMES = {
    401: Outcome.REFUSED,
    403: Outcome.REFUSED,
    404: Outcome.NOT_FOUND,
    410: Outcome.GONE,
    429: Outcome.THROTTLED,
    451: Outcome.REFUSED,
    503: Outcome.THROTTLED,
}
CHALLENGE_WITHIN = 10_000  # bytes of a refusal that are searched for a challenge
REFUSALS = frozenset({403, 503})
# Signs of a service that asks whether we are human: headers (name, part of the value) ...
HEADER_MARKS = (
    ("x-datadome", ""),
    ("x-amzn-waf-action", ""),
    ("x-px-block", ""),
    ("server", "akamaighost"),
)
# ... and the first bytes of the body (DataDome, PerimeterX, Incapsula, Akamai)
BODY_MARKS = (
    b"captcha-delivery.com",
    b"px-captcha",
    b"_incapsula_resource",
    b"incapsula incident id",
    b"sec-if-cpt-container",
    b"errors.edgesuite.net",
)
CLOUDFLARE_MARKS = (b"just a moment...", b"challenge-platform")  # counted only from its servers


def clean_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers as they are kept: names in lower case, values without control characters.

    The validators stay as they were sent, because they are sent back.
    """
    lowered = ((name.lower(), value) for name, value in headers.items())
    return {name: value if name in VALIDATORS else clean_text(value) for name, value in lowered}


def hints(headers: Mapping[str, str]) -> Hints:
    """When to ask again, by an answer's headers. Their names are in lower case."""
    return Hints(retry_after=_retry_after(headers), max_age=_max_age(headers))


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The wait. A date counts from the server's own date, because its clock may be wrong."""
    value = headers.get("retry-after", "").strip()
    try:
        return _clamped(int(value), LONGEST_WAIT)
    except ValueError:
        pass
    until, date = _date(value), _date(headers.get("date", ""))
    if until is None or date is None:
        return None
    return _clamped((until - date).total_seconds(), LONGEST_WAIT)


def _date(value: str) -> datetime | None:
    try:
        date = email.utils.parsedate_to_datetime(value)
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):  # bpo-30681 and its relatives
        return None


def _max_age(headers: Mapping[str, str]) -> timedelta | None:
    """How long the answer says it stays fresh. s-maxage is ignored: it is for shared caches."""
    directives = {}
    for directive in parse_http_list(headers.get("cache-control", "")):
        name, _, value = directive.partition("=")
        directives[name.strip().lower()] = value.strip().strip('"')
    if "no-cache" in directives or "no-store" in directives:
        return None
    try:
        return _clamped(int(directives.get("max-age", "")), LONGEST_AGE)
    except ValueError:
        return None


def _clamped(seconds: float, longest: timedelta) -> timedelta:
    return timedelta(seconds=min(max(seconds, 0), longest.total_seconds()))


def outcome_of(status: int, headers: Mapping[str, str], head: bytes = b"") -> Outcome:
    """The outcome of a status other than success. `head` is the start of the decoded body."""
    if is_challenge(status, headers, head):
        return Outcome.CHALLENGED
    fallback = Outcome.SERVER_ERROR if status >= 500 else Outcome.HTTP_ERROR
    return STATUS_OUTCOMES.get(status, fallback)


def is_challenge(status: int, headers: Mapping[str, str], head: bytes = b"") -> bool:
    """Whether an answer only asks if we are human, and does not refuse us for good."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if status not in REFUSALS:
        return False
    text = head[:CHALLENGE_WITHIN].lower()
    if headers.get("server", "").lower() == "cloudflare" and any(
        mark in text for mark in CLOUDFLARE_MARKS
    ):
        return True
    return any(mark in text for mark in BODY_MARKS) or any(
        name in headers and part in headers[name].lower() for name, part in HEADER_MARKS
    )


class DecodedBody:
    """A body as it arrives. It is unpacked in pieces and measured after each.

    With `cut`, bytes beyond `max_bytes` are left out. Without it, they raise Failed(too_large).
    """

    def __init__(
        self, encoding: str, *, max_bytes: int, max_ratio: float, cut: bool = False
    ) -> None:
        name = encoding.strip().lower()
        if name in UNREADABLE or "," in name:
            raise Failed(Outcome.HTTP_ERROR, f"packed as {name}, which was not asked for")
        # some servers send "none" or "utf-8", which mean nothing: browsers ignore them too
        self._window = WINDOWS.get(name)
        self._unpack = zlib.decompressobj(self._window) if self._window else None
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._cut = cut
        self._raw = 0
        self._body = bytearray()

    @property
    def full(self) -> bool:
        """Whether the body may be cut and has all the bytes that are kept."""
        return self._cut and len(self._body) >= self._max_bytes

    def add(self, raw: bytes) -> None:
        """Takes raw bytes. Raises Failed: too_large, or connection_failed for garbled bytes."""
        self._raw += len(raw)
        try:
            for piece in self._pieces(raw):
                self._body += piece
                if self.full:
                    return
                self._judge()
        except zlib.error as error:
            raise Failed(Outcome.CONNECTION_FAILED, f"the body does not unpack: {error}") from error
        self._judge()

    def finish(self) -> bytes:
        """The body. Raises Failed(truncated) if its end is missing."""
        if self._unpack and self._raw and not self._unpack.eof and not self.full:
            raise Failed(Outcome.TRUNCATED, "the packed body has no end")
        del self._body[self._max_bytes :]
        return bytes(self._body)

    def _pieces(self, raw: bytes) -> Iterator[bytes]:
        if self._unpack is None:
            yield raw
            return
        if self._raw == len(raw) and self._window == zlib.MAX_WBITS:  # the first of it
            self._unpack = _deflate(raw, self._unpack)
        while not self._unpack.eof:  # bytes after the end are ignored, as browsers do
            piece = self._unpack.decompress(raw, PIECE)
            raw = self._unpack.unconsumed_tail
            if not piece:
                return
            yield piece

    def _judge(self) -> None:
        if max(self._raw if self._unpack else 0, len(self._body)) > self._max_bytes:
            raise Failed(Outcome.TOO_LARGE, f"more than {self._max_bytes:,} bytes")
        if len(self._body) > max(JUDGED_FROM, self._max_ratio * self._raw):
            raise Failed(
                Outcome.TOO_LARGE, f"unpacks to more than {self._max_ratio:g} times its size"
            )


def _deflate(raw: bytes, unpack: "zlib._Decompress") -> "zlib._Decompress":
    """The unpacker for "deflate": zlib's format by the standard, often sent without its header."""
    try:
        unpack.copy().decompress(raw, 1)
    except zlib.error:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    return unpack
