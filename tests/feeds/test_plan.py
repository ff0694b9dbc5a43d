from collections import Counter
from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st
from support.builders import FEED_ID, NOW, article, entry, page, result

from ingest.feeds.plan import batches, identify, plan_pages, settle_duplicates
from ingest.model import EntryOutcome, Outcome, Page


def plan(entries, known=(), feed_id=FEED_ID):
    return plan_pages(identify(feed_id, entries, NOW), known)


def test_a_new_address_is_a_page_to_fetch():
    planned = plan([entry("https://wire.example/news/1?utm_source=rss#top")])
    (fetched,) = planned.pages
    assert fetched.url == "https://wire.example/news/1"
    assert fetched.entry.url == "https://wire.example/news/1?utm_source=rss#top"  # as listed
    assert planned.listed == planned.pages
    assert planned.outcomes == ()


def test_an_entry_without_a_link_ends_as_no_link():
    planned = plan([entry("", entry_id="note-1")])
    assert planned.outcomes == (
        EntryOutcome(feed_id=FEED_ID, outcome=Outcome.NO_LINK, detail="note-1"),
    )
    assert planned.listed == ()


def test_a_link_that_is_no_web_address_ends_as_bad_address():
    (outcome,) = plan([entry("mailto:desk@wire.example")]).outcomes
    assert (outcome.outcome, outcome.url) == (Outcome.BAD_ADDRESS, "mailto:desk@wire.example")


def test_known_addresses_are_counted_a_feed_at_a_time():
    held = page("https://wire.example/news/1")
    planned = plan([held.entry, held.entry, entry("https://wire.example/2")], {held.page_id})
    assert planned.outcomes == (EntryOutcome(feed_id=FEED_ID, outcome=Outcome.KNOWN, entries=2),)
    assert len(planned.pages) == 1
    assert len(planned.listed) == 2  # that a known page is listed here is still news


def test_two_feeds_that_list_one_address_have_it_fetched_once():
    identified = identify(1, [entry()], NOW) + identify(2, [entry()], NOW)
    planned = plan_pages(identified, ())
    assert [p.feed_id for p in planned.pages] == [1]
    assert [(o.feed_id, o.outcome) for o in planned.outcomes] == [(2, Outcome.DUPLICATE_URL)]
    assert [p.feed_id for p in planned.listed] == [1, 2]


def test_credentials_in_a_link_are_no_part_of_its_identity():
    (with_credentials,) = plan([entry("https://ana:secret@wire.example/news/1")]).pages
    assert with_credentials.url == "https://wire.example/news/1"
    assert with_credentials.page_id == page("https://wire.example/news/1").page_id


URLS = st.sampled_from(
    [
        *("", "mailto:desk@wire.example", "http://[", "https://a.example/1?utm_source=x"),
        *(f"https://a.example/{n}" for n in range(5)),
        *("https://b.example/1", "https://c.example/1"),
    ]
)
FEEDS = st.lists(st.lists(URLS.map(entry), max_size=6), max_size=4)


@given(FEEDS, st.sets(st.integers(0, 4)))
def test_every_entry_ends_in_exactly_one_place(feeds, known):
    held = {page(f"https://a.example/{number}").page_id for number in known}
    identified = [
        item for feed_id, entries in enumerate(feeds) for item in identify(feed_id, entries, NOW)
    ]
    planned = plan_pages(identified, held)
    entries = sum(map(len, feeds))
    assert len(planned.pages) + sum(outcome.entries for outcome in planned.outcomes) == entries
    ids = [p.page_id for p in planned.pages]
    assert len(set(ids)) == len(ids)
    assert not held & set(ids)
    sightings = [(p.feed_id, p.page_id) for p in planned.listed]
    assert len(set(sightings)) == len(sightings)
    assert {p.page_id for p in planned.listed} == {
        item.page_id for item in identified if isinstance(item, Page)
    }


def test_in_batches_the_hosts_take_turns():
    listed = [page(f"https://{host}.example/{n}") for host in "aab" for n in range(2)]
    listed = [page(url) for url in dict.fromkeys(p.url for p in listed)]
    listed += [page("https://a.example/2")]
    hosts = [[urlsplit(p.url).netloc for p in batch] for batch in batches(listed, 2)]
    assert hosts == [["a.example", "b.example"], ["a.example", "b.example"], ["a.example"]]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 99))), st.integers(1, 7))
def test_batches_lose_nothing_and_keep_each_hosts_order(addresses, size):
    pages = [page(f"https://{host}.example/{n}") for host, n in addresses]
    cut = batches(pages, size)
    together = [p for batch in cut for p in batch]
    assert Counter(p.page_id for p in together) == Counter(p.page_id for p in pages)
    assert all(len(batch) == size for batch in cut[:-1])
    assert all(cut)
    for host in "abc":
        own = [p for p in pages if urlsplit(p.url).netloc == f"{host}.example"]
        assert [p for p in together if urlsplit(p.url).netloc == f"{host}.example"] == own


def test_two_addresses_that_lead_to_one_article_file_it_once():
    arrived = article("https://wire.example/news/1")
    first = result(arrived)
    second = result(page("https://short.example/x"), article=arrived)
    settled = settle_duplicates([first, second], ())
    assert [(r.outcome, r.article_id) for r in settled] == [
        (Outcome.NEW, arrived.article_id),
        (Outcome.DUPLICATE_URL, arrived.article_id),
    ]
    assert settled[0].article is arrived
    assert settled[1].article is None
    assert settled[1].detail == "leads to https://wire.example/news/1"


def test_an_article_filed_in_an_earlier_batch_is_a_duplicate():
    arrived = article()
    (settled,) = settle_duplicates([result(arrived)], {arrived.article_id})
    assert (settled.outcome, settled.article) == (Outcome.DUPLICATE_URL, None)
    assert settled.article_id == arrived.article_id


def test_failures_pass_through_settling_untouched():
    failed = result(page(), Outcome.TIMEOUT, detail="ReadTimeout")
    assert settle_duplicates([failed], ()) == [failed]
