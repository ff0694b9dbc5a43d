"""Whom a credit names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.agencies.attribution import LABEL
from ingest.agencies.names import AGENCIES, is_agency, named_agency, site_agency, spelled


@pytest.mark.parametrize(
    ("credit", "key"),
    [
        ("AP", "ap"),
        ("The Associated Press", "ap"),
        ("ASSOCIATED PRESS", "ap"),
        ("Reuters Staff", "reuters"),
        ("By Reuters", "reuters"),
        ("(dpa)", "dpa"),
        ("dpa/lnw", "dpa"),
        ("AFP/dpa", "afp"),
        ("APA/dpa", "apa"),
        ("EFE", "efe"),
        ("Agencia EFE", "efe"),
        ("© AFP", "afp"),
        ("ТАСС", "tass"),
        ("新华社", "xinhua"),
        ("共同通信", "kyodo"),
        ("연합뉴스", "yonhap"),
        ("رويترز", "reuters"),
        ("The Canadian Press", "cp"),
        ("Press Trust of India", "pti"),
        ("Tribune News Service", "tns"),
        ("KFF Health News", "kff"),
        ("Bloomberg", "bloomberg"),
        ("AP and Reuters", "ap"),
    ],
)
def test_an_agency_is_known_by_its_names(credit, key):
    assert named_agency(credit) == key


@pytest.mark.parametrize(
    "credit",
    ["", "Ani", "pa", "ap", "Reuters Events", "Free Press", "Efe Aydal", "Spa Weekly", "Jane Doe"],
)
def test_a_name_that_is_like_an_agencys_is_none(credit):
    assert named_agency(credit) == ""


def test_a_credit_with_another_name_in_it_is_not_an_agency_alone():
    assert is_agency("AFP")
    assert not is_agency("AFP/Jane Doe")


def test_an_agency_is_spelled_one_way():
    assert spelled("associated press") == spelled("The Associated Press") == "Associated Press"


def test_an_agencys_site_is_known_by_its_domain():
    assert site_agency("www.reuters.com") == "reuters"
    assert site_agency("www.aa.com.tr:443") == "anadolu"
    assert site_agency("notreuters.com") == site_agency("") == ""


@given(st.text(max_size=300))
def test_any_text_can_be_asked_for(text):
    assert isinstance(named_agency(text), str)


def test_a_label_is_taken_off_whole():
    assert LABEL.sub("", "Sources: AP") == LABEL.sub("", "Source: AP") == "AP"


def test_no_name_stands_for_two_agencies():
    for kind in ("short", "names", "sites"):
        listed = [name.casefold() for agency in AGENCIES.values() for name in agency.get(kind, ())]
        assert kind == "short" or len(listed) == len(set(listed))
    assert {kind for agency in AGENCIES.values() for kind in agency} == {"short", "names", "sites"}
