"""What a feed lists: its newest entries become pages, and the others are counted."""

from datetime import timedelta

import pytest
from support.builders import FEED_ID, NOW, ago, entry, fetched

from ingest.feeds.listed import MAX_ENTRIES, listed_feed, newest
from ingest.feeds.parse import MAX_ID, parse_feed
from ingest.feeds.plan import identify, plan_pages
from ingest.model import LONGEST_WAIT, EntryOutcome, Outcome, Page
from ingest.urls import MAX_ADDRESS, canonical_form, url_id


def rss(items):
    return fetched(f"<rss version='2.0'><channel><title>W</title>{items}</channel></rss>")


def item(number, more=""):
    return f"<item><title>{number}</title><link>https://wire.example/{number}</link>{more}</item>"


def titles(entries):
    return [one.title for one in entries]


# the newest entries


def test_of_dated_entries_the_newest_are_taken_in_the_order_of_the_document():
    dated = [entry(title=str(n), published=ago(hours=abs(n - 6))) for n in range(10)]
    assert titles(newest(dated, 3)) == ["5", "6", "7"]


def test_of_entries_without_dates_the_first_are_taken():
    assert titles(newest([entry(title=str(n)) for n in range(10)], 3)) == ["0", "1", "2"]


def test_an_entry_without_a_date_is_as_new_as_the_one_before_it():
    listed = [entry(title="old", published=ago(days=9)), entry(title="also old")]
    listed += [entry(title="new", published=ago(hours=1)), entry(title="also new")]
    assert titles(newest(listed, 2)) == ["new", "also new"]


def test_an_entry_that_only_says_when_it_changed_is_as_new_as_that():
    listed = [entry(title="old", published=ago(days=9)), entry(title="new", updated=ago(days=1))]
    assert titles(newest(listed, 1)) == ["new"]


@pytest.mark.slow
def test_a_feed_of_ten_times_the_limit_lists_the_limit_and_counts_the_rest():
    listed = listed_feed(rss("".join(map(item, range(10 * MAX_ENTRIES)))), FEED_ID, NOW)
    *pages, others = listed.listed
    assert len(pages) == MAX_ENTRIES
    assert {type(page) for page in pages} == {Page}
    assert (others.outcome, others.entries) == (Outcome.LEFT_OUT, 9 * MAX_ENTRIES)
    assert listed.entries == 10 * MAX_ENTRIES


def test_a_feed_within_the_limit_leaves_nothing_out():
    listed = listed_feed(rss(item(1) + item(2)), FEED_ID, NOW)
    assert [page.url for page in listed.listed] == [f"https://wire.example/{n}" for n in (1, 2)]


# long ids and addresses


@pytest.mark.parametrize("length", [MAX_ID, MAX_ID + 1, 10 * MAX_ID])
def test_a_long_id_is_cut_and_stays_the_same_and_differs_from_others(length):
    ids = [f"{'i' * (length - 1)}{last}" for last in "ab"]
    items = "".join(item(n, f"<guid isPermaLink='false'>{ids[n]}</guid>") for n in range(2))
    first, again = (parse_feed(rss(items)).entries for _ in range(2))
    kept = [one.entry_id for one in first]
    assert [one.entry_id for one in again] == kept
    assert len(set(kept)) == 2
    assert all(len(one) <= MAX_ID for one in kept)
    assert (kept == ids) == (length <= MAX_ID)


LONG = f"https://wire.example/{'a' * 10 * MAX_ADDRESS}"


def test_an_address_that_is_too_long_is_bad_where_it_is_new():
    planned = plan_pages(identify(FEED_ID, [entry(LONG)], NOW), ())
    assert planned.pages == ()
    assert [outcome.outcome for outcome in planned.outcomes] == [Outcome.BAD_ADDRESS]
    assert len(planned.outcomes[0].url) == MAX_ADDRESS


def test_an_address_that_is_too_long_is_known_where_an_earlier_version_stored_it():
    (listed,) = identify(FEED_ID, [entry(LONG)], NOW)
    stored = url_id(canonical_form(LONG))
    assert listed.page_id == stored
    assert plan_pages([listed], {stored}).outcomes == (
        EntryOutcome(feed_id=FEED_ID, outcome=Outcome.KNOWN, entries=1),
    )


def test_what_a_feed_quotes_of_a_wrong_entry_does_not_steer_a_terminal():
    nameless, wrong = identify(
        FEED_ID, [entry("", entry_id="a\x1b[31mb"), entry("mailto:\u202edesk")], NOW
    )
    assert (nameless.detail, wrong.url) == ("ab", "mailto:desk")


# the longest wait


def test_no_rule_gives_a_longer_wait_than_the_longest():
    from support.builders import state

    from ingest.feeds.schedule import next_poll
    from ingest.model import Hints

    skips = Hints(
        retry_after=timedelta(days=900),
        max_age=timedelta(days=900),
        ttl=timedelta(days=366),
        skip_hours=frozenset(range(23)),
        skip_days=frozenset(range(6)),
    )
    failing = state(interval=timedelta(days=900), failures=99)
    for outcome in set(Outcome) - {Outcome.GONE}:
        for hours in range(0, 7 * 24, 5):
            now = NOW + timedelta(hours=hours)
            due = next_poll(failing, outcome, now, entries=9, fresh=0, hints=skips)
            assert due.at - now < LONGEST_WAIT
