"""docs/bounds.md says what the code does: each constant is in its file, with the value stated."""

import re
from datetime import timedelta
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "bounds.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| what")
]
STATED = [
    (name, value, where.strip("`"))
    for _, bound, where, *_ in ROWS
    for name, value in re.findall(r"`([\w.]+) = ([^`]+)`", bound)
]
#: Constants that bound nothing that a stranger makes large.
OTHERS = {
    ("flows/settings.py", "MAX_DAYS"),
    ("flows/settings.py", "LIMITS"),
    ("flows/settings.py", "MAX_TICK"),
    ("ingest/agencies/names.py", "LONG"),
    ("ingest/decode.py", "MAX_DAMAGED"),
    ("ingest/extract/prune.py", "MAX_PRUNED"),
    ("ingest/workers/pool.py", "MAX_START_SECONDS"),
}
BOUND = re.compile(r"^(MAX_\w+|MOST_\w+|LONGEST_\w+|LARGEST\w*|DEEPEST) = ", re.MULTILINE)
#: Bounds on a part of what a row of the page bounds already.
PARTS = {"MAX_NAMED", "MAX_BROKEN_JSON_LD", "LONGEST_COOLDOWN", "MOST_HEADINGS", "MOST_WORDS"}
PARTS |= {"LONGEST_BYLINE", "LONGEST_UNMARKED_BYLINE", "LONGEST_CREDIT", "LONGEST_LINE"}
PARTS |= {"LONGEST_NAME", "MAX_LISTED"}


@pytest.mark.parametrize(("name", "value", "where"), STATED, ids=lambda cell: cell)
def test_each_bound_has_the_value_that_the_page_states(name, value, where):
    module = import_module(where.removesuffix(".py").replace("/", "."))
    first, *rest = name.split(".")
    held = getattr(module, first)
    if rest:
        held = reduce(getattr, rest, held() if isinstance(held, type) else held)
    assert held == eval(value, {"timedelta": timedelta})  # noqa: S307  our own page


def test_each_row_names_a_file_and_a_test_that_exist():
    for what, bound, where, _, test in ROWS:
        assert (ROOT / where.strip("`")).is_file(), what
        assert (ROOT / test.strip("`")).is_file(), what
        assert bound, what


def test_each_constant_that_is_named_as_a_bound_is_on_the_page():
    listed = {(where, name) for name, _, where in STATED}
    in_code = {
        (str(path.relative_to(ROOT)), name)
        for house in ("ingest", "flows", "storage")
        for path in (ROOT / house).rglob("*.py")
        for name in BOUND.findall(path.read_text())
        if name not in PARTS
    }
    assert in_code - listed - OTHERS == set()
