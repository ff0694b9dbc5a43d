import subprocess
import sys
from datetime import UTC, date, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.values import absolute, moment, months, plain, text, zones

#: The names that were read before they came from Babel: each of them has to be read as before.
NAMES = [
    "jan january januar jänner janvier janv enero ene gennaio gen janeiro januari",
    "feb february februar février févr fév fevrier febrero febbraio fevereiro fev februari",
    "mar march märz mär maerz mars marzo março marco maart mrt",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "jun june juni juin junio giugno giu junho",
    "jul july juli juillet juil julio luglio lug julho",
    "aug august août aout agosto ago augustus",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october oktober okt octobre octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december dezember dez décembre déc decembre diciembre dic dicembre dezembro",
]
NUMBERED = [(name, n) for n, names in enumerate(NAMES, 1) for name in names.split()]
DAYS = st.dates(date(1970, 1, 1), date(2069, 12, 31))
SPELLINGS = ["{d} {m} {y}", "{d}. {m} {y}", "{m} {d}, {y}", "{d} de {m} de {y}", "{d}-{m}-{y}"]


@given(st.sampled_from(NUMBERED), DAYS, st.sampled_from(SPELLINGS), st.booleans())
def test_a_month_is_read_by_each_of_its_names(named, day, spelling, capital):
    name, month = named
    day = day.replace(day=min(day.day, 28), month=month)
    written = name.capitalize() if capital else name
    expected = datetime(day.year, month, day.day, 12, 30, tzinfo=UTC)
    asked = spelling.format(d=day.day, m=written, y=day.year)
    assert moment(f"{asked} 12:30") == moment(f"{asked} 13:30 CET") == expected


def test_no_name_of_a_month_that_was_read_is_lost():
    assert all(set(names.split()) <= months()[n] for n, names in enumerate(NAMES))


def test_no_name_is_that_of_two_months():
    assert not [one & other for one, other in combinations(months(), 2) if one & other]


@pytest.mark.parametrize(
    ("written", "month"),
    [
        ("5 marca 2026", 3),
        ("5. maaliskuuta 2026", 3),
        ("5 марта 2026", 3),
        ("5 Μαρτίου 2026", 3),
        ("5 Ekim 2026", 10),
        ("5 listopada 2026", 11),
        ("den 5 maj 2026", 5),
        ("5. září 2026", 9),
        ("5. Jänner 2026", 1),
    ],
)
def test_months_have_names_in_many_languages(written, month):
    assert moment(written) == datetime(2026, month, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("CEST", 2), ("EST", -5), ("ACST", 9.5), ("NZDT", 13), ("CST", -6), ("GMT", 0), ("Z", 0)],
)
def test_a_zone_has_its_hours_east_of_utc(zone, hours):
    assert zones()[zone] == hours
    west = datetime(2026, 3, 5, 14, tzinfo=UTC).timestamp() - hours * 3600
    assert moment(f"5 March 2026 14:00 {zone}").timestamp() == west


def test_the_module_is_imported_without_loading_any_language():
    asked = [sys.executable, "-c", "import sys, ingest.values; print('babel' in sys.modules)"]
    found = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


@given(st.text())
def test_any_text_becomes_a_date_or_none(written):
    assert moment(written) is None or moment(written).tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "kept"),
    [(" a\x1b[31m\x9b0mb\x07 \u202e", "ab"), (None, ""), (7, ""), ("\ud83d", "?"), ("😀", "😀")],
)
def test_text_is_kept_without_control_characters(value, kept):
    assert text(value) == kept


def test_plain_text_has_neither_markup_nor_entities():
    assert plain("<b>Quay</b> &amp;  ferry\n") == "Quay & ferry"


def test_a_link_is_seen_from_its_base():
    assert absolute("https://a.example/b/", "c\n  d") == "https://a.example/b/cd"
    assert absolute("https://a.example/b/", "http://[") == "http://["
