"""Finds the article among the JSON-LD objects of a page, and reads values of it.

Takes the nodes that jsonld.py read. Gives one node, or single values of it.
"""

from urllib.parse import urlsplit

import regex

from ingest.metadata.declared import Declared, squeezed
from ingest.metadata.jsonld import Node
from ingest.values import text

ARTICLE = regex.compile(
    r".*(?:Article|Posting|Report|Review|NewsStory)$|BlogPosting|Blog$|OpinionNewsArticle"
)
OTHERS = (
    "VideoObject",
    "ImageGallery",
    "MediaGallery",
    "Recipe",
    "PodcastEpisode",
    "AudioObject",
    "WebPage",
    "ItemPage",
    "CollectionPage",
)
LONGEST_BODY = 300_000  # characters


def article_node(nodes: list[Node], url: str) -> Node | None:
    """The node of the page's own article; None where there is none."""
    own = [node for node in nodes if not node.mentioned]
    articles = [node for node in own if any(map(ARTICLE.fullmatch, node.types))]
    path = urlsplit(url).path.rstrip("/")
    here = [node for node in articles if path and path in str(_address(node))]
    headed = [
        node for node in here or articles if "headline" in node.values or "author" in node.values
    ]
    others = [node for kind in OTHERS for node in own if kind in node.types]
    headless = [node for node in own if "headline" in node.values]
    return next(iter([*headed, *here, *articles, *headless, *others]), None)


def _address(node: Node) -> object:
    return [node.values.get(key) for key in ("url", "mainEntityOfPage", "@id")]


def is_free(page: Declared, node: Node | None) -> bool | None:
    """Whether a page says that it can be read for free; None where it does not say.

    The article is looked at first, then the other objects.
    """
    held = [node] if node else []
    held += [other for other in page.nodes if not other.mentioned and other is not node]
    for one in held:
        stated = _truth(one.values.get("isAccessibleForFree"))
        parts = one.values.get("hasPart")
        listed = parts if isinstance(parts, list) else [parts]
        within = [
            _truth(part.get("isAccessibleForFree")) for part in listed if isinstance(part, dict)
        ]
        if stated is not None:
            return stated
        if False in within:
            return False
    tier = page.meta("article:content_tier").casefold()
    return {"free": True, "locked": False}.get(tier)


def _truth(value: object) -> bool | None:
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, bool):
        return value
    word = str(value).casefold().rpartition("/")[2]
    return {"true": True, "false": False, "yes": True, "no": False}.get(word)


def article_body(nodes: list[Node]) -> str:
    """The longest articleBody of the page's own nodes. It only serves to check the text."""
    bodies = [node.values.get("articleBody") for node in nodes if not node.mentioned]
    texts = [text(body[:LONGEST_BODY]) for body in bodies if isinstance(body, str)]
    return max(texts, key=len, default="")


def count(value: object) -> int | None:
    """A number of words, from a number or a text; None for any other value."""
    written = str(value).strip() if isinstance(value, int | str) else ""
    return int(written) if regex.fullmatch(r"[0-9]{1,6}", written) else None


def first_text(value: object) -> str:
    """The text of a value, of the first of a list, or of an object's name."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("name") or value.get("url") or value.get("@value") or ""
    return squeezed(value) if isinstance(value, str) else ""
