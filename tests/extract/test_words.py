"""The phrases and words of pages, as a person adds them."""

import re
import tomllib
from importlib import resources

import pytest
from babel import Locale

from ingest import wordlists
from ingest.extract.wording import is_date

FILES = (
    ("ingest.extract", "phrases.toml"),
    ("ingest.extract", "standins.toml"),
    ("ingest.extract", "words.toml"),
    ("ingest.agencies", "words.toml"),
)


@pytest.mark.parametrize(("package", "file"), FILES)
def test_every_list_stands_under_the_code_of_a_language(package, file):
    tables = tomllib.loads(resources.files(package).joinpath(file).read_text("utf-8"))
    codes = {code for table in tables.values() for code in table} - {"any"}
    assert all(Locale.parse(code).english_name for code in codes)
    assert all(wordlists.read(package, file).values())


def test_what_pages_say_are_regular_expressions():
    phrases = wordlists.read("ingest.extract", "standins.toml")
    for kind in ("not_found", "consent", "choices", "login", "paywall", "login_title"):
        assert all(re.compile(phrase) for phrase in phrases[kind])


def test_the_languages_of_dates_are_a_list_of_codes():
    assert is_date("3 novembre 2026")
    assert is_date("3. marraskuuta 2026")
    assert not is_date("3 harbours 2026")
