import asyncio
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fetching import fetch, fetch_one, limit, session, settled
from support.serving import Answer, serving

from ingest.fetch.robots import Robots
from ingest.model import Failed, Outcome, Request

RULES = b"User-agent: copydesk\nDisallow: /private/\n\nUser-agent: *\nDisallow: /\n"


def visit(*urls, **options):
    """What each address came to, one after the other, and the fetcher afterwards."""

    async def run():
        async with session(**options) as fetcher:
            fetches = [
                (await settled(fetcher.fetch(Request(url=url), "*/*", robots=True)))[0]
                for url in urls
            ]
            return fetches, fetcher

    return asyncio.run(run())


def paths(site):
    return [path for path, _ in site.requests]


def test_what_robots_txt_closes_is_not_asked_for(site):
    site.answers = {
        "/robots.txt": Answer(200, RULES),
        "/private/a": Answer(200),
        "/open/a": Answer(200),
    }
    (closed, opened), fetcher = visit(f"{site.address}/private/a", f"{site.address}/open/a")
    assert closed.outcome is Outcome.ROBOTS
    assert closed.detail == f"the robots.txt of {site.address[7:]} asks us not to"
    assert opened.status == 200
    assert paths(site) == ["/robots.txt", "/open/a"]
    assert fetcher.robots_texts() == {site.address[7:]: RULES.decode()}


def test_it_is_asked_for_once_a_host_however_many_ask_at_once(site):
    site.answers = {"/robots.txt": Answer(200, RULES), "/a": Answer(200)}
    results = fetch(*[Request(url=f"{site.address}/a")] * 8, robots=True)
    assert [result.status for result in results] == [200] * 8
    assert paths(site).count("/robots.txt") == 1


def test_a_feed_is_fetched_without_asking(site):
    site.answers = {"/robots.txt": Answer(200, b"User-agent: *\nDisallow: /"), "/a": Answer(200)}
    assert fetch_one(f"{site.address}/a").status == 200
    assert paths(site) == ["/a"]


def test_a_text_held_from_an_earlier_run_is_not_asked_for_again(site):
    site.answers["/private/a"] = Answer(200)
    held = {site.address[7:]: RULES.decode()}
    (closed,), fetcher = visit(f"{site.address}/private/a", robots=held)
    assert closed.outcome is Outcome.ROBOTS
    assert site.requests == []
    assert fetcher.robots_texts() == {}


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418])
def test_a_host_without_rules_allows_everything_and_is_remembered(site, status):
    site.answers = {"/robots.txt": Answer(status), "/a": Answer(200)}
    (fetched,), fetcher = visit(f"{site.address}/a")
    assert fetched.status == 200
    assert fetcher.robots_texts() == {site.address[7:]: ""}
    assert fetcher.robots_missed() == {}


def test_rules_that_cannot_be_had_allow_everything_this_time_and_are_noted(site):
    site.answers = {"/robots.txt": Answer(500), "/a": Answer(200)}
    (fetched, again), fetcher = visit(f"{site.address}/a", f"{site.address}/a")
    assert (fetched.status, again.status) == (200, 200)
    assert paths(site) == ["/robots.txt", "/a", "/a"]
    assert fetcher.robots_texts() == {}
    assert fetcher.robots_missed() == {site.address[7:]: "server_error: HTTP 500"}


def test_a_host_that_throttles_its_rules_is_left_alone(site):
    site.answers = {"/robots.txt": Answer(503), "/a": Answer(200)}
    (first, second), _ = visit(f"{site.address}/a", f"{site.address}/a")
    assert (first.outcome, second.outcome) == (Outcome.THROTTLED, Outcome.COOLING)
    assert paths(site) == ["/robots.txt"]


def test_each_hop_asks_its_own_host(site):
    with serving() as other:
        site.answers["/a"] = Answer(302, headers={"Location": f"{other.address}/private/a"})
        other.answers["/robots.txt"] = Answer(200, RULES)
        (closed,), _ = visit(f"{site.address}/a")
    assert closed.outcome is Outcome.ROBOTS
    assert [path for path, _ in other.requests] == ["/robots.txt"]


def test_only_the_first_half_megabyte_is_read(site):
    padding = b"# " + b"x" * 600_000 + b"\n"
    site.answers = {
        "/robots.txt": Answer(200, b"User-agent: *\nDisallow: /a\n" + padding + b"Disallow: /b\n"),
        "/b": Answer(200),
    }
    (a, b), fetcher = visit(f"{site.address}/a", f"{site.address}/b")
    assert a.outcome is Outcome.ROBOTS
    assert b.status == 200
    assert len(fetcher.robots_texts()[site.address[7:]]) == 500_000


def test_a_password_is_no_part_of_the_question(site):
    site.answers = {"/robots.txt": Answer(200), "/a": Answer(200)}
    visit(f"http://desk:secret@{site.address[7:]}/a?b#c")
    (robots, headers), (page, _) = site.requests
    assert (robots, page) == ("/robots.txt", "/a?b")
    assert "authorization" not in map(str.lower, headers)


def check(text, url="http://wire.example/a"):
    robots = Robots({"wire.example": text}, None)
    asyncio.run(robots.check("wire.example", httpx.URL(url)))
    return robots


def test_a_delay_is_known_as_soon_as_the_text_is():
    robots = Robots({"wire.example": "User-agent: *\nCrawl-delay: 7"}, None)
    assert robots.crawl_delay("wire.example") == 7
    assert robots.crawl_delay("other.example") == 0


def test_rules_too_many_to_be_read_in_time_are_noted():
    text = "User-agent: a{}\n" * 3000 + "Disallow: /\n" * 3000
    assert check(text).missed == {"wire.example": "its robots.txt would take too long to read"}


@given(st.text(), st.lists(st.sampled_from(["User-agent: *", "Disallow: /*$", "Allow:", "\x00"])))
def test_no_text_breaks_it(text, lines):
    with suppress(Failed):
        check("\n".join([*lines, text]))


def test_a_name_with_a_dot_at_its_end_is_the_same_host(site):
    site.answers = {"/robots.txt": Answer(200, RULES), "/open/a": Answer(200)}
    port = site.server_port
    visit(f"http://wire.example:{port}/open/a", f"http://wire.example.:{port}/open/a")
    assert paths(site) == ["/robots.txt", "/open/a", "/open/a"]


def test_pages_a_host_has_no_time_for_are_left_to_the_next_run(site):
    site.answers = {"/a": Answer(200)}
    (fetched, later), _ = visit(
        f"{site.address}/a",
        f"{site.address}/a",
        limits=limit(host_time=0.01),
        robots={site.address[7:]: "User-agent: *\nCrawl-delay: 30"},
    )
    assert fetched.status == 200
    assert later.outcome is Outcome.PENDING
    assert paths(site) == ["/a"]
