"""Chooses the headline of a page, and removes the name of its site from it.

Takes the headings and titles of a page and the names of its site. Gives the title with its source.
Some headings are not the headline: a page may show its site's name or its section in the same way.
"""

import html
import re
from collections.abc import Collection, Sequence

import regex

from ingest.model import Sourced
from ingest.values import text
from ingest.words import words

#: What stands between a headline and a site's name.
SEPARATOR = regex.compile(
    r"\s+(?:[|–—‒•·»«›‹:~⋆/¦｜]|-{1,2}|::|\|\|)\s+|\s*[|｜│¦]\s*|(?<=\w)\s+-\s+|_(?=\p{Han})"
)
#: Sections and site in a Chinese title: "港口重新开放_国内_示例网".
CHINESE_TAIL = regex.compile(r"(?<=\p{Han}.{5,})(?:_[^_]{1,20})+$")
TAG = re.compile(r"<[^<>]{0,300}>")
WORDS = regex.compile(r"\w+")
LETTERS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
ALIKE = 0.5  # share of words (Dice): a heading with as much in common with a title is the headline
MOST_HEADINGS = 12
MAX_HEADLINE = 400  # characters of a headline


def choose_title(
    headline: str,
    headings: Sequence[str],
    declared: Sequence[str],
    window: str,
    names: Collection[str],
) -> Sourced[str]:
    """The headline with its source: "h1", "json-ld", "meta", "title" or "".

    A heading is chosen if it is similar to a title that the page declares: the `headline` of its
    JSON-LD, the `declared` titles of its metas, the title of its `window`. It is the best choice,
    because readers see it and it has no site's name in it. A heading that is not similar to any of
    these titles is a logo or the name of a section. `names` are the names of the site.
    """
    sites = {_key(name) for name in names if len(_key(name)) > 1}
    ours = [plain_title(title) for title in (headline, *declared, window)]
    ours = [without_site(title, sites) if title else "" for title in ours]
    seen = [plain_title(heading) for heading in headings[:MOST_HEADINGS]]
    seen = [heading for heading in seen if heading and _key(heading) not in sites]
    best = max(seen, key=lambda heading: _likeness(heading, ours), default="")
    if best and _likeness(best, ours) >= ALIKE:
        return Sourced(_best_spelled(without_site(best, sites), ours), "h1")
    sources = ["json-ld", *["meta"] * len(declared), "title"]
    for title, source in zip(ours, sources, strict=True):
        if title and _key(title) not in sites:
            return Sourced(title, source)
    if seen:
        return Sourced(seen[0], "h1")
    return Sourced(ours[-1], "title" if ours[-1] else "")


def plain_title(title: str) -> str:
    """A title without markup and entities, on one line."""
    for _ in range(2):  # "&amp;#8217;" is common
        title = html.unescape(title)
    bare = TAG.sub("", title[: 4 * MAX_HEADLINE]).replace("\u200b", "")
    return " ".join(text(bare).split())[:MAX_HEADLINE].strip()


def without_site(title: str, sites: Collection[str]) -> str:
    """A title without the name of its site. A title that is only this name stays as it is."""
    title = CHINESE_TAIL.sub("", title)
    while True:
        cuts = list(SEPARATOR.finditer(title))
        if not cuts:
            return title
        first, last = cuts[0], cuts[-1]
        if _is_site(title[last.end() :], sites, piped="|" in last[0]) and _key(
            title[: last.start()]
        ):
            title = title[: last.start()].strip()
        elif _is_site(title[: first.start()], sites, piped=False) and _key(title[first.end() :]):
            title = title[first.end() :].strip()
        else:
            return title


def _is_site(part: str, sites: Collection[str], *, piped: bool) -> bool:
    """Whether a part of a title is a name of the site, perhaps with one or two more words."""
    key = _key(part)
    parts = WORDS.findall(part.casefold())
    if not key or len(parts) > 8:
        return not key
    if key in sites or key.removeprefix("the") in sites:
        return True
    initials = "".join(word[0] for word in parts)
    if len(initials) > 2 and initials in sites:
        return True
    # after a bar, a part that contains a site's name or is contained in one is the site's name too
    return any(
        (len(site) > 3 and (site in key or (piped and len(key) > 3 and key in site)))
        for site in sites
    ) and (piped or len(parts) <= 5)


def _likeness(heading: str, titles: Sequence[str]) -> float:
    """How similar a heading is to the closest of the titles: Dice's share of words, 0 to 1."""
    ours = set(words(heading))
    key = _key(heading)
    most = 0.0
    for title in titles:
        if key and key == _key(title):
            return 1.0
        others = set(words(title))
        if ours and others:
            most = max(most, 2 * len(ours & others) / (len(ours) + len(others)))
    return most


def _best_spelled(heading: str, titles: Sequence[str]) -> str:
    """A heading as a title spells it, if the heading is in capitals or lacks spaces."""
    for title in titles:
        if _key(title) == _key(heading) and title != title.upper():
            shouted = heading.upper() == heading
            if shouted or len(title.split()) > len(heading.split()):
                return title
    return heading


def _key(text: str) -> str:
    return "".join(LETTERS.findall(text.casefold()))
