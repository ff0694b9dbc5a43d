from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from support.builders import (
    NOW,
    SKETCH,
    ago,
    article,
    entry,
    feed,
    match,
    page,
    poll,
    prose,
    result,
    state,
)
from support.filing import file_articles, pending, record_polls
from support.processes import READER, Other
from typer.testing import CliRunner

from flows.cli import app as cli
from flows.pipeline.folding import reindex
from flows.settings import read_settings
from ingest.model import CopydeskError, Outcome, Verdict
from storage.core.connection import connect
from storage.core.errors import HeldError
from storage.core.migrate import schema_version
from storage.core.tables import OF_ARTICLE, OF_PAIR
from storage.reading import open_reader
from storage.store import open_store
from storage.upkeep.compact import compact
from storage.upkeep.tidy import Keep

FOREVER = Keep(ledger=None)


def days(number):
    return timedelta(days=number)


def told(age, url, text, **fields):
    return article(url, text=text, published=ago(days=age), first_seen=ago(days=age), **fields)


@pytest.fixture
def filed(db):
    """A story of 100 days ago, one of 33 and 28 days ago, one of today; runs 100 days apart."""
    old, long, fresh = prose(0, 90), prose(1000, 90), prose(2000, 90)
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        first = store.runs.begin(ago(days=100))
        record_polls(store, first, [poll(state(), entries=[entry(), entry()])], ago(days=100))
        file_articles(
            store,
            first,
            [
                told(100, "https://wire.example/old", old),
                told(99, "https://daily.example/old", old),
                told(33, "https://wire.example/long", long),
            ],
        )
        store.runs.end(first, "finished", {"total": 1.0})
        second = store.runs.begin(NOW)
        file_articles(
            store,
            second,
            [
                told(28, "https://daily.example/long", long),
                told(0, "https://wire.example/fresh", fresh),
            ],
        )
        store.runs.end(second, "finished", {"total": 1.0})
        store.publish()
    return db


def keep_tidy(db, keep, now=NOW):
    with open_store(db) as store:
        return {done.step: done for done in store.tidy(keep, now)}


def rows(db, sql):
    with open_reader(db, latest=True) as reader:
        return reader.query(sql).rows


def of_tables(db, select):
    """What a query answers of each table."""
    named = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'core' ORDER BY 1"
    with open_reader(db, latest=True) as reader:
        return {
            name: reader.query(f"{select} FROM core.{name}").rows
            for (name,) in reader.query(named).rows
        }


def counts(db):
    return {name: count for name, ((count,),) in of_tables(db, "SELECT count(*)").items()}


def test_nothing_is_dropped_where_all_is_kept_for_ever(filed):
    before = counts(filed)
    done = keep_tidy(filed, FOREVER)
    assert not any(step.changed for step in done.values())
    assert counts(filed) == before


def test_old_texts_go_and_their_articles_stay(filed):
    done = keep_tidy(filed, replace(FOREVER, texts=days(30)))
    assert done["texts"].what.startswith("3 articles before 2026-08-18 lost theirs")
    assert {url for (url,) in rows(filed, "SELECT url FROM articles WHERE text = ''")} == {
        "https://wire.example/old",
        "https://daily.example/old",
        "https://wire.example/long",
    }
    assert rows(filed, "SELECT count(*), count(*) FILTER (words = 90) FROM articles") == [(5, 5)]
    left = counts(filed)
    assert (left["sketches"], left["members"], left["articles"]) == (2, 5, 5)
    assert rows(
        filed, "SELECT count(*) FROM core.bands ANTI JOIN core.sketches USING (article_id)"
    ) == [(0,)]


def test_what_is_left_of_a_text_is_still_found(filed):
    keep_tidy(filed, replace(FOREVER, texts=days(30)))
    with open_store(filed) as store:
        store.publish()
    assert rows(filed, "SELECT count(*) FROM search('w5')") == [(0,)]
    assert rows(filed, "SELECT count(*) FROM search('harbour')") == [(5,)]


def test_a_story_goes_whole_when_its_last_article_is_old_and_not_before(filed):
    done = keep_tidy(filed, replace(FOREVER, stories=days(30)))
    assert done["stories"].what == (
        "1 last added to before 2026-08-18 dropped, 2 articles; 0 other pages too"
    )
    assert {url for (url,) in rows(filed, "SELECT url FROM articles")} == {
        "https://wire.example/long",
        "https://daily.example/long",
        "https://wire.example/fresh",
    }
    assert rows(filed, "SELECT count(*) FROM core.matches") == [(1,)]
    for table in ("sketches", "bands", "members", "search_docs"):
        assert rows(
            filed, f"SELECT count(*) FROM core.{table} ANTI JOIN core.articles USING (article_id)"
        ) == [(0,)], table


def test_a_page_of_a_dropped_article_stays_known_and_says_so(filed):
    done = keep_tidy(filed, replace(FOREVER, stories=days(30)))
    assert done["pages"].changed
    assert (
        rows(
            filed,
            "SELECT outcome, detail, article_id FROM pages WHERE url LIKE '%/old' ORDER BY url",
        )
        == [("new", "its article was dropped by upkeep", None)] * 2
    )
    with open_store(filed) as store:
        known = page("https://wire.example/old").page_id
        assert store.pages.known([known]) == {known}
        assert pending(store, 3, NOW + days(1)) == []


def test_a_page_that_led_to_an_article_gives_up_the_feeds_content(filed):
    with open_store(filed) as store:
        store.pages.add(2, [page("https://wire.example/later", content="<p>later</p>")])
    with duckdb.connect(str(filed)) as connection:
        connection.execute("UPDATE core.pages SET content = '<p>long</p>' WHERE outcome = 'new'")
    assert "5 cleared of the feed's content" in keep_tidy(filed, FOREVER)["pages"].what
    assert rows(filed, "SELECT content FROM core.pages WHERE content <> ''") == [("<p>later</p>",)]


def test_the_old_ledger_is_rolled_up_and_its_sums_stay(filed):
    sums = (
        "SELECT run_id, outcome, sum(entries) FROM outcomes GROUP BY ALL ORDER BY ALL",
        "SELECT run_id, articles FROM runs ORDER BY run_id",
        "SELECT day, kind, host, outcome, requests, fresh FROM fetch_days ORDER BY ALL",
    )
    before = [rows(filed, sql) for sql in sums]
    done = keep_tidy(filed, Keep(ledger=days(90)))
    assert done["ledger"].what == "1 requests and 3 outcomes before 2026-06-19 rolled up"
    assert [rows(filed, sql) for sql in sums] == before
    assert rows(filed, "SELECT count(*) FROM fetches WHERE fetched_at < '2026-06-19'") == [(0,)]
    assert rows(filed, "SELECT count(*) FROM outcomes WHERE run_id = 1 AND url <> ''") == [(0,)]
    assert rows(filed, "SELECT count(*) FROM outcomes WHERE run_id = 2 AND url <> ''") == [(2,)]


def test_upkeep_twice_does_nothing_the_second_time(filed):
    keep = Keep(texts=days(30), stories=days(60), ledger=days(30))
    keep_tidy(filed, keep)
    before = counts(filed)
    assert not any(step.changed for step in keep_tidy(filed, keep).values())
    assert counts(filed) == before


def test_folding_goes_on_after_upkeep(filed):
    keep_tidy(filed, Keep(texts=days(5), stories=days(50), ledger=days(30)))
    with open_store(filed) as store:
        run_id = store.runs.begin(NOW)
        copy = told(0, "https://daily.example/fresh", prose(2000, 90))
        file_articles(store, run_id, [copy])
    assert rows(filed, "SELECT articles FROM stories ORDER BY articles DESC LIMIT 1") == [(2,)]


def test_reindexing_leaves_what_was_found_of_dropped_texts(filed):
    keep_tidy(filed, replace(FOREVER, texts=days(30)))
    asked = (
        "SELECT story_id, url, is_original FROM articles ORDER BY url",
        "SELECT a, b, relation FROM matches ORDER BY a, b",
    )
    before = [rows(filed, sql) for sql in asked]
    with open_store(filed) as store:
        assert store.index.stale(SKETCH.fingerprint) == 0
        assert reindex(store, 2, days(14)) == 2
    assert [rows(filed, sql) for sql in asked] == before


def test_the_number_of_a_dropped_story_is_never_given_again(filed):
    last = rows(filed, "SELECT max(story_id) FROM stories")
    later = NOW + days(200)
    keep_tidy(filed, replace(FOREVER, stories=days(30)), later)
    assert rows(filed, "SELECT count(*) FROM stories") == [(0,)]
    with open_store(filed) as store:
        file_articles(
            store, store.runs.begin(later), [told(-200, "https://wire.example/next", prose(0, 90))]
        )
    assert rows(filed, f"SELECT story_id > {last[0][0]} FROM stories") == [(True,)]


def test_every_table_with_rows_of_an_article_is_known_to_upkeep(filed):
    columns = rows(
        filed,
        "SELECT table_name, list(column_name) FROM duckdb_columns() WHERE schema_name = 'core' "
        "AND column_name IN ('article_id', 'a', 'b') GROUP BY ALL",
    )
    found = {name: set(named) for name, named in columns}
    outliving = {"pages", "moves", "search_docs"}  # these dropped by their own steps, or kept
    assert {t for t in found if "article_id" in found[t]} - outliving == set(OF_ARTICLE)
    assert {t for t in found if {"a", "b"} <= found[t]} == set(OF_PAIR)


def shared_passage(store, one, other):
    ids = [article(url).article_id for url in (one, other)]
    store.matches.add(1, [match(*ids, None)])


def test_passages_go_with_either_of_their_articles(filed):
    with open_store(filed) as store:
        shared_passage(store, "https://wire.example/old", "https://wire.example/long")
        shared_passage(store, "https://wire.example/long", "https://wire.example/fresh")
    keep_tidy(filed, replace(FOREVER, stories=days(30)))
    assert rows(filed, "SELECT count(*) FROM core.passages") == [(1,)]


def test_pairs_that_are_still_to_be_compared_go_with_either_of_their_articles(filed):
    urls = [f"https://wire.example/{name}" for name in ("fresh", "long", "old")]
    fresh, long, old = (article(url).article_id for url in urls)
    with open_store(filed) as store:
        store.matches.postpone(1, [(fresh, long), (long, old)])
        store.matches.settle([(long, old)])
        store.matches.postpone(1, [(fresh, old), (fresh, long)])
    assert rows(filed, "SELECT count(*) FROM core.uncompared") == [(2,)]
    keep_tidy(filed, replace(FOREVER, stories=days(30)))
    assert rows(filed, "SELECT count(*) FROM core.uncompared") == [(1,)]


def add_other(store, url, age):
    seen = page(url, first_seen=ago(days=age))
    store.pages.add(1, [seen])
    read = article(url, text="Sign in to read on.", verdict=Verdict.LOGIN, reason="it says so")
    store.pages.settle(1, [result(seen, Outcome.NO_TEXT, other=read)], NOW)


def test_other_pages_lose_their_text_once_and_then_go(filed):
    with open_store(filed) as store:
        add_other(store, "https://wire.example/login", 40)
        add_other(store, "https://wire.example/later", 3)
    texts = replace(FOREVER, texts=days(30))
    assert keep_tidy(filed, texts)["texts"].what.endswith("; 1 other pages too")
    assert not keep_tidy(filed, texts)["texts"].changed
    assert keep_tidy(filed, replace(FOREVER, stories=days(30)))["stories"].what.endswith(
        "; 1 other pages too"
    )
    assert rows(filed, "SELECT url FROM other_pages") == [("https://wire.example/later",)]
    assert rows(filed, "SELECT count(*) FROM pages WHERE url LIKE '%/login'") == [(1,)]


# compaction


def fill(db, runs, size=300):
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        for run in range(runs):
            texts = [prose(run * 10**6 + n * 5000, 400) for n in range(size)]
            file_articles(
                store,
                store.runs.begin(NOW),
                [told(run * 50, f"https://wire.example/{run}/{n}", t) for n, t in enumerate(texts)],
            )
        store.publish()


def everything(db):
    """All rows of all tables, and all views and macros."""
    made = "SELECT schema_name, table_name, sql FROM duckdb_tables() ORDER BY ALL"
    views = "SELECT view_name, sql, comment FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
    held = {name: sorted(map(repr, found)) for name, found in of_tables(db, "SELECT *").items()}
    return held, rows(db, made), rows(db, views), rows(db, "SELECT url FROM search('w1')")


def test_compaction_gives_back_the_room_and_changes_nothing_else(db):
    fill(db, 3)
    keep_tidy(db, replace(FOREVER, stories=days(20)))
    before, size = everything(db), db.stat().st_size
    done = compact(db, anyway=True)
    assert done.what.startswith("rebuilt: ")
    assert db.stat().st_size < size * 0.7
    assert everything(db) == before
    connection = connect(db)
    assert schema_version(connection) == len(rows_of_migrations(connection)) - 1
    connection.close()
    assert [file.name for file in db.parent.iterdir() if "compact" in file.name] == []


def rows_of_migrations(connection):
    return connection.execute("FROM core.migrations").fetchall()


def test_a_file_without_air_is_left_as_it_is(filed):
    connect(filed).close()
    before = filed.stat().st_ino
    done = compact(filed)
    assert done.what.endswith("left as it is")
    assert filed.stat().st_ino == before


def test_a_table_of_somebody_else_is_never_lost(filed):
    with duckdb.connect(str(filed)) as connection:
        connection.execute("CREATE TABLE main.notes AS SELECT 'mine' AS note")
    done = compact(filed, anyway=True)
    assert done.what == "not rebuilt: main.notes is not a table of Copydesk's"
    assert rows(filed, "FROM notes") == [("mine",)]


def test_what_a_killed_compaction_left_is_cleared_by_the_next(filed):
    left = filed.with_name(f"{filed.name}.compact")
    left.write_bytes(b"half")
    before = everything(filed)
    assert compact(filed, anyway=True).changed
    assert not left.exists()
    assert everything(filed) == before


def test_what_a_killed_compaction_left_goes_where_nothing_is_rebuilt_either(filed):
    for left in (".compact", ".compact.wal"):
        filed.with_name(filed.name + left).write_bytes(b"half of one")
    assert not compact(filed).changed
    assert [file.name for file in filed.parent.iterdir() if "compact" in file.name] == []


def test_a_link_to_a_database_stays_one_when_that_is_rebuilt(filed):
    link = filed.with_name("link.duckdb")
    link.symlink_to(filed)
    assert compact(link, anyway=True).changed
    assert link.is_symlink()
    assert len(rows(filed, "FROM articles")) == 5


def test_a_snapshot_held_open_survives_compaction(filed):
    with open_reader(filed) as reader:
        assert compact(filed, anyway=True).changed
        assert reader.query("SELECT count(*) FROM articles").rows == [(5,)]


def test_a_reader_of_the_database_itself_holds_compaction_up_and_is_named(filed):
    held = Other(READER, filed)
    assert held.ask() == "5"
    with pytest.raises(HeldError, match=f"in use by process {held.child.pid} "):
        compact(filed, anyway=True)
    held.end()


def test_the_command_says_what_each_step_did(filed, monkeypatch):
    monkeypatch.setenv("COPYDESK_KEEP_STORIES_DAYS", "30")
    ran = CliRunner().invoke(
        cli.app, ["upkeep", "--db", str(filed), "--now", NOW.isoformat(), "--rebuild"]
    )
    assert ran.exit_code == 0, ran.output
    told = dict(line.split(maxsplit=1) for line in ran.output.splitlines())
    assert list(told) == ["texts", "stories", "ledger", "pages", "file", "snapshot"]
    assert told["stories"].startswith("1 last added to before 2026-08-18")
    assert told["file"].startswith("rebuilt: ")
    with open_reader(filed) as reader:  # what readers see is after it, too
        assert reader.query("SELECT count(*) FROM articles").rows == [(3,)]


@pytest.mark.parametrize("name", ["texts", "stories"])
def test_what_may_still_be_compared_must_be_kept(monkeypatch, name):
    monkeypatch.setenv(f"COPYDESK_KEEP_{name.upper()}_DAYS", "13")
    with pytest.raises(CopydeskError, match=f"keep_{name}_days must be at least window_days, 14"):
        read_settings()
