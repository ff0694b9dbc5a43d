"""Where things stand in a page: near its headline, or apart from its article. Pure."""

import re
from collections.abc import Iterator
from itertools import chain, islice

import lxml.html
from lxml import etree

AFTER = 200  # elements after a headline that count as near it
BEFORE = 60
#: Parts of a page that are not its article.
APART_TAGS = frozenset({"aside", "nav", "footer"})
APART = re.compile(
    r"comment|related|sidebar|side-bar|footer|promo|recirc|newsletter|teaser|widget|popular|trending"
    r"|recommend|more-from|read-?more|most-?read|latest|carousel|navigation|menu|modal|popup|also-like"
    r"|next-?article|up-?next|reply|disqus",
    re.IGNORECASE,
)


def is_apart(element: lxml.html.HtmlElement) -> bool:
    """Whether an element stands in a part of its page that is not the article: related, comments."""
    for number, above in enumerate(element.iterancestors()):
        if above.tag in {"article", "main", "body"} or number == 15:
            return False
        if above.tag in APART_TAGS or APART.search(f"{above.get('class', '')} {above.get('id', '')}"):
            return True
    return False


def near(heading: lxml.html.HtmlElement, after: int = AFTER) -> Iterator[lxml.html.HtmlElement]:
    """The elements about a headline, those after it first."""
    yield from islice(_following(heading), after)
    yield from islice(_preceding(heading), BEFORE)


def _following(element: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """Every element after one, in the order of the document."""
    above = element
    while above is not None:
        for after in above.itersiblings():
            yield from after.iter(etree.Element)
        above = above.getparent()


def _preceding(element: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """The elements before one that share its block, and what they hold."""
    for above in islice(chain([element], element.iterancestors()), 3):
        for before in islice(above.itersiblings(preceding=True), 5):
            yield from before.iter(etree.Element)
