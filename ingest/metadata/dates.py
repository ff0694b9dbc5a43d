"""Finds when a page says it was published and changed.

    JSON-LD -> metas -> a time element or microdata -> the address -> htmldate (`guess_date`)

Takes what the page declares, its tree and its address. Gives a SourcedDate. dateutil reads the
dates. Dates that it cannot read (Chinese dates, "ET") are rewritten here.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from zoneinfo import ZoneInfo

import htmldate
import lxml.html

from ingest.metadata.byline_words import WORDS
from ingest.metadata.declared import Declared
from ingest.metadata.jsonld import Node
from ingest.metadata.placement import is_apart
from ingest.model import NO_DATE, SourcedDate
from ingest.values import moment
from ingest.wordlists import any_of

PUBLISHED = (
    "article:published_time", "article:published", "published_time", "datepublished",
    "og:published_time", "article:post_date", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "cxenseparse:recs:articlepublishedtime", "rnews:datepublished",
    "shareaholic:article_published_time", "bt:pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "publicationdate", "pubdate", "pub_date",
    "originalpublicationdate", "article_date_original", "article.published", "displaydate",
    "ptime", "pdate", "dcterms.issued", "dcterms.created", "dcterms.date", "dc.date.issued",
    "dc.date.created", "dc.date", "dc:date", "dc:created", "citation_publication_date",
    "citation_online_date", "citation_date", "date.created", "datecreated", "date_published",
    "published", "created", "gentime", "_pubtime", "apub:time", "weibo:article:create_at",
    "date",
)  # fmt: skip
MODIFIED = (
    "article:modified_time", "og:updated_time", "article:modified", "modified_time",
    "datemodified", "article:updated_time", "cxenseparse:modifiedtime", "dcterms.modified",
    "dc.date.modified", "lastmod", "last-modified", "last_modified", "article.updated",
    "lastmodified", "revision_date", "utime", "modified", "updated",
)  # fmt: skip
HAS_TIME = re.compile(
    r"^\d{10}(?:\d{3})?$|\d[T\s]\s*\d{1,2}:\d\d|\d{1,2}:\d\d|\d{14}|\b\d{1,2}\s?[ap]m\b",
    re.IGNORECASE,
)
MIDNIGHT = re.compile(r"[T\s]00:00(?::00(?:\.0+)?)?(?:Z|\s?[+-]\d\d:?\d\d|\s?[A-Z]{3,4})?$")
IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?!\d)")
NAMED_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)/([a-z]{3})/(\d{1,2})/")
ASIAN = re.compile(
    r"^\s*(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号]?\s*(\d{1,2}:\d\d(?::\d\d)?)?"
)
#: "ET" is summer or winter time: it depends on the day. CLDR, and so Babel, has such names of
#: zones, but cannot find the zone by its name.
AMERICAN = re.compile(r"\s([ECMP]T)$")
ZONES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
OFFSET = re.compile(r"(?<=[\d\s])([+-])(\d\d):?(\d\d)$")
COMPACT = re.compile(r"^(\d{8})(\d{6})$")
GLUED = re.compile(r"(\d)([A-Z]{3,4})$")
NAME = (
    r"[^\W\d_]{3,10}"  # of a month, in any language: dateutil refuses names that it does not know
)
ORDINAL = any_of(WORDS["ordinals"])
DAY_OF = f"(?:{any_of(WORDS['between_day_and_month'])} )?"
MONTH_OF = f"(?:{any_of(WORDS['between_month_and_year'])} )?"
DAYS = (
    rf"{NAME}\.? \d{{1,2}}{ORDINAL}?,? \d{{4}}",
    rf"\d{{1,2}}(?:{ORDINAL}|\.|º)? {DAY_OF}{NAME}\.?,? {MONTH_OF}\d{{4}}",
    r"\d{4}-\d\d-\d\d|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{4}/\d\d/\d\d",
    r"\d{4}[年년] ?\d{1,2}[月월] ?\d{1,2}[日일]?",
)
TIME = (
    rf"[\s,|·•–—-]*(?:{any_of(WORDS['before_time'])} ?)?"
    r"(\d{1,2}[:.h]\d\d(?::\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?)"
    r"(?:\s(GMT|UTC|CES?T|BST|IST|[ECMP][SD]?T)\b)?"
)
#: A day in a line of a page, with its time if there is one.
WRITTEN = re.compile(rf"(?<!\d)({'|'.join(DAYS)})(?:{TIME})?")
EPOCH = re.compile(r"\s*(\d{10})(\d{3})?\s*")
DATED = re.compile(r"date|time|publi|posted|stamp|fecha|datum|data|meta|byline|info", re.IGNORECASE)
MARKED = re.compile(
    r"publi|entry-date|post-date|dt-published|pubdate|created|posted|dateline|article.?date",
    re.IGNORECASE,
)
CHANGED = re.compile(any_of(WORDS["changed"]), re.IGNORECASE)
AFTER = 60  # elements after the headline that are searched for its date
EARLIEST_YEAR = 1990
A_DAY_ABOUT = timedelta(hours=36)


def page_published(
    page: Declared, node: Node | None, tree: lxml.html.HtmlElement, url: str
) -> SourcedDate:
    """When a page was published: the first of its statements that is a date.

    If that is only a day, a later statement about the same day gives the time.
    """
    first = NO_DATE
    for when in _statements(page, node, tree, url):
        if not first.value:
            first = when
        if first.has_time:
            return first
        if (
            when.value
            and first.value
            and when.has_time
            and abs(when.value - first.value) < A_DAY_ABOUT
        ):
            return when
    return first


def _statements(
    page: Declared, node: Node | None, tree: lxml.html.HtmlElement, url: str
) -> Iterator[SourcedDate]:
    yield from _stated(node, ("datePublished", "dateCreated", "uploadDate"), page, PUBLISHED)
    address = address_date(url)
    for shown in _shown(page, tree):
        # an element may belong to another article: a day in the address shows that
        if shown.value and (not address.value or abs(shown.value - address.value) < A_DAY_ABOUT):
            yield shown
    if address.value:
        yield address


def page_modified(page: Declared, node: Node | None) -> SourcedDate:
    """When a page was last changed; no date if it does not say so."""
    for stated in _stated(node, ("dateModified",), page, MODIFIED):
        return stated
    for element in page.times:
        marks = _marks(element)
        if CHANGED.search(marks) and not is_apart(element):
            return next(_of_element(element), NO_DATE)
    return NO_DATE


def address_date(url: str) -> SourcedDate:
    """The day in an address such as `/2016/11/01/` or `/2016/nov/01/`."""
    found = IN_ADDRESS.search(url) or NAMED_IN_ADDRESS.search(url)
    if not found:
        return NO_DATE
    year, month, day = found.groups()
    at = moment(f"{day} {month} {year}" if month.isalpha() else f"{year}-{month}-{day}")
    return SourcedDate(at, "address", day=at.date().isoformat()) if at else NO_DATE


def guess_date(tree: lxml.html.HtmlElement, url: str) -> SourcedDate:
    """The day that htmldate finds in a page's text. It is the last resort: 10 ms a page and more.

    A first of January is left out, because htmldate finds one in "© 2026". htmldate works on a
    copy, because it removes elements from the tree.
    """
    try:
        found = htmldate.find_date(
            deepcopy(tree), url=url, original_date=True, extensive_search=True
        )
    except Exception:  # dateparser and lxml raise many kinds of errors on broken pages
        return NO_DATE
    return next(_read("" if not found or found.endswith("-01-01") else found, "page text"), NO_DATE)


def _stated(
    node: Node | None, keys: tuple[str, ...], page: Declared, metas: tuple[str, ...]
) -> Iterator[SourcedDate]:
    """The dates in a page's JSON-LD and metas, the surest first."""
    for key in keys:
        value = node.values.get(key) if node else None
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str):
            yield from _read(value, "json-ld")
    for name in metas:
        for value in page.metas.get(name, ())[:1]:
            yield from _read(value, "meta")


def _shown(page: Declared, tree: lxml.html.HtmlElement) -> Iterator[SourcedDate]:
    """The dates in a page's elements: in marked ones, in those near its headline, in others."""
    times = [element for element in page.times[:60] if not is_apart(element)]
    marked = [element for element in times if MARKED.search(_marks(element))]
    marked += tree.xpath("//*[@itemprop='datePublished']")[:5]
    dated = (
        element
        for element in page.near_headline[:AFTER]
        if DATED.search(element.get("class") or "")
    )
    for element in chain(marked, dated, times):
        if not CHANGED.search(_marks(element)):
            yield from _of_element(element)


def _of_element(element: lxml.html.HtmlElement) -> Iterator[SourcedDate]:
    stated = element.get("datetime") or element.get("content") or element.get("data-datetime")
    if stated:
        yield from _read(stated, "time element")
        return
    shown = " ".join(islice(element.itertext(), 8))
    if len(shown) <= 150 and not CHANGED.search(shown) and not is_apart(element):
        written = WRITTEN.search(" ".join(shown.split()))
        if written:
            yield from _read(" ".join(part for part in written.groups() if part), "page text")


def _marks(element: lxml.html.HtmlElement) -> str:
    marks = [element.get(name, "") for name in ("itemprop", "class", "property", "id", "pubdate")]
    parent = element.getparent()
    return " ".join([*marks, parent.get("class", "") if parent is not None else ""])


def _read(written: str, source: str) -> Iterator[SourcedDate]:
    """The date that is written in a text; nothing if there is none, or if it is too early."""
    written = " ".join(written[:100].split())
    at = _moment(written)
    if at and at.year >= EARLIEST_YEAR:
        has_time = bool(HAS_TIME.search(written)) and not MIDNIGHT.search(written)
        offset = OFFSET.search(written)
        east = timedelta(hours=int(offset[2]), minutes=int(offset[3])) if offset else timedelta()
        local = at - east if offset and offset[1] == "-" else at + east
        yield SourcedDate(at, source, day=local.date().isoformat(), has_time=has_time)


def _moment(written: str) -> datetime | None:
    epoch = EPOCH.fullmatch(written)
    if epoch:
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    written = COMPACT.sub(r"\1T\2", written)
    asian = ASIAN.match(written)
    if asian:
        written = f"{asian[1]}-{int(asian[2]):02}-{int(asian[3]):02} {asian[4] or ''}"
    american = AMERICAN.search(written)
    if not american:
        return moment(GLUED.sub(r"\1 \2", written))
    at = moment(written[: american.start()])
    return at.replace(tzinfo=ZoneInfo(ZONES[american[1]])).astimezone(UTC) if at else None
