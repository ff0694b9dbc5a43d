"""Feeds polled on a real site on loopback, and what is kept of it in a real database."""

import asyncio
from datetime import timedelta

import pytest
from support.builders import NOW, feed, fetched, page, state
from support.fetching import session
from support.serving import Answer

from flows.pipeline.polling import feeds_to_poll, parse_in, poll_feed, read_feed_list
from flows.pipeline.stages import take_up
from flows.pipeline.subscribing import MAX_CANDIDATES, find_feeds
from flows.settings import Settings
from ingest.feeds.parse import parse_feed
from ingest.model import CopydeskError, Failed, Feed, Outcome
from ingest.workers.pool import open_pool
from storage.store import open_store

ITEM = "<item><title>Quay</title><link>https://wire.example/news/1</link></item>"


def rss(*elements):
    body = "".join(elements)
    document = f'<rss version="2.0"><channel><title>Wire</title>{body}</channel></rss>'
    return Answer(body=document.encode(), headers={"Content-Type": "application/rss+xml"})


async def parse_here(fetched):
    return parse_feed(fetched)


def polled(*feeds, now=NOW):
    """The polls of feeds, one after the other."""

    async def run():
        async with session(now=now) as fetcher:
            return [await poll_feed(feed, fetcher, parse_here, now) for feed in feeds]

    return asyncio.run(run())


def run_of(store, feeds, now):
    """One run over feeds, up to its pages; the feeds as it leaves them."""
    take_up(store, store.runs.begin(now), polled(*feeds, now=now), now, 3)
    return store.feeds.active()


def rows(store, sql):
    return list(store.reader().query(sql).rows)


# passwords


def test_a_feed_whose_password_is_not_at_hand_is_not_asked_and_counted(site, store):
    site.answers["/feed"] = rss(ITEM)
    private = f"http://ana:secret@{site.address[7:]}/feed"
    run_of(store, store.feeds.subscribe([feed(private)], NOW), NOW)
    assert rows(store, "SELECT outcome, needs_credentials FROM feeds") == [("read", True)]
    (first,) = [headers for _, headers in site.requests]
    assert first["Authorization"].startswith("Basic ")

    run_of(store, store.feeds.active(), NOW + timedelta(hours=1))
    assert len(site.requests) == 1
    assert store.reader().run_summary(2).feeds == {"no_credentials": 1}
    ((verdict, streak),) = rows(store, "SELECT verdict, streak FROM feed_health")
    assert verdict == "not asked: its password is only in the OPML file; name that with --feeds"
    assert streak == 0

    run_of(store, store.feeds.subscribe([feed(private)], NOW), NOW + timedelta(hours=2))
    assert len(site.requests) == 2
    assert rows(store, "SELECT verdict FROM feed_health") == [("well",)]


# what servers ask for


def test_hours_a_feed_skips_are_skipped_after_a_304_and_a_failure_too(site, store):
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(12, 24))
    site.answers["/feed"] = rss(f"<skipHours>{hours}</skipHours>", ITEM)
    feeds = store.feeds.subscribe([feed(f"{site.address}/feed")], NOW)
    for answer in (site.answers["/feed"], Answer(304), Answer(500), Answer(500)):
        site.answers["/feed"] = answer
        feeds = run_of(store, feeds, NOW)
        ((due, why),) = rows(store, "SELECT next_due, due_reason FROM feeds")
        assert (due.hour, "skipHours" in why) == (0, True)


def test_a_ttl_holds_through_a_304(site, store):
    site.answers["/feed"] = rss("<ttl>360</ttl>", ITEM)
    feeds = store.feeds.subscribe([feed(f"{site.address}/feed")], NOW)
    feeds = run_of(store, feeds, NOW)
    site.answers["/feed"] = Answer(304)
    run_of(store, feeds, NOW)
    ((due, why),) = rows(store, "SELECT next_due, due_reason FROM feeds")
    assert due >= NOW + timedelta(hours=6)
    assert "its ttl" in why


def test_what_a_server_asks_for_counts_from_its_answer(site):
    site.answers["/feed"] = rss(ITEM)

    async def run():
        async with session(now=NOW) as fetcher:
            await asyncio.sleep(0.05)  # others were polled before
            return await poll_feed(state(f"{site.address}/feed"), fetcher, parse_here, NOW)

    assert asyncio.run(run()).attempt.at >= NOW + timedelta(seconds=0.05)


def test_a_poll_that_ends_late_in_a_run_is_due_so_much_later(store):
    from support.builders import attempt, poll

    (held,) = store.feeds.subscribe([feed()], NOW)
    late = attempt(Outcome.UNCHANGED, kind="feed", at=NOW + timedelta(minutes=50))
    take_up(store, store.runs.begin(NOW), [poll(held, attempt=late)], NOW, 3)
    ((due, at),) = rows(store, "SELECT f.next_due, t.fetched_at FROM feeds f, fetches t")
    assert due >= NOW + timedelta(minutes=50) + timedelta(hours=1)
    assert at == NOW + timedelta(minutes=50)


def test_an_unchanged_body_under_a_new_validator_is_asked_for_with_that_one(site, store):
    def with_etag(etag):
        answer = rss(ITEM)
        return Answer(body=answer.body, headers={**answer.headers, "ETag": etag})

    feeds = store.feeds.subscribe([feed(f"{site.address}/feed")], NOW)
    for etag in ('"v1"', '"v2"', '"v3"'):
        site.answers["/feed"] = with_etag(etag)
        feeds = run_of(store, feeds, NOW)
    sent = [headers.get("if-none-match") for _, headers in site.requests]
    assert sent == [None, '"v1"', '"v2"']
    assert [held.etag for held in feeds] == ['"v3"']


# which feeds


def test_a_database_without_feeds_says_how_to_get_some(store, db):
    with pytest.raises(CopydeskError, match=r"has no feeds to poll.*--feeds"):
        feeds_to_poll(store, Settings(db=db), None, NOW, due=False)


@pytest.mark.parametrize("left", ["paused", "removed"])
def test_where_no_feed_is_polled_a_run_has_still_its_pages(tmp_path, db, left):
    listed = tmp_path / "feeds.opml"
    listed.write_text(
        '<opml><body><outline xmlUrl="https://wire.example/feeds/all.xml"/></body></opml>'
    )
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        store.pages.add(store.runs.begin(NOW), [page()])
        store.feeds.set_state(feed().url, left)
        for settings in (Settings(db=db), Settings(db=db, feeds=listed)):
            read = read_feed_list(settings)
            assert feeds_to_poll(store, settings, read, NOW, due=False) == []
        taken = take_up(store, store.runs.begin(NOW), [], NOW, 3)
    assert [waiting.url for waiting in taken.pages] == [page().url]


def test_only_so_many_of_the_feeds_a_page_names_are_looked_at(site):
    links = "".join(f'<a href="/feeds/{number}.xml">x</a>' for number in range(500))
    site.answers["/"] = Answer(body=f"<html>{links}</html>".encode())
    site.answers |= {f"/feeds/{number}.xml": rss(ITEM) for number in range(500)}

    async def run():
        async with session() as fetcher:
            return await find_feeds(f"{site.address}/", fetcher)

    found = asyncio.run(run())
    assert len(found) == MAX_CANDIDATES
    assert found[0] == Feed(url=f"{site.address}/feeds/0.xml", title="Wire")
    assert len(site.requests) == 1 + MAX_CANDIDATES


def test_a_feed_that_takes_too_long_is_not_a_feed():
    item = "<item><title>Quay</title><link>https://wire.example/1</link></item>"
    long = fetched(f"<rss><channel>{item * 20_000}</channel></rss>", "text/xml")
    with (
        open_pool(workers=1, time_limit=0.01) as hurried,
        pytest.raises(Failed, match=r"over 0\.01 s") as failed,
    ):
        asyncio.run(parse_in(hurried, long))
    assert failed.value.outcome is Outcome.NOT_A_FEED
