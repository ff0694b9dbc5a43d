"""Entries become pages to fetch, and each entry is counted exactly once. Pure.

identify          entries -> pages with an id, or an outcome where there is no usable address
plan_pages        pages -> those to fetch; the others are known already or listed twice
batches           pages -> batches that spread over the hosts
settle_duplicates results -> results with an outcome for each article that two pages led to
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, zip_longest
from urllib.parse import urlsplit

from ingest.model import Entry, EntryOutcome, Failed, Outcome, Page, PageResult, PendingPage
from ingest.urls import (
    MAX_ADDRESS,
    canonical_form,
    canonical_url,
    text_without_credentials,
    url_id,
    without_credentials,
)
from ingest.values import clean_text

MAX_DETAIL = 200  # characters of an entry's id that an outcome quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done with the entries of a poll.

    Every entry is counted once: `len(pages)` plus the sum of `entries` over `outcomes` is the
    number of entries read.
    """

    pages: tuple[Page, ...]
    listed: tuple[Page, ...]  # each address once for each feed that lists it
    outcomes: tuple[EntryOutcome, ...]


def identify(feed_id: int, entries: Iterable[Entry], now: datetime) -> list[Page | EntryOutcome]:
    """A page for each entry of a feed, or an outcome where the entry has no usable address.

    Passwords are removed here, from the address and from an id that is an address.
    """
    return [_page(feed_id, entry, now) for entry in entries]


def _page(feed_id: int, entry: Entry, now: datetime) -> Page | EntryOutcome:
    entry_id = text_without_credentials(entry.entry_id)
    if not entry.url:
        detail = clean_text(entry_id[:MAX_DETAIL])
        return EntryOutcome(feed_id=feed_id, outcome=Outcome.NO_LINK, detail=detail)
    listed = without_credentials(entry.url)
    try:
        url = canonical_url(listed)
    except Failed as failure:
        return EntryOutcome(
            feed_id=feed_id,
            outcome=failure.outcome,
            url=clean_text(listed[:MAX_ADDRESS]),
            detail=clean_text(failure.detail),
            page_id=_former_id(listed),
        )
    return Page(
        page_id=url_id(url),
        url=url,
        feed_id=feed_id,
        first_seen=now,
        entry=replace(entry, url=listed, entry_id=entry_id),
    )


def _former_id(listed: str) -> int | None:
    """The id of a page whose address is too long now; None for what is no address at all."""
    try:
        return url_id(canonical_form(listed))
    except Failed:
        return None


def plan_pages(identified: Sequence[Page | EntryOutcome], known: Collection[int]) -> Plan:
    """What to do with each entry: a page is fetched unless it is known or was listed before.

    `known` holds the ids of pages seen in earlier polls, those with too long addresses among them.
    Known entries have one outcome for each feed, with their number, because a feed repeats them at
    every poll.
    """
    pages: dict[int, Page] = {}
    listed: dict[tuple[int, int], Page] = {}
    outcomes: list[EntryOutcome] = []
    repeats: dict[int, int] = {}
    for item in identified:
        if isinstance(item, EntryOutcome):
            if item.page_id in known:
                repeats[item.feed_id] = repeats.get(item.feed_id, 0) + 1
            else:
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


def batches(pages: Sequence[PendingPage], size: int) -> list[list[PendingPage]]:
    """The pages in batches of `size`. The hosts take turns, so a batch spreads over all of them."""
    hosts: dict[str, list[PendingPage]] = {}
    for page in pages:
        hosts.setdefault(urlsplit(page.url).netloc, []).append(page)
    turns = [p for p in chain.from_iterable(zip_longest(*hosts.values())) if p is not None]
    return [turns[start : start + size] for start in range(0, len(turns), size)]


def settle_duplicates(results: Sequence[PageResult], filed: Collection[int]) -> list[PageResult]:
    """The results, where a page ends as duplicate_url if its article is stored already.

    Several addresses may lead to the same article. It is stored already if its id is in `filed` or
    if an earlier one of the `results` has it.
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
