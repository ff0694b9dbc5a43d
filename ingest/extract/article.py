"""A page becomes an article: its text, its metadata, and the verdict on what it is.

    parse_page (markup.py) -> read_metadata -> recipe of the outlet (recipes.py)
        -> lines (lines.py) -> cleaned (cleaning.py) -> verdict (verdict.py) -> Article

Takes an Entry and a Fetched, and gives an Article. The tree is parsed once. The order matters: the
metadata are in scripts too, and the search for lines removes scripts and other parts of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import lxml.html
import py3langid

from ingest.agencies.attribution import NO_ATTRIBUTION, Attribution, attribute
from ingest.extract.cleaning import clean
from ingest.extract.lines import (
    extract_lines,
    linked_share,
    plain_lines,
    read_surroundings,
    visible_text,
)
from ingest.extract.markup import drop_costly_json_ld, parse_page
from ingest.extract.recipes import NO_RECIPE, Recipe, apply_recipe, select_texts
from ingest.extract.verdict import ASKED, LEAST, UNFINISHED, Appearance, judge
from ingest.metadata.bylines import clean_authors
from ingest.metadata.dates import guess_date
from ingest.metadata.read import Metadata, read_metadata
from ingest.model import (
    NO_DATE,
    Article,
    Entry,
    Failed,
    Fetched,
    Outcome,
    Removed,
    Sourced,
    SourcedDate,
    Verdict,
)
from ingest.urls import believed_canonical, canonical_url, outlet, url_id, without_credentials
from ingest.values import moment
from ingest.words import size

HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/plain"})
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # no news site is older: an earlier date is wrong
TOLERANCE = timedelta(days=1)  # how far ahead of us a publisher's clock or zone may be
LANGUAGE_SAMPLE = 500  # characters of the text by which its language is recognised
MORE = 1.25  # times the page's words: a feed's text with more replaces the page's


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we know about an outlet from its earlier pages and from its recipe."""

    recurring: frozenset[int] = frozenset()  # hashes of lines that its articles share
    recipe: Recipe = NO_RECIPE


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article's lines, the lines that were removed, and the verdict."""

    lines: Sequence[str]
    removed: Sequence[Removed] = ()
    uncleaned: Sequence[str] = ()  # the lines before cleaning
    pruned: Sequence[str] = ()
    source: str = "page"
    verdict: Verdict = Verdict.FULL
    reason: str = ""


def extract_article(
    entry: Entry, fetched: Fetched, first_seen: datetime, known: Known = NOTHING_KNOWN
) -> Article:
    """The article on a page, with any verdict. Raises Failed(not_html), (no_text) or (too_large).

    The article is identified by the canonical address that its page declares, if that is credible.
    Otherwise it is identified by the address that answered, after redirects.
    """
    if fetched.content_type not in HTML_TYPES:
        raise Failed(Outcome.NOT_HTML, fetched.content_type)
    tree = parse_page(fetched)
    page = _with_recipe(read_metadata(tree, fetched.final_url), tree, known.recipe)
    answered = without_credentials(canonical_url(fetched.final_url))
    url = _canonical(page, fetched.final_url) or answered
    published = _published(entry, page, tree, fetched.final_url, first_seen)
    modified = _modified(page, published, first_seen)
    text = _text(tree, page, entry, fetched.final_url, known)
    whole = "\n".join(text.lines)
    agency = _agency(text, page, answered, known.recipe)
    title = _title(entry, page)
    authors, credited = _authors(entry, page, outlet(answered))
    return Article(
        article_id=url_id(url),
        url=url,
        outlet=outlet(answered),
        title=title.value,
        title_from=title.source,
        subtitle=page.subtitle,
        text=whole,
        text_from=text.source,
        authors=authors.value,
        authors_from=authors.source,
        credits=credited,
        byline=page.byline,
        agency=agency.agency,
        agency_confidence=agency.confidence,
        agency_evidence=agency.evidence,
        agency_from=agency.where,
        language=py3langid.classify(whole[:LANGUAGE_SAMPLE])[0] if whole else "",
        published=published.value,
        published_from=published.source,
        published_day_only=bool(published) and not published.has_time,
        modified=modified.value,
        modified_from=modified.source,
        first_seen=first_seen,
        words=sum(map(size, text.lines)),
        final_url=answered if answered != url else "",
        section=page.section,
        tags=page.tags,
        image=without_credentials(page.image),
        is_free=page.is_free,
        verdict=text.verdict,
        reason=text.reason,
        removed=tuple(text.removed),
        pruned=tuple(text.pruned),
    )


def _text(
    tree: lxml.html.HtmlElement, page: Metadata, entry: Entry, url: str, known: Known
) -> Text:
    """The page's text and verdict, or the feed's where the page has less."""
    surroundings = read_surroundings(
        tree,
        titles=(entry.title, page.title.value, page.subtitle),
        authors=(*page.authors.value, *clean_authors(entry.authors).authors),
        names=(page.site, outlet(url)),
        recurring=known.recurring,
    )
    appearance = Appearance(
        url=url,
        title=page.title.value,
        types=(*page.types, page.page_type),
        is_free=page.is_free,
        declared_words=page.word_count,
        page_text=visible_text(tree),
    )
    drop_costly_json_ld(tree)
    tree = apply_recipe(tree, known.recipe)
    page_lines, pruned = extract_lines(tree, page.article_body)
    feed_lines = plain_lines(entry.content)
    uncleaned, source = page_lines, "page"
    lines, removed = clean(page_lines, surroundings)
    # the feed's text is cleaned before it is judged: a line below a text that was cut off hides the
    # cut
    of_feed = clean(feed_lines, surroundings)
    if _is_fuller(of_feed[0], lines, page):
        uncleaned, source = feed_lines, "feed"
        lines, removed = of_feed
    linked, tail = linked_share(lines, surroundings), tuple(uncleaned[-ASKED:])
    verdict, reason = judge(lines, replace(appearance, linked=linked, tail=tail))
    return Text(
        uncleaned=uncleaned,
        pruned=pruned,
        lines=lines,
        removed=removed,
        source=source,
        verdict=verdict,
        reason=reason,
    )


def _is_fuller(feed_lines: Sequence[str], lines: Sequence[str], page: Metadata) -> bool:
    """Whether the feed carries more of the article than its page does.

    The feed must have much more, and its text must not be cut off at the end. If the page says that
    it is not free, any more is enough.
    """
    theirs, ours = (sum(map(size, some)) for some in (feed_lines, lines))
    factor = 1.0 if page.is_free is False else MORE
    return theirs > max(factor * ours, LEAST) and not UNFINISHED.search(feed_lines[-1])


def _agency(text: Text, page: Metadata, url: str, recipe: Recipe) -> Attribution:
    """The agency that the article is from. It looks at the text before cleaning removes credits."""
    said = attribute(
        text="\n".join(text.uncleaned),
        url=url,
        credited=page.credits,
        authors=page.authors.value,
        byline=page.byline,
        canonical=page.canonical,
        source=page.source,
        copyright_notice=page.copyright,
        agencies=recipe.agencies,
    )
    return said or NO_ATTRIBUTION


def _with_recipe(page: Metadata, tree: lxml.html.HtmlElement, recipe: Recipe) -> Metadata:
    """The metadata, in which the values that the outlet's recipe finds replace others."""
    title, author, date = (
        select_texts(tree, path) for path in (recipe.title, recipe.author, recipe.date)
    )
    at = next(filter(None, map(moment, date)), None)
    if title:
        page = replace(page, title=Sourced(title[0], "recipe"))
    if author:
        signed = clean_authors(author)
        authors = Sourced(signed.authors, "recipe")
        page = replace(page, authors=authors, credits=signed.credits)
    if at:
        page = replace(page, published=SourcedDate(at, "recipe", has_time=True))
    return page


def _title(entry: Entry, page: Metadata) -> Sourced[str]:
    """The headline that the page shows or declares; without one, the feed's title.

    The page comes first, because some feeds write titles of their own.
    """
    sure = page.title and page.title.source != "title"
    return page.title if sure or not entry.title else Sourced(entry.title, "feed")


def _authors(
    entry: Entry, page: Metadata, host: str
) -> tuple[Sourced[tuple[str, ...]], tuple[str, ...]]:
    """People with the source of their names, and organisations: the page's, else the feed's."""
    if page.authors:
        return page.authors, page.credits
    of_feed = clean_authors(entry.authors, own_names=(host, page.site))
    authors = Sourced(of_feed.authors, "feed" if of_feed.authors else "")
    return authors, page.credits or of_feed.credits


def _canonical(page: Metadata, url: str) -> str:
    """The canonical address that a page declares, if it is credible; else empty."""
    try:
        believed = believed_canonical(url, page.canonical) if page.canonical else ""
        return without_credentials(canonical_url(believed)) if believed else ""
    except (Failed, ValueError):
        return ""


def _published(
    entry: Entry, page: Metadata, tree: lxml.html.HtmlElement, url: str, first_seen: datetime
) -> SourcedDate:
    """The first credible date.

    The feed's date of publication comes first, then what the page declares, then the feed's date of
    change. The page's text is searched for a date only if there is none of these.
    """
    updated = entry.published_from in {"updated", "lastmod"}
    source = "feed updated" if updated else "feed"
    of_feed = SourcedDate(entry.published, source, has_time=True)
    for stated in (page.published, of_feed) if updated else (of_feed, page.published):
        if _is_credible(stated, first_seen):
            return stated
    guessed = guess_date(tree, url)
    return guessed if _is_credible(guessed, first_seen) else NO_DATE


def _modified(page: Metadata, published: SourcedDate, first_seen: datetime) -> SourcedDate:
    """When the page says it was changed; no date if that is before it was published."""
    at, since = page.modified.value, published.value
    possible = at is not None and (since is None or at >= since)
    return page.modified if possible and _is_credible(page.modified, first_seen) else NO_DATE


def _is_credible(date: SourcedDate, first_seen: datetime) -> bool:
    """Whether there is a date, and it is not too early or in the future."""
    at = date.value
    return at is not None and EARLIEST <= at <= first_seen + TOLERANCE
