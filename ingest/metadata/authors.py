"""Finds the authors of a page.

    JSON-LD -> metas -> the elements that name an author -> bylines.clean_authors

Takes what the page declares and its tree, gives Signed. The first source that names a person
decides. Organisations are collected from all sources up to that one.
"""

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import lxml.html

from ingest.agencies.names import named_agency
from ingest.metadata.byline_words import WORDS
from ingest.metadata.bylines import clean_authors
from ingest.metadata.declared import Declared, squeezed
from ingest.metadata.headline import plain_title
from ingest.metadata.jsonld import Node
from ingest.metadata.name_case import PARTICLES
from ingest.metadata.placement import is_apart
from ingest.model import Sourced
from ingest.wordlists import any_of

METAS = (
    "author", "article:author", "article:author_name", "article:author:name", "parsely-author",
    "sailthru.author", "cxenseparse:author", "cxenseparse:recs:author", "byl", "byline", "authors",
    "dc.creator", "dc:creator", "dcterms.creator", "dc.creator.personalname", "citation_author",
    "rbauthors", "author_name", "author-name", "authorname", "mediator_author", "dable:author",
    "rnews:author", "article.author", "news_author", "creator", "shareaholic:article_author_name",
)  # fmt: skip
#: The label that the most common WordPress plugin puts before an author's name.
LABELS = re.compile(rf"{any_of(WORDS['wordpress_labels'])}:?", re.IGNORECASE)
#: The addresses of pages about an author.
ABOUT = re.compile(
    rf"/{any_of(WORDS['author_folders'])}/(?:[a-z]/|\d+[/-])?([^/?#.]{{3,}})", re.IGNORECASE
)
#: Words after which a name follows, in this element or in the next.
SAYS_BY = re.compile(
    rf"(?:{any_of(WORDS['byline_starts_before_by'])}\s+(?:by|BY|By)|{any_of(WORDS['byline_starts'])})"
    r"(?:\s*:)?(?:\s*$|\s+(?=[^\W\d_a-z]))"
    rf"|{any_of(WORDS['byline_starts_without_capitals'])}\s*[:：/]?\s*",
)
#: Sites that host a person's publication under that person's name.
PLATFORMS = (
    ".substack.com", ".medium.com", ".wordpress.com", ".blogspot.com", ".ghost.io", ".bearblog.dev",
    ".tumblr.com", ".beehiiv.com", ".github.io", ".typepad.com", ".livejournal.com",
)  # fmt: skip
#: Words that begin a job title, and never a name.
TITLE = re.compile(rf"{any_of(WORDS['title_starts'])}\s", re.IGNORECASE)
PERSONS = any_of(
    ("author", "byline", "autor", "auteur", "writer", "contributor", "reporter", "journalist")
)
#: The classes of elements that hold a name and nothing else.
NAME_CLASS = re.compile(
    rf"(?:^|\s|[_-]){PERSONS}s?(?:__|--|[_-])(?:full-?)?(?:name|link|title)\b"
    r"|authorname|bylinename|p-author|(?:^|\s)fn(?:$|\s)",
    re.IGNORECASE,
)
#: The classes of elements that hold a byline.
BYLINE_CLASS = re.compile(
    rf"(?:^|[\s_-]){any_of(WORDS['byline_classes'])}(?:s|e|in|a)?(?:$|[\s_-])"
    r"|byline|articleauthor|postauthor|author-?name|authorname|p-author|(?:^|\s)fn(?:$|\s)",
    re.IGNORECASE,
)
#: A quick first test: a class that BYLINE_CLASS matches holds one of these.
ANY_BYLINE_CLASS = re.compile(
    any_of(("by-line", "byline", "articleauthor", "postauthor", "authorname", "fn"))
    + f"|{any_of(WORDS['byline_classes'])}",
    re.IGNORECASE,
)
OTHER_CLASS = re.compile(
    r"bio|description|avatar|image|photo|social|follow|twitter|comment|about|related|more-|desc\b"
    r"|box|thumb|icon|count|date|caption",
    re.IGNORECASE,
)
MARKED = (
    "//*[@rel='author' or @itemprop='author'"
    " or contains(@class, 'author') or contains(@class, 'yline')]"
)
NEVER = frozenset((
    "html", "body", "article", "main", "section", "img", "input", "form", "meta", "link",
    "script", "style", "svg", "path", "source", "picture", "noscript", "button", "time", "h1",
))  # fmt: skip
LONGEST_BYLINE = 160  # characters of an element that is a byline
LONGEST_UNMARKED_BYLINE = (
    70  # the same, if only a "By" shows that it is one: a longer text is prose
)


NO_AUTHORS: Sourced[tuple[str, ...]] = Sourced(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The people who sign a page, the organisations that supplied its text, the printed byline."""

    authors: Sourced[tuple[str, ...]] = NO_AUTHORS
    credits: tuple[str, ...] = ()
    printed: str = ""


def page_authors(
    page: Declared,
    node: Node | None,
    tree: lxml.html.HtmlElement,
    url: str,
    own_names: Iterable[str],
) -> Signed:
    """The authors of a page, the organisations that supplied its text, and the printed byline.

    `own_names` are the outlet's names. They are not authors, except on a person's own site.
    """
    own_names = () if _is_personal(page, url) else tuple(own_names)
    suppliers: dict[str, str] = {}
    printed = ""
    for source, people, organisations in _statements(page, node, tree):
        byline = clean_authors(people, own_names=own_names, organisations=organisations)
        named = byline.credits
        if source == "byline":  # "AA" next to a byline is a button for larger letters
            named = tuple(name for name in named if named_agency(name) and len(name) > 2)
        suppliers.update((name.casefold(), name) for name in named)
        stated = ", ".join(
            name
            for name in map(plain_title, [*people, *organisations])
            if name and "://" not in name
        )
        printed = printed or stated[:LONGEST_BYLINE]
        authors = byline.authors
        if source == "byline":
            authors = tuple(filter(_is_full, authors))
        if authors:
            return Signed(
                authors=Sourced(authors, source),
                credits=tuple(suppliers.values()),
                printed=stated[:LONGEST_BYLINE],
            )
    return Signed(credits=tuple(suppliers.values()), printed=printed)


def _is_full(name: str) -> bool:
    """Whether a text is surely a name: a first and a last name, or letters that are not Latin."""
    if not name.isascii() and not any(letter < "\u0250" for letter in name if letter.isalpha()):
        return True
    words = name.partition(",")[0].split()
    named = all(word[0].isupper() or word.casefold() in PARTICLES for word in words)
    return len(words) > 1 and named and words[-1][0].isupper() and not TITLE.match(name)


def _is_personal(page: Declared, url: str) -> bool:
    """Whether the outlet is one person's: its name may then be the author's."""
    host = urlsplit(url).hostname or ""
    publishers = any({"Person", "Organization"} <= set(node.types) for node in page.nodes)
    return publishers or host.endswith(PLATFORMS)


def _statements(
    page: Declared, node: Node | None, tree: lxml.html.HtmlElement
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Raw names with their source, the surest first: people (or unknown), and organisations."""
    if node:
        yield "json-ld", *_of_node(node, page.nodes)
    for name in METAS:
        if name in page.metas:
            yield "meta", page.metas[name], []
    for number in ("1", "2"):
        if LABELS.fullmatch(page.meta(f"twitter:label{number}").strip(" :")):
            yield "meta", [page.meta(f"twitter:data{number}")], []
    for names in _of_elements(page, tree):
        yield "byline", names, []
    for link in page.metas.get("article:author", ())[:5]:
        slug = ABOUT.search(link)
        if slug:  # "/profile/ann-lee"
            yield "meta", [slug[1].replace("-", " ").title()], []


def _of_node(node: Node, nodes: list[Node]) -> tuple[list[str], list[str]]:
    """The names in an article's `author`: those of people, and those of organisations."""
    people: list[str] = []
    organisations: list[str] = []
    by_id = {
        held.values.get("@id"): held for held in nodes if isinstance(held.values.get("@id"), str)
    }
    for key in ("author", "creator"):
        stated = node.values.get(key)
        for author in stated if isinstance(stated, list) else [stated]:
            for name, organised in _named(author, by_id):
                (organisations if organised else people).append(name)
        if people or organisations:
            break
    return people, organisations


def _named(author: object, by_id: dict[Any, Node]) -> Iterator[tuple[str, bool]]:
    if isinstance(author, str):
        yield author, False
    if not isinstance(author, dict):
        return
    reference = author.get("@id")
    if "name" not in author and isinstance(reference, str) and reference in by_id:
        author = by_id[reference].values
    kind = author.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    organised = (
        any(isinstance(one, str) and one.endswith(("Organization", "Corporation")) for one in kinds)
        and "Person" not in kinds
    )
    name = author.get("name")
    if not name and isinstance(author.get("familyName"), str):
        name = f"{author.get('givenName', '')} {author['familyName']}"
    for one in name if isinstance(name, list) else [name]:
        if isinstance(one, dict):
            one = one.get("name")  # noqa: PLW2901  a name may be an object with a name
        if isinstance(one, str):
            yield one, organised


def _of_elements(page: Declared, tree: lxml.html.HtmlElement) -> Iterator[list[str]]:
    """The texts of the elements that name an author. The surest come first, siblings together."""
    yield from _ranked(page.near_headline)
    yield from _ranked(tree.xpath(MARKED)[:20])


def _ranked(elements: Iterable[lxml.html.HtmlElement]) -> Iterator[list[str]]:
    ranked: list[tuple[int, int, lxml.html.HtmlElement, str]] = []
    for number, element in enumerate(elements):
        rank = _rank(element)
        if rank is None or is_apart(element):
            continue
        text = _text(element)
        if 1 < len(text) <= (LONGEST_BYLINE if rank < 3 else LONGEST_UNMARKED_BYLINE):
            ranked.append((rank, number, element, text))
    ranked.sort(key=lambda held: held[:2])
    for place, (rank, _, element, text) in enumerate(ranked[:6]):
        above = _above(element)
        siblings = [
            other
            for r, _, held, other in ranked[place + 1 :]
            if r == rank and _above(held) is above
        ]
        yield [text, *siblings[:10]] if rank < 2 else [text]


def _rank(element: lxml.html.HtmlElement) -> int | None:
    """How sure it is that an element is a byline: 0 (surely a name) to 3; None if it is not."""
    if element.tag in NEVER:
        return None
    marks = element.get("class") or element.get("id") or element.get("data-testid") or ""
    if (
        ANY_BYLINE_CLASS.search(marks)
        and BYLINE_CLASS.search(marks)
        and not OTHER_CLASS.search(marks)
    ):
        return 0 if NAME_CLASS.search(marks) else 2
    if element.get("rel") == "author":
        return 0
    if "author" in (element.get("itemprop") or element.get("property") or ""):
        return 1
    if element.tag == "a":
        return 1 if ABOUT.search(element.get("href", "")) and not _in_prose(element) else None
    text = element.text
    return 3 if text and SAYS_BY.match(text.lstrip()[:40]) else None


def _in_prose(element: lxml.html.HtmlElement) -> bool:
    """Whether an element stands in a paragraph of text."""
    parent = element.getparent()
    return len(parent.text or "") + len(element.tail or "") > 80


def _text(element: lxml.html.HtmlElement) -> str:
    """An element's text, with ";" between its parts.

    If the text is only "By", the text of the next element is added.
    """
    if "itemscope" in element.attrib:
        named = element.find(".//*[@itemprop='name']")
        element = named if named is not None else element
    parts = [text for text in itertools.islice(element.itertext(), 12) if text.strip()]
    if len(parts) == 1 and len(parts[0].strip()) < 20 and SAYS_BY.fullmatch(parts[0].strip()):
        after = element.getnext()
        if after is None:
            return ""
        parts.append(" ".join(itertools.islice(after.itertext(), 4)))
    if not parts:
        return ""
    apart = " ; " if len(parts) > 2 or " " in parts[0].strip() else " "
    return squeezed(apart.join(parts))


def _above(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    """The element two levels up, or as many as there are."""
    parent = element.getparent()
    above = parent.getparent() if parent is not None else None
    return above if above is not None else parent
