from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from support.fetching import fetch_one
from support.serving import Answer

from ingest.fetch.errors import MAX_DETAIL
from ingest.fetch.ledger import failed, went
from ingest.model import Failed, Fetched, Outcome, Request

NOW = datetime(2026, 9, 18, 6, tzinfo=UTC)


def answered(url):
    return Fetched(url=url, final_url=url, status=200, headers={}, body=b"", elapsed_ms=1)


def test_the_secrets_of_a_feeds_address_are_not_kept():
    private = "https://ana:secret@wire.example/feed?show=7&token=1f9c"
    asked = Request(url=private)
    read = went("feed", asked, answered(private), Outcome.READ, NOW)
    assert read.url == read.final_url == "https://wire.example/feed?show=7&token="
    refused = failed("feed", asked, Failed(Outcome.REFUSED, f"not at {private}"), NOW)
    assert refused.url == read.url
    assert refused.detail == f"not at {read.url}"


def test_a_pages_parameters_are_kept():
    page = "https://wire.example/a?key=1024"
    read = went("page", Request(url=page), answered(page), Outcome.NEW, NOW)
    assert read.url == read.final_url == page


@given(st.text(st.characters()))
def test_every_detail_is_one_short_line_that_steers_no_terminal(detail):
    request = Request(url="https://wire.example/a")
    for attempt in (
        failed("page", request, Failed(Outcome.HTTP_ERROR, detail), NOW),
        went("feed", request, answered(request.url), Outcome.NOT_A_FEED, NOW, detail),
    ):
        assert len(attempt.detail) <= MAX_DETAIL
        assert "\u202e" not in attempt.detail
        assert not any(map(_controls, attempt.detail))


def _controls(character):
    return ord(character) < 32 or 127 <= ord(character) < 160


def test_a_servers_header_reaches_no_detail_as_it_was_sent(site):
    sent = "br\x1b]0;owned\x07\x1b[31m" + "x" * 5000
    site.answers["/a"] = Answer(200, b"", {"Content-Encoding": sent + ", gzip"})
    failure = fetch_one(f"{site.address}/a")
    assert failure.outcome is Outcome.HTTP_ERROR
    assert failure.detail.startswith("packed as brxxx")
    assert len(failure.detail) == MAX_DETAIL


def test_headers_come_clean_but_for_the_validators(site):
    headers = {"Content-Type": "text/\x1b[31mhtml", "ETag": '"\x1b[31m"', "X-A": "a\x01b"}
    site.answers["/a"] = Answer(200, b"", headers)
    fetched = fetch_one(f"{site.address}/a")
    assert fetched.content_type == "text/html"
    assert fetched.headers["etag"] == '"\x1b[31m"'
    assert fetched.headers["x-a"] == "a b"
