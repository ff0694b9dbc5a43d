"""Whose copy an article is, by what its page says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.agencies.attribution import attribute
from ingest.model import LIKELY

URL = "https://www.example-gazette.com/news/harbour"
BODY = (
    "The harbour was reopened on Monday after nine years, officials said.\n"
    "Ferries sailed at noon.\nThe mayor was not on board.\n"
    "Tickets are sold at the pier.\n"
)


def read(text=BODY, url=URL, **declared):
    return attribute(text=text, url=url, **declared)


DATELINES = [
    ("PORT CITY, Nov. 3 (AP) — ", "ap"),
    ("PORT CITY (AP) _ ", "ap"),
    ("Port City, Calif. (AP) – ", "ap"),
    ("LONDON (Reuters) - ", "reuters"),
    ("(Reuters) - ", "reuters"),
    ("BEIJING, Nov. 3 (Xinhua) -- ", "xinhua"),
    ("New Delhi, Nov 3 (PTI) ", "pti"),
    ("KUALA LUMPUR, Nov 3 (Bernama) -- ", "bernama"),
    ("Berlin (dpa) - ", "dpa"),
    ("Wien/Berlin (APA/dpa) - ", "apa"),
    ("Köln (dpa/lnw) – ", "dpa"),
    ("PARIS, 3 nov 2016 (AFP) - ", "afp"),
    ("Madrid, 3 nov (EFE).- ", "efe"),
    ("Roma, 3 novembre (ANSA) - ", "ansa"),
    ("(ANSA) - ROMA, 3 NOV - ", "ansa"),
    ("Lisboa, 03 nov 2016 (Lusa) – ", "lusa"),
    ("МОСКВА, 3 ноября. /ТАСС/. ", "tass"),
    ("МОСКВА, 3 ноя — РИА Новости. ", "ria"),
    ("新华社北京11月3日电 ", "xinhua"),
    ("（新华社北京11月3日电）", "xinhua"),
    ("【ワシントン共同】", "kyodo"),
    ("[東京 3日 ロイター] - ", "reuters"),
    ("(서울=연합뉴스) ", "yonhap"),
    ("القاهرة (رويترز) - ", "reuters"),
    ("ANKARA (AA) - ", "anadolu"),
]


@pytest.mark.parametrize(("dateline", "agency"), DATELINES)
def test_a_dateline_names_the_agency(dateline, agency):
    found = read(dateline + BODY)
    assert (found.agency, found.where) == (agency, "dateline")
    assert found.confidence >= 0.9
    assert found.evidence in dateline


@pytest.mark.parametrize(
    "beginning",
    [
        "WASHINGTON (CNN) — ",
        "The minister (AP) — said nothing. ",
        "Harbours (AP Photo/Jane Doe) — ",
        '"We sail," he told the Associated Press. ',
        "According to Reuters, ",
        "The AP, Reuters and AFP reported that ",
    ],
)
def test_a_mention_is_no_evidence(beginning):
    assert read(beginning + BODY) is None


@pytest.mark.parametrize(
    ("line", "agency", "where"),
    [
        ("Associated Press", "ap", "credit line"),
        ("(dpa)", "dpa", "credit line"),
        ("dpa/afp", "dpa", "credit line"),
        ("Source: Reuters", "reuters", "credit line"),
        ("Quelle: dpa", "dpa", "credit line"),
        ("Fuente: EFE", "efe", "credit line"),
        ("The ferries were full. (AFP)", "afp", "credit line"),
        ("(Reporting by Jane Doe; Editing by John Roe)", "reuters", "credit line"),
        ("© dpa-infocom, dpa:161103-99-99999/2", "dpa", "copyright"),
        ("Copyright 2016 The Associated Press. All rights reserved.", "ap", "copyright"),
        ("© 2016 Associated Press", "ap", "copyright"),
        ("© AFP 2016", "afp", "copyright"),
        ("©2016 Bloomberg L.P.", "bloomberg", "copyright"),
        ("Copyright 2016 Bloomberg", "bloomberg", "copyright"),
    ],
)
def test_the_last_lines_credit_the_agency(line, agency, where):
    found = read(BODY + line)
    assert (found.agency, found.where) == (agency, where)
    assert found.confidence >= LIKELY


def test_a_number_after_a_name_is_not_always_a_year():
    assert read(f"{BODY}© Reuters 2000 staff were laid off") is None


@pytest.mark.parametrize(
    "line",
    [
        "The Associated Press contributed to this report.",
        "Contributing: Associated Press",
        "© 2016 Example Gazette. All rights reserved. The Associated Press contributed.",
        "Mit Material der dpa",
        "Le Temps exemplaire avec AFP",
    ],
)
def test_an_agency_that_helped_is_not_the_author(line):
    found = read(BODY + line)
    assert found.confidence < LIKELY


@pytest.mark.parametrize(
    ("declared", "agency", "likely"),
    [
        ({"credited": ("Associated Press",), "byline": "Associated Press"}, "ap", True),
        ({"credited": ("AP",), "authors": ("Ann Lee",), "byline": "By ANN LEE, AP"}, "ap", True),
        ({"credited": ("Associated Press",), "authors": ("Ann Lee", "Jo Roe"),
          "byline": "Ann Lee and Jo Roe, Associated Press"}, "ap", True),
        ({"credited": ("dpa", "AFP"), "byline": "dpa/AFP"}, "dpa", True),
        ({"credited": ("AP",), "byline": "CBS/AP"}, "ap", False),
        ({"credited": ("AP",), "authors": ("Ann Lee",), "byline": "Ann Lee and AP"}, "ap", False),
        ({"source": "Reuters"}, "reuters", True),
        ({"copyright_notice": "Copyright (c) 2016 Associated Press"}, "ap", True),
    ],
)  # fmt: skip
def test_a_byline_is_the_agencys_or_is_shared(declared, agency, likely):
    found = read(**declared)
    assert found.agency == agency
    assert (found.confidence >= LIKELY) is likely


@pytest.mark.parametrize(
    ("url", "canonical", "agency", "where"),
    [
        ("https://www.reuters.com/world/harbour", "", "reuters", "outlet"),
        ("https://apnews.com/article/harbour", "", "ap", "outlet"),
        (URL, "https://apnews.com/article/harbour", "ap", "canonical"),
        ("https://example.com/US/wireStory/harbour-1", "", "ap", "url"),
        ("https://example.com/ap/harbour", "", "ap", "url"),
        ("https://example.com/wires/afp/harbour", "", "afp", "url"),
        ("https://example.com/newsticker/dpa-harbour", "", "dpa", "url"),
    ],
)
def test_an_address_is_the_agencys(url, canonical, agency, where):
    found = read(url=url, canonical=canonical)
    assert (found.agency, found.where) == (agency, where)


@pytest.mark.parametrize(
    "url",
    [
        *(URL, "https://example.com/apps/harbour", "https://example.com/map/", "http://[", ""),
        *("https://example.com/tag/efe/2", "https://example.com/authors/ani/kern"),
        *("https://example.com/topics/reuters/", "https://example.com/people/ap/1"),
    ],
)
def test_an_address_like_it_is_not(url):
    assert read(url=url) is None


@pytest.mark.parametrize(
    ("byline", "credited", "agency"),
    [
        ("By Ana Lund, COAST NEWS", (), "Coast News"),
        ("", ("From Coast News",), "Coast News"),
        ("By Ana Lund, Coast Newsletter", (), None),
        ("By Ana Lund", (), None),
    ],
)
def test_an_agency_that_an_outlets_recipe_names_is_known_by_its_byline(byline, credited, agency):
    found = attribute(
        text="", url="", byline=byline, credited=credited, agencies=("Bay Wire", "Coast News")
    )
    assert (found and found.agency) == agency
    assert found is None or (found.where == "byline" and found.confidence >= LIKELY)


def test_two_kinds_of_evidence_are_surer_than_one_and_a_contradiction_less_sure():
    one = read("LONDON (Reuters) - " + BODY)
    two = read("LONDON (Reuters) - " + BODY, source="Reuters")
    against = read("LONDON (Reuters) - " + BODY, source="AFP")
    assert two.confidence > one.confidence > against.confidence
    assert two.agency == against.agency == "reuters"


@given(st.text(), st.text(max_size=40), st.text(max_size=40), st.lists(st.text(max_size=20)))
def test_any_page_can_be_asked(text, url, declared, names):
    found = read(
        text, url=url, canonical=declared, source=declared, copyright_notice=declared,
        byline=declared, credited=tuple(names), authors=tuple(names),
    )  # fmt: skip
    assert found is None or 0 <= found.confidence <= 1
