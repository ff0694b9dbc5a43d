"""Subscription lists: OPML becomes feeds. Pure."""

import listparser

from ingest.model import CopydeskError, Feed


def parse_opml(document: bytes) -> tuple[Feed, ...]:
    """The feeds of an OPML document, in order, each address once.

    A feed's folder is its first category, its levels joined with `/`. Raises CopydeskError where
    no feed is listed.
    """
    parsed = listparser.parse(document)
    feeds: dict[str, Feed] = {}
    for item in parsed.feeds:
        folder = "/".join(item.categories[0]) if item.categories else ""
        feeds.setdefault(item.url, Feed(url=item.url, title=item.title, folder=folder))
    if not feeds:
        reason = f" ({parsed.bozo_exception})" if parsed.bozo else ""
        raise CopydeskError(
            f"it lists no feeds{reason}; an OPML file has <outline> elements with an xmlUrl"
        )
    return tuple(feeds.values())
