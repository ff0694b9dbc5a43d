from datetime import timedelta

import pytest
from support.builders import NOW, article, feed, page, prose, result
from support.filing import file_articles

from flows.pipeline.recleaning import reclean_outlet
from ingest.extract.cleaning import counted, without_recurring
from ingest.extract.wording import line_hash
from ingest.model import Outcome, Removed, Verdict
from storage.store import open_store

CALL = "Call the newsroom at extension 12"
DENIAL = "He denies the charges."
BACKGROUND = f"The dispute over the sound began {prose(0, 20)} years ago."


@pytest.fixture
def run(store):
    """The number of a run that polls one feed."""
    store.feeds.subscribe([feed()], NOW)
    return store.runs.begin(NOW)


def story(number, *lines, host="wire.example", **fields):
    """An article unlike all others but for the lines named."""
    text = "\n".join([prose(1000 * number, 60), *lines])
    return article(f"https://{host}/news/{number}", text=text, **fields)


def file(store, run, articles):
    """Files articles and counts their lines, as a run does."""
    file_articles(store, run, articles)
    store.lines.add_lines({a.article_id: counted(a) for a in articles})


def boilerplate(store, outlet="wire.example"):
    return store.lines.recurring([outlet]).get(outlet, frozenset())


def rows(store, sql):
    return list(store.reader().query(sql).rows)


def test_a_line_in_four_stories_of_an_outlet_is_boilerplate(store, run):
    file(store, run, [story(n, CALL) for n in (1, 2, 3)])
    assert boilerplate(store) == frozenset()
    file(store, run, [story(4, CALL.upper())])
    assert boilerplate(store) == {line_hash(CALL)}


def test_a_line_that_one_article_repeats_counts_once(store, run):
    file(store, run, [story(n, CALL, CALL, CALL) for n in (1, 2)])
    assert boilerplate(store) == frozenset()


def test_a_wire_story_that_an_outlet_runs_five_times_is_no_boilerplate(store, run):
    wire = "\n".join(prose(100 * n, 50) for n in range(4))
    copies = [article(f"https://wire.example/news/{n}", text=wire) for n in range(5)]
    file(store, run, copies)
    assert rows(store, "SELECT count(*), max(articles) FROM stories") == [(1, 5)]
    assert boilerplate(store) == frozenset()


def test_boilerplate_is_an_outlets_own(store, run):
    file(store, run, [story(n, CALL) for n in range(1, 5)])
    file(store, run, [story(n, host="other.example") for n in range(5, 9)])
    assert boilerplate(store, "other.example") == frozenset()
    assert store.lines.recurring(["other.example", "nobody.example"]) == {}
    assert store.lines.recurring([]) == {}


def test_an_agencys_background_is_no_boilerplate_of_a_large_outlet(store, run):
    # 250 stories; a paragraph of twenty words or more has to be in a fiftieth of them
    many = [story(n, *([BACKGROUND, CALL] if n <= 4 else [])) for n in range(1, 251)]
    file(store, run, many)
    assert boilerplate(store) == {line_hash(CALL)}


def test_a_sentence_in_some_of_an_outlets_stories_is_no_boilerplate(store, run):
    file(store, run, [story(n, *([DENIAL] if n <= 4 else [])) for n in range(1, 201)])
    assert boilerplate(store) == frozenset()


def test_only_what_appeared_since_then_counts(store, run):
    old = NOW - timedelta(days=91)
    file(store, run, [story(n, CALL, published=old) for n in range(1, 5)])
    file(store, run, [story(n, CALL, published=NOW) for n in range(5, 8)])
    since = NOW - timedelta(days=90)
    assert store.lines.recurring(["wire.example"], since) == {}
    assert boilerplate(store) == {line_hash(CALL)}


def test_articles_filed_before_lines_were_counted_are_counted_and_cleaned(store, run):
    file_articles(store, run, [story(n, CALL) for n in range(1, 5)])
    assert boilerplate(store) == frozenset()
    with store.transaction():
        removed = reclean_outlet(store, "wire.example")
    assert [[one.line for one in gone] for gone in removed.values()] == [[CALL]] * 4
    assert store.lines.uncounted("wire.example") == {}
    with store.transaction():
        assert reclean_outlet(store, "wire.example") == {}


def test_a_paragraph_in_most_of_an_outlets_stories_is_boilerplate(store, run):
    file(store, run, [story(n, BACKGROUND) for n in range(1, 6)])
    assert boilerplate(store) == {line_hash(BACKGROUND)}


def test_what_was_removed_because_it_recurs_goes_on_recurring(store, run):
    gone = (Removed(line=CALL, rule="recurring"),)
    file(store, run, [story(n, CALL) for n in (1, 2)])
    file(store, run, [story(n, removed=gone) for n in (3, 4)])
    assert boilerplate(store) == {line_hash(CALL)}


def test_boilerplate_is_learned_from_one_run_to_the_next(db):
    with open_store(db) as store:
        file(store, store.runs.begin(NOW), [story(n, CALL) for n in range(1, 5)])
    with open_store(db) as store:
        assert boilerplate(store) == {line_hash(CALL)}


def test_filed_texts_can_be_cleaned_of_what_has_turned_out_to_recur(store, run):
    file(store, run, [story(n, CALL) for n in range(1, 5)])
    known = boilerplate(store)
    texts = store.lines.texts("wire.example")
    cleaned = {number: without_recurring(text, known) for number, text in texts.items()}
    with store.transaction():
        store.lines.replace_texts({n: (text, 60) for n, (text, _) in cleaned.items()})
        store.lines.add_removed((n, one) for n, (_, gone) in cleaned.items() for one in gone)
    assert set(store.lines.texts("wire.example").values()) == {
        prose(1000 * n, 60) for n in range(1, 5)
    }
    assert rows(store, "SELECT DISTINCT outlet, rule, line, run_id FROM removed_lines") == [
        ("wire.example", "recurring", CALL, None)
    ]
    assert rows(store, "SELECT count(*) FROM removed_lines") == [(4,)]


def test_outlets_are_listed_by_name(store, run):
    file(store, run, [story(1, host="b.example"), story(2, host="a.example"), story(3)])
    assert store.lines.outlets() == ["a.example", "b.example", "wire.example"]


def test_what_was_removed_can_be_seen_with_its_article_and_its_rule(store, run):
    one = story(1)
    store.articles.add(run, [one])
    store.lines.add_removed([(one.article_id, Removed(line="Share", rule="phrases"))], run)
    assert rows(store, "SELECT url, rule, line, run_id FROM removed_lines") == [
        (one.url, "phrases", "Share", run)
    ]


def test_pages_that_are_no_articles_are_kept_with_verdict_and_reason(store, run):
    login = page("https://wire.example/login")
    read = article(login.url, verdict=Verdict.LOGIN, reason="9 words", text="Please log in.")
    store.pages.add(run, [login, page("https://wire.example/gone")])
    results = [
        result(login, Outcome.LOGIN, other=read),
        result(page("https://wire.example/gone"), Outcome.GONE),
        result(story(1)),
    ]
    store.pages.settle(run, results, NOW)
    assert rows(store, "SELECT verdict, reason, words, url, text FROM other_pages") == [
        ("login", "9 words", 3, login.url, "Please log in.")
    ]
