import asyncio
import gzip
import socket
import threading

import pytest
from serving import Answer, serving

from ingest.fetch import FEED_TYPES, PAGE_TYPES, FetchLimits, open_fetcher
from ingest.model import Failed, Outcome, Request

AGENT = "Copydesk tests"


def fetch(*requests, limits=None, proxy=None, accept=PAGE_TYPES):
    """What each request came to, all of them at once: a Fetched, or the Failed it raised."""

    async def run():
        async with open_fetcher(
            user_agent=AGENT, limits=limits or FetchLimits(), proxy=proxy
        ) as fetcher:
            return await asyncio.gather(
                *(fetcher.fetch(request, accept) for request in requests), return_exceptions=True
            )

    results = asyncio.run(run())
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Failed):
            raise result
    return results


def fetch_one(url, **options):
    (result,) = fetch(Request(url=url), **options)
    return result


def outcome(url, **options):
    failure = fetch_one(url, **options)
    assert isinstance(failure, Failed), failure
    return failure.outcome


def test_a_page_comes_with_its_address_headers_and_body(site):
    site.answers["/a"] = Answer(200, b"<p>quay</p>", {"Content-Type": "Text/HTML; charset=utf-8"})
    fetched = fetch_one(f"{site.address}/a")
    assert fetched.url == fetched.final_url == f"{site.address}/a"
    assert (fetched.status, fetched.body) == (200, b"<p>quay</p>")
    assert fetched.content_type == "text/html"
    assert not fetched.not_modified
    assert fetched.elapsed_ms >= 0


def test_a_request_says_who_asks_and_what_for(site):
    site.answers["/feed"] = Answer()
    fetch_one(f"{site.address}/feed", accept=FEED_TYPES)
    ((_, headers),) = site.requests
    assert headers["user-agent"] == AGENT
    assert headers["accept"] == FEED_TYPES
    assert "if-none-match" not in headers
    assert "if-modified-since" not in headers


def test_both_validators_are_sent_and_a_304_is_an_answer(site):
    site.answers["/feed"] = Answer(304, headers={"ETag": '"v1"'})
    since = "Wed, 16 Sep 2026 10:00:00 GMT"
    (fetched,) = fetch(Request(url=f"{site.address}/feed", etag='"v1"', last_modified=since))
    ((_, headers),) = site.requests
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == since
    assert fetched.not_modified
    assert fetched.body == b""


def test_redirects_are_followed_to_the_address_that_answers(site):
    site.answers["/old"] = Answer(301, headers={"Location": "/newer"})
    site.answers["/newer"] = Answer(302, headers={"Location": f"{site.address}/newest"})
    site.answers["/newest"] = Answer(200, b"here")
    fetched = fetch_one(f"{site.address}/old")
    assert (fetched.url, fetched.final_url) == (f"{site.address}/old", f"{site.address}/newest")
    assert fetched.body == b"here"


def test_a_redirect_in_a_circle_ends_after_the_limit(site):
    site.answers["/loop"] = Answer(302, headers={"Location": "/loop"})
    limits = FetchLimits(max_redirects=3)
    assert outcome(f"{site.address}/loop", limits=limits) is Outcome.TOO_MANY_REDIRECTS
    assert len(site.requests) == 4


def test_a_redirect_to_another_scheme_is_a_bad_address(site):
    site.answers["/a"] = Answer(302, headers={"Location": "ftp://wire.example/a"})
    assert outcome(f"{site.address}/a") is Outcome.BAD_ADDRESS


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (429, Outcome.THROTTLED),
        (451, Outcome.REFUSED),
        (500, Outcome.SERVER_ERROR),
        (502, Outcome.SERVER_ERROR),
        (503, Outcome.THROTTLED),
        (418, Outcome.HTTP_ERROR),
        (206, Outcome.HTTP_ERROR),
    ],
)
def test_a_status_that_is_no_answer_has_an_outcome_by_what_to_do_next(site, status, expected):
    site.answers["/a"] = Answer(status)
    failure = fetch_one(f"{site.address}/a")
    assert (failure.outcome, failure.detail) == (expected, f"HTTP {status}")


def test_a_body_of_just_the_limit_is_taken_and_one_byte_more_is_not(site):
    site.answers["/fits"] = Answer(200, b"x" * 5000)
    site.answers["/over"] = Answer(200, b"x" * 5001)
    limits = FetchLimits(max_bytes=5000)
    assert len(fetch_one(f"{site.address}/fits", limits=limits).body) == 5000
    assert outcome(f"{site.address}/over", limits=limits) is Outcome.TOO_LARGE


def test_a_compressed_body_is_measured_as_it_unpacks(site):
    packed = gzip.compress(b"x" * 5_000_000)
    assert len(packed) < 10_000
    site.answers["/a"] = Answer(200, packed, {"Content-Encoding": "gzip"})
    limits = FetchLimits(max_bytes=100_000)
    assert outcome(f"{site.address}/a", limits=limits) is Outcome.TOO_LARGE
    assert len(fetch_one(f"{site.address}/a").body) == 5_000_000


def test_a_body_that_does_not_unpack_is_a_failed_connection(site):
    site.answers["/a"] = Answer(200, b"not gzip at all", {"Content-Encoding": "gzip"})
    assert outcome(f"{site.address}/a") is Outcome.CONNECTION_FAILED


def test_a_server_that_says_nothing_runs_into_the_idle_limit(site):
    site.answers["/a"] = lambda _: site.closing.wait(30)
    assert outcome(f"{site.address}/a", limits=FetchLimits(idle_timeout=0.1)) is Outcome.TIMEOUT


def test_a_server_that_drips_runs_into_the_total_limit(site):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while not site.closing.wait(0.02):
            handler.wfile.write(b"x")

    site.answers["/a"] = drip
    limits = FetchLimits(idle_timeout=20, total_timeout=0.2)
    assert outcome(f"{site.address}/a", limits=limits) is Outcome.TIMEOUT


def test_a_refused_connection_is_a_failed_connection():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # a port taken, where nobody listens
        port = nobody.getsockname()[1]
        assert outcome(f"http://127.0.0.1:{port}/a") is Outcome.CONNECTION_FAILED


def test_a_server_that_hangs_up_is_a_failed_connection(site):
    site.answers["/a"] = lambda _: None
    assert outcome(f"{site.address}/a") is Outcome.CONNECTION_FAILED


@pytest.mark.parametrize(
    "url",
    [
        "ftp://wire.example/a",
        "mailto:desk@wire.example",
        "/news/1",
        "",
        "http://",
        "http://[::1/a",
        "http://wire.example:port/a",
        "http://wire.example/a\x00b",
        "http://wire\ud83d.example/a",
    ],
)
def test_an_address_nobody_can_ask_is_a_bad_address(url):
    assert outcome(url) is Outcome.BAD_ADDRESS


def test_a_host_is_never_asked_for_more_than_its_share_at_once(site):
    lock, together = threading.Lock(), threading.Barrier(2)
    active, most = 0, 0

    def count(handler):
        nonlocal active, most
        with lock:
            active += 1
            most = max(most, active)
        together.wait(20)  # two are let in together: with fewer the test would end here
        site.closing.wait(0.03)  # long enough for a third to show, were it let in
        with lock:
            active -= 1
        handler.answer(Answer())

    requests = [Request(url=f"{site.address}/{number}") for number in range(8)]
    site.answers = {f"/{number}": count for number in range(8)}
    results = fetch(*requests, limits=FetchLimits(connections_per_host=2))
    assert [result.status for result in results] == [200] * 8
    assert most == 2


def test_a_host_that_is_slow_does_not_hold_up_another(site):
    asked = threading.Event()

    def wait_for_the_other(handler):
        handler.answer(Answer(200 if asked.wait(20) else 500))

    def tell(handler):
        asked.set()
        handler.answer(Answer())

    with serving() as other:
        site.answers["/slow"] = wait_for_the_other
        other.answers["/quick"] = tell
        results = fetch(
            Request(url=f"{site.address}/slow"),
            Request(url=f"{other.address}/quick"),
            limits=FetchLimits(connections_per_host=1),
        )
    assert [result.status for result in results] == [200, 200]


def test_the_clock_of_a_request_starts_when_its_host_has_a_place_for_it(site):
    def answer_late(handler):
        site.closing.wait(0.05)
        handler.answer(Answer())

    paths = [f"/{number}" for number in range(20)]  # one after another: more than the limit
    site.answers = dict.fromkeys(paths, answer_late)
    results = fetch(
        *(Request(url=f"{site.address}{path}") for path in paths),
        limits=FetchLimits(connections_per_host=1, total_timeout=0.8),
    )
    assert [result.status for result in results] == [200] * 20


def test_a_proxy_is_asked_for_the_whole_address(site):
    site.answers["http://wire.example/a"] = Answer(200, b"by proxy")
    fetched = fetch_one("http://wire.example/a", proxy=site.address)
    assert fetched.body == b"by proxy"
    assert fetched.final_url == "http://wire.example/a"


def test_a_proxy_of_the_environment_is_honoured(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", site.address)
    site.answers["http://wire.example/a"] = Answer(200, b"by proxy")
    assert fetch_one("http://wire.example/a").body == b"by proxy"
