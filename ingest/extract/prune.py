"""Removes the elements of a page that are named as something else than the article.

Takes the tree and changes it. Gives a list of the removed elements. A name counts only if the
element holds little of the page's prose. Some articles stand in elements that are named sidebar,
social or comments, and losing an article is worse than leaving a box in it.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

from lxml import etree
from lxml.html import HtmlElement as Element

from ingest.values import clean_text
from ingest.words import size

#: Elements that are something else than the article, whatever their class.
OTHER_TAGS = frozenset({"aside", "dialog", "footer", "form", "menu", "nav", "noscript", "template"})
#: Elements that are never judged by their class: those of a whole page, and those in a line.
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
MAIN_SHARE = 0.3  # of a page's prose: an element with more is the article, whatever its name
MAX_PRUNED = 0.6  # share of a page's prose that may be pruned by names
SURELY_OTHER = frozenset({"footer", "nav"})
COMMENTS = re.compile(r"(?<![a-z])(?:comments?|disqus)(?![a-z])", re.IGNORECASE)
DIGITS = re.compile(r"\d+")
COMMENT_SHARE = 0.9  # share of the prose that readers' comments may have, at most
FEW_CHARACTERS = 400  # characters: a page with fewer in its <p> elements does not use them for text
LONG_TEXT = 60  # characters: a text outside paragraphs with as many is prose, and not a label
#: Elements with nothing to read.
HIDDEN = ("script", "style", "noscript", "template")


def prune(tree: Element) -> list[str]:
    """Drops the elements whose tag, class or id names something else than the article.

    An element stays if it and its siblings of the same name have much of the page's prose. Then its
    descendants are looked at. If all named elements together have most of the prose, names mean
    nothing on this page, and only tags count. If these elements also have most of it, nothing is
    dropped. Gives a description of each dropped element that had prose.
    """
    prose = _prose(tree)
    gone = [_dropped(element, told=True) for element in _comments(tree, prose)]
    prose = _prose(tree) if gone else prose
    for is_other in (_is_other, _is_other_tag):
        others = _outermost(tree, is_other, partial(_small, prose, prose.get(tree, 0)))
        held = sum(prose.get(one, 0) for one in others if one.tag not in SURELY_OTHER)
        if held <= MAX_PRUNED * prose.get(tree, 0):
            gone += [_dropped(element, told=element in prose) for element in others]
            break
    return [one for one in gone if one]


def _dropped(element: Element, *, told: bool) -> str:
    """Drops an element. Describes it where `told` is set: "aside.related (57 words)"."""
    named = ".".join([element.tag, *element.get("class", "").split()])
    said = f"{clean_text(named)[:60]} ({size(text_of(element)):,} words)" if told else ""
    element.drop_tree()
    return said


def _comments(tree: Element, prose: Mapping[Element, int]) -> list[Element]:
    """The elements with readers' comments: perhaps most of the prose, but not all of it."""
    whole = prose.get(tree, 0)
    found = _outermost(
        tree,
        _is_comments,
        lambda others: [one for one in others if prose.get(one, 0) <= COMMENT_SHARE * whole],
    )
    left = whole - sum(prose.get(one, 0) for one in found)
    return found if left >= min(FEW_CHARACTERS, (1 - COMMENT_SHARE) * whole) else []


def _small(
    prose: Mapping[Element, int], whole: int, others: Sequence[Element]
) -> Sequence[Element]:
    """Those elements that have no more than `MAIN_SHARE` of the prose.

    Siblings of one name count together, because an article may be divided into many blocks.
    """
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
    """The elements that `is_other` finds and `chosen` takes from each group of siblings.

    None of them is within another.
    """
    families: dict[Element, list[Element]] = {}  # siblings by parent, outer ones first
    for element in tree.iterdescendants(etree.Element):
        if is_other(element):
            families.setdefault(element.getparent(), []).append(element)
    found: dict[Element, None] = {}
    for parent, others in families.items():
        if not any(holder in found for holder in (parent, *parent.iterancestors())):
            found |= dict.fromkeys(chosen(others))
    return list(found)


def _is_other(element: Element) -> bool:
    """Whether it is named as something else than the article."""
    return _is_other_tag(element) or (element.tag not in UNJUDGED and _names_other(_named(element)))


def _is_other_tag(element: Element) -> bool:
    return element.tag in OTHER_TAGS


def _is_comments(element: Element) -> bool:
    return element.tag not in UNJUDGED and _names_comments(_named(element))


@lru_cache(maxsize=1 << 14)
def _names_other(named: str) -> bool:
    """Whether a class and an id name another part. Cached: a site uses the same few names."""
    return bool(OTHER_NAMES.search(named))


@lru_cache(maxsize=1 << 14)
def _names_comments(named: str) -> bool:
    return bool(COMMENTS.search(named))


def _named(element: Element) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}"


def _prose(tree: Element) -> dict[Element, int]:
    """The number of characters of prose in each element that has any.

    Prose is text in paragraphs. On a page without paragraphs it is any long text.
    """
    held = [(element, len(text_of(element))) for element in tree.iter("p")]
    if sum(count for _, count in held) < FEW_CHARACTERS:
        held = [(element, _longest(element)) for element in tree.iter() if element.tag != "a"]
    found: dict[Element, int] = {}
    for element, count in held:
        if count:
            for holder in (element, *element.iterancestors()):
                found[holder] = found.get(holder, 0) + count
    return found


def _longest(element: Element) -> int:
    """The number of characters in the long texts directly within an element."""
    if not isinstance(element.tag, str) or element.tag in HIDDEN:
        return 0
    texts = (element.text, *(child.tail for child in element))
    return sum(len(text) for text in texts if text and len(text) >= LONG_TEXT)


def text_of(element: Element) -> str:
    """All text within an element, on one line."""
    return " ".join("".join(element.itertext()).split())
