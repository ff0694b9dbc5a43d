"""The page for analysts: every view is on it, and every example on it runs."""

import re
from pathlib import Path

import duckdb
import pytest
from support.builders import (
    FEED_URL,
    NOW,
    ago,
    article,
    attempt,
    entry,
    feed,
    page,
    poll,
    prose,
)
from support.filing import file_articles, record_polls

from ingest.model import HARD, WEIGHTS, Outcome
from storage.reading import open_reader
from storage.snapshot.publish import snapshot_of
from storage.store import open_store

PAGE = (Path(__file__).parent.parent.parent / "docs" / "sql.md").read_text()
FIRST = "https://wire.example/ferry"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


QUERIES = [query.strip() for block in blocks("sql") for query in block.split(";") if query.strip()]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A story of two outlets, an article alone, and an address that two feeds list."""
    db = tmp_path_factory.mktemp("views") / "news.duckdb"
    other = feed("https://daily.example/feed")
    with open_store(db) as store:
        first, second = store.feeds.subscribe([feed(), other], NOW)
        run_id = store.runs.begin(NOW)
        record_polls(store, run_id, [poll(first, entries=[entry(FIRST)])], NOW)
        text = f"Crews put out a ferry fire. {prose(0, 90)}"
        file_articles(
            store,
            run_id,
            [
                article(FIRST, title="Ferry fire", text=text, published=ago(hours=5)),
                article("https://daily.example/1", text=text, published=ago(hours=3)),
                article("https://daily.example/own", text=prose(5000, 90)),
            ],
        )
        store.pages.add_sightings([page(FIRST), page(FIRST, feed_id=second.feed_id)])
        store.runs.end(run_id, "finished", {"total": 1.0})
        store.publish()
    return db


@pytest.fixture
def ask(published):
    with open_reader(published) as reader:
        yield lambda sql: reader.query(sql).rows


@pytest.mark.parametrize("query", QUERIES)
def test_every_example_on_the_page_runs(ask, query):
    ask(query)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # in DuckDB's own .df(), with pandas 3.1
def test_the_python_example_on_the_page_runs(published, monkeypatch):
    (code,) = blocks("python")
    monkeypatch.chdir(published.parent)
    names = {}
    exec(code, names)  # noqa: S102  it is what the page tells its reader to type
    assert len(names["news"].sql("FROM originals").df()) == 2
    names["news"].close()


def test_the_page_has_every_view_and_macro_and_no_other(ask):
    views = {row[0] for row in ask("SELECT view_name FROM dictionary")}
    macros = {
        row[0]
        for row in ask(
            "SELECT function_name FROM duckdb_functions() WHERE schema_name = 'main' "
            "AND NOT internal AND function_type = 'table_macro'"
        )
    }
    assert set(re.findall(r"^### (\w+)", PAGE, re.MULTILINE)) == views | macros
    assert macros == {"search"}


def test_every_macro_says_what_it_is(ask):
    assert ask(
        "SELECT comment IS NOT NULL FROM duckdb_functions() WHERE function_name = 'search'"
    ) == [(True,)]


def test_views_have_types_that_tools_understand(ask):
    kinds = {kind for (kind,) in ask("SELECT DISTINCT type FROM dictionary")}
    assert not {
        kind for kind in kinds if kind.startswith(("JSON", "STRUCT", "MAP", "BLOB", "UNION"))
    }
    assert "TIMESTAMP" not in kinds
    assert "VARCHAR[]" in kinds


def test_originals_are_one_row_a_story(ask):
    assert ask("SELECT title, outlet, copies, outlets FROM originals ORDER BY copies DESC") == [
        ("Ferry fire", "wire.example", 1, 2),
        ("Harbour council votes", "daily.example", 0, 1),
    ]


def test_a_copy_stands_next_to_its_original(ask):
    assert ask(
        "SELECT outlet, original_outlet, lag, relation, containment, original_url FROM copies"
    ) == [("daily.example", "wire.example", NOW - ago(hours=2), "identical", 1.0, FIRST)]


def test_articles_are_originals_and_copies_and_nothing_else(ask):
    ids = [
        set(ask(f"SELECT article_id, story_id FROM {view}"))
        for view in ("articles", "originals", "copies")
    ]
    assert ids[0] == ids[1] | ids[2]
    assert not ids[1] & ids[2]


def test_a_sighting_is_a_feed_and_an_address(ask):
    assert ask(
        f"SELECT feed_url, article_id IS NOT NULL FROM sightings WHERE url = '{FIRST}' ORDER BY 1"
    ) == [("https://daily.example/feed", True), ("https://wire.example/feeds/all.xml", True)]


def test_the_ledger_by_day_has_every_request(ask):
    assert ask("SELECT kind, sum(requests) FROM fetch_days GROUP BY kind ORDER BY kind") == ask(
        "SELECT kind, count(*) FROM fetches GROUP BY kind ORDER BY kind"
    )


def test_the_views_answer_from_beside_another_database(published):
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{snapshot_of(published)}' AS news (READ_ONLY)")
        assert connection.execute("SELECT count(*) FROM news.articles").fetchall() == [(3,)]
        connection.execute("USE news")
        assert connection.execute("SELECT count(*) FROM search('ferry')").fetchall() == [(2,)]


@pytest.mark.parametrize("outcome", Outcome)
def test_a_request_is_classed_by_what_its_failure_weighs(store, run, outcome):
    asked = attempt(outcome, kind="feed", url=FEED_URL)
    record_polls(store, run, [poll(attempt=asked, entries=[])], NOW)
    if outcome in {Outcome.READ, Outcome.UNCHANGED}:
        expected = "success"
    else:
        expected = {HARD: "hard", 0.5: "soft"}.get(WEIGHTS.get(outcome, HARD), "passing")
    assert store.reader().query("SELECT class FROM fetches").rows == [(expected,)]


@pytest.fixture
def wired(db):
    """A story that one outlet credits to AP, another to Reuters, and two to nobody; one's own."""

    def told(outlet, hours, **fields):
        url = f"https://{outlet}.example/dam"
        return article(url, text=prose(0, 90), published=ago(hours=hours), **fields)

    def by(agency):
        return {"agency": agency, "agency_confidence": 0.9, "agency_from": "byline"}

    with open_store(db) as store:
        told_by = [
            told("reut", 4, **by("Reuters")),
            told("appy", 3, **by("AP")),
            told("bare", 2),
            told("hint", 1, **{**by("dpa"), "agency_confidence": 0.3}),
            article("https://bare.example/own", text=prose(5000, 90), published=ago(hours=1)),
        ]
        file_articles(store, store.runs.begin(NOW), told_by)
        yield lambda sql: store.reader().query(sql).rows


def test_an_articles_own_credit_wins_over_its_storys(wired):
    assert wired(
        "SELECT outlet, agency, credited, confidence FROM wire_pickup ORDER BY outlet"
    ) == [
        ("appy.example", "AP", True, 0.9),
        ("bare.example", "AP", False, 0.9),
        ("hint.example", "AP", False, 0.9),
        ("reut.example", "Reuters", True, 0.9),
    ]


def test_originality_is_of_what_each_outlet_ran(wired):
    assert wired(
        "SELECT outlet, articles, original, agency, copied, abridged FROM outlet_originality "
        "ORDER BY outlet"
    ) == [
        ("appy.example", 1, 0, 1, 1, 0),
        ("bare.example", 2, 0.5, 0.5, 0.5, 0),
        ("hint.example", 1, 0, 1, 1, 0),
        ("reut.example", 1, 0, 1, 0, 0),
    ]
