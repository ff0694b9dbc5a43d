"""What the documents say exists, exists; and what exists is documented."""

import re
from pathlib import Path

import pytest
from support.builders import NOW, article, feed
from support.filing import file_articles

from flows.cli import app as cli
from flows.cli import evals as eval_cli
from flows.cli import feeds as feeds_cli
from storage.reading import open_reader
from storage.store import open_store

README = (Path(__file__).parent.parent / "README.md").read_text()
COMMANDS = {command.callback.__name__ for command in cli.app.registered_commands}
COMMANDS |= {group.name for group in cli.app.registered_groups}
FEEDS_COMMANDS = {
    command.name or command.callback.__name__ for command in feeds_cli.app.registered_commands
}
QUERIES = [
    query.strip()
    for block in re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    for query in block.split(";")
    if query.strip()
] + re.findall(r'copydesk sql .*?"(.*?)"', README)


@pytest.fixture
def small(db):
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        file_articles(store, store.runs.begin(NOW), [article()])
    return db


def test_every_command_is_in_the_readme_and_every_command_there_exists():
    named = set(re.findall(r"copydesk ([a-z]+)", README)) - {"demo.duckdb"}
    assert named == COMMANDS


def test_every_feeds_command_is_in_the_readme_and_every_one_there_exists():
    assert set(re.findall(r"copydesk feeds ([a-z]+)", README)) == FEEDS_COMMANDS


def test_every_eval_command_is_in_the_readme_and_every_one_there_exists():
    commands = {c.name or c.callback.__name__ for c in eval_cli.app.registered_commands}
    assert set(re.findall(r"copydesk eval ([a-z]+)", README)) == commands


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_in_the_readme_runs(small, query):
    with open_reader(small) as reader:
        assert reader.query(query).columns


def test_every_view_is_in_the_readme_and_every_view_there_exists(small):
    with open_reader(small) as reader:
        views = {row[0] for row in reader.query("SELECT view_name FROM dictionary").rows}
    assert set(re.findall(r"^\| `([a-z_]+)` \|", README, re.MULTILINE)) == views


def test_every_file_named_in_the_readme_exists():
    root = Path(__file__).parent.parent
    named = re.findall(r"`((?:flows|ingest|storage|deploy|tests)/[\w./-]*)`", README)
    assert len(named) > 5
    assert not [path for path in named if not (root / path).exists()]
