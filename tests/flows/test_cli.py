"""The command line, run as a user runs it, on a small database; Prefect is not started here."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from pathlib import Path
from unittest import mock

import duckdb
import pytest
from support.builders import NOW, ago, article, feed, page, poll, prose, result, state
from support.filing import file_articles, record_polls
from typer.testing import CliRunner

from flows.cli import app as cli
from flows.cli.options import moment
from flows.orchestration.server import configured_api, healthy, prepare
from flows.settings import Settings, read_settings
from ingest.model import CopydeskError, Outcome, Verdict
from storage.reading import open_reader
from storage.snapshot.publish import snapshot_of
from storage.store import open_store
from storage.upkeep.tidy import Keep

COPYDESK = Path(sys.executable).parent / "copydesk"
STORY = "https://wire.example/news/1"
COPY = "https://daily.example/news/wire-story"
DEAD = "https://wire.example/news/gone"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("COPYDESK_", "PREFECT_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A database with one story of two outlets, an article alone, and a page that is gone."""
    db = tmp_path_factory.mktemp("made") / "copydesk.duckdb"
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        run_id = store.runs.begin(NOW)
        record_polls(store, run_id, [poll(state(), entries=[])], NOW)
        articles = [
            article(STORY, title="Harbour council votes", published=ago(hours=3)),
            article(COPY, title="Council votes on harbour", published=ago(hours=1)),
            article("https://daily.example/own", text=prose(500, 80)),
        ]
        file_articles(store, run_id, articles)
        store.pages.add(run_id, [page(DEAD)])
        gone = result(page(DEAD), Outcome.GONE, detail="HTTP 404")
        store.pages.settle(run_id, [gone], NOW)
        store.runs.note_entries(run_id, feeds=1, entries=4, retried=0)
        store.runs.end(run_id, "finished", {"total": 2.5})
    return db


@pytest.fixture
def filled(made, db):
    return Path(shutil.copy(made, db))


def copydesk(*args):
    """What a user sees: exit status, and what was printed. In this process: starting one takes most
    of two seconds."""
    printed, complaint = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ),  # which a command may change for what it starts
        mock.patch.object(sys, "argv", ["copydesk", *map(str, args)]),
        redirect_stdout(printed),
        redirect_stderr(complaint),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return ended.value.code or 0, printed.getvalue(), complaint.getvalue()


def test_the_program_names_every_command_and_where_the_database_is():
    ran = subprocess.run([COPYDESK, "--help"], capture_output=True, text=True, check=False)
    status, shown = ran.returncode, ran.stdout
    assert status == 0
    for command in (
        "demo",
        "run",
        "serve",
        "sql",
        "story",
        "why",
        "diff",
        "reindex",
        "eval",
        "status",
    ):
        assert re.search(rf"^.*\b{command}\b  ", shown, re.MULTILINE), command
    assert "COPYDESK_DB" in shown


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


def test_a_story_is_shown_by_its_number_and_by_any_of_its_addresses(filled):
    _, by_number, _ = copydesk("story", "--db", filled, "1")
    _, by_url, _ = copydesk("story", "--db", filled, f"{COPY}?utm_source=feed")
    assert by_number == by_url
    assert by_number.index(STORY) < by_number.index(COPY)
    assert "identical" in by_number
    assert "+2:00" in by_number


def test_why_two_articles_are_one_story_is_told_with_figures_and_the_rule(filled):
    status, shown, _ = copydesk("why", "--db", filled, STORY, COPY)
    assert status == 0
    assert "identical: every run of words is in both" in shown
    assert "Both are in story 1." in shown
    status, shown, _ = copydesk("why", "--db", filled, STORY, "https://daily.example/own")
    assert status == 0
    assert "nothing: they share no run of words" in shown
    assert "They are two stories." in shown


def test_a_difference_is_shown_by_marks_where_there_are_no_colours(db):
    with open_store(db) as store:
        text = "The harbour council voted by nine to four to sell the pier on Tuesday"
        later = text.replace("sell", "keep").replace(" on Tuesday", "")
        articles = [
            article(STORY, text=f"{text} night", published=ago(hours=3)),
            article(COPY, text=f"{later} today", published=ago(hours=1)),
        ]
        file_articles(store, store.runs.begin(NOW), articles)
    status, shown, _ = copydesk("diff", "--db", db, COPY, STORY)
    assert status == 0
    assert "by nine to four to [-sell-] {+keep+} the pier [-on Tuesday night-] {+today+}" in shown
    assert "words: 11 kept, 0 cut, 0 added, 4 changed" in shown


def test_one_article_is_not_compared_with_itself(filled):
    status, _, complaint = copydesk("diff", "--db", filled, STORY, f"{STORY}?utm_source=x")
    assert status == 1
    assert "are one article" in complaint


def test_status_says_when_the_index_was_made_with_other_parameters(filled):
    assert "reindex" not in copydesk("status", "--db", filled)[1]
    with open_store(filled) as store, store.transaction():
        store.index.clear()
    assert "3 articles are indexed with other parameters" in copydesk("status", "--db", filled)[1]


def test_an_index_is_made_anew(filled):
    status, shown, _ = copydesk("reindex", "--db", filled)
    assert status == 0
    assert "3 articles indexed, compared and folded anew" in shown
    _, shown, _ = copydesk("why", "--db", filled, STORY, COPY)
    assert "Both are in story 1." in shown


def test_labelled_pairs_are_measured_and_the_misjudged_named(filled, tmp_path):
    pairs, plot = tmp_path / "pairs.tsv", tmp_path / "sweep.svg"
    own = "https://daily.example/own"
    rows = [
        ("label", "url_a", "url_b"),
        ("copy", STORY, COPY),
        ("copy", STORY, own),
        ("shares", COPY, own),
        ("unrelated", COPY, "https://nowhere.example/"),
    ]
    pairs.write_text("".join("\t".join(row) + "\n" for row in rows))
    status, shown, _ = copydesk("eval", "pairs", pairs, "--db", filled, "--plot", plot)
    assert status == 0
    assert re.search(r"folded +1\.000 +0\.500 +0\.667", shown)
    assert "copy, became nothing" in shown
    assert plot.read_text().count("<polyline") == 15


def test_a_pairs_file_that_is_none_is_one_sentence(filled, tmp_path):
    wrong = tmp_path / "pairs.tsv"
    wrong.write_text("one,two\n")
    status, _, complaint = copydesk("eval", "pairs", wrong, "--db", filled)
    assert status == 1
    assert "names label, url_a and url_b" in complaint
    status, _, complaint = copydesk("eval", "pairs", tmp_path / "none.tsv", "--db", filled)
    assert status == 1
    assert "cannot read the pairs file" in complaint


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


def test_status_says_what_is_there_and_how_the_last_run_went(filled):
    _, shown, _ = copydesk("status", "--db", filled)
    assert re.search(r"articles +3\b", shown)
    assert "3 new, 1 gone" in shown
    assert "Run 1 finished (2.5 s" in shown


def test_the_database_is_named_by_a_variable_too(filled, monkeypatch):
    monkeypatch.setenv("COPYDESK_DB", str(filled))
    status, shown, _ = copydesk("status")
    assert (status, str(filled) in shown.replace("\n", "")) == (0, True)


def test_a_missing_database_is_one_sentence(tmp_path):
    status, _, complaint = copydesk("status", "--db", tmp_path / "none.duckdb")
    assert status == 1
    assert "no database at" in complaint


def test_a_missing_feed_list_is_said_before_anything_is_started(tmp_path):
    status, _, complaint = copydesk("run", "--db", tmp_path / "x.duckdb", "--feeds", "none.opml")
    assert status == 1
    assert "cannot read the feed list none.opml" in complaint


def test_a_run_without_feeds_says_how_to_name_some(tmp_path):
    status, _, complaint = copydesk("run", "--db", tmp_path / "x.duckdb")
    assert status == 1
    assert "--feeds" in complaint


def test_a_clock_that_is_no_time_is_refused():
    status, _, complaint = copydesk("run", "--now", "yesterday")
    assert status == 2
    assert "2016-11-05T02:00Z" in complaint


@pytest.mark.parametrize(
    ("text", "hour"),
    [("2026-09-17T12:00Z", 12), ("2026-09-17T12:00", 12), ("2026-09-17T12:00+02:00", 10)],
)
def test_a_clock_is_read_as_utc(text, hour):
    when = moment(text)
    assert when.hour == hour
    assert when.utcoffset() == timedelta(0)


def test_the_demo_will_not_mix_fiction_into_real_feeds(filled):
    status, _, complaint = copydesk("demo", "--db", filled)
    assert status == 1
    assert "holds real feeds" in complaint


def test_settings_are_listed_each_with_its_meaning():
    shown = CliRunner().invoke(cli.app, ["settings"]).output
    for name in Settings.model_fields:
        assert f"COPYDESK_{name.upper()}" in shown
    assert all(field.description for field in Settings.model_fields.values())


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "copydesk.toml").write_text('contact = "file"\nbatch = 7\nworkers = 3\n')
    monkeypatch.setenv("COPYDESK_BATCH", "8")
    monkeypatch.setenv("COPYDESK_WORKERS", "4")
    found = read_settings(workers=5, contact=None)
    assert (found.contact, found.batch, found.workers) == ("file", 8, 5)


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [("batch = 0", "batch"), ("bach = 10", "bach"), ("batch =", "copydesk.toml cannot be read")],
)
def test_a_wrong_setting_is_named(tmp_path, toml, complaint):
    (tmp_path / "copydesk.toml").write_text(toml)
    with pytest.raises(CopydeskError, match=complaint):
        read_settings()


def test_prefects_own_requests_never_go_through_the_users_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    prepare()
    exempt = set(os.environ["NO_PROXY"].split(","))
    assert exempt == {"intranet.example", "127.0.0.1", "localhost", "::1"}
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"]


def test_a_server_in_prefects_active_profile_counts_as_configured(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    assert configured_api() is None
    (tmp_path / "profiles.toml").write_text(
        'active = "team"\n[profiles.team]\nPREFECT_API_URL = "http://prefect.example/api"\n'
    )
    assert configured_api() == "http://prefect.example/api"
    monkeypatch.setenv("PREFECT_API_URL", "http://other.example/api")
    assert configured_api() == "http://other.example/api"


def test_a_port_where_nothing_listens_is_no_healthy_server():
    assert not healthy("http://127.0.0.1:9/api")


@pytest.mark.slow
def test_a_run_whose_prefect_server_does_not_answer_says_so_in_a_sentence(filled, tmp_path):
    environment = {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_HOME": str(tmp_path)}
    ran = subprocess.run(
        [COPYDESK, "run", "--due", "--db", filled],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    said = ran.stderr.strip()
    assert said.startswith("copydesk: the Prefect server at http://127.0.0.1:9/api does not answer")
    assert "\n" not in said


def test_what_only_sql_has_reaches_csv_and_json_whole(filled):
    query = "SELECT 0.00001234::DOUBLE AS x, 2 AS x, 'nan'::DOUBLE AS n, {'a': [1, NULL]} AS s"
    _, as_json, _ = copydesk("sql", "--db", filled, "--format", "json", query)
    assert json.loads(as_json) == [{"x": 1.234e-05, "x_2": 2, "n": None, "s": {"a": [1, None]}}]
    _, as_csv, _ = copydesk("sql", "--db", filled, "--format", "csv", query)
    assert list(csv.reader(io.StringIO(as_csv)))[1] == ["1.234e-05", "2", "", '{"a": [1, null]}']


def test_a_column_named_like_markup_is_shown_as_it_is(filled):
    _, shown, _ = copydesk("sql", "--db", filled, 'SELECT 1 AS "[/b]"')
    assert "[/b]" in shown


def test_a_run_that_was_killed_is_called_crashed(filled):
    with open_store(filled) as store:
        store.runs.begin(NOW)
    _, shown, _ = copydesk("status", "--db", filled)
    assert "Run 2 crashed" in shown


@pytest.mark.parametrize(
    "setting",
    ["PROXY=nonsense", "CONTACT=Zoë", "WORKERS=1000000", "UPKEEP_SCHEDULE=daily at three"],
)
def test_a_setting_that_cannot_work_is_refused_before_anything_starts(
    tmp_path, monkeypatch, setting
):
    name, value = setting.split("=")
    monkeypatch.setenv(f"COPYDESK_{name}", value)
    status, _, complaint = copydesk("run", "--db", tmp_path / "x.duckdb")
    assert status == 1
    assert name.lower() in complaint


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


def test_what_only_reads_is_answered_while_a_run_holds_the_database(filled, tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"label\turl_a\turl_b\ncopy\t{STORY}\t{COPY}\n")
    with open_store(filled) as store:
        store.publish()
        for command in (("why", STORY, COPY), ("diff", STORY, COPY), ("eval", "pairs", pairs)):
            status, _, complaint = copydesk(*command, "--db", filled)
            assert (status, complaint) == (0, ""), command


def test_a_pair_that_was_never_looked_up_is_not_said_to_be_filed(filled):
    texts = [prose(7000, 25), prose(7000, 25)]
    short = [article(f"https://{n}.example/short", text=t) for n, t in enumerate(texts)]
    with open_store(filled) as store:
        file_articles(store, 1, short)
    _, shown, _ = copydesk("why", "--db", filled, short[0].url, short[1].url)
    assert shown.startswith("identical")
    assert "That was found just now: nothing is filed of the two." in " ".join(shown.split())


def test_what_is_filed_of_dropped_texts_is_told_and_what_cannot_be_told_is_said(filled):
    with open_store(filled) as store:
        store.tidy(Keep(texts=timedelta(hours=2)), NOW)
        store.publish()
    status, shown, _ = copydesk("why", "--db", filled, STORY, COPY)
    assert status == 0
    assert shown.startswith("identical: every run of words is in both")
    assert "Both are in story 1." in shown
    for asked in (("diff", STORY, COPY), ("why", STORY, "https://daily.example/own")):
        status, _, complaint = copydesk(*asked, "--db", filled)
        assert status == 1
        assert f"the text of {STORY} is no longer kept" in " ".join(complaint.split())


def test_why_takes_addresses_and_says_so(filled):
    status, _, complaint = copydesk("why", "1", "2", "--db", filled)
    assert status == 1
    assert "1 is no address" in complaint


def test_a_plot_into_a_folder_that_is_not_there_is_said_before_the_work(filled, tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"label\turl_a\turl_b\ncopy\t{STORY}\t{COPY}\n")
    status, shown, complaint = copydesk(
        "eval", "pairs", pairs, "--db", filled, "--plot", tmp_path / "none" / "sweep.svg"
    )
    assert (status, shown) == (1, "")
    assert "there is no folder" in complaint


@pytest.mark.parametrize("name", ["texts", "stories", "ledger"])
def test_an_age_that_no_calendar_holds_is_refused(monkeypatch, name):
    monkeypatch.setenv(f"COPYDESK_KEEP_{name.upper()}_DAYS", "1e9")
    with pytest.raises(CopydeskError, match=f"keep_{name}_days: .* 36500"):
        read_settings()


def test_settings_that_do_not_go_together_are_told_and_nothing_else(monkeypatch):
    monkeypatch.setenv("COPYDESK_KEEP_TEXTS_DAYS", "5")
    with pytest.raises(CopydeskError) as caught:
        read_settings()
    assert str(caught.value).startswith(
        "a setting is wrong: keep_texts_days must be at least window_days, 14. Look at"
    )


def test_the_story_of_a_page_that_is_no_article_names_its_verdict(filled):
    url = "https://wire.example/login"
    with open_store(filled) as store:
        store.pages.add(1, [page(url)])
        read = article(url, text="Sign in.", verdict=Verdict.LOGIN, reason="it asks to sign in")
        store.pages.settle(1, [result(page(url), Outcome.LOGIN, other=read)], NOW)
    _, _, complaint = copydesk("story", "--db", filled, url)
    assert "judged login, it asks to sign in: what could be read is in other_pages" in complaint
