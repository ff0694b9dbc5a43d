"""Finds elements near a page's headline, and elements outside its article.

Takes elements, gives elements or yes or no. XPath can find the elements after another one, but lxml
then makes a list of them all. The functions here stop after about a hundred.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice

import lxml.html

AFTER = 120  # elements after a headline that count as near it
BEFORE = 40
#: Elements that hold a line of text. Others are skipped, because each costs time.
HOLDERS = (
    "a", "abbr", "address", "b", "cite", "div", "em", "h2", "h3", "h4", "h5", "h6", "i", "li",
    "p", "small", "span", "strong", "td", "time", "ul",
)  # fmt: skip
#: Parts of a page that are not its article.
APART_TAGS = frozenset({"aside", "nav", "footer"})
APART = re.compile(
    r"comment|related|sidebar|side-bar|footer|promo|recirc|newsletter|teaser|widget|popular|trending"
    r"|recommend|more-from|read-?more|most-?read|latest|carousel|navigation|menu|modal|popup|also-like"
    r"|next-?article|up-?next|reply|disqus",
    re.IGNORECASE,
)


def is_apart(element: lxml.html.HtmlElement) -> bool:
    """Whether an element is in a part of its page outside the article, such as the comments."""
    for number, above in enumerate(element.iterancestors()):
        if above.tag in {"article", "main", "body"} or number == 15:
            return False
        if above.tag in APART_TAGS or APART.search(
            f"{above.get('class', '')} {above.get('id', '')}"
        ):
            return True
    return False


def near_headlines(headings: list[lxml.html.HtmlElement]) -> list[lxml.html.HtmlElement]:
    """The elements near the first two headings. For each heading, those after it come first."""
    return [
        element
        for heading in headings[:2]
        for element in chain(
            islice(_following(heading), AFTER), islice(_preceding(heading), BEFORE)
        )
    ]


def _following(element: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """Every element after one, in the order of the document."""
    above = element
    while above is not None:
        for after in above.itersiblings():
            yield from after.iter(*HOLDERS)
        above = above.getparent()


def _preceding(element: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """The elements before one in the same block, with their descendants."""
    for above in islice(chain([element], element.iterancestors()), 3):
        for before in islice(above.itersiblings(preceding=True), 5):
            yield from before.iter(*HOLDERS)
