"""Feeds polled on a real site on loopback, and what is kept of it in a real database."""

import asyncio
import os
import signal
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from support import pathological as deeds
from support.builders import FEED_ID, NOW, feed, fetched, page, state
from support.fetching import session
from support.serving import Answer

from flows.pipeline.polling import (
    MAX_LIST,
    feeds_to_poll,
    parse_in,
    poll_feed,
    read_feed_list,
    read_feeds,
    record_polls,
)
from flows.pipeline.stages import MAX_OF_HOST, take_up
from flows.pipeline.subscribing import MAX_CANDIDATES, find_feeds
from flows.settings import Settings
from ingest.feeds.listed import MAX_ENTRIES, listed_feed
from ingest.feeds.pace import rate
from ingest.fetch.response import MAX_VALIDATOR
from ingest.model import CopydeskError, Failed, Feed, Outcome
from ingest.workers.pool import open_pool
from storage.store import open_store

ITEM = "<item><title>Quay</title><link>https://wire.example/news/1</link></item>"


def rss(*elements):
    body = "".join(elements)
    document = f'<rss version="2.0"><channel><title>Wire</title>{body}</channel></rss>'
    return Answer(body=document.encode(), headers={"Content-Type": "application/rss+xml"})


async def parse_here(fetched, feed_id, now):
    return listed_feed(fetched, feed_id, now)


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
    assert (
        verdict
        == "not asked: its password or token is only in the OPML file; name that with --feeds"
    )
    assert streak == 0

    run_of(store, store.feeds.subscribe([feed(private)], NOW), NOW + timedelta(hours=2))
    assert len(site.requests) == 2
    assert rows(store, "SELECT verdict FROM feed_health") == [("well",)]


@pytest.mark.parametrize("query", ["?token=1f9c0a", "?show=7&api_key=1f9c0a"])
def test_a_feed_with_a_token_is_polled_with_it_and_the_token_is_stored_nowhere(site, store, query):
    path = f"/feed{query}"
    site.answers[path] = rss("<link>#top</link>", ITEM)
    private = f"{site.address}{path}"
    run_of(store, store.feeds.subscribe([feed(private)], NOW), NOW)
    assert [asked for asked, _ in site.requests] == [path]
    assert rows(store, "SELECT outcome, needs_credentials FROM feeds") == [("read", True)]
    run_of(store, store.feeds.active(), NOW + timedelta(hours=1))
    assert len(site.requests) == 1  # without the list it is not asked
    ((detail,),) = rows(store, "SELECT detail FROM feeds")
    assert detail.startswith("its password or token is only in the OPML file")
    tables = rows(store, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'core'")
    assert "1f9c0a" not in repr([rows(store, f"FROM core.{table}") for (table,) in tables])


def test_a_feed_never_moves_to_an_address_whose_token_would_be_lost(site, store):
    there = f"{site.address}/new?token=1f9c0a"
    site.answers["/feed"] = Answer(301, headers={"Location": there})
    site.answers["/new?token=1f9c0a"] = rss(ITEM)
    feeds = store.feeds.subscribe([feed(f"{site.address}/feed")], NOW)
    for hour in range(5):
        feeds = run_of(store, feeds, NOW + timedelta(hours=hour))
    assert [held.url for held in feeds] == [f"{site.address}/feed"]
    assert rows(store, "SELECT former_urls, outcome FROM feeds") == [([], "unchanged")]


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


@pytest.mark.parametrize("length", [MAX_VALIDATOR, MAX_VALIDATOR + 1, 10 * MAX_VALIDATOR])
def test_a_validator_that_is_too_long_is_not_kept(site, store, length):
    answer = rss(ITEM)
    etag = f'"{"v" * (length - 2)}"'
    site.answers["/feed"] = Answer(body=answer.body, headers={**answer.headers, "ETag": etag})
    (held,) = run_of(store, store.feeds.subscribe([feed(f"{site.address}/feed")], NOW), NOW)
    assert held.etag == (etag if length <= MAX_VALIDATOR else "")


# how much one feed and one host may add


def many(number, host="many.example"):
    return rss(*(f"<item><link>https://{host}/{n}</link></item>" for n in range(number)))


def test_of_a_feed_of_ten_times_the_limit_the_account_adds_up(site, store):
    site.answers["/feed"] = many(10 * MAX_ENTRIES)
    feeds = store.feeds.subscribe([feed(f"{site.address}/feed")], NOW)
    run_id = store.runs.begin(NOW)
    taken = take_up(store, run_id, polled(*feeds), NOW, 3)
    assert (taken.entries, len(taken.pages)) == (10 * MAX_ENTRIES, MAX_ENTRIES)
    summary = store.reader().run_summary(run_id)
    assert summary.entries == {"left_out": 9 * MAX_ENTRIES}
    assert summary.read == len(taken.pages) + sum(summary.entries.values())
    assert rows(store, "SELECT count(*) FROM core.outcomes") == [(1,)]  # counted, not one by one


def test_what_is_left_out_comes_up_again_while_it_is_listed(site, store):
    site.answers["/feed"] = many(MAX_ENTRIES + 5)
    feeds = store.feeds.subscribe([feed(f"{site.address}/feed")], NOW)
    feeds = run_of(store, feeds, NOW)
    site.answers["/feed"] = rss(
        *(
            f"<item><link>https://many.example/{n}</link></item>"
            for n in range(MAX_ENTRIES, MAX_ENTRIES + 5)
        )
    )
    run_of(store, feeds, NOW + timedelta(hours=1))
    assert rows(store, "SELECT count(*) FROM pages") == [(MAX_ENTRIES + 5,)]


def test_of_a_host_a_run_takes_up_so_many_pages_and_the_rest_stays_pending(site, store):
    several = 10 * MAX_OF_HOST // MAX_ENTRIES
    for number in range(several):
        links = (
            f"<item><link>https://many.example/{number}/{n}</link></item>"
            for n in range(MAX_ENTRIES)
        )
        site.answers[f"/{number}"] = rss(*links)
    site.answers["/innocent"] = rss(ITEM)
    paths = [*range(several), "innocent"]
    feeds = store.feeds.subscribe([feed(f"{site.address}/{path}") for path in paths], NOW)
    run_id = store.runs.begin(NOW)
    taken = take_up(store, run_id, polled(*feeds), NOW, 3)
    assert len(taken.pages) == MAX_OF_HOST + 1
    assert taken.pages[-1].url == "https://wire.example/news/1"
    summary = store.reader().run_summary(run_id)
    assert summary.read == len(taken.pages) + sum(summary.entries.values())
    assert summary.entries == {"pending": several * MAX_ENTRIES - MAX_OF_HOST}
    assert rows(store, "SELECT count(*) FROM core.outcomes") == [(several - 1,)]
    again = take_up(store, store.runs.begin(NOW), [], NOW, 3)
    assert (again.retried, len(again.pages)) == (MAX_OF_HOST + 1, MAX_OF_HOST + 1)


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
            with open_pool(workers=2) as pool:
                return await find_feeds(f"{site.address}/", fetcher, pool)

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
        asyncio.run(parse_in(hurried, long, FEED_ID, NOW))
    assert failed.value.outcome is Outcome.NOT_A_FEED


def test_what_a_feed_costs_its_worker_by_a_kill_from_outside_may_pass():
    async def run(pool):
        await pool.run(deeds.process_id)
        long = fetched(
            f"<rss><channel>{'<item><title>Quay</title></item>' * 50_000}</channel></rss>"
        )
        busy = asyncio.ensure_future(parse_in(pool, long, FEED_ID, NOW))
        await asyncio.wait([busy], timeout=0.3)
        os.kill(*pool.pids(), signal.SIGKILL)
        return (await asyncio.gather(busy, return_exceptions=True))[0]

    with open_pool(workers=1) as pool:
        failure = asyncio.run(run(pool))
    assert (failure.outcome, failure.detail) == (
        Outcome.EXTRACT_KILLED,
        "its worker was killed by signal 9",
    )


# everything strangers write is parsed in a worker


SLOW = f"<rss version='2.0'><channel><item><author>{'a' * 400_000}</author></item></channel></rss>"


def test_a_feed_that_would_take_minutes_is_no_feed_where_one_is_looked_for(site):
    site.answers["/"] = Answer(body=SLOW.encode(), headers={"Content-Type": "text/xml"})

    async def run():
        async with session() as fetcher:
            with open_pool(workers=1, time_limit=1) as pool:
                return await find_feeds(f"{site.address}/", fetcher, pool)

    started = time.monotonic()
    with pytest.raises(CopydeskError, match="is no feed"):
        asyncio.run(run())
    assert time.monotonic() - started < 15


def test_a_feed_list_is_parsed_in_a_worker_and_an_error_names_the_file(tmp_path):
    listed = tmp_path / "feeds.opml"
    listed.write_text("<opml><body/></opml>")
    with pytest.raises(CopydeskError, match=r"feeds\.opml: it lists no feeds"):
        read_feeds(listed)
    with listed.open("wb") as file:
        file.truncate(10 * MAX_LIST)
    with pytest.raises(CopydeskError, match="a feed list of more than 50 MB"):
        read_feeds(listed)


# the pace of a feed


def listing(site, path, upto, now, minutes):
    """Serves the newest 20 of `upto` entries, one in so many minutes, the newest at `now`."""
    items = (
        f"<item><title>Item {number}</title><link>https://wire.example{path}/{number}</link>"
        f"<pubDate>{format_datetime(now - timedelta(minutes=minutes * (upto - number)))}</pubDate>"
        "</item>"
        for number in range(max(0, upto - 20) + 1, upto + 1)
    )
    site.answers[path] = rss(*items)


def test_over_a_day_a_busy_feed_is_polled_more_often_than_a_slow_one(site, store):
    paths = {"/busy": 15, "/slow": 360}
    store.feeds.subscribe([feed(site.address + path) for path in paths], NOW)
    for tick in range(145):
        now = NOW + timedelta(minutes=10 * tick)
        for path, minutes in paths.items():
            upto = 100 + 10 * tick // minutes
            last = NOW + timedelta(minutes=minutes * (upto - 100))
            listing(site, path, upto, last, minutes)
        ready = store.feeds.due(now)
        if ready:
            run_of(store, ready, now)
    rates = {held.url.rpartition("/")[2]: rate(held.pace) for held in store.feeds.active()}
    assert rates["busy"] == pytest.approx(96, rel=0.2)
    assert rates["slow"] == pytest.approx(4, rel=0.4)
    asked = Counter(path for path, _ in site.requests)
    assert 30 <= asked["/busy"] <= 90
    assert 2 <= asked["/slow"] <= 6
    assert rows(store, "SELECT sum(may_have_missed) FROM feed_health") == [(0,)]


def test_a_poll_that_finds_only_new_entries_is_counted_and_soon_repeated(site, store):
    listing(site, "/feed", 20, NOW, 360)
    run_of(store, store.feeds.subscribe([feed(f"{site.address}/feed")], NOW), NOW)
    ((first,),) = rows(store, "SELECT next_due FROM feeds")
    later = NOW + timedelta(hours=12)
    listing(site, "/feed", 60, later, 15)
    run_of(store, store.feeds.active(), later)
    assert first - NOW > timedelta(hours=2)
    assert rows(store, "SELECT next_due FROM feeds") == [(later + timedelta(minutes=10),)]
    ((missed, why),) = rows(store, "SELECT may_have_missed, due_reason FROM feed_health")
    assert missed == 1
    assert "some may have been missed" in why


def test_a_gentle_budget_and_a_feeds_own_bound_lead_to_later_polls(site, store):
    listing(site, "/feed", 20, NOW, 30)
    (held,) = store.feeds.subscribe([feed(f"{site.address}/feed")], NOW)
    (answered,) = polled(held)
    waits = []
    for cadence, shortest in (
        (Settings(freshness="live").cadence, None),
        (Settings().cadence, None),
        (Settings(freshness="gentle").cadence, None),
        (Settings().cadence, timedelta(hours=5)),
    ):
        bound = replace(answered, feed=replace(answered.feed, shortest=shortest))
        record_polls(store, store.runs.begin(NOW), [bound], {held.feed_id: 20}, NOW, cadence)
        waits.append(rows(store, "SELECT next_due FROM feeds")[0][0] - NOW)
    assert waits == sorted(set(waits))
    assert waits[-1] == timedelta(hours=5)


@pytest.mark.parametrize(
    ("schedule", "minutes"),
    [("*/10 * * * *", 10), ("0,7 * * * *", 7), ("5 6 * * *", 60), ("* * * * *", 1)],
)
def test_polls_are_aligned_to_the_schedule(schedule, minutes):
    assert Settings(schedule=schedule).cadence.tick == timedelta(minutes=minutes)
