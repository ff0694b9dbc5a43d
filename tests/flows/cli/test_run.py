"""`copydesk run` and `copydesk demo`, as far as they get without Prefect."""

import os
import subprocess
from datetime import timedelta

import pytest
from support.builders import feed
from support.commands import COPYDESK, copydesk

from flows.cli.options import clock_option, time_option
from flows.cli.run import demo
from ingest.model import CopydeskError
from storage.store import open_store


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
    when = time_option(text)
    assert when.hour == hour
    assert when.utcoffset() == timedelta(0)


@pytest.mark.parametrize("command", ["run", "upkeep"])
@pytest.mark.parametrize("text", ["0001-01-01T00:00Z", "1969-12-31", "2201-01-01", "9999-12-31"])
def test_a_clock_far_from_our_time_is_refused(command, text):
    status, _, complaint = copydesk(command, "--now", text)
    assert status == 2
    assert "the year must be from 1970 to 2200" in complaint


@pytest.mark.parametrize("text", ["1970-01-01T00:00Z", "2200-12-31T23:59Z"])
def test_the_first_and_the_last_year_of_a_clock_are_accepted(text):
    assert clock_option(text) == time_option(text)


def test_the_demo_will_not_mix_fiction_into_real_feeds(filled):
    status, _, complaint = copydesk("demo", "--db", filled)
    assert status == 1
    assert "holds real feeds" in complaint


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


def test_a_database_whose_real_feed_was_removed_is_still_a_real_one(filled):
    with open_store(filled) as store:
        store.feeds.set_state(feed().url, "removed")
    status, _, complaint = copydesk("demo", "--db", filled)
    assert status == 1
    assert "holds real feeds" in complaint


def test_the_demo_leaves_the_environment_as_it_was(filled):
    before = dict(os.environ)
    with pytest.raises(CopydeskError, match="holds real feeds"):
        demo(db=filled)
    assert dict(os.environ) == before


def test_the_demo_files_where_the_variable_says(filled, monkeypatch):
    monkeypatch.setenv("COPYDESK_DB", str(filled))
    status, _, complaint = copydesk("demo")
    assert status == 1
    assert f"{filled} holds real feeds" in complaint
