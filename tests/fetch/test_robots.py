import asyncio
import threading
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from support.fetching import fetch, fetch_one, limit, session, settled
from support.serving import Answer, serving

from ingest.fetch.robots import MAX_WILDCARDS, Robots, bounded
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
    assert asyncio.run(robots.crawl_delay("wire.example")) == 7
    assert asyncio.run(robots.crawl_delay("other.example")) == 0


def test_rules_too_many_to_be_read_in_time_are_noted():
    text = "User-agent: a{}\n" * 3000 + "Disallow: /\n" * 3000
    missed = {"wire.example": "its robots.txt takes too long to read from line 707 on"}
    assert check(text).missed == missed


def test_what_stands_before_too_many_lines_is_held_to():
    text = "User-agent: copydesk\nDisallow: /a\n\n" + "User-agent: a\n" * 3000
    with pytest.raises(Failed) as caught:
        check(text, "http://wire.example/a")
    assert caught.value.outcome is Outcome.ROBOTS


def closes(text, path):
    try:
        check(text, f"http://wire.example{path}")
    except Failed as failure:
        return failure.outcome is Outcome.ROBOTS
    return False


def test_rules_with_wildcards_have_a_bound_and_the_others_stay():
    wild = [f"Disallow: /*zz{n:06}" for n in range(30_000)]
    text = "\n".join(["User-agent: *", *wild, "Disallow: /private", "Disallow: /*late"])
    kept, left_out = bounded(text)
    assert sum(len(line) for line in kept.splitlines() if "*" in line) <= MAX_WILDCARDS + 20
    assert len(kept.splitlines()) == 1 + MAX_WILDCARDS // len(wild[0]) + 1
    assert left_out == "its robots.txt has 25,001 rules with wildcards too many"
    assert check(text).missed == {"wire.example": left_out}
    assert closes(text, "/a-zz000007")
    assert closes(text, "/private/a")
    assert not closes(text, "/late")  # a rule that is left out closes nothing


def test_a_group_keeps_its_agents_however_many_rules_are_left_out():
    wild = "Disallow: /*zzzzzzzzzzzzzzzzzzzzz\n" * 5_000
    text = f"User-agent: other\n{wild}User-Agent: *\nDisallow: /a\nuser agent *\n"
    kept, _ = bounded(text)
    assert kept.splitlines()[-3:] == ["User-Agent: *", "Disallow: /a", "user agent *"]
    assert closes(text, "/a")
    assert not closes(text, "/zzzzzzzzzzzzzzzzzzzzz")  # the rules are another's


def test_a_text_within_the_bounds_is_read_as_it_stands():
    text = RULES.decode() + "# **** a comment ****\nDisallow: /*.pdf$"
    assert bounded(text) == (text, "")


def test_of_an_address_only_so_many_characters_are_compared():
    text = "User-agent: *\nDisallow: /*near\nDisallow: /*far"
    assert closes(text, "/" + "a" * 1_900 + "near")
    assert not closes(text, "/" + "a" * 60_000 + "far")


def test_rules_are_read_once_and_compared_while_others_go_on(monkeypatch):
    loop, read, decided = threading.get_ident(), [], []
    parse, can_fetch = Protego.parse, Protego.can_fetch

    def noting(text):
        read.append(threading.get_ident())
        return parse(text)

    def deciding(rules, url, agent):
        decided.append(threading.get_ident())
        return can_fetch(rules, url, agent)

    monkeypatch.setattr(Protego, "parse", noting)
    monkeypatch.setattr(Protego, "can_fetch", deciding)
    robots = Robots({"wire.example": "User-agent: *\nDisallow: /a"}, None)

    async def run():
        url = httpx.URL("http://wire.example/b")
        await asyncio.gather(
            *(robots.crawl_delay("wire.example") for _ in range(5)),
            *(robots.check("wire.example", url) for _ in range(5)),
        )

    asyncio.run(run())
    assert len(read) == 1
    assert len(decided) == 5
    assert loop not in {*read, *decided}


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
