"""The article read from a page."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.model.outcome import Outcome

#: From this confidence on, an article is the copy of the agency it names.
LIKELY = 0.5


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
    agency_confidence: float = 0.0  # 0 to 1; it is the agency's copy from LIKELY on
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
    def article_text(self) -> "ArticleText":
        """What of it is sketched and compared."""
        return ArticleText(
            article_id=self.article_id, outlet=self.outlet, text=self.text, appeared=self.appeared
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """What of an article is sketched and compared."""

    article_id: int
    outlet: str
    text: str
    appeared: datetime
