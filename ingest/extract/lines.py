"""A page's tree becomes the lines of its text.

Takes the tree, which it changes, and gives lines. trafilatura finds the text. This module prunes
the tree before that, and checks afterwards that the text was not cut off.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import lxml.html
import trafilatura
from lxml.html import HtmlElement as Element

from ingest.extract.prune import HIDDEN, prune, text_of
from ingest.extract.rules import Surroundings
from ingest.extract.wording import key
from ingest.values import harmless
from ingest.words import grams, size

CUT_OFF = 1.6  # if the page's paragraphs are longer than this times our text, ours was cut off
SAME_TEXT = 0.5  # share of our text that another extractor's text must hold before it replaces ours
BETTER = 0.1  # how much more the other text must agree with the page's paragraphs than ours does
PARAGRAPH = 9  # words: a paragraph with fewer is a caption, and not prose
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BREAKS = (
    *("p", "br", "hr", "div", "li", "ul", "ol", "dt", "dd", "table", "tr", "td", "th", "pre"),
    *("header", "blockquote", "section", "article", "figcaption", *HEADINGS),
)
LAYOUT_CELL = 400  # characters: a table with a longer cell is used for the layout of the page
VISIBLE_TEXT = 6000  # characters of visible text: enough to see that a page is not an article


def read_surroundings(
    tree: Element,
    *,
    titles: Iterable[str] = (),
    authors: Iterable[str] = (),
    names: Iterable[str] = (),
    recurring: frozenset[int] = frozenset(),
) -> Surroundings:
    """What the rules of cleaning need to know of a page. Read it before the tree is pruned."""
    first = next(tree.iter("h1"), None)
    headlines = [*titles, *([text_of(first)] if first is not None else [])]
    return Surroundings(
        titles=frozenset(map(key, headlines)) - {""},
        links=frozenset(key(text_of(link)) for link in tree.iter("a") if _leads_away(link)) - {""},
        headings=frozenset(key(text_of(heading)) for heading in tree.iter(*HEADINGS)) - {""},
        authors=frozenset(map(key, authors)) - {""},
        names=frozenset(map(key, names)) - {""},
        recurring=recurring,
    )


def extract_lines(tree: Element, declared_body: str = "") -> tuple[list[str], list[str]]:
    """The lines of the article on a page, and the elements with prose that were pruned.

    The page's other parts are pruned, and then trafilatura finds the lines. If its text was cut
    off, the result of another extraction may replace it. `declared_body` is the articleBody that
    the page declares. It is not the first choice, because it is worse on every collection of pages.
    But it shows that a text was cut off.

    `favor_recall` takes two thirds of the time of trafilatura's default, because it tries no
    fallbacks. It finds as much. If it fails, its text is short, and the page's paragraphs show
    that.
    """
    _unroll_layout_tables(tree)
    pruned = prune(tree)
    text = trafilatura.extract(tree, include_comments=False, favor_recall=True) or ""
    lines = harmless(_most_complete(text, tree, declared_body)).split("\n")
    return [line for line in lines if line.strip()], pruned


def plain_lines(markup: str) -> list[str]:
    """The lines of a piece of HTML from a feed. All lines belong to the article."""
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.fromstring(f"<div>{markup}</div>", parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return []
    for element in [*tree.iter(*HIDDEN)]:
        element.drop_tree()
    text = harmless("".join(_texts_and_breaks(tree)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line]


def _texts_and_breaks(tree: Element) -> Iterator[str]:
    """The texts of a tree, with line ends where its blocks begin and end.

    lxml's text_content has no line ends, and trafilatura.html2txt puts all on one line.
    """
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        if element.tag in BREAKS:
            yield "\n"
        text = element.text if event == "start" else element.tail
        yield " ".join((text or "").splitlines())


def linked_share(lines: Iterable[str], surroundings: Surroundings) -> float:
    """The share of the words that stand in lines which are links, 0 to 1."""
    counted = [(size(line), key(line) in surroundings.links) for line in lines]
    return sum(count for count, linked in counted if linked) / max(1, sum(c for c, _ in counted))


def visible_text(tree: Element) -> str:
    """The beginning of all the text that can be read on a page."""
    texts = (
        text
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag not in HIDDEN
        for text in (element.text, element.tail)
        if text and not text.isspace()
    )
    return " ".join(harmless(" ".join(islice(texts, 400))).split())[:VISIBLE_TEXT]


def paragraphs(tree: Element) -> str:
    """The page's prose, one line for each paragraph. An extractor should have found most of it."""
    found = []
    for element in tree.iter("p", "blockquote"):
        text = text_of(element)
        linked = sum(len(text_of(link)) for link in element.iter("a"))
        if len(text.split()) >= PARAGRAPH and linked < len(text) / 2:
            found.append(text)
    return "\n".join(dict.fromkeys(found))


def _unroll_layout_tables(tree: Element) -> None:
    """Turns layout tables into blocks: tables that contain a table or long cells."""
    for table in list(tree.iter("table")):
        parts = [
            part
            for part in table.iterdescendants("tbody", "tr", "td", "th")
            if next(part.iterancestors("table"), None) is table  # an inner table may hold data
        ]
        nested = next(table.iterdescendants("table"), None) is not None
        cells = (part for part in parts if part.tag == "td")
        if nested or any(len(text_of(cell)) > LAYOUT_CELL for cell in cells):
            for part in (table, *parts):
                part.tag = "div"


def _most_complete(text: str, tree: Element, declared_body: str) -> str:
    """The text, or another extraction's if the page has much more prose than the text."""
    prose = max(paragraphs(tree), declared_body, key=len)
    if len(prose) <= CUT_OFF * len(text):
        return text
    found, ours = grams(prose), grams(text)
    others = [
        trafilatura.extract(tree, include_comments=False),
        trafilatura.baseline(tree)[1],
        declared_body,
    ]
    scored = [(_agreement(grams(other), found), other) for other in others if other]
    fit = [
        (score, other)
        for score, other in scored
        if score > _agreement(ours, found) + BETTER
        and (ours & grams(other)).total() >= SAME_TEXT * ours.total()
    ]
    return max(fit, default=(0.0, text))[1]


def _agreement(a: Counter[tuple[str, ...]], b: Counter[tuple[str, ...]]) -> float:
    return 2 * (a & b).total() / max(1, a.total() + b.total())


def _leads_away(link: Element) -> bool:
    """Whether it leads to another page. A link within the page may be a table of contents."""
    href = link.get("href", "").strip().lower()
    return bool(href) and "#" not in href and not href.startswith(("javascript:", "mailto:"))
