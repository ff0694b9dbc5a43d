"""`copydesk extract` and `copydesk reclean`, in this process."""

import os

import pytest
from support.builders import NOW
from typer.testing import CliRunner

from flows.cli import app as cli
from ingest.model import CopydeskError
from storage.store import open_store

SENTENCE = "The harbour council met on Monday to hear why the old quay had sunk. "
PAGE = (
    f"<html><head><title>Quay [/] sinks</title></head><body><article>{f'<p>{SENTENCE * 3}</p>' * 4}"
    f'</article><aside class="related"><p>{SENTENCE}</p></aside></body></html>'
)


@pytest.fixture(autouse=True)
def saved(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("COPYDESK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPYDESK_DB", str(tmp_path / "none.duckdb"))
    (tmp_path / "saved.html").write_text(PAGE)
    return tmp_path / "saved.html"


def run(*args):
    return CliRunner().invoke(cli.app, list(map(str, args)), catch_exceptions=True)


def refused(*args):
    found = run(*args).exception
    assert isinstance(found, CopydeskError), found
    return str(found)


def test_a_saved_page_needs_no_address(saved):
    shown = run("extract", saved).output
    assert "Quay [/] sinks" in shown
    assert "full" in shown.split("title")[0]
    assert "pruned: aside.related (14 words)" in shown


def test_what_is_neither_a_file_nor_an_address_is_said_to_be_so():
    assert "neither a file nor an address" in refused("extract", "gone.html")


def test_a_database_that_was_asked_for_has_to_be_there(saved, tmp_path):
    assert "no database" in refused("extract", saved, "--db", tmp_path / "gone.duckdb")
    assert "no database" in refused("reclean", "--db", tmp_path / "gone.duckdb")
    assert not (tmp_path / "gone.duckdb").exists()


def test_a_database_that_cannot_be_read_costs_the_boilerplate_alone(saved, tmp_path):
    (tmp_path / "held.duckdb").write_bytes(b"no database")
    shown = run("extract", saved, "--db", tmp_path / "held.duckdb").output
    assert "without what is known of unknown.example" in shown
    assert "Quay [/] sinks" in shown


def test_recleaning_an_empty_database_takes_nothing(tmp_path):
    with open_store(tmp_path / "new.duckdb") as store:
        store.runs.begin(NOW)
    assert (
        "0 lines taken out of 0 articles" in run("reclean", "--db", tmp_path / "new.duckdb").output
    )
