"""Reads what a page declares about its article, as one record.

    tree -> declared.py (metas, links, headings, times; JSON-LD by jsonld.py)
         -> headline.py, authors.py with bylines.py, dates.py -> Metadata

Takes the page's tree, which must still have its scripts, and does not change it. Gives Metadata. A
page takes about 1.5 ms: trafilatura takes ten times as long for fewer values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import lxml.html
import regex

from ingest.metadata.article_node import article_body, article_node, count, first_text, is_free
from ingest.metadata.authors import NO_AUTHORS, page_authors
from ingest.metadata.byline_words import WORDS
from ingest.metadata.dates import page_modified, page_published
from ingest.metadata.declared import Declared, declared, squeezed
from ingest.metadata.headline import choose_title, plain_title
from ingest.metadata.outlet_names import own_names
from ingest.model import NO_DATE, Sourced, SourcedDate
from ingest.wordlists import any_of

SUBTITLE = regex.compile(
    r"sub-?_?(?:title|head|headline|line|deck)"
    rf"|(?:^|[\s_-]){any_of(WORDS['subtitle_classes'])}(?:$|[\s_-])",
    regex.IGNORECASE,
)
NO_TITLE = Sourced("")
MOST_TAGS = 30
LONGEST_TAG = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page declares about its article. A value that it does not declare is empty or None.

    `authors` are people. `credits` are organisations that supplied the text. `byline` is the byline
    as printed, even if it is the outlet's own name. `is_free` is schema.org's isAccessibleForFree.
    `page_type` is schema.org's type of the page; without one, Open Graph's. `types` has all types.
    """

    title: Sourced[str] = NO_TITLE
    subtitle: str = ""
    authors: Sourced[tuple[str, ...]] = NO_AUTHORS
    credits: tuple[str, ...] = ()
    byline: str = ""
    published: SourcedDate = NO_DATE
    modified: SourcedDate = NO_DATE
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    canonical: str = ""
    site: str = ""
    source: str = ""
    copyright: str = ""
    is_free: bool | None = None
    page_type: str = ""
    types: tuple[str, ...] = ()
    article_body: str = ""
    word_count: int | None = None


def read_metadata(tree: lxml.html.HtmlElement, url: str) -> Metadata:
    """What a page declares. `url` is the address that answered. Raises nothing."""
    page = declared(tree)
    node = article_node(page.nodes, url)
    values = node.values if node else {}
    outlet_names = tuple(own_names(page, url))
    section = first_text(values.get("articleSection")) or page.meta(
        "article:section",
        "parsely-section",
        "section",
        "cxenseparse:recs:category",
        "dcterms.subject",
    )
    title = choose_title(
        first_text(values.get("headline")) or (first_text(values.get("name")) if node else ""),
        [squeezed(heading.text_content()) for heading in page.headings[:12]],
        [
            page.meta("og:title"),
            page.meta("twitter:title"),
            page.meta("title", "dc.title", "headline"),
        ],
        page.window_title,
        [*outlet_names, section],
    )
    signed = page_authors(page, node, tree, url, outlet_names)
    return Metadata(
        title=title,
        subtitle=_subtitle(page, values, title.value),
        authors=signed.authors,
        credits=signed.credits,
        byline=signed.printed,
        published=page_published(page, node, tree, url),
        modified=page_modified(page, node),
        section=plain_title(section)[:LONGEST_TAG],
        tags=_tags(page, values),
        image=_image(page, values, url),
        canonical=_absolute(url, next(iter(page.links.get("canonical", ())), "")),
        site=page.meta("og:site_name", "application-name"),
        source=_source(page, values),
        copyright=page.meta("copyright", "dcterms.rights", "dc.rights", "rights")
        or first_text(values.get("copyrightHolder")),
        is_free=is_free(page, node),
        page_type=node.types[0] if node and node.types else page.meta("og:type"),
        types=tuple(
            dict.fromkeys(t for held in page.nodes if not held.mentioned for t in held.types)
        )[:20],
        article_body=article_body(page.nodes),
        word_count=count(values.get("wordCount")),
    )


def _subtitle(page: Declared, values: dict[str, object], title: str) -> str:
    """The line below the headline: an element after it whose class says so, else JSON-LD's."""
    for heading in page.headings[:12]:
        if squeezed(heading.text_content()).casefold() == title.casefold():
            for element in _after(heading):
                text = (
                    squeezed(element.text_content())
                    if SUBTITLE.search(element.get("class", ""))
                    else ""
                )
                if 15 <= len(text) <= 500 and text != title:
                    return text
    stated = plain_title(first_text(values.get("alternativeHeadline")))
    return stated if stated != title else ""


def _after(heading: lxml.html.HtmlElement) -> Iterator[lxml.html.HtmlElement]:
    """The next three elements after a heading, and the next three after its parent."""
    for element in (heading, heading.getparent()):
        if element is not None:
            for number, sibling in enumerate(element.itersiblings()):
                if number == 3:
                    break
                yield sibling


def _tags(page: Declared, values: dict[str, object]) -> tuple[str, ...]:
    keywords = values.get("keywords")
    listed = keywords if isinstance(keywords, list) else [keywords]
    for raw in (
        page.metas.get("article:tag", []),
        [word for word in listed if isinstance(word, str)],
        page.all_metas(
            "parsely-tags", "sailthru.tags", "news_keywords", "keywords", "cxenseparse:recs:tag"
        ),
    ):
        parts = [part for text in raw for part in regex.split(r"[,;|،、，]", text[:5_000])]
        tags = dict.fromkeys(plain_title(part) for part in parts)
        kept = [tag for tag in tags if 1 < len(tag) <= LONGEST_TAG and "://" not in tag]
        if kept:
            return tuple(kept[:MOST_TAGS])
    return ()


def _image(page: Declared, values: dict[str, object], url: str) -> str:
    image = values.get("image")
    image = image[0] if isinstance(image, list) and image else image
    stated = image.get("url") or image.get("contentUrl") if isinstance(image, dict) else image
    for link in (
        page.meta("og:image:secure_url", "og:image", "og:image:url"),
        first_text(stated),
        page.meta("twitter:image", "twitter:image:src", "parsely-image-url", "thumbnail"),
        *page.links.get("image_src", ())[:1],
    ):
        if link:
            return _absolute(url, link)
    return ""


def _absolute(url: str, link: str) -> str:
    try:
        joined = urljoin(url, link.strip()) if link.strip() else ""
        return joined if urlsplit(joined).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def _source(page: Declared, values: dict[str, object]) -> str:
    """The organisation that the text comes from, as the page says."""
    return (
        first_text(values.get("sourceOrganization"))
        or first_text(values.get("provider"))
        or page.meta(
            "article:provider",
            "source",
            "article:source",
            "provider",
            "original-source",
            "syndication-source",
            "dcterms.source",
            "dc.source",
            "sourcename",
            "news_source",
            "byl_source",
            "contentsource",
        )
    )
