import asyncio
import gzip
import random
import socket
import threading
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fetching import AGENT, NOW, fetch, fetch_one, limit, session, settled
from support.serving import Answer, serving

from ingest.fetch.client import FEED_TYPES, hints
from ingest.fetch.response import MAX_HEADER, MAX_VALIDATOR, DecodedBody, is_challenge
from ingest.model import Failed, Hints, HostState, Outcome, Request
from ingest.urls import MAX_ADDRESS


def outcome(url, **options):
    failure = fetch_one(url, **options)
    assert isinstance(failure, Failed), failure
    return failure.outcome


def sent(headers, name):
    return name in map(str.lower, headers)


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


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([], ""),
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302], "/1"),
        ([302, 301], ""),
        ([301, 307, 308], "/1"),
        ([303], ""),
    ],
)
def test_a_move_is_where_permanent_redirects_alone_lead(site, statuses, moved_to):
    for number, status in enumerate(statuses):
        site.answers[f"/{number}"] = Answer(status, headers={"Location": f"/{number + 1}"})
    site.answers[f"/{len(statuses)}"] = Answer(200, b"here")
    fetched = fetch_one(f"{site.address}/0")
    assert fetched.final_url == f"{site.address}/{len(statuses)}"
    assert fetched.moved_to == (f"{site.address}{moved_to}" if moved_to else "")


def test_a_password_goes_to_its_own_host_alone_and_into_no_move(site):
    with serving() as other:
        site.answers["/a"] = Answer(301, headers={"Location": "/b"})
        site.answers["/b"] = Answer(302, headers={"Location": f"{other.address}/c"})
        other.answers["/c"] = Answer(200)
        fetched = fetch_one(f"http://desk:secret@{site.address[7:]}/a")
    assert [sent(headers, "authorization") for _, headers in site.requests] == [True, True]
    assert [sent(headers, "authorization") for _, headers in other.requests] == [False]
    assert fetched.moved_to == f"{site.address}/b"


def test_no_cookie_is_kept(site):
    site.answers["/a"] = Answer(302, headers={"Location": "/b", "Set-Cookie": "seen=1; Path=/"})
    site.answers["/b"] = Answer(200)
    fetch_one(f"{site.address}/a")
    assert [sent(headers, "cookie") for _, headers in site.requests] == [False, False]


def test_a_redirect_in_a_circle_ends_after_the_limit(site):
    site.answers["/loop"] = Answer(302, headers={"Location": "/loop"})
    limits = limit(max_redirects=3)
    assert outcome(f"{site.address}/loop", limits=limits) is Outcome.TOO_MANY_REDIRECTS
    assert len(site.requests) == 4


@pytest.mark.parametrize(
    "location",
    [
        "ftp://wire.example/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[::1/",
        "http://desk:secret@wire.example:port/",
    ],
)
def test_a_redirect_to_no_web_address_is_a_bad_address(site, location):
    site.answers["/a"] = Answer(302, headers={"Location": location})
    failure = fetch_one(f"{site.address}/a")
    assert failure.outcome is Outcome.BAD_ADDRESS
    assert "secret" not in failure.detail


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (404, Outcome.NOT_FOUND),
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
    assert (failure.status, failure.retry_after) == (status, None)


def test_a_body_of_just_the_limit_is_taken_and_one_byte_more_is_not(site):
    site.answers["/fits"] = Answer(200, b"x" * 5000)
    site.answers["/over"] = Answer(200, b"x" * 5001)
    limits = limit(max_bytes=5000)
    assert len(fetch_one(f"{site.address}/fits", limits=limits).body) == 5000
    assert outcome(f"{site.address}/over", limits=limits) is Outcome.TOO_LARGE


def test_a_packed_body_is_measured_as_it_unpacks(site):
    text = random.Random(1).randbytes(150_000).hex().encode()  # noqa: S311  it packs by half
    site.answers["/a"] = Answer(200, gzip.compress(text), {"Content-Encoding": "gzip"})
    assert len(site.answers["/a"].body) < 200_000 < len(text)
    assert outcome(f"{site.address}/a", limits=limit(max_bytes=200_000)) is Outcome.TOO_LARGE
    assert fetch_one(f"{site.address}/a").body == text


def test_a_body_that_unpacks_to_far_more_than_came_is_not_unpacked(site):
    packed = gzip.compress(b"x" * 5_000_000)
    site.answers["/a"] = Answer(200, packed, {"Content-Encoding": "gzip"})
    failure = fetch_one(f"{site.address}/a")
    assert (failure.outcome, failure.status) == (Outcome.TOO_LARGE, 200)
    assert failure.detail == "unpacks to more than 200 times its size"
    small = Answer(200, gzip.compress(b"x" * 999_999), {"Content-Encoding": "gzip"})
    site.answers["/small"] = small  # a megabyte is no bomb, whatever it is packed into
    assert len(fetch_one(f"{site.address}/small").body) == 999_999


def test_only_what_is_unpacked_here_is_asked_for(site):
    site.answers["/a"] = Answer(200, b"\x0b\x02", {"Content-Encoding": "br"})
    assert outcome(f"{site.address}/a") is Outcome.HTTP_ERROR
    ((_, headers),) = site.requests
    assert headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("encoding", ["", "identity", "none", "UTF-8"])
def test_an_encoding_that_packs_nothing_is_ignored(site, encoding):
    site.answers["/a"] = Answer(200, b"<p>quay</p>", {"Content-Encoding": encoding})
    assert fetch_one(f"{site.address}/a").body == b"<p>quay</p>"


def bare_deflate(text):
    return zlib.compress(text)[2:-4]


PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress}


@given(
    packer=st.sampled_from([*PACKERS.items(), ("deflate", bare_deflate)]),
    text=st.binary(max_size=300),
    times=st.integers(1, 2000),
    cuts=st.lists(st.integers(2, 400), max_size=5),
    after=st.binary(max_size=20),
)
def test_a_body_unpacks_whatever_pieces_it_comes_in(packer, text, times, cuts, after):
    encoding, pack = packer
    packed = pack(text * times) + after
    body = DecodedBody(encoding, max_bytes=1_000_000, max_ratio=200)
    ends = [*sorted(cuts), len(packed)]
    for start, end in zip([0, *ends], ends, strict=False):
        body.add(packed[start:end])
    assert body.finish() == text * times


def test_a_bomb_grows_no_more_than_a_piece_beyond_the_limit():
    packed = gzip.compress(bytes(100_000_000))
    body = DecodedBody("gzip", max_bytes=100_000, max_ratio=1e9)
    with pytest.raises(Failed) as failed:
        body.add(packed)
    assert failed.value.outcome is Outcome.TOO_LARGE
    assert len(body._body) < 200_000


def test_a_body_that_does_not_unpack_is_a_failed_connection(site):
    site.answers["/a"] = Answer(200, b"not gzip at all", {"Content-Encoding": "gzip"})
    assert outcome(f"{site.address}/a") is Outcome.CONNECTION_FAILED


def test_a_packed_body_without_its_end_is_truncated(site):
    packed = gzip.compress(b"quay " * 1000)
    site.answers["/a"] = Answer(200, packed[:-20], {"Content-Encoding": "gzip"})
    assert outcome(f"{site.address}/a") is Outcome.TRUNCATED


def test_an_empty_body_needs_no_unpacking(site):
    site.answers["/a"] = Answer(200, b"", {"Content-Encoding": "gzip"})
    assert fetch_one(f"{site.address}/a").body == b""


def test_a_server_that_says_nothing_runs_into_the_idle_limit(site):
    site.answers["/a"] = lambda _: site.closing.wait(30)
    assert outcome(f"{site.address}/a", limits=limit(idle_timeout=0.1)) is Outcome.TIMEOUT


def test_a_server_that_drips_runs_into_the_total_limit(site):
    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while not site.closing.wait(0.02):
            handler.wfile.write(b"x")

    site.answers["/a"] = drip
    limits = limit(idle_timeout=20, total_timeout=0.2)
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
    results = fetch(*requests, limits=limit(connections_per_host=2))
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
            limits=limit(connections_per_host=1),
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
        limits=limit(connections_per_host=1, total_timeout=0.8),
    )
    assert [result.status for result in results] == [200] * 20


def raw(status, *headers, body=b""):
    """An answer sent as it stands, after which the server hangs up."""

    def answer(handler):
        head = "\r\n".join([f"HTTP/1.1 {status} x", *headers, "", ""])
        handler.wfile.write(head.encode("latin-1") + body)
        handler.close_connection = True

    return answer


def test_a_body_shorter_than_announced_is_truncated(site):
    site.answers["/a"] = raw(200, "Content-Length: 100", body=b"x" * 99)
    assert outcome(f"{site.address}/a") is Outcome.TRUNCATED
    site.answers["/b"] = raw(200, "Transfer-Encoding: chunked", body=b"5\r\nharbo")
    assert outcome(f"{site.address}/b") is Outcome.TRUNCATED


def test_a_body_longer_than_announced_ends_where_it_should(site):
    site.answers["/a"] = raw(200, "Content-Length: 4", body=b"quay and more")
    assert fetch_one(f"{site.address}/a").body == b"quay"


def test_headers_without_end_are_too_large(site):
    site.answers["/a"] = raw(200, *["X-More: harbour"] * 10_000)
    assert outcome(f"{site.address}/a") is Outcome.TOO_LARGE


def test_a_plain_server_asked_for_tls_is_a_tls_failure(site):
    assert outcome(f"https://127.0.0.1:{site.server_port}/a") is Outcome.TLS_FAILED


def test_a_validator_beyond_ascii_is_sent_back(site):
    site.answers["/feed"] = Answer(304)
    (fetched,) = fetch(Request(url=f"{site.address}/feed", etag='"été"'))
    assert fetched.not_modified
    assert site.requests[0][1]["if-none-match"].encode("latin-1").decode() == '"été"'


@pytest.mark.parametrize(
    "url",
    [
        "http://desk:secret@127.0.0.1/a",
        "http://desk:secret@localhost:1/a",
        "http://desk:sec/ret@127.0.0.1:1/secret",
        "ftp://desk:secret@wire.example/a",
        "http://desk:secret@[::1/a",
        "http://desk:secret@nowhere.invalid/",
    ],
)
def test_a_failure_names_no_password(url):
    failure = fetch_one(url, limits=limit(allow_networks=()))
    assert isinstance(failure, Failed)
    assert "sec" not in failure.detail
    assert "sec" not in str(failure)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Hints()),
        ({"retry-after": "120"}, Hints(retry_after=timedelta(minutes=2))),
        ({"retry-after": " 0 "}, Hints(retry_after=timedelta(0))),
        ({"retry-after": "-5"}, Hints(retry_after=timedelta(0))),
        ({"retry-after": "9" * 30}, Hints(retry_after=timedelta(days=7))),
        ({"retry-after": "soon"}, Hints()),
        ({"retry-after": "Fri, 18 Sep 2026 06:00:00 GMT"}, Hints()),  # relative to nothing
        (
            {
                "retry-after": "Fri, 18 Sep 2026 06:00:00 GMT",
                "date": "Fri, 18 Sep 2026 05:30:00 GMT",
            },
            Hints(retry_after=timedelta(minutes=30)),
        ),
        (
            {
                "retry-after": "Fri, 18 Sep 2026 06:00:00 GMT",
                "date": "Fri, 18 Sep 2026 08:00:00 +0100",
            },
            Hints(retry_after=timedelta(0)),
        ),
        (
            {
                "retry-after": "Fri, 18 Sep 2099 06:00:00 GMT",
                "date": "Fri, 18 Sep 2026 06:00:00 GMT",
            },
            Hints(retry_after=timedelta(days=7)),
        ),
        ({"cache-control": "public, max-age=300"}, Hints(max_age=timedelta(minutes=5))),
        ({"cache-control": 'MAX-AGE="300"'}, Hints(max_age=timedelta(minutes=5))),
        ({"cache-control": "max-age=-1"}, Hints(max_age=timedelta(0))),
        ({"cache-control": "max-age=" + "9" * 40}, Hints(max_age=timedelta(days=365))),
        ({"cache-control": "s-maxage=300"}, Hints()),
        ({"cache-control": "s-maxage=9, max-age=300"}, Hints(max_age=timedelta(minutes=5))),
        ({"cache-control": "no-cache, max-age=300"}, Hints()),
        ({"cache-control": "max-age=300, no-store"}, Hints()),
        ({"cache-control": "max-age=soon"}, Hints()),
    ],
)
def test_headers_say_when_to_come_back(headers, expected):
    assert hints(headers) == expected


@given(st.text(), st.text(), st.text())
def test_no_header_breaks_the_hints(retry, date, cache):
    found = hints({"retry-after": retry, "date": date, "cache-control": cache})
    assert found.retry_after is None or timedelta(0) <= found.retry_after <= timedelta(days=7)


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (403, {}, b"<title>Forbidden</title>", False),
        (403, {"cf-mitigated": "challenge"}, b"", True),
        (429, {"cf-mitigated": "challenge"}, b"", True),
        (503, {"server": "cloudflare"}, b"<title>Just a moment...</title>", True),
        (403, {"server": "cloudflare"}, b'<script src="/cdn-cgi/challenge-platform/x">', True),
        (403, {"server": "cloudflare"}, b"Access denied", False),
        (403, {"server": "nginx"}, b"<title>Just a moment...</title>", False),
        (403, {}, b'<script src="https://ct.captcha-delivery.com/c.js">', True),
        (403, {"x-datadome": "protected"}, b"", True),
        (403, {}, b'<div id="px-captcha">', True),
        (503, {}, b"Request unsuccessful. Incapsula incident ID: 1", True),
        (403, {"server": "AkamaiGHost"}, b"", True),
        (403, {}, b" " * 10_000 + b"px-captcha", False),
        (404, {"server": "AkamaiGHost"}, b"px-captcha", False),
    ],
)
def test_a_challenge_is_told_from_a_refusal(status, headers, body, expected):
    assert is_challenge(status, headers, body) is expected


def test_a_challenge_counts_as_one_also_where_it_is_packed(site):
    page = gzip.compress(b"<title>Just a moment...</title>" + b" " * 50_000)

    def challenge(handler):
        handler.version_string = lambda: "cloudflare"
        handler.answer(Answer(403, page, {"Content-Encoding": "gzip"}))

    site.answers["/a"] = challenge
    failure = fetch_one(f"{site.address}/a")
    assert (failure.outcome, failure.status) == (Outcome.CHALLENGED, 403)


def test_a_refusal_whose_page_never_comes_is_a_refusal(site):
    def stall(handler):
        handler.send_response(403)
        handler.end_headers()
        handler.wfile.flush()
        site.closing.wait(30)

    site.answers["/a"] = stall
    assert outcome(f"{site.address}/a", limits=limit(idle_timeout=0.1)) is Outcome.REFUSED


def test_a_throttled_host_is_left_alone_and_the_next_run_knows(site):
    site.answers["/a"] = Answer(429, headers={"Retry-After": "600"})
    site.answers["/b"] = Answer(200)

    async def run():
        async with session() as fetcher:
            first, second = [
                (await settled(fetcher.fetch(Request(url=f"{site.address}/{path}"), "*/*")))[0]
                for path in "ab"
            ]
            return first, second, fetcher.host_states()

    first, second, states = asyncio.run(run())
    assert (first.outcome, first.retry_after) == (Outcome.THROTTLED, timedelta(minutes=10))
    assert second.outcome is Outcome.COOLING
    assert timedelta(minutes=9) < second.retry_after <= timedelta(minutes=10)
    assert [path for path, _ in site.requests] == ["/a"]

    (state,) = states
    assert (state.host, state.strikes) == (site.address[7:], 1)
    url, hosts = f"{site.address}/b", {state.host: state}
    assert outcome(url, hosts=hosts, now=NOW + timedelta(minutes=9)) is Outcome.COOLING
    assert fetch_one(url, hosts=hosts, now=NOW + timedelta(minutes=11)).status == 200


def test_a_redirect_to_a_host_that_cools_ends_there(site):
    until = datetime(2026, 9, 18, 7, tzinfo=UTC)
    site.answers["/a"] = Answer(302, headers={"Location": "http://busy.example/"})
    hosts = {"busy.example": HostState(host="busy.example", cooling_until=until, strikes=1)}
    failure = fetch_one(f"{site.address}/a", hosts=hosts)
    assert failure.outcome is Outcome.COOLING
    assert failure.detail == "busy.example is left alone until 2026-09-18 07:00 UTC"


def test_hosts_that_send_each_other_their_readers_do_not_block_each_other(site):
    with serving() as other:
        for here, there in ((site, other), (other, site)):
            here.answers["/a"] = Answer(302, headers={"Location": f"{there.address}/b"})
            here.answers["/b"] = Answer(200)
        results = fetch(
            *(Request(url=f"{host.address}/a") for host in (site, other) for _ in range(5)),
            limits=limit(connections_per_host=1, connections=2),
        )
    assert [result.status for result in results] == [200] * 10


def test_a_proxy_is_asked_for_the_whole_address(site):
    site.answers["http://wire.example/a"] = Answer(200, b"by proxy")
    fetched = fetch_one("http://wire.example/a", proxy=site.address)
    assert fetched.body == b"by proxy"
    assert fetched.final_url == "http://wire.example/a"


def test_a_proxy_of_the_environment_is_honoured(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", site.address)
    site.answers["http://wire.example/a"] = Answer(200, b"by proxy")
    assert fetch_one("http://wire.example/a").body == b"by proxy"


def test_a_failure_says_how_long_it_took_and_what_was_not_asked_nothing(site):
    site.answers["/a"] = lambda _: site.closing.wait(30)
    site.answers["/b"] = Answer(404)
    timeout = fetch_one(f"{site.address}/a", limits=limit(idle_timeout=0.1))
    assert timeout.elapsed_ms >= 100
    assert fetch_one(f"{site.address}/b").elapsed_ms is not None
    until = HostState(host=site.address[7:], cooling_until=NOW + timedelta(hours=1))
    assert fetch_one(f"{site.address}/b", hosts={until.host: until}).elapsed_ms is None
    assert fetch_one("ftp://wire.example/a").elapsed_ms is None


def test_an_address_that_is_too_long_is_no_end_of_redirects(site):
    long = f"/{'a' * 10 * MAX_ADDRESS}"
    site.answers = {"/feed": Answer(302, headers={"Location": long}), long: Answer(200)}
    assert fetch_one(f"{site.address}/feed").outcome is Outcome.BAD_ADDRESS


def test_a_detour_over_a_long_address_is_followed_and_not_remembered(site):
    long = f"/{'a' * 10 * MAX_ADDRESS}"
    site.answers = {
        "/feed": Answer(301, headers={"Location": long}),
        long: Answer(302, headers={"Location": "/new"}),
        "/new": Answer(200),
    }
    fetched = fetch_one(f"{site.address}/feed")
    assert (fetched.final_url, fetched.moved_to) == (f"{site.address}/new", "")


def test_long_headers_are_cut_and_a_long_validator_is_not_kept(site):
    headers = {"ETag": "a" * 10 * MAX_VALIDATOR, "X-Policy": "a" * 10 * MAX_HEADER}
    site.answers = {"/feed": Answer(200, headers=headers)}
    kept = fetch_one(f"{site.address}/feed").headers
    assert "etag" not in kept
    assert kept["x-policy"] == "a" * MAX_HEADER
