"""The words of bylines and dates, as a person adds them."""

import re
import tomllib
from importlib import resources

import pytest
from babel import Locale

from ingest.metadata import byline_words
from ingest.metadata.bylines import clean_authors
from ingest.wordlists import any_of, day_names, month_names, read

TABLES = tomllib.loads(resources.files("ingest.metadata").joinpath("words.toml").read_text("utf-8"))


def test_every_line_begins_with_the_code_of_a_language():
    codes = {code for table in TABLES.values() for code in table} - {"any"}
    assert {code for code in codes if not Locale.parse(code).english_name} == set()


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("writer(s)", ["writer", "writers"]),
        ("eine * von", ["eine Analyse von"]),
        ("fox #", ["fox 5", "fox 13"]),
        ("l'article", ["l'article", "l’article"]),
        ("the post ... on", ["the post The quay sank on"]),
        ("c-span", ["c-span"]),
    ],
)
def test_a_word_may_have_parts_that_vary(word, texts):
    assert all(re.fullmatch(any_of([word]), text) for text in texts)
    assert not re.fullmatch(any_of([word]), "another")


def test_a_longer_word_wins_over_its_beginning():
    assert re.match(any_of(["文", "文字"]), "文字：李明")[0] == "文字"
    assert clean_authors(["كتبت ليلى حسن"]).authors == ("ليلى حسن",)


def test_a_word_added_to_any_language_is_among_those_of_its_kind(tmp_path, monkeypatch):
    (tmp_path / "harbour_words").mkdir()
    (tmp_path / "harbour_words" / "__init__.py").touch()
    (tmp_path / "harbour_words" / "words.toml").write_text(
        '[by]\nen = ["by"]\nxx = ["bai", "by"]\n[nobody]\nen = "admin guest"\n', "utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert read("harbour_words", "words.toml") == {
        "by": ("by", "bai"),
        "nobody": ("admin", "guest"),
    }


def test_months_and_days_come_from_babel():
    assert {"märz", "août", "sept"} <= month_names(("de", "fr"))
    assert "mercredi" in day_names(("fr",))
    assert byline_words.moment_pattern().fullmatch("mercredi, 3 août 2026")
