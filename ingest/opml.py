"""Subscription lists: OPML becomes feeds. Pure."""

import listparser
import lxml.etree

from ingest.model import CopydeskError, Feed


def parse_opml(document: bytes) -> tuple[Feed, ...]:
    """The feeds of an OPML document, in order, each address once.

    A feed's folder is its first category, its levels joined with `/`. Raises CopydeskError where
    no feed is listed.
    """
    parsed = listparser.parse(_ascii(document))
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


def _ascii(document: bytes) -> bytes:
    """The document with everything beyond ASCII as references: listparser takes undeclared UTF-8
    for Latin-1, and does not look at the encoding a document declares."""
    try:
        root = lxml.etree.fromstring(document, lxml.etree.XMLParser(resolve_entities=False))
    except lxml.etree.XMLSyntaxError:  # listparser forgives more
        return document.decode("utf-8", "replace").encode("ascii", "xmlcharrefreplace")
    return bytes(lxml.etree.tostring(root))
