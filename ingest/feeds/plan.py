"""What each entry of a poll becomes: a page to fetch, or an outcome at once. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, zip_longest
from urllib.parse import urlsplit

from ingest.model import Entry, EntryOutcome, Failed, Outcome, Page, PageResult
from ingest.urls import (
    MAX_ADDRESS,
    canonical_url,
    text_without_credentials,
    url_id,
    without_credentials,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A poll decided: `len(pages)` plus the outcomes' entries is the number of entries read."""

    pages: tuple[Page, ...]
    listed: tuple[Page, ...]  # every entry with an address, once a feed: the sightings
    outcomes: tuple[EntryOutcome, ...]


def identify(feed_id: int, entries: Iterable[Entry], now: datetime) -> list[Page | EntryOutcome]:
    """Each entry of a feed as a page with its identity, or as the outcome of having none.

    Passwords end here: neither an address nor an id that is one carries any further.
    """
    return [_page(feed_id, entry, now) for entry in entries]


def _page(feed_id: int, entry: Entry, now: datetime) -> Page | EntryOutcome:
    entry_id = text_without_credentials(entry.entry_id)
    if not entry.url:
        return EntryOutcome(feed_id=feed_id, outcome=Outcome.NO_LINK, detail=entry_id[:200])
    listed = without_credentials(entry.url)
    try:
        url = canonical_url(listed)
    except Failed as failure:
        return EntryOutcome(
            feed_id=feed_id,
            outcome=failure.outcome,
            url=listed[:MAX_ADDRESS],
            detail=failure.detail,
        )
    return Page(
        page_id=url_id(url),
        url=url,
        feed_id=feed_id,
        first_seen=now,
        entry=replace(entry, url=listed, entry_id=entry_id),
    )


def plan_pages(identified: Sequence[Page | EntryOutcome], known: Collection[int]) -> Plan:
    """Decides every entry: a page not in `known` and not listed before it in this poll is fetched.

    Known entries are counted a feed at a time, since a feed repeats them at every poll.
    """
    pages: dict[int, Page] = {}
    listed: dict[tuple[int, int], Page] = {}
    outcomes: list[EntryOutcome] = []
    repeats: dict[int, int] = {}
    for item in identified:
        if isinstance(item, EntryOutcome):
            outcomes.append(item)
            continue
        listed.setdefault((item.feed_id, item.page_id), item)
        if item.page_id in known:
            repeats[item.feed_id] = repeats.get(item.feed_id, 0) + 1
        elif item.page_id in pages:
            outcomes.append(_outcome(item, Outcome.DUPLICATE_URL, "listed twice in this run"))
        else:
            pages[item.page_id] = item
    outcomes += [
        EntryOutcome(feed_id=feed_id, outcome=Outcome.KNOWN, entries=count)
        for feed_id, count in repeats.items()
    ]
    return Plan(
        pages=tuple(pages.values()), listed=tuple(listed.values()), outcomes=tuple(outcomes)
    )


def _outcome(page: Page, outcome: Outcome, detail: str) -> EntryOutcome:
    return EntryOutcome(feed_id=page.feed_id, outcome=outcome, url=page.url, detail=detail)


def batches(pages: Sequence[Page], size: int) -> list[list[Page]]:
    """The pages in batches of `size`, the hosts taking turns, so that a batch spreads over them."""
    hosts: dict[str, list[Page]] = {}
    for page in pages:
        hosts.setdefault(urlsplit(page.url).netloc, []).append(page)
    turns = [p for p in chain.from_iterable(zip_longest(*hosts.values())) if p is not None]
    return [turns[start : start + size] for start in range(0, len(turns), size)]


def settle_duplicates(results: Sequence[PageResult], filed: Collection[int]) -> list[PageResult]:
    """The results with an article's repeats marked: addresses that differ may lead to one page.

    An article in `filed`, or before it in `results`, is held already: its page is duplicate_url.
    """
    seen = set(filed)
    settled = []
    for result in results:
        if result.article is None:
            settled.append(result)
            continue
        article = result.article
        repeat = replace(
            result,
            outcome=Outcome.DUPLICATE_URL,
            detail=f"leads to {article.url}",
            article=None,
            article_id=article.article_id,
        )
        first = replace(result, article_id=article.article_id)
        settled.append(repeat if article.article_id in seen else first)
        seen.add(article.article_id)
    return settled
