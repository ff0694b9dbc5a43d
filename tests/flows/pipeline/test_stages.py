"""A batch of pages: what is an article is filed and folded, what is none is kept and counted."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from support.builders import FEED_ID, NOW, attempt, entry, feed, fetched, page, prose
from support.filing import pending

from flows.pipeline.stages import Answer, Stopwatch, extract_page, file_batch, known_outlets
from ingest.extract.article import Known
from ingest.extract.recipes import Recipe
from ingest.extract.wording import line_hash
from ingest.model import Outcome
from ingest.urls import MAX_ADDRESS, url_id

CALL = "Call the newsroom at extension 12."
WALL = f"<p>{prose(0, 60)}.</p><p>Subscribe to continue reading</p>"


class HerePool:
    """What a pool gives, without its processes."""

    async def run(self, function, *args):
        return function(*args)


def answer(number, body, content_type="text/html"):
    url = f"https://wire.example/news/{number}"
    markup = f"<html><body><article>{body}</article></body></html>"
    return Answer(
        page=page(url), attempt=attempt(url=url), fetched=fetched(markup, content_type, url)
    )


def story(number):
    return "".join(f"<p>{prose(1000 * number + 40 * n, 40)}.</p>" for n in range(4))


def rows(store, sql):
    return list(store.reader().query(sql).rows)


@pytest.fixture
def run(store):
    """The number of a run that polls one feed."""
    store.feeds.subscribe([feed()], NOW)
    return store.runs.begin(NOW)


def file(store, run, *answers, recipes=None):
    """Extracts and files a batch, as a run does."""

    async def extracted():
        known = known_outlets(store, answers, recipes or {})
        return [await extract_page(one, HerePool(), known) for one in answers]

    results = asyncio.run(extracted())
    store.pages.add(run, [one.page for one in answers])
    window = timedelta(days=7)
    return file_batch(store, run, results, now=NOW, window=window, watch=Stopwatch())


def test_a_pending_page_with_an_address_longer_than_todays_limit_ends_in_an_outcome(store, run):
    long = f"https://wire.example/{'a' * 10 * MAX_ADDRESS}"
    stored = replace(page(), page_id=url_id(long), url=long, entry=entry(long))
    store.pages.add(run, [stored])
    (held,) = pending(store, 3, NOW)
    answered = Answer(
        page=held, attempt=attempt(url=long), fetched=fetched("<p>x</p>", "text/html", long)
    )
    (settled,) = file(store, run, answered)
    assert (settled.page, settled.outcome) == (stored, Outcome.BAD_ADDRESS)
    assert rows(store, "SELECT page_id, outcome FROM pages") == [(url_id(long), "bad_address")]


def test_a_page_that_is_no_article_is_kept_and_counted_and_not_folded(store, run):
    file(store, run, answer(1, WALL), answer(2, WALL), answer(3, story(3)))
    assert rows(store, "SELECT outcome, count(*) FROM pages GROUP BY 1 ORDER BY 1") == [
        ("new", 1),
        ("paywalled", 2),
    ]
    assert rows(store, "SELECT outcome, sum(entries) FROM outcomes GROUP BY 1 ORDER BY 1") == [
        ("new", 1),
        ("paywalled", 2),
    ]
    kept = rows(store, "SELECT verdict, reason, url, text FROM other_pages ORDER BY url")
    assert [(verdict, url) for verdict, _, url, _ in kept] == [
        ("paywalled", "https://wire.example/news/1"),
        ("paywalled", "https://wire.example/news/2"),
    ]
    assert "Subscribe to continue" in kept[0][1]
    assert kept[0][3].startswith("w0 w1 w2")
    assert rows(store, "SELECT count(*) FROM articles") == [(1,)]
    assert rows(store, "SELECT count(*) FROM stories") == [(1,)]
    assert rows(store, "FROM matches") == []


def test_a_page_without_text_is_kept_with_its_reason(store, run):
    (settled,) = file(store, run, answer(1, "<script>render()</script>"))
    assert (settled.outcome, settled.detail) == (Outcome.NO_TEXT, "0 words of text")
    assert rows(store, "SELECT verdict, words FROM other_pages") == [("empty", 0)]


def test_a_page_that_could_not_be_read_is_counted_alone(store, run):
    (settled,) = file(store, run, answer(1, "%PDF", "application/pdf"))
    assert settled.outcome is Outcome.NOT_HTML
    assert rows(store, "FROM other_pages") == []


def test_a_page_that_was_not_fetched_ends_as_its_request_did(store, run):
    gone = Answer(page=page(), attempt=attempt(Outcome.GONE), fetched=None)
    (settled,) = file(store, run, gone)
    assert settled.outcome is Outcome.GONE
    assert settled.page.feed_id == FEED_ID


def test_what_was_taken_out_of_an_article_is_kept_with_its_rule(store, run):
    file(store, run, answer(1, f"<p>Advertisement</p>{story(1)}<p>© 2026 The Wire, Port</p>"))
    removed = rows(
        store, "SELECT rule, line, run_id, url FROM removed_lines WHERE rule = 'notices'"
    )
    assert removed == [("notices", "© 2026 The Wire, Port", run, "https://wire.example/news/1")]


def test_boilerplate_of_earlier_articles_is_taken_out_of_later_ones(store, run):
    early = [answer(n, f"{story(n)}<p>{CALL}</p>") for n in range(1, 5)]
    file(store, run, *early)
    assert rows(store, f"SELECT count(*) FROM articles WHERE text LIKE '%{CALL}%'") == [(4,)]
    file(store, run, answer(5, f"{story(5)}<p>{CALL}</p>"))
    assert rows(store, f"SELECT count(*) FROM articles WHERE text LIKE '%{CALL}%'") == [(4,)]
    assert rows(store, "SELECT rule, line, url FROM removed_lines WHERE rule = 'recurring'") == [
        ("recurring", CALL, "https://wire.example/news/5")
    ]


def test_what_is_known_of_an_outlet_is_its_boilerplate_and_its_recipe(store, run):
    file(store, run, *[answer(n, f"{story(n)}<p>{CALL}</p>") for n in range(1, 5)])
    recipe = Recipe(keep="//article")
    known = known_outlets(store, [answer(5, "")], {"wire.example": recipe, "b.example": recipe})
    assert known == {
        "wire.example": Known(recurring=frozenset({line_hash(CALL)}), recipe=recipe),
    }
