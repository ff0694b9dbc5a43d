"""The article read from a page."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.model.outcome import Outcome

#: From this confidence on, an article counts as a copy of the agency that it names.
LIKELY = 0.5

#: How many words of an article are compared, at most. What follows them is filed and not compared.
#: Comparing two texts can take time in proportion to many times their length, and the longest
#: article of our corpora has some 20,000 words.
COMPARED_WORDS = 50_000


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
        """The outcome of the page's entry."""
        ends = {Verdict.FULL: Outcome.NEW, Verdict.EMPTY: Outcome.NO_TEXT}
        return ends.get(self) or Outcome(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A line, or the end of one, that was removed from the text, and the name of the rule."""

    line: str
    rule: str
    at: int = field(default=0, compare=False)  # number of the line before cleaning
    whole: bool = field(
        default=True, compare=False
    )  # False where only the end of the line was removed


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an article. The lines of an outlet are counted, to find those that recur.

    `hash` has 63 bits. It is the hash of the line's letters and digits.
    """

    hash: int
    words: int
    ended: bool  # whether it ends as a sentence, a question or a quotation does


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page's text and metadata, ready to be compared and filed.

    The sources (`title_from` and so on) are: "feed", "feed updated", "json-ld", "meta",
    "time element", "h1", "title", "byline", "page text", "address", "recipe", or "" for none.
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
    final_url: str = ""  # the address that answered, if the page declares `url` instead
    published_day_only: bool = False
    title_from: str = ""
    authors_from: str = ""
    text_from: str = "page"  # or "feed", if its feed carried more of the text
    subtitle: str = ""
    credits: tuple[str, ...] = ()  # organisations named in the byline, agencies above all
    byline: str = ""  # as printed, even if it is the outlet's own name
    agency: str = ""  # the agency that it names: a key of agencies.toml, such as "ap"
    agency_confidence: float = 0.0  # 0 to 1; it is the agency's copy from LIKELY on
    agency_evidence: str = ""  # the words that name it
    agency_from: str = (
        ""  # where they stand: "dateline", "credit line", "byline", "copyright", "url", ...
    )
    modified: datetime | None = None
    modified_from: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""  # address of the lead image
    is_free: bool | None = None  # schema.org's isAccessibleForFree, where declared
    verdict: Verdict = Verdict.FULL
    reason: str = ""  # of the verdict, in words
    removed: tuple[Removed, ...] = ()
    pruned: tuple[str, ...] = ()  # elements with prose that were removed from the page

    @property
    def appeared(self) -> datetime:
        """The best guess at when it was published. It decides which article was first.

        A day without a time counts as the end of that day, so that it never comes before a known
        time on that day. Without a date, the time when we first saw the article counts.
        """
        if self.published is None:
            return self.first_seen
        if self.published_day_only:
            return min(self.published + timedelta(days=1), self.first_seen)
        return self.published

    @property
    def article_text(self) -> "ArticleText":
        """The part of it that is sketched and compared."""
        return ArticleText(
            article_id=self.article_id, outlet=self.outlet, text=self.text, appeared=self.appeared
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """The part of an article that is sketched and compared."""

    article_id: int
    outlet: str
    text: str
    appeared: datetime
