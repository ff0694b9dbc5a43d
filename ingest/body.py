"""A page's tree becomes the lines of its text. Pure, but for the tree, which it prunes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice

import lxml.html
import trafilatura
from lxml import etree
from lxml.html import HtmlElement as Element

from ingest.rules import Surroundings
from ingest.wording import key
from ingest.words import grams, size

#: Elements that hold something else than the article, whatever their class.
OTHER_TAGS = frozenset({"aside", "dialog", "footer", "form", "menu", "nav", "noscript", "template"})
#: Elements that are never judged by their class: those that hold a page, and those within a line.
UNJUDGED = frozenset(
    {
        *("html", "body", "main", "article", "p", "h1", "h2", "h3", "a", "span", "strong"),
        *("b", "em", "i", "img", "figure", "picture", "table"),
    }
)
OTHER_NAMES = re.compile(
    r"(?<![a-z])(?:about-?author|ads?|advert\w*|also-?read|author-?(?:bio|box|card|info)|bio"
    r"|breadcrumbs?|byline|call-to-action|comments?|consent|cookies?|copyright|cta|disclaimer"
    r"|disqus|donate|footer|menu|modal|more-?stories|most-?(?:popular|read)|nav|navbar|newsletters?"
    r"|pagination|paywall|popup|print|promos?|read-?more|recommend\w*|related\w*|respond|share"
    r"|sharing|sidebar|sign-?up|social|sponsor\w*|subscribe|subscription|table-of-contents|tags?"
    r"|taxonomy|toc|trending)(?![a-z])",
    re.IGNORECASE,
)
MAIN_SHARE = 0.3  # of a page's paragraphs: what holds more is the article, however it is called
MOST = 0.6  # of a page's prose that may be taken out by the names of what holds it
SURELY_OTHER = frozenset({"footer", "nav"})
COMMENTS = re.compile(r"(?<![a-z])(?:comments?|disqus)(?![a-z])", re.IGNORECASE)
DIGITS = re.compile(r"\d+")
COMMENT_SHARE = 0.9  # readers may write more than the author, but not all there is
CUT_OFF = 1.6  # times our text: where the page's paragraphs hold more, ours was cut off
SAME_TEXT = 0.5  # of our text has to be found in another extractor's before it may replace ours
BETTER = 0.1  # by how much more it has to agree with the page's paragraphs
FEW = 400  # characters: a page whose paragraphs hold fewer is not written in paragraphs
LONG_TEXT = 60  # characters from which a text outside paragraphs is prose and no label
PARAGRAPH = 9  # words from which a paragraph is prose and no caption
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
HIDDEN = ("script", "style", "noscript", "template")
BREAKS = (
    *(
        "p",
        "br",
        "hr",
        "div",
        "li",
        "ul",
        "ol",
        "dt",
        "dd",
        "table",
        "tr",
        "td",
        "th",
        "pre",
        "header",
    ),
    *("blockquote", "section", "article", "figcaption", *HEADINGS),
)
LAYOUT_CELL = 400  # characters of a cell: what holds more is no cell of data
WRITTEN = 6000  # characters that tell a page that is no article


def surroundings(
    tree: Element,
    *,
    titles: Iterable[str] = (),
    authors: Iterable[str] = (),
    names: Iterable[str] = (),
    recurring: frozenset[int] = frozenset(),
) -> Surroundings:
    """What the rules of cleaning go by: to be read before the tree is pruned."""
    first = next(tree.iter("h1"), None)
    headlines = [*titles, *([_text(first)] if first is not None else [])]
    return Surroundings(
        titles=frozenset(map(key, headlines)) - {""},
        links=frozenset(key(_text(link)) for link in tree.iter("a") if _leads_away(link)) - {""},
        headings=frozenset(key(_text(heading)) for heading in tree.iter(*HEADINGS)) - {""},
        authors=frozenset(map(key, authors)) - {""},
        names=frozenset(map(key, names)) - {""},
        recurring=recurring,
    )


def extract_lines(tree: Element, stated: str = "") -> tuple[list[str], list[str]]:
    """The lines of the article on a page, and what of its prose was pruned: as trafilatura finds
    it once the page's other parts are gone; in another version where trafilatura's was cut off.
    `stated` is the body the page declares, if it does: taken first it is worse on every
    collection, but it tells of a cut.

    Favouring recall costs two thirds of the default's time, since nothing else is then tried, and
    finds as much; where it goes wrong its text is short, and the page's paragraphs tell.
    """
    _unroll(tree)
    pruned = prune(tree)
    text = trafilatura.extract(tree, include_comments=False, favor_recall=True) or ""
    lines = _rescued(text, tree, stated).split("\n")
    return [line for line in lines if line.strip()], pruned


def plain_lines(markup: str) -> list[str]:
    """The lines of a piece of HTML, such as a feed carries: all of it is the article's."""
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.fromstring(f"<div>{markup}</div>", parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        return []
    for element in [*tree.iter(*HIDDEN)]:
        element.drop_tree()
    lines = (" ".join(line.split()) for line in "".join(_broken(tree)).split("\n"))
    return [line for line in lines if line]


def _broken(tree: Element) -> Iterator[str]:
    """The texts of a tree, with line ends where its blocks begin and end."""
    for event, element in lxml.etree.iterwalk(tree, events=("start", "end")):
        if element.tag in BREAKS:
            yield "\n"
        text = element.text if event == "start" else element.tail
        yield " ".join((text or "").splitlines())


def linked_share(lines: Iterable[str], around: Surroundings) -> float:
    """The share of the lines' words that stand in lines that are links, 0 to 1."""
    counted = [(size(line), key(line) in around.links) for line in lines]
    return sum(count for count, linked in counted if linked) / max(1, sum(c for c, _ in counted))


def written(tree: Element) -> str:
    """The beginning of all that can be read on a page."""
    texts = (
        text
        for element in tree.iter()
        if isinstance(element.tag, str) and element.tag not in HIDDEN
        for text in (element.text, element.tail)
        if text and not text.isspace()
    )
    return " ".join(" ".join(islice(texts, 400)).split())[:WRITTEN]


def prune(tree: Element) -> list[str]:
    """Drops the elements that by their tag, class or id hold something else than the article, but
    never one that, with those named alike beside it, holds much of the page's prose: that one is
    looked into. Where all of them hold most of it, names mean nothing on this page, and only tags
    are gone by; where these do, nothing is dropped. Says which of what it dropped held prose."""
    prose = _prose(tree)
    gone = [_dropped(element, told=True) for element in _comments(tree, prose)]
    prose = _prose(tree) if gone else prose
    for is_other in (_is_other, _is_other_tag):
        others = _outermost(tree, is_other, partial(_small, prose, prose.get(tree, 0)))
        held = sum(prose.get(one, 0) for one in others if one.tag not in SURELY_OTHER)
        if held <= MOST * prose.get(tree, 0):
            gone += [_dropped(element, told=element in prose) for element in others]
            break
    return [one for one in gone if one]


def _dropped(element: Element, *, told: bool) -> str:
    """Drops an element; what it was, where that is to be told: "aside.related (57 words)"."""
    named = ".".join([element.tag, *element.get("class", "").split()])
    said = f"{named[:60]} ({size(_text(element)):,} words)" if told else ""
    element.drop_tree()
    return said


def _comments(tree: Element, prose: Mapping[Element, int]) -> list[Element]:
    """What readers wrote, which may be more than the author did, but not all there is."""
    whole = prose.get(tree, 0)
    found = _outermost(
        tree,
        _is_comments,
        lambda others: [one for one in others if prose.get(one, 0) <= COMMENT_SHARE * whole],
    )
    left = whole - sum(prose.get(one, 0) for one in found)
    return found if left >= min(FEW, (1 - COMMENT_SHARE) * whole) else []


def _small(
    prose: Mapping[Element, int], whole: int, others: Sequence[Element]
) -> Sequence[Element]:
    """Of the other ones among the children of one element those that hold no more than
    `MAIN_SHARE` of the prose, those of one name together: an article may come in many blocks."""
    named = [(other, DIGITS.sub("", _named(other))) for other in others]
    held = Counter[str]()
    for other, name in named:
        held[name] += prose.get(other, 0)
    return [other for other, name in named if held[name] <= MAIN_SHARE * whole]


def _outermost(
    tree: Element,
    is_other: Callable[[Element], bool],
    chosen: Callable[[Sequence[Element]], Sequence[Element]],
) -> list[Element]:
    """Of the other elements, among their siblings, those chosen; none within another."""
    families: dict[Element, list[Element]] = {}  # by parent, an element's before its descendants'
    for element in tree.iterdescendants(etree.Element):
        if is_other(element):
            families.setdefault(element.getparent(), []).append(element)
    found: dict[Element, None] = {}
    for parent, others in families.items():
        if not any(holder in found for holder in (parent, *parent.iterancestors())):
            found |= dict.fromkeys(chosen(others))
    return list(found)


def paragraphs(tree: Element) -> str:
    """The page's prose, a paragraph a line: what an extractor should have found most of."""
    found = []
    for element in tree.iter("p", "blockquote"):
        text = _text(element)
        linked = sum(len(_text(link)) for link in element.iter("a"))
        if len(text.split()) >= PARAGRAPH and linked < len(text) / 2:
            found.append(text)
    return "\n".join(dict.fromkeys(found))


def _unroll(tree: Element) -> None:
    """Makes blocks of the tables that lay a page out: those that hold a table, or long cells."""
    for table in list(tree.iter("table")):
        cells = list(table.iter("td"))
        nested = any(inner is not table for inner in table.iter("table"))
        if nested or any(len(_text(cell)) > LAYOUT_CELL for cell in cells):
            for element in table.iter("table", "tbody", "tr", "td", "th"):
                element.tag = "div"


def _rescued(text: str, tree: Element, stated: str) -> str:
    """The text, or another version where the page holds much more prose than the text."""
    prose = max(paragraphs(tree), stated, key=len)
    if len(prose) <= CUT_OFF * len(text):
        return text
    found, ours = grams(prose), grams(text)
    others = [
        trafilatura.extract(tree, include_comments=False),
        trafilatura.baseline(tree)[1],
        stated,
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


def _is_other(element: Element) -> bool:
    """Whether it is named as something else than the article."""
    return _is_other_tag(element) or (element.tag not in UNJUDGED and _names_other(_named(element)))


def _is_other_tag(element: Element) -> bool:
    return element.tag in OTHER_TAGS


def _is_comments(element: Element) -> bool:
    return element.tag not in UNJUDGED and _names_comments(_named(element))


@lru_cache(maxsize=1 << 14)
def _names_other(named: str) -> bool:
    """Whether a class and an id are another part's: the same few are all over a site."""
    return bool(OTHER_NAMES.search(named))


@lru_cache(maxsize=1 << 14)
def _names_comments(named: str) -> bool:
    return bool(COMMENTS.search(named))


def _named(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _prose(tree: Element) -> dict[Element, int]:
    """Characters of prose in each element that has any: in its paragraphs; on a page that makes
    none, in whatever holds a long text."""
    held = [(element, len(_text(element))) for element in tree.iter("p")]
    if sum(count for _, count in held) < FEW:
        held = [(element, _longest(element)) for element in tree.iter() if element.tag != "a"]
    found: dict[Element, int] = {}
    for element, count in held:
        if count:
            for holder in (element, *element.iterancestors()):
                found[holder] = found.get(holder, 0) + count
    return found


def _longest(element: Element) -> int:
    """Characters of the long texts directly within an element."""
    if not isinstance(element.tag, str) or element.tag in HIDDEN:
        return 0
    texts = (element.text, *(child.tail for child in element))
    return sum(len(text) for text in texts if text and len(text) >= LONG_TEXT)


def _leads_away(link: Element) -> bool:
    """Whether it leads to another page: a link within the page is a table of contents."""
    href = link.get("href", "").strip().lower()
    return bool(href) and "#" not in href and not href.startswith(("javascript:", "mailto:"))


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
