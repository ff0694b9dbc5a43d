"""`copydesk reindex`, `copydesk reclean` and `copydesk upkeep`."""

import duckdb
import pytest
from support.builders import article, prose
from support.commands import COPY, STORY, copydesk
from support.filing import file_articles

from ingest.model import Story
from storage.reading import open_reader
from storage.snapshot.publish import snapshot_of
from storage.store import open_store


def test_an_index_is_made_anew(filled):
    status, shown, _ = copydesk("reindex", "--db", filled)
    assert status == 0
    assert "3 articles indexed, compared and folded again; 0 of them are in another" in shown
    _, shown, _ = copydesk("why", "--db", filled, STORY, COPY)
    assert "Both are in story 1." in shown


def test_reindexing_says_how_many_articles_changed_their_story(filled):
    with open_store(filled) as store, store.transaction():
        copy = store.reader().article(COPY).article_id
        store.stories.put(1, [Story(story_id=None, original=copy, members=(copy,))])
    _, shown, _ = copydesk("reindex", "--db", filled)
    assert "; 1 of them are in another story now (view moves)" in shown
    _, shown, _ = copydesk("why", "--db", filled, STORY, COPY)
    assert "Both are in story" in shown


def test_reindexing_and_recleaning_renew_what_readers_see(filled):
    with open_store(filled) as store:
        store.publish()
    for command in ("reindex", "reclean"):
        before = snapshot_of(filled).stat().st_ino
        assert copydesk(command, "--db", filled)[0] == 0
        assert snapshot_of(filled).stat().st_ino != before, command


def test_a_line_taken_out_by_recleaning_is_searched_for_no_longer(filled):
    call = "Subscribe to our gazettebrief"
    with open_store(filled) as store:
        run_id = store.runs.last()
        file_articles(
            store,
            run_id,
            [
                article(f"https://bell.example/{n}", text=f"{prose(1000 * n, 80)}\n{call}")
                for n in range(1, 6)
            ],
        )
        store.publish()
    asked = (
        "sql",
        "--db",
        filled,
        "--format",
        "csv",
        "SELECT count(*) FROM search('gazettebrief')",
    )
    assert copydesk(*asked)[1].split() == ["count_star()", "5"]
    assert "5 lines taken out of 5 articles" in copydesk("reclean", "--db", filled)[1]
    assert copydesk(*asked)[1].split() == ["count_star()", "0"]


def outdated(db):
    """Makes a database look as one of an earlier schema: its last migration never happened."""
    with duckdb.connect(str(db)) as connection:
        for table in ("counters", "search_docs", "search_terms", "fetch_days"):
            connection.execute(f"DROP TABLE core.{table}")
        connection.execute("DELETE FROM core.migrations WHERE number = 6")


@pytest.mark.parametrize("command", ["reindex", "demo"])
def test_a_database_of_an_earlier_schema_is_brought_up_to_date(filled, command):
    outdated(filled)
    _, _, complaint = copydesk(command, "--db", filled)
    assert complaint == "" or "holds real feeds" in complaint
    with open_reader(filled, latest=True) as reader:
        assert reader.query("SELECT count(*) FROM core.counters").rows == [(1,)]


@pytest.mark.parametrize("command", ["upkeep", "reindex", "reclean"])
def test_a_database_that_is_not_there_is_not_made(tmp_path, command):
    status, _, complaint = copydesk(command, "--db", tmp_path / "typo.duckdb")
    assert status == 1
    assert "no database at" in complaint
    assert list(tmp_path.glob("typo*")) == []
