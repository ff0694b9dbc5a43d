"""Subscription lists: reads feeds from OPML and writes them to OPML. Pure."""

import re
from collections.abc import Iterable

import listparser
import lxml.etree

from ingest.model import CopydeskError, Failed, Feed, Outcome
from ingest.urls import full_address, text_without_secrets, without_secrets
from ingest.values import clean_text

#: Control characters, halves of emojis and non-characters, which XML does not allow. Controls of
#: direction, because a terminal may show the document.
UNWRITABLE = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def parse_opml(document: bytes) -> tuple[Feed, ...]:
    """The feeds of an OPML document, in order, each address once.

    The folder of a feed is its first category, with the levels joined by `/`. Raises CopydeskError
    if no feed is listed, and if the document is too broken to read.
    """
    try:
        parsed = listparser.parse(_ascii(document))
    except Exception as error:  # whatever its handlers raise where elements are not nested properly
        raise CopydeskError(f"it cannot be read as OPML: {type(error).__name__}") from error
    feeds: dict[str, Feed] = {}
    for item in parsed.feeds:
        folder = _folder(item.categories[0]) if item.categories else ""
        url = full_address(clean_text(item.url))
        feeds.setdefault(url, Feed(url=url, title=_title(item.title, url), folder=folder))
    if not feeds:
        reason = f" ({parsed.bozo_exception})" if parsed.bozo else ""
        raise CopydeskError(
            f"it lists no feeds{reason}; an OPML file has <outline> elements with an xmlUrl"
        )
    return tuple(feeds.values())


def feeds_in(document: bytes) -> tuple[Feed, ...]:
    """As `parse_opml`, for a worker process: raises Failed(not_a_feed) with the same sentence."""
    try:
        return parse_opml(document)
    except CopydeskError as error:
        raise Failed(Outcome.NOT_A_FEED, str(error)) from error


def write_opml(feeds: Iterable[Feed], title: str = "Subscriptions") -> bytes:
    """An OPML 2.0 document of the feeds. Each level of a folder is an outline around its feeds.

    `parse_opml` reads the same feeds from it, ordered by folder. White space becomes single spaces.
    Characters that XML does not allow, and those that turn text, are left out. Addresses keep their
    passwords.
    """
    root = lxml.etree.Element("opml", version="2.0")
    head = lxml.etree.SubElement(root, "head")
    lxml.etree.SubElement(head, "title").text = _writable(title)
    outlines = {"": lxml.etree.SubElement(root, "body")}
    for feed in feeds:
        parent = _outline(outlines, _folder(_writable(feed.folder).split("/")))
        name = _writable(feed.title)
        lxml.etree.SubElement(
            parent, "outline", type="rss", text=name, title=name, xmlUrl=_writable(feed.url)
        )
    document = lxml.etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return bytes(document)


def _outline(outlines: dict[str, lxml.etree._Element], folder: str) -> lxml.etree._Element:
    """The outline of a folder. If there is none yet, it is made, with the outlines around it."""
    if folder not in outlines:
        around, _, name = folder.rpartition("/")
        parent = _outline(outlines, around)
        outlines[folder] = lxml.etree.SubElement(parent, "outline", text=name, title=name)
    return outlines[folder]


def _title(written: str, url: str) -> str:
    """The title as it may be stored and shown. Readers write the address where there is none."""
    title = clean_text(written)
    if without_secrets(url) != url and url in {full_address(title), f"http://{title}"}:
        return without_secrets(url)
    return text_without_secrets(title)


def _folder(levels: Iterable[str]) -> str:
    return "/".join(filter(None, map(clean_text, levels)))


def _writable(written: str) -> str:
    return " ".join(UNWRITABLE.sub("", written).split())


def _ascii(document: bytes) -> bytes:
    """The document with character references in place of all characters beyond ASCII.

    listparser ignores the encoding that a document declares, and reads UTF-8 as Latin-1.
    """
    try:
        root = lxml.etree.fromstring(document, lxml.etree.XMLParser(resolve_entities=False))
    except lxml.etree.XMLSyntaxError:  # listparser reads some malformed documents all the same
        return document.decode("utf-8", "replace").encode("ascii", "xmlcharrefreplace")
    return bytes(lxml.etree.tostring(root))
