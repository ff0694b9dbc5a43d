"""Reads what a page declares outside its text: metas, links, headings, times, JSON-LD.

Takes the whole tree with its scripts, and gives Declared. It looks once at the few tags that
matter.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice

import lxml.html

from ingest import values
from ingest.metadata.jsonld import Node, read_nodes
from ingest.metadata.placement import near_headlines

TAGS = ("meta", "link", "title", "h1", "script", "time")
MAX_ELEMENTS = 5_000  # elements of these tags: a page has some hundred
MAX_VALUE = 2_000  # characters of one value


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A page's declarations in the order of the document, with names in lower case.

    `near_headline` are the elements near its headline.
    """

    metas: dict[str, list[str]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    headings: list[lxml.html.HtmlElement] = field(default_factory=list)
    times: list[lxml.html.HtmlElement] = field(default_factory=list)
    window_title: str = ""
    nodes: list[Node] = field(default_factory=list)
    near_headline: list[lxml.html.HtmlElement] = field(default_factory=list)

    def meta(self, *names: str) -> str:
        """The first value of the first of these names that has one."""
        return next((self.metas[name][0] for name in names if name in self.metas), "")

    def all_metas(self, *names: str) -> list[str]:
        """Every value of the first of these names that has any."""
        return next((self.metas[name] for name in names if name in self.metas), [])


def declared(tree: lxml.html.HtmlElement) -> Declared:
    """The declarations of a page. Its tree is not changed."""
    found: dict[str, list[lxml.html.HtmlElement]] = {tag: [] for tag in TAGS}
    for element in islice(tree.iter(*TAGS), MAX_ELEMENTS):
        found[element.tag].append(element)
    links: dict[str, list[str]] = defaultdict(list)
    for link in found["link"]:
        for relation in link.get("rel", "").lower().split()[:5]:
            links[relation].append(values.text(link.get("href", "")))
    scripts = (script for script in found["script"] if "ld+json" in script.get("type", "").lower())
    return Declared(
        metas=_metas(found["meta"]),
        links=dict(links),
        headings=found["h1"],
        times=found["time"],
        # the first: a drawing in SVG has a title too
        window_title=next((squeezed(title.text_content()) for title in found["title"]), ""),
        nodes=read_nodes(script.text or "" for script in scripts),
        near_headline=near_headlines(found["h1"]),
    )


def squeezed(text: str) -> str:
    """A text on one line, without control characters, cut to MAX_VALUE characters."""
    return " ".join(values.text(text[: 4 * MAX_VALUE]).split())[:MAX_VALUE]


def _metas(elements: list[lxml.html.HtmlElement]) -> dict[str, list[str]]:
    """The contents of metas by name. The name may stand in one of three attributes."""
    metas: dict[str, list[str]] = defaultdict(list)
    for element in elements:
        content = squeezed(element.get("content", ""))
        for attribute in ("property", "name", "itemprop"):
            name = element.get(attribute, "").strip().lower()[:60]
            if name and content:
                known = name.removeprefix("og:") if name.startswith("og:article:") else name
                metas[known].append(content)
    return dict(metas)
