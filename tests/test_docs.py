"""What the documents say exists, exists; and what exists is documented.

The documents are README.md, CONTRIBUTING.md and all pages below docs/. The examples of docs/sql.md
run on a published database as well, in tests/storage/test_views.py.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.builders import NOW, article, feed
from support.filing import file_articles

from flows.cli import app as cli
from flows.cli import evals as eval_cli
from flows.cli import feeds as feeds_cli
from flows.settings import Settings
from storage.reading import open_reader
from storage.store import open_store

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
PAGES = {
    path: path.read_text()
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    )
}
ALL = "\n".join(PAGES.values())
COMMANDS = {command.callback.__name__ for command in cli.app.registered_commands}
COMMANDS |= {group.name for group in cli.app.registered_groups}
FEEDS_COMMANDS = {
    command.name or command.callback.__name__ for command in feeds_cli.app.registered_commands
}
QUERIES = [
    query.strip()
    for block in re.findall(r"```sql\n(.*?)```", ALL, re.DOTALL)
    for query in block.split(";")
    if query.strip()
] + re.findall(r'copydesk sql .*?"(.*?)"', ALL)

PATH = r"(?:flows|ingest|storage|deploy|tests|docs)/[\w./-]*"
#: Variables that are no settings.
VARIABLES = {"CONFIG", "TRACEBACK"}
#: Lines of printed output that say when, or how long it took.
CHANGING = re.compile(r"^(?:Making a Python|Installing Copydesk|Run \d+ finished)")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A database with one article, that no test changes."""
    db = tmp_path_factory.mktemp("small") / "copydesk.duckdb"
    with open_store(db) as store:
        store.feeds.subscribe([feed()], NOW)
        file_articles(store, store.runs.begin(NOW), [article()])
    return db


def test_the_readme_has_at_most_130_lines():
    assert len(README.splitlines()) <= 130


def test_every_command_is_documented_and_every_documented_command_exists():
    assert set(re.findall(r"copydesk ([a-z]+)", ALL)) == COMMANDS


def test_every_feeds_command_is_documented_and_every_documented_one_exists():
    assert set(re.findall(r"copydesk feeds ([a-z]+)", ALL)) == FEEDS_COMMANDS


def test_every_eval_command_is_documented_and_every_documented_one_exists():
    commands = {c.name or c.callback.__name__ for c in eval_cli.app.registered_commands}
    assert set(re.findall(r"copydesk eval ([a-z]+)", ALL)) == commands


def test_every_setting_that_is_named_exists():
    named = set(re.findall(r"COPYDESK_([A-Z_]+)", ALL))
    assert len(named) > 10
    assert named - VARIABLES <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_in_the_documents_runs(small, query):
    with open_reader(small) as reader:
        assert reader.query(query).columns


def test_every_view_is_in_the_table_of_views_and_every_view_there_exists(small):
    with open_reader(small) as reader:
        views = {row[0] for row in reader.query("SELECT view_name FROM dictionary").rows}
    page = PAGES[ROOT / "docs" / "sql.md"]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)) == views


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_exists(page):
    named = re.findall(rf"`({PATH})`", PAGES[page])
    assert not [path for path in named if not (ROOT / path).exists()]


def test_the_files_that_are_named_are_found():
    assert len(re.findall(rf"`{PATH}`", ALL)) > 50


def test_every_name_that_is_said_to_be_in_a_file_is_in_it():
    """Each way to say so: "`fold` in `file`", "`Bounds`, in `file`", a row of a table that begins
    with the name and ends with the file, and a hop, "`file`: `fold` makes ..."."""
    named = re.findall(rf"`(\w+)`,? in\s+`({PATH})`", ALL)
    named += re.findall(rf"^\| `(\w+)` \|.*\| `({PATH})` \|$", ALL, re.MULTILINE)
    named += [(name, path) for path, name in re.findall(rf"\d\. `({PATH})`: `(\w+)`", ALL)]
    assert len(named) > 40
    assert not [(name, path) for name, path in named if not is_defined(name, ROOT / path)]


def is_defined(name, path):
    """Whether a file defines a function, a class, a constant, a view or a table of this name.

    A file that only imports the name does not count.
    """
    defined = rf"(?:(?:def|class|VIEW) {name}\b|{name}\b.* = |\[{name}\])"
    return bool(
        re.search(
            rf"^ *(?:async )?(?:CREATE OR REPLACE )?{defined}", path.read_text(), re.MULTILINE
        )
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page):
    for path, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)", PAGES[page]):
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), path
        if anchor:
            headings = re.findall(r"^#+ (.*)", target.read_text(), re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings]


def printed(block):
    """The lines of an example's output that are the same at every run."""
    return [
        line.rstrip()
        for line in block.splitlines()
        if line.strip() not in ("", "...") and not CHANGING.match(line)
    ]


def examples():
    """Each command of the README that runs on the demo's database, with its output."""
    blocks = re.findall(r"```console\n\$ \.venv/bin/(copydesk [^\n]*)\n(.*?)```", README, re.DOTALL)
    return [
        pytest.param(command, output, id=command.split()[1])
        for command, output in blocks
        if "demo.duckdb" in command
    ]


def run(command, folder):
    """What a command of the README prints, in a folder of its own."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COPYDESK_", "PREFECT_")) and name not in ("COLUMNS", "FORCE_COLOR")
    }
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from flows.cli.app import main; main()"),
            *shlex.split(command)[1:],
        ],
        cwd=folder,
        env=environment
        | {"PYTHONPATH": os.pathsep.join(sys.path), "PREFECT_HOME": str(folder / "prefect")},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [line.rstrip() for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A folder in which the demo has run, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    return folder, run("copydesk demo", folder)


@pytest.mark.slow
def test_the_demo_prints_what_the_readme_says(demo):
    (block,) = re.findall(r"```console\n\$ make demo\n(.*?)```", README, re.DOTALL)
    lines = printed(block)
    assert len(lines) > 5
    assert not [line for line in lines if line not in demo[1]]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "output"), examples())
def test_what_one_does_next_prints_what_the_readme_says(demo, command, output):
    found = run(command, demo[0])
    lines = printed(output)
    assert lines
    assert not [line for line in lines if line not in found]
