"""What a page says of itself outside its text: metas, links, headings, times, JSON-LD. Pure.

Read from the whole tree, scripts included, in one walk over the few tags that matter.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import lxml.html

from ingest.jsonld import Node, read_nodes
from ingest.near import near

TAGS = ("meta", "link", "title", "h1", "script", "time", "html")
MOST = 5_000  # elements of these tags: a page has some hundred
LONGEST = 2_000  # characters of one value


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A page's declarations, each in the order of the document, names in lower case.

    `beside` are the elements near its headline.
    """

    metas: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    headings: list[lxml.html.HtmlElement] = field(default_factory=list)
    times: list[lxml.html.HtmlElement] = field(default_factory=list)
    window_title: str = ""
    language: str = ""
    nodes: list[Node] = field(default_factory=list)
    beside: list[lxml.html.HtmlElement] = field(default_factory=list)

    def meta(self, *names: str) -> str:
        """The first value of the first of these names that has one."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")

    def all_metas(self, *names: str) -> list[str]:
        """Every value of the first of these names that has any."""
        return next((self.metas[name] for name in names if name in self.metas), [])


def declared(tree: lxml.html.HtmlElement) -> Declared:
    """The declarations of a page; its tree is left as it is."""
    metas: dict[str, list[str]] = defaultdict(list)
    links: dict[str, list[str]] = defaultdict(list)
    scripts, headings, times, title, language = [], [], [], "", ""
    for number, element in enumerate(tree.iter(*TAGS)):
        if number == MOST:
            break
        match element.tag:
            case "meta":
                _add_meta(metas, element)
            case "link":
                for relation in element.get("rel", "").lower().split()[:5]:
                    links[relation].append(element.get("href", "").strip())
            case "script":
                if "ld+json" in element.get("type", "").lower():
                    scripts.append(element.text or "")
            case "h1":
                headings.append(element)
            case "time":
                times.append(element)
            case "title":
                # an SVG drawing has a title too
                title = title or squeezed(element.text_content())
            case "html":
                language = language or element.get("lang") or element.get("xml:lang") or ""
    return Declared(
        metas=dict(metas),
        links=dict(links),
        headings=headings,
        times=times,
        window_title=title,
        language=language.strip()[:35],
        nodes=read_nodes(scripts),
        beside=near(headings),
    )


def squeezed(text: str) -> str:
    """A text as one line, cut to what a value may have."""
    return " ".join(text[: 4 * LONGEST].split())[:LONGEST]


def _add_meta(metas: dict[str, list[str]], element: lxml.html.HtmlElement) -> None:
    content = squeezed(element.get("content", ""))
    if not content:
        return
    for attribute in ("property", "name", "itemprop"):
        name = element.get(attribute)
        if name:
            name = name.strip().lower()[:60]
            metas[name.removeprefix("og:") if name.startswith("og:article:") else name].append(
                content
            )
