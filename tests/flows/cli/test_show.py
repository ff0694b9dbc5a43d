"""What strangers wrote reaches no terminal as a command, whatever the database holds."""

import csv
import io
import json
import unicodedata
from itertools import product

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.builders import NOW
from support.commands import COPY, DEAD, STORY, copydesk

from flows.cli.show import FORMATS, shown
from storage.store import open_store

TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
#: Clears the screen, names the window, turns the text, colours it with a C1 control, forges a line.
HOSTILE = "\x1b[2J\x1b]0;owned\x07a\u202eb\u2066c\x9b31md\r\ncopy forged\te\x85\u2028[/b]"
SHOWN = "abcd copy forged e [/b]"
#: Columns on whose values the program decides; an older database has no stranger's text in them.
OURS = {"outcome", "state", "relation", "kind", "verdict"}
ADDRESSES = {"url", "final_url", "host", "site_url"}


def obeyed(output, allowed="\n"):
    """The characters of an output that a terminal would obey."""
    return [
        c
        for c in output
        if (unicodedata.category(c) in {"Cc", "Zl", "Zp"} and c not in allowed)
        or unicodedata.bidirectional(c) in TURNING
    ]


def spoil(db, spared=()):
    """Adds the hostile text to every text of the database, and to its snapshot."""
    with duckdb.connect(db) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE schema_name = 'core' AND table_name <> 'migrations' "
            "AND data_type IN ('VARCHAR', 'VARCHAR[]')"
        ).fetchall()
        for table, column, kind in columns:
            if column not in spared:
                value = f"'{HOSTILE}'"
                addition = f"[{value}]" if kind.endswith("[]") else value
                connection.execute(f"UPDATE core.{table} SET {column} = {column} || {addition}")
    with open_store(db) as store:
        store.publish()
    return db


@pytest.fixture
def spoiled(filled):
    """A database of an earlier version, where strangers' texts were stored as they came."""
    return spoil(filled, spared=OURS | ADDRESSES)


def relations(db):
    """Every view, and every table below it."""
    with duckdb.connect(db, read_only=True) as connection:
        found = connection.execute(
            "SELECT view_name FROM duckdb_views() WHERE NOT internal UNION ALL "
            "SELECT 'core.' || table_name FROM duckdb_tables() WHERE schema_name = 'core'"
        ).fetchall()
    assert len(found) > 20
    return [name for (name,) in found]


def commands(tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"label\turl_a\turl_b\nunrelated\t{STORY}\t{COPY}\n")
    yield from (("story", "1"), ("story", COPY), ("why", STORY, COPY), ("diff", STORY, COPY))
    yield ("status",)
    yield from (("feeds", name) for name in ("list", "health", "export"))
    yield ("eval", "pairs", pairs)
    yield ("reclean",)
    yield ("upkeep", "--now", NOW.isoformat())


def test_no_command_prints_what_a_terminal_obeys(spoiled, tmp_path):
    for command in commands(tmp_path):
        status, printed, complaint = copydesk(*command, "--db", spoiled)
        assert (status, complaint.strip()) == (0, ""), command
        assert not obeyed(printed), command


def test_no_command_prints_it_where_every_text_of_the_database_is_hostile(filled, tmp_path):
    spoil(filled)
    for command in commands(tmp_path):
        _, printed, complaint = copydesk(*command, "--db", filled)
        assert not obeyed(printed + complaint), command


def test_a_strangers_text_is_shown_as_text(spoiled):
    for command in (("story", "1"), ("why", STORY, COPY), ("feeds", "list")):
        _, printed, _ = copydesk(*command, "--db", spoiled)
        assert SHOWN in printed, command
    _, printed, _ = copydesk("diff", STORY, COPY, "--db", spoiled)
    assert " copy forged e [/b]" in printed.replace("\n", " ")


def test_a_table_keeps_a_line_for_each_row(spoiled):
    query = f'SELECT article_id % 1000 AS n, title, 1 AS "{HOSTILE[:4]}x" FROM articles ORDER BY 1'
    _, printed, _ = copydesk("sql", query, "--db", spoiled)
    lines = [line for line in printed.splitlines() if line.strip()]
    rows = lines[2:-1]
    assert len(lines) == 6
    assert all(row.split()[0].isdecimal() and row.split()[-1] == "1" for row in rows)
    assert len({len(row.rstrip()) for row in rows}) == 1


def test_sql_prints_every_view_and_table_so_in_each_format(spoiled):
    for name, style in product(relations(spoiled), FORMATS):
        asked = ("sql", "--format", style, f"FROM {name}")
        status, printed, complaint = copydesk(*asked, "--db", spoiled)
        assert (status, complaint) == (0, ""), asked
        assert not obeyed(printed, allowed="\r\n\t" if style == "csv" else "\n"), asked


def test_csv_keeps_the_lines_of_a_text(spoiled):
    query = "SELECT title, tags FROM articles"
    _, printed, _ = copydesk("sql", "--format", "csv", query, "--db", spoiled)
    _, *rows = csv.reader(io.StringIO(printed, newline=""))
    assert len(rows) == 3
    for title, tags in rows:
        assert title.endswith("abcd \ncopy forged\te  [/b]")
        assert json.loads(tags) == [HOSTILE]


def test_json_has_every_character_escaped_and_none_lost(spoiled):
    query = f'SELECT title AS "{HOSTILE}" FROM articles'
    _, printed, _ = copydesk("sql", "--format", "json", query, "--db", spoiled)
    assert not obeyed(printed)
    assert all(row[HOSTILE].endswith(HOSTILE) for row in json.loads(printed))


def test_an_error_message_begins_no_line_with_a_strangers_words(spoiled):
    for query in ("SELECT title::INTEGER FROM articles", f"SELECT '{HOSTILE}'::DATE"):
        status, _, complaint = copydesk("sql", query, "--db", spoiled)
        assert (status, obeyed(complaint)) == (1, [])
        first, *others = complaint.splitlines()
        assert first.startswith("copydesk: ")
        assert all(not line or line.startswith("  ") for line in others)
    status, _, complaint = copydesk("story", DEAD, "--db", spoiled)
    assert (status, obeyed(complaint)) == (1, [])


PAGE = (
    "<html><head><title>Quay {0}</title><meta name=author content='Ann {0}Lee'>"
    "<meta name=keywords content='port{0}'><meta property=og:image content='/a{0}.jpg'></head>"
    "<body><article><h1>Quay {0}</h1>{1}</article>"
    "<aside class='related{0}'><p>{2}</p></aside></body></html>"
)


def test_extract_prints_a_page_that_steers_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("COPYDESK_DB", str(tmp_path / "none.duckdb"))
    sentence = "The harbour council met on Monday to hear why the old quay had sunk. "
    hostile = "&#x1b;[2J&#27;]0;owned&#7;&#x202e;&#x2066;\u202e\x9b31m\x1b[2J\u2028&#x85;"
    text = "".join(f"<p>{sentence * 3}{hostile}{n}</p>" for n in range(4))
    saved = tmp_path / "saved.html"
    saved.write_text(PAGE.format(hostile, text, sentence))
    status, printed, complaint = copydesk("extract", saved)
    assert (status, complaint) == (0, "")
    assert "Quay" in printed
    assert not obeyed(printed)


def test_settings_print_no_command_of_a_terminal(monkeypatch):
    monkeypatch.setenv("COPYDESK_USER_AGENT", HOSTILE)
    status, printed, complaint = copydesk("settings")
    assert not obeyed(printed + complaint), status


PIECES = st.sampled_from(["\x1b", "[", "]0;", "2J", "\x07", "\x9b", "\x9d", "\u202e", "\u2066"])


@given(st.lists(PIECES | st.text(st.characters(), max_size=4)).map("".join))
@example(HOSTILE)
def test_what_is_shown_is_one_line_that_no_terminal_obeys(written):
    assert not obeyed(shown(written), allowed="")
    assert shown(shown(written)) == shown(written)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cf"])))
def test_a_text_that_obeys_nobody_is_shown_as_it_is(written):
    assert shown(written) == written.strip()
