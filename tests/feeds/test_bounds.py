"""What a feed makes ten times too long is cut where the feed is read."""

from dataclasses import replace

import pytest
from support.builders import entry, fetched

from ingest.feeds import bounds
from ingest.feeds.bounds import bounded_entry, bounded_feed
from ingest.feeds.parse import parse_feed
from ingest.feeds.plan import identify
from ingest.model import Outcome, ParsedFeed
from ingest.urls import MAX_ADDRESS

TEN = 10


def rss(inside):
    return fetched(
        f"<rss version='2.0'><channel><title>Wire</title><item>{inside}</item></channel>"
    )


@pytest.mark.parametrize(
    ("field", "bound"),
    [("title", bounds.MAX_TITLE), ("summary", bounds.MAX_SUMMARY), ("language", 100)],
)
def test_a_text_is_cut(field, bound):
    cut = getattr(bounded_entry(entry(**{field: "a" * TEN * bound})), field)
    assert cut == "a" * bound


@pytest.mark.parametrize(
    ("field", "most", "longest"),
    [
        ("authors", bounds.MAX_AUTHORS, bounds.MAX_AUTHOR),
        ("categories", bounds.MAX_CATEGORIES, bounds.MAX_CATEGORY),
    ],
)
def test_of_a_list_the_first_are_kept_and_each_is_cut(field, most, longest):
    values = tuple(f"{n:05}{'a' * TEN * longest}" for n in range(TEN * most))
    kept = getattr(bounded_entry(entry(**{field: values})), field)
    assert kept == tuple(value[:longest] for value in values[:most])


def test_of_enclosures_the_first_are_kept_and_a_long_address_is_left_out():
    listed = tuple(f"https://wire.example/{n}.mp3" for n in range(TEN * bounds.MAX_ENCLOSURES))
    long = f"https://wire.example/{'a' * TEN * MAX_ADDRESS}"
    kept = bounded_entry(entry(enclosures=(long, *listed))).enclosures
    assert kept == listed[: bounds.MAX_ENCLOSURES - 1]


def test_content_that_is_too_long_is_left_out():
    assert bounded_entry(entry(content="a" * bounds.MAX_CONTENT)).content
    assert bounded_entry(entry(content="a" * (bounds.MAX_CONTENT + 1))).content == ""


def test_an_address_that_is_too_long_still_ends_as_bad_address():
    long = bounded_entry(replace(entry(), url=f"https://wire.example/{'a' * TEN * MAX_ADDRESS}"))
    (outcome,) = identify(1, [long], None)
    assert outcome.outcome is Outcome.BAD_ADDRESS


def test_a_feed_of_its_own_is_cut_likewise():
    long = "a" * TEN * bounds.MAX_TITLE
    feed = bounded_feed(ParsedFeed(title=long, site_url=long, language=long, entries=()))
    assert (len(feed.title), feed.site_url) == (bounds.MAX_TITLE, "")
    assert len(feed.language) == bounds.MAX_LANGUAGE


def test_every_kind_of_feed_is_cut():
    title = "a" * TEN * bounds.MAX_TITLE
    url = "https://wire.example/1"
    json = f'{{"version":"https://jsonfeed.org/version/1","items":[{{"url":"{url}","title":"{title}"}}]}}'
    sitemap = (
        f"<urlset><url><loc>{url}</loc><lastmod>2026-09-16</lastmod><news><title>{title}</title>"
        "</news></url></urlset>"
    )
    documents = [rss(f"<link>{url}</link><title>{title}</title>"), fetched(json), fetched(sitemap)]
    for document in documents:
        (found,) = parse_feed(document).entries
        assert len(found.title) == bounds.MAX_TITLE
