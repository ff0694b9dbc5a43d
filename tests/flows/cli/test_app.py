"""The program: its commands, its settings, and its database."""

import re
import subprocess
from pathlib import Path

from support.commands import COPYDESK, copydesk
from typer.testing import CliRunner

from flows.cli import app as cli
from flows.settings import Settings


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


def test_settings_are_listed_each_with_its_meaning():
    shown = CliRunner().invoke(cli.app, ["settings"]).output
    for name in Settings.model_fields:
        assert f"COPYDESK_{name.upper()}" in shown
    assert all(field.description for field in Settings.model_fields.values())


def test_the_database_is_named_by_a_variable_too(filled, monkeypatch):
    monkeypatch.setenv("COPYDESK_DB", str(filled))
    status, shown, _ = copydesk("status")
    assert (status, str(filled) in shown.replace("\n", "")) == (0, True)


def test_a_missing_database_is_one_sentence(tmp_path):
    status, _, complaint = copydesk("status", "--db", tmp_path / "none.duckdb")
    assert status == 1
    assert "no database at" in complaint


def test_only_the_command_sql_sends_sql_and_no_command_opens_a_transaction():
    sources = {path.name: path.read_text() for path in Path(cli.__file__).parent.glob("*.py")}
    assert [name for name, text in sources.items() if ".query(" in text] == ["ask.py"]
    assert sources["ask.py"].count(".query(") == 1
    assert not [name for name, text in sources.items() if "transaction()" in text]
