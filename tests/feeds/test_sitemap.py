import gzip
from datetime import UTC, datetime

import pytest
from support.builders import fetched

from ingest.feeds.parse import parse_feed
from ingest.feeds.sitemap import MAX_ENTRIES
from ingest.model import Failed, Outcome

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
  <url>
    <loc>https://quay.example/mole?a=1&amp;b=2</loc>
    <lastmod>2026-09-16T10:00:00Z</lastmod>
    <news:news>
      <news:publication><news:name>The Quay</news:name><news:language>de</news:language>
      </news:publication>
      <news:publication_date>2026-09-16T08:00:00+02:00</news:publication_date>
      <news:title><![CDATA[Fähre & Mole]]></news:title>
      <news:keywords>Ports, Ferries,, Ports</news:keywords>
    </news:news>
  </url>
  <url><loc>/ferry</loc><lastmod>2026-09-15</lastmod></url>
</urlset>"""


def utc(*moment):
    return datetime(*moment, tzinfo=UTC)


def sitemap(document, **fields):
    return parse_feed(fetched(document, url="https://quay.example/sitemap-news.xml", **fields))


def urls(count, lastmod="2026-09-16"):
    return "".join(
        f"<url><loc>https://quay.example/{number}</loc><lastmod>{lastmod}</lastmod></url>"
        for number in range(count)
    )


def test_a_news_sitemap_is_a_feed_like_any_other():
    parsed = sitemap(NEWS)
    assert (parsed.title, parsed.language) == ("The Quay", "de")
    assert parsed.site_url == "https://quay.example/"
    mole, ferry = parsed.entries
    assert mole.url == mole.entry_id == "https://quay.example/mole?a=1&b=2"
    assert mole.title == "Fähre & Mole"
    assert (mole.published, mole.published_from) == (utc(2026, 9, 16, 6), "sitemap")
    assert (mole.updated, mole.updated_from) == (utc(2026, 9, 16, 10), "lastmod")
    assert mole.categories == ("Ports", "Ferries")
    assert mole.language == "de"
    assert ferry.url == "https://quay.example/ferry"
    assert (ferry.published, ferry.published_from) == (utc(2026, 9, 15), "lastmod")


def test_a_sitemap_may_come_as_a_gzip_file():
    assert len(sitemap(gzip.compress(NEWS.encode())).entries) == 2


def test_of_a_long_sitemap_only_the_newest_pages_are_entries():
    older = urls(MAX_ENTRIES, "2020-01-01")
    newer = urls(MAX_ENTRIES - 10).replace("example/", "example/n")
    parsed = sitemap(f"<urlset>{older}<url><loc>/undated</loc></url>{newer}</urlset>")
    assert len(parsed.entries) == MAX_ENTRIES
    assert sum(entry.published > utc(2026, 1, 1) for entry in parsed.entries) == MAX_ENTRIES - 10


def test_an_empty_news_sitemap_is_a_feed_without_entries():
    assert sitemap("<urlset/>").entries == ()


def test_a_broken_sitemap_gives_what_can_be_had():
    assert len(sitemap(NEWS[: NEWS.index("<lastmod>2026-09-15")]).entries) == 2


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        (
            "<sitemapindex><sitemap><loc>https://quay.example/all.xml</loc></sitemap>"
            "<sitemap><loc>/news.xml</loc></sitemap></sitemapindex>",
            r"one of its sitemaps: https://quay.example/news.xml, https://quay.example/all.xml",
        ),
        (f"<sitemapindex>{'<sitemap><loc>/a</loc></sitemap>' * 5}</sitemapindex>", "and 2 more"),
        ("<urlset><url><loc>https://quay.example/a</loc></url></urlset>", "without dates"),
        (b"\x1f\x8b\x08nonsense", "gzip"),
    ],
)
def test_what_cannot_be_followed_says_what_could_be(document, detail):
    with pytest.raises(Failed, match=detail) as caught:
        sitemap(document)
    assert caught.value.outcome is Outcome.NOT_A_FEED
