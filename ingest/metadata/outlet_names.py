"""Finds the names that an outlet uses for itself.

Takes what a page declares and its address, and gives the names. If a byline is one of these names,
it is the outlet's and not a person's.
"""

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

import regex

from ingest.metadata import byline_words as patterns
from ingest.metadata.article_node import first_text
from ingest.metadata.declared import Declared

LETTERS = regex.compile(r"[\p{L}\p{M}\p{N}]+")
HOST = regex.compile(r"(?:www\.)?([\w-]+(?:\.[\w-]+)+)")


def own_names(page: Declared, url: str) -> Iterator[str]:
    """The names of the outlet: its host, the name of its site, its publisher."""
    host = urlsplit(url).hostname or ""
    yield host.removeprefix("www.")
    labels = host.removeprefix("www.").split(".")
    yield from (label for label in labels[:-1] if len(label) > 2)
    for name in (
        "og:site_name",
        "application-name",
        "publisher",
        "apple-mobile-web-app-title",
        "cre",
    ):
        yield page.meta(name)
    yield page.meta("twitter:site").lstrip("@")
    for node in page.nodes:
        publisher = node.values.get("publisher")
        if isinstance(publisher, dict):
            yield first_text(publisher.get("name"))
        if any(kind in {"WebSite", "NewsMediaOrganization"} for kind in node.types):
            yield first_text(node.values.get("name"))


def letters_of(name: str) -> str:
    """The letters and digits of a name, casefolded: its form for comparing."""
    return "".join(LETTERS.findall(name.casefold()))


@lru_cache(maxsize=1_000)
def forms_of_name(given: str) -> frozenset[str]:
    """The forms of an outlet's own name: whole, without "The", and the labels of its host."""
    key = letters_of(given)
    host = HOST.fullmatch(given.casefold().strip())
    names = {key, key.removeprefix("the")}
    if host:
        labels = [label.replace("-", "") for label in host[1].split(".")[:-1]]
        names |= {label for label in labels if len(label) > 3} | {letters_of(host[1])}
    return frozenset(name for name in names if len(name) > 1)


def is_own_name(name: str, outlets: frozenset[str]) -> bool:
    """Whether a name is the outlet's own name or the name of one of its desks."""
    keys = {
        letters_of(name),
        letters_of(name).removeprefix("the"),
        letters_of(patterns.DESK.sub("", name)),
    }
    if keys & outlets:
        return True
    words = [letters_of(word) for word in name.casefold().split() if word != "the"]
    named = len(words) > 2 or patterns.ORGANISATION.search(name)
    return bool(named) and any(_is_shortened(outlet, words) for outlet in outlets)


def _is_shortened(label: str, words: list[str]) -> bool:
    """Whether a label of a host consists of the beginnings of words, as "latimes" does."""
    if not words:
        return not label
    most = min(len(words[0]), len(label))
    return len(words) <= 6 and any(
        label.startswith(words[0][:size]) and _is_shortened(label[size:], words[1:])
        for size in range(1, most + 1)
    )
