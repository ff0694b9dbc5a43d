"""`copydesk sql`, `copydesk story` and `copydesk status`, as a user types them."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import time

import pytest
from support.builders import NOW, article, page, result
from support.commands import COPY, COPYDESK, DEAD, STORY, copydesk

from ingest.model import Outcome, Verdict
from storage.store import open_store


def test_sql_prints_a_table_for_people(filled):
    status, shown, _ = copydesk("sql", "--db", filled, "SELECT outlet FROM articles ORDER BY 1")
    assert status == 0
    assert "daily.example" in shown
    assert "3 rows" in shown


def test_more_columns_than_a_terminal_is_wide_are_shown_one_below_the_other(filled):
    _, shown, _ = copydesk("sql", "--db", filled, "FROM articles ORDER BY url DESC LIMIT 1")
    assert re.search(r"^row 1 *$", shown, re.MULTILINE)
    assert re.search(r"^title +Harbour council votes *$", shown, re.MULTILINE)
    assert "1 row, as of run 1" in shown


def test_sql_prints_csv_that_a_reader_of_csv_understands(filled):
    query = "SELECT title, authors, published FROM articles ORDER BY published LIMIT 1"
    _, shown, _ = copydesk("sql", "--db", filled, "--format", "csv", query)
    rows = list(csv.reader(io.StringIO(shown)))
    assert rows[0] == ["title", "authors", "published"]
    assert rows[1] == ["Harbour council votes", "[]", "2026-09-17 09:00:00+00:00"]


def test_sql_prints_json_that_a_reader_of_json_understands(filled):
    query = "SELECT story_id, articles, outlet_names FROM stories ORDER BY articles DESC LIMIT 1"
    _, shown, _ = copydesk("sql", "--db", filled, "--format", "json", query)
    assert json.loads(shown) == [
        {"story_id": 1, "articles": 2, "outlet_names": ["daily.example", "wire.example"]}
    ]


def test_a_mistake_in_the_sql_is_one_sentence_and_no_traceback(filled):
    status, _, complaint = copydesk("sql", "--db", filled, "SELECT nothing FROM articles")
    assert status == 1
    assert "nothing" in complaint
    assert "Traceback" not in complaint


def test_sql_cannot_write(filled):
    status, _, complaint = copydesk("sql", "--db", filled, "DELETE FROM core.articles")
    assert status == 1
    assert "read-only" in complaint


def test_what_only_sql_has_reaches_csv_and_json_whole(filled):
    query = "SELECT 0.00001234::DOUBLE AS x, 2 AS x, 'nan'::DOUBLE AS n, {'a': [1, NULL]} AS s"
    _, as_json, _ = copydesk("sql", "--db", filled, "--format", "json", query)
    assert json.loads(as_json) == [{"x": 1.234e-05, "x_2": 2, "n": None, "s": {"a": [1, None]}}]
    _, as_csv, _ = copydesk("sql", "--db", filled, "--format", "csv", query)
    assert list(csv.reader(io.StringIO(as_csv)))[1] == ["1.234e-05", "2", "", '{"a": [1, null]}']


def test_a_column_named_like_markup_is_shown_as_it_is(filled):
    _, shown, _ = copydesk("sql", "--db", filled, 'SELECT 1 AS "[/b]"')
    assert "[/b]" in shown


def test_a_story_is_shown_by_its_number_and_by_any_of_its_addresses(filled):
    _, by_number, _ = copydesk("story", "--db", filled, "1")
    _, by_url, _ = copydesk("story", "--db", filled, f"{COPY}?utm_source=feed")
    assert by_number == by_url
    assert by_number.index(STORY) < by_number.index(COPY)
    assert "identical" in by_number
    assert "+2:00" in by_number


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ("99", "no story 99"),
        ("https://nobody.example/", "no feed has listed"),
        (DEAD, "gone (HTTP 404)"),
        ("harbour", "neither the number of a story nor"),
    ],
)
def test_a_story_that_is_not_there_is_explained(filled, key, complaint):
    status, _, shown = copydesk("story", "--db", filled, key)
    assert status == 1
    assert complaint in " ".join(shown.split())


def test_the_story_of_a_page_that_is_no_article_names_its_verdict(filled):
    url = "https://wire.example/login"
    with open_store(filled) as store:
        store.pages.add(1, [page(url)])
        read = article(url, text="Sign in.", verdict=Verdict.LOGIN, reason="it asks to sign in")
        results = [result(page(url), Outcome.LOGIN, other=read)]
        store.pages.settle(1, results, NOW)
    _, _, complaint = copydesk("story", "--db", filled, url)
    assert "judged login, it asks to sign in: what could be read is in other_pages" in complaint


def test_status_says_what_is_there_and_how_the_last_run_went(filled):
    _, shown, _ = copydesk("status", "--db", filled)
    assert re.search(r"articles +3\b", shown)
    assert "3 new, 1 gone" in shown
    assert "Run 1 finished (2.5 s" in shown


def test_status_says_when_the_index_was_made_with_other_parameters(filled):
    assert "reindex" not in copydesk("status", "--db", filled)[1]
    with open_store(filled) as store, store.transaction():
        store.index.clear()
    assert "3 articles are indexed with other parameters" in copydesk("status", "--db", filled)[1]


def test_status_counts_the_articles_that_are_still_to_be_compared(filled):
    assert "reindex" not in copydesk("status", "--db", filled)[1]
    with open_store(filled) as store:
        a, b, *_ = sorted(store.articles.ids())
        store.matches.postpone(1, [(a, b)])
    assert "2 articles are still to be compared" in copydesk("status", "--db", filled)[1]


def test_a_run_that_was_killed_is_called_crashed(filled):
    with open_store(filled) as store:
        store.runs.begin(NOW)
    _, shown, _ = copydesk("status", "--db", filled)
    assert "Run 2 crashed" in shown


def test_more_rows_than_the_limit_are_cut_with_a_sentence_and_status_1(filled, monkeypatch):
    monkeypatch.setenv("COPYDESK_QUERY_ROWS", "2")
    status, shown, complaint = copydesk("sql", "--db", filled, "--format", "csv", "FROM range(20)")
    assert status == 1
    assert shown.split() == ["range", "0", "1"]
    assert "the first 2 rows and there are more" in " ".join(complaint.split())


def test_a_query_that_takes_too_long_is_one_sentence(filled, monkeypatch):
    monkeypatch.setenv("COPYDESK_QUERY_TIME_LIMIT", "0.5")
    endless = "SELECT count(hash(a.range * b.range)) FROM range(1000000) a, range(1000000) b"
    status, _, complaint = copydesk("sql", "--db", filled, endless)
    assert status == 1
    assert "took longer than 0.5 s and was ended" in " ".join(complaint.split())


def start_endless(db, limit):
    """A query that DuckDB can't interrupt, in a program of its own."""
    query = "SELECT levenshtein(repeat('a', 300000), repeat('b', 300000))"
    return subprocess.Popen(
        [COPYDESK, "sql", "--db", db, query],
        env=os.environ | {"COPYDESK_QUERY_TIME_LIMIT": str(limit)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_function_that_cannot_be_interrupted_ends_soon_after_the_limit(filled):
    with start_endless(filled, 0.5) as query:
        try:
            _, complaint = query.communicate(timeout=30)
        finally:
            query.kill()
    assert query.returncode == 1
    assert complaint == (
        "copydesk: the query took longer than 0.5 s and was ended: ask for less, or raise "
        "COPYDESK_QUERY_TIME_LIMIT\n"
    )


def test_a_second_ctrl_c_ends_a_function_that_cannot_be_interrupted(filled):
    with start_endless(filled, 600) as query:
        try:
            time.sleep(6)  # until the query is at work
            query.send_signal(signal.SIGINT)
            time.sleep(0.5)
            assert query.poll() is None
            query.send_signal(signal.SIGINT)
            _, complaint = query.communicate(timeout=5)
        finally:
            query.kill()
    assert (query.returncode, complaint) == (130, "copydesk: interrupted\n")


def test_no_text_in_csv_for_spreadsheets_is_a_formula(filled):
    cells = ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "plain", "a=1", ""]
    query = "SELECT unnest(" + str(cells) + ') AS "=a", -1 AS number'
    query = query.replace("'\\t=1'", "chr(9) || '=1'").replace("'\\r=1'", "chr(13) || '=1'")
    _, plain, _ = copydesk("sql", "--db", filled, "--format", "csv", query)
    _, safe, _ = copydesk("sql", "--db", filled, "--format", "csv", "--for-spreadsheets", query)
    kept, changed = (list(csv.reader(io.StringIO(text, newline=""))) for text in (plain, safe))
    shown = [cell.replace("\r", " ") for cell in cells]  # a control character becomes a space
    assert [row[0] for row in kept] == ["=a", *shown]
    assert [row[0] for row in changed] == [f"'{cell}" for cell in ["=a", *shown[:5]]] + shown[5:]
    assert {row[1] for row in changed[1:]} == {"-1"}


def test_for_spreadsheets_is_refused_without_csv(filled):
    status, _, complaint = copydesk("sql", "--db", filled, "--for-spreadsheets", "SELECT 1")
    assert status == 2
    assert "only with --format csv" in complaint
