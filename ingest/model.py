"""The plain data that travels through the pipeline, each type named for its place on the way."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription, as an OPML file lists it."""

    url: str
    title: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a server and its feed said about when to come back."""

    retry_after: timedelta | None = None  # Retry-After, relative to the server's own Date
    max_age: timedelta | None = None  # Cache-Control
    ttl: timedelta | None = None  # RSS <ttl>, sy:updatePeriod and sy:updateFrequency
    skip_hours: frozenset[int] = frozenset()  # 0 to 23, UTC
    skip_days: frozenset[int] = frozenset()  # 0 for Monday to 6 for Sunday, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A subscription: what its answers so far leave to ask with next time, and its rhythm."""

    feed_id: int
    url: str
    needs_credentials: bool = False  # the database has its address without them
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    interval: timedelta = timedelta(hours=1)  # how often it is worth asking, as learned
    failures: float = 0  # weighted, since its last success
    streak: int = 0  # failed polls since its last success
    succeeded_at: datetime | None = None
    fresh_at: datetime | None = None  # its last poll that brought a new entry
    rhythm: timedelta | None = None  # the usual time between two such polls
    full_at: datetime | None = None  # when it was last asked without validators to see if they lie
    moved_to: str = ""  # where its last permanent redirect led
    moved_times: int = 0  # how often in a row it led there
    asks: Hints = Hints()  # what still holds of what it last said: all but Retry-After


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When a feed is to be polled next, and why then."""

    at: datetime | None  # None: never again (410)
    interval: timedelta
    failures: float
    reason: str


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
    hints: Hints = Hints()  # what the answer's headers said


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed. Texts are plain, without markup, but for `content`."""

    url: str  # absolute; empty where the item has no link
    entry_id: str
    title: str
    summary: str = ""
    content: str = ""  # the full text as HTML, where the feed carries it
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_from: str = ""  # the element that gave the date: "published" or "updated"
    updated: datetime | None = None
    updated_from: str = ""  # likewise
    language: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[str, ...] = ()  # addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed's document says, in its own order."""

    title: str
    site_url: str
    language: str
    entries: tuple[Entry, ...]
    hints: Hints = Hints()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address seen for the first time, and what its feed said of it: the account's unit.

    `url` is canonical and gives the identity; `entry.url` is what the feed listed and is fetched.
    """

    page_id: int
    url: str
    feed_id: int
    first_seen: datetime
    entry: Entry
    attempts: int = 0


class Verdict(StrEnum):
    """What a page turned out to be. Only a full article is compared and folded."""

    FULL = "full"
    TEASER = "teaser"
    PAYWALLED = "paywalled"
    CONSENT = "consent"
    LOGIN = "login"
    LISTING = "listing"
    GALLERY = "gallery"
    NOT_FOUND = "not_found"  # said with status 200
    EMPTY = "empty"

    @property
    def outcome(self) -> Outcome:
        """How the page's entry ends by it."""
        ends = {Verdict.FULL: Outcome.NEW, Verdict.EMPTY: Outcome.NO_TEXT}
        return ends.get(self) or Outcome(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A line, or a part of one, that was no part of the article, and the rule that said so."""

    line: str
    rule: str
    at: int = field(default=0, compare=False)  # its number among the lines before cleaning
    whole: bool = field(default=True, compare=False)  # or the end of a line only


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an article as it is counted: the 63-bit hash of what it is compared by."""

    hash: int
    words: int
    ended: bool  # as a sentence ends, a question, a quotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page's text and metadata, ready to be compared and filed.

    What is said of a source is one of: "feed", "feed updated", "json-ld", "meta", "time element",
    "h1", "title", "byline", "page text", "address", "recipe", or empty for none.
    """

    article_id: int
    url: str
    outlet: str
    title: str
    text: str
    authors: tuple[str, ...]  # people
    language: str
    published: datetime | None  # UTC; midnight where only the day is known
    published_from: str
    first_seen: datetime
    words: int  # length of the text
    final_url: str = ""  # the address that answered, where `url` is one its page declares
    published_day_only: bool = False
    title_from: str = ""
    authors_from: str = ""
    text_from: str = "page"  # or "feed", where its feed carried more
    subtitle: str = ""
    credits: tuple[str, ...] = ()  # organisations named in the byline, agencies above all
    byline: str = ""  # as printed, be it the outlet's own name
    agency: str = ""  # whose copy it says it is: a key of ingest.agencies, as "ap"
    agency_confidence: float = 0.0  # 0 to 1; it counts as the agency's from 0.5
    agency_evidence: str = ""  # the words that say so
    agency_from: str = ""  # where: "dateline", "credit line", "byline", "copyright", "url", ...
    modified: datetime | None = None
    modified_from: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""  # address of the lead image
    is_free: bool | None = None  # schema.org's isAccessibleForFree, where declared
    verdict: Verdict = Verdict.FULL
    reason: str = ""  # of the verdict, in words
    removed: tuple[Removed, ...] = ()
    pruned: tuple[str, ...] = ()  # elements of the page with prose that were not looked into

    @property
    def appeared(self) -> datetime:
        """The best guess at when it went public, by which "who had it first" is decided.

        A day without a time counts as that day's end, so that it never beats a known instant; an
        unknown date counts as the moment we first saw it.
        """
        if self.published is None:
            return self.first_seen
        if self.published_day_only:
            return min(self.published + timedelta(days=1), self.first_seen)
        return self.published

    @property
    def body(self) -> "Body":
        """What of it is sketched and compared."""
        return Body(
            article_id=self.article_id, outlet=self.outlet, text=self.text, appeared=self.appeared
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What of an article is sketched and compared."""

    article_id: int
    outlet: str
    text: str
    appeared: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A text's MinHash signature, and what it is found by: its bands, and a sample of its shingles.

    The bands are of what is left without furniture; the sample is of all of the text, since it is
    also what furniture is learned from.
    """

    article_id: int
    outlet: str
    appeared: datetime
    scheme: str  # fingerprint of the parameters that made it
    shingles: int  # distinct ones left
    signature: bytes  # little-endian uint32, one a permutation
    bands: tuple[int, ...]  # one 63-bit hash a band, in order; empty where too little is left
    sample: tuple[int, ...]  # 63-bit hashes, ascending


class Relation(StrEnum):
    """What one article is to another."""

    IDENTICAL = "identical"
    COPY = "copy"
    ABRIDGED = "abridged"
    UPDATE = "update"
    EMBEDS = "embeds"


#: The relations that make two articles one story; the others only link them.
FOLDS = frozenset({Relation.IDENTICAL, Relation.COPY, Relation.ABRIDGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two articles compared in full, with the evidence. `a` is the smaller id.

    Furniture is left out of every figure. Shares are from 0 to 1.
    """

    a: int
    b: int
    relation: Relation | None  # None: nothing; such a match is never filed
    rule: str  # which rule decided, in words
    shared: int  # distinct shingles in both
    jaccard: float
    a_in_b: float  # share of a's distinct shingles found in b
    b_in_a: float
    a_aligned: float  # share of a's words in shared runs that stand in the same order in both
    b_aligned: float
    a_prose: float  # share of a's words outside quotations that stand in shared runs
    b_prose: float
    prose_words: int  # number of those in the shorter
    a_lead: float  # share of a's lead that stands in shared runs
    b_lead: float
    longest_run: int  # words
    a_words: int
    b_words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article as folding sees it: when it appeared, how long it is, which story it was in."""

    article_id: int
    appeared: datetime
    words: int
    story_id: int | None = None
    was_original: bool = False  # of that story
    is_source: bool = False  # it stands on the site of the agency whose copy it is
    is_credited: bool = False  # it says whose copy it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One original and its copies, each matched with the original directly.

    `story_id` is the id one of its members already had, or None for a story not seen before.
    """

    story_id: int | None
    original: int
    members: tuple[int, ...]  # article ids, the original first, then as they appeared


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One feed polled: how the request went, and what its document held where it brought one."""

    feed: FeedState  # with the validators to ask with next time
    attempt: Attempt
    parsed: ParsedFeed | None = None
    moved_to: str = ""  # where permanent redirects alone led


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """One page done: how the request went, and how the page ended.

    `article_id` names the article it led to: `article`, or one already held (duplicate_url).
    `other` is what was read from a page that is no article.
    """

    page: Page
    attempt: Attempt
    outcome: Outcome
    detail: str = ""
    article: Article | None = None
    other: Article | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOutcome:
    """How an entry ended, or how many of one feed did where they share an uneventful end."""

    feed_id: int
    outcome: Outcome
    url: str = ""
    detail: str = ""
    entries: int = 1
