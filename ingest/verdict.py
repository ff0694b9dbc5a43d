"""What kind of page a text came from: an article, or one of the things that stand in for one. Pure.

Only what is plainly something else is called so: a page wrongly kept from folding is a copy missed.
Every judgement but "full" therefore wants a short text besides its own evidence.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from ingest.cleaning import size
from ingest.model import Verdict

LEAST = 30  # words: fewer are captions, a menu or a teaser, and resemble everything
BRIEF = 250  # words: what asks for consent, a log-in or money shows no more of the article
CAPTIONS = 0.4  # share of lines with a photographer's credit, in a gallery
LINKED = 0.6  # share of words that are links, in a listing
FRONT_LINKED = 0.2  # likewise, at a site's root, where now and then an article lives
VIDEO_TYPES = ("video", "imagegallery", "mediagallery", "imageobject", "audioobject")
GALLERY_PATH = re.compile(
    r"/(?:videos?|watch|galler(?:y|ies)|photos?|photo-?galler(?:y|ies)|pictures?|slide-?shows?"
    r"|in-pictures|bilder(?:strecken?|galerien?)?|fotostrecken?|fotos?|fotogaler[ií]as?|galer[ií]as?"
    r"|diaporamas?|fotogallery|gallerie|vídeos?|galerias?)(?:/|-|$)",
    re.IGNORECASE,
)
CREDITS = (
    *("(ap photo", "ap photo/", "(ap/", "(afp", "(epa", "(reuters", "reuters/", "getty images"),
    *("photo by", "photos by", "photo:", "photo credit", "photo courtesy", "courtesy photo"),
    *("(photo", "(staff", "image:", "image by", "buy photo", "buy this photo", "foto:", "©"),
)
UNFINISHED = re.compile(r"(?:…|\.\.\.|\[\.\.\.\]|\[…\]|\(\.\.\.\))\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What a page shows of itself, beside its text."""

    url: str  # that answered
    title: str = ""
    types: tuple[str, ...] = ()  # schema.org's and Open Graph's
    is_free: bool | None = None
    linked: float = 0.0  # share of the text's words that are links, 0 to 1
    around: str = ""  # all that is written on the page, the first few thousand characters


def judge(lines: Sequence[str], page: Appearance) -> tuple[Verdict, str]:
    """The verdict on a page's cleaned lines, and the reason in words; the reason of an article is
    empty."""
    text = Seen(lines=lines, count=sum(map(size, lines)), page=page)
    for verdict, rule in RULES:
        reason = rule(text)
        if reason:
            return verdict, reason
    return Verdict.FULL, ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the rules look at."""

    lines: Sequence[str]
    count: int  # words of the lines
    page: Appearance

    @property
    def text(self) -> str:
        """The lines; all that is written on the page, where they are too few to say what it is."""
        return "\n".join(self.lines) if self.count >= LEAST else self.page.around


def _not_found(seen: Seen) -> str:
    if seen.count >= BRIEF:
        return ""
    says = _says("not_found", seen.page.title)
    if not says and seen.count < LEAST:
        says = _says("not_found", seen.text[:2000])
    return f"it says so: {says}" if says else ""


def _consent(seen: Seen) -> str:
    said = {match[0].lower() for match in _pattern("consent").finditer("\n".join(seen.lines))}
    return (
        f"{seen.count} words; it says: {min(said)}" if seen.count < BRIEF and len(said) > 1 else ""
    )


def _login(seen: Seen) -> str:
    asks = _says("login", seen.text) if seen.count < BRIEF / 2 else ""
    return f"{seen.count} words; it asks: {asks}" if asks else ""


def _gallery(seen: Seen) -> str:
    """A gallery, or a video, with nothing to read beside captions."""
    declared = next((k for k in seen.page.types if k.lower().startswith(VIDEO_TYPES)), "")
    path = GALLERY_PATH.search(urlsplit(seen.page.url).path)
    if seen.count < BRIEF / 2 and declared and not _is_article(seen.page):
        return f"{seen.count} words beside what it declares: {declared}"
    if seen.count < BRIEF / 2 and path:
        return f"{seen.count} words at an address with {path[0].strip('/-')}"
    credited = sum(map(_is_credited, seen.lines))
    if len(seen.lines) >= 4 and credited >= CAPTIONS * len(seen.lines):
        return f"{credited} of {len(seen.lines)} lines are captions with a credit"
    return ""


def _paywalled(seen: Seen) -> str:
    if seen.count < BRIEF and seen.page.is_free is False:
        return f"{seen.count} words, declared as not free"
    says = _says("paywall", seen.text) if seen.count < BRIEF / 2 else ""
    return f"{seen.count} words; it says: {says}" if says else ""


def _listing(seen: Seen) -> str:
    if urlsplit(seen.page.url).path in {"", "/"} and seen.page.linked >= FRONT_LINKED:
        return "it is the site's front page"
    if seen.page.linked >= LINKED and not _is_article(seen.page):
        return f"{seen.page.linked:.0%} of its words are links"
    return ""


def _teaser(seen: Seen) -> str:
    broken = seen.lines and UNFINISHED.search(seen.lines[-1])
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
    return any(credit in lower for credit in CREDITS)


def _is_article(page: Appearance) -> bool:
    return any(kind.lower().endswith(("article", "posting")) for kind in page.types)


def _says(kind: str, text: str) -> str:
    """What in a text says that the page is of a kind; empty for nothing."""
    found = _pattern(kind).search(text)
    return found[0] if found else ""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    data = tomllib.loads(resources.files("ingest").joinpath("standins.toml").read_text("utf-8"))
    return re.compile("|".join(data[kind]), re.IGNORECASE)
