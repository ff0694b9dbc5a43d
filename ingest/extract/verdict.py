"""Tells articles from pages that stand in for one, such as errors, paywalls and lists of links.

Takes the cleaned lines and the Appearance of the page. Gives a Verdict, and its reason in words. If
an article is judged to be something else, a copy is missed. So every verdict except "full" and
"listing" needs a short text besides its own evidence.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from ingest import wordlists
from ingest.model import Verdict
from ingest.wordlists import any_of
from ingest.words import size

PHRASES = wordlists.read("ingest.extract", "standins.toml")
LEAST = 30  # words: a shorter text is a caption, a menu or a teaser, and resembles many others
BRIEF = 250  # words: pages that ask for consent, a log-in or money show fewer than this
CAPTION = 60  # words: a gallery or video, by its address, has fewer than this
CAPTIONS = 0.4  # share of lines with a photographer's credit in a gallery, at least
WHOLE = 0.8  # share of the declared length: a text with as much is complete
ASKED = 3  # number of last lines in which a page may ask for money
REMARK = 8  # words of a last line such as "More to follow...", at most
LINKED = 0.6  # share of words that are links in a listing, at least
ASKING = 0.3  # share of lines that ask for something, on a page that does little else, at least
PLEA = 25  # words of a line that asks the reader for something, at most
#: Types of schema.org and Open Graph. ImageObject is not among them: half of all articles declare
#: it.
VIDEO_TYPES = ("video", "imagegallery", "mediagallery", "audioobject")
#: Folders of galleries and videos, and page names that begin so, but not
#: "video-shows-ferry-on-fire".
GALLERY_PATH = re.compile(
    rf"/{any_of(PHRASES['gallery_folders'])}(?:/|$)|/{any_of(PHRASES['gallery_names'])}(?:/|-|$)",
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"(?:…|\.\.\.|\[\.\.\.\]|\[…\]|\(\.\.\.\))\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What a page shows of itself, besides its text."""

    url: str  # the address that answered
    title: str = ""
    types: tuple[str, ...] = ()  # of schema.org and Open Graph
    is_free: bool | None = None
    declared_words: int | None = None  # words that the page says the article has
    linked: float = 0.0  # share of the text's words that are links, 0 to 1
    tail: tuple[str, ...] = ()  # its last lines before cleaning, which removes pleas for money
    page_text: str = ""  # the first few thousand characters of all its text


def judge(lines: Sequence[str], page: Appearance) -> tuple[Verdict, str]:
    """The verdict on a page's cleaned lines, and its reason in words; empty for an article."""
    text = Seen(lines=lines, count=sum(map(size, lines)), page=page)
    for verdict, rule in RULES:
        reason = rule(text)
        if reason:
            return verdict, reason
    return Verdict.FULL, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the rules look at: the text and the page."""

    lines: Sequence[str]
    count: int  # words of the lines
    page: Appearance

    @property
    def text(self) -> str:
        """The lines; if they have too few words, all the text of the page."""
        return "\n".join(self.lines) if self.count >= LEAST else self.page.page_text


def _not_found(seen: Seen) -> str:
    if seen.count >= BRIEF or _is_article(seen.page):
        return ""
    # the headline of an article about such pages may say it too
    says = _says("not_found", seen.page.title)
    if not says or seen.count >= LEAST:
        says = _says("not_found", seen.text[:2000]) if says or seen.count < LEAST else ""
    return f"it says so: {says}" if says else ""


def _consent(seen: Seen) -> str:
    """The site says what it does with data, and has buttons.

    An article about other sites' data has no buttons.
    """
    if seen.count >= BRIEF or _is_article(seen.page) or not _asks(seen, "consent", "choices"):
        return ""
    ours = _says("consent", "\n".join(seen.lines))
    choices = {match[0].casefold() for match in _found("choices", "\n".join(seen.lines))}
    return f"{seen.count} words; it says: {ours}" if ours and choices else ""


def _login(seen: Seen) -> str:
    if seen.count >= BRIEF / 2 or _is_article(seen.page):
        return ""
    if seen.count >= LEAST and not _asks(seen, "login"):
        return ""
    asks = _says("login", seen.text) or _says("login_title", seen.page.title)
    return f"{seen.count} words; it asks: {asks}" if asks else ""


def _gallery(seen: Seen) -> str:
    """A gallery or a video, with nothing to read but captions."""
    declared = next((k for k in seen.page.types if k.lower().startswith(VIDEO_TYPES)), "")
    path = GALLERY_PATH.search(urlsplit(seen.page.url).path)
    if seen.count < BRIEF / 2 and declared and not _is_article(seen.page):
        return f"{seen.count} words beside what it declares: {declared}"
    if seen.count < CAPTION and path:
        return f"{seen.count} words at an address with {path[0].strip('/-')}"
    prose = [line for line in seen.lines if not _is_credited(line)]
    credited = len(seen.lines) - len(prose)
    few = sum(map(size, prose)) < BRIEF / 2  # an article may have many pictures
    if few and len(seen.lines) >= 4 and credited >= CAPTIONS * len(seen.lines):
        return f"{credited} of {len(seen.lines)} lines are captions with a credit"
    return ""


def _paywalled(seen: Seen) -> str:
    """A page that is not free, unless its text is as long as the page says the article is."""
    whole = seen.page.is_free or (
        seen.page.declared_words and seen.count >= WHOLE * seen.page.declared_words
    )
    if seen.count >= BRIEF or whole:
        return ""
    if seen.page.is_free is False:
        return f"{seen.count} words, declared as not free"
    last = (*seen.lines[-ASKED:], *seen.page.tail[-ASKED:])
    short = [line for line in last if size(line) <= PLEA]
    text = "\n".join(short) if seen.count >= LEAST else seen.text
    says = _says("paywall", text) if seen.count < BRIEF / 2 else ""
    return f"{seen.count} words; it says: {says}" if says else ""


def _listing(seen: Seen) -> str:
    address = urlsplit(seen.page.url)
    front = address.path in {"", "/"} and not address.query and not address.fragment
    if front and not (_is_article(seen.page) and seen.count >= BRIEF):
        return "it is the site's front page"
    if seen.page.linked >= LINKED and not _is_article(seen.page):
        return f"{seen.page.linked:.0%} of its words are links"
    return ""


def _teaser(seen: Seen) -> str:
    """A text that breaks off at the end. "More to follow..." is a remark and does not count."""
    last = seen.lines[-1] if seen.lines else ""
    broken = UNFINISHED.search(last) and size(last) > REMARK
    return f"{seen.count} words that break off" if seen.count < BRIEF / 2 and broken else ""


def _empty(seen: Seen) -> str:
    return f"{seen.count} words of text" if seen.count < LEAST else ""


RULES: tuple[tuple[Verdict, Callable[[Seen], str]], ...] = (
    (Verdict.NOT_FOUND, _not_found),
    (Verdict.CONSENT, _consent),
    (Verdict.LOGIN, _login),
    (Verdict.GALLERY, _gallery),
    (Verdict.PAYWALLED, _paywalled),
    (Verdict.LISTING, _listing),
    (Verdict.TEASER, _teaser),
    (Verdict.EMPTY, _empty),
)


def _is_credited(line: str) -> bool:
    lower = line.lower()
    return any(credit in lower for credit in PHRASES["credits"])


def _is_article(page: Appearance) -> bool:
    return any(kind.lower().endswith(("article", "posting")) for kind in page.types)


def _asks(seen: Seen, *kinds: str) -> bool:
    """Whether many of the lines say one of these things, so that the page does little else."""
    asking = [line for line in seen.lines if any(_says(kind, line) for kind in kinds)]
    return len(asking) >= ASKING * len(seen.lines)


def _says(kind: str, text: str) -> str:
    """The words of a text that say that the page is of a kind; empty for none."""
    return next((match[0].strip() for match in _found(kind, text)), "")


def _found(kind: str, text: str) -> Iterator[re.Match[str]]:
    return _pattern(kind).finditer(text)


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(PHRASES[kind]), re.IGNORECASE | re.MULTILINE)
