"""Bylines, as they are found, and who signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.metadata.bylines import clean_authors

CASES = [
    # what is no name
    ("Sign In", (), ()),
    ("By", (), ()),
    ("", (), ()),
    ("admin", (), ()),
    ("https://www.facebook.com/somebody", (), ()),
    ("jane.doe@example.com", (), ()),
    ("@janedoe", (), ()),
    ("q_admin", (), ()),
    ("5 min read", (), ()),
    # names with buttons, dates, roles and places about them
    ("Jane Doe Twitter Email", ("Jane Doe",), ()),
    ("By Jane Doe | Updated July 10, 2018", ("Jane Doe",), ()),
    ("By Jane Doe\n3 hours ago", ("Jane Doe",), ()),
    ("<a href='/jane'>Jane Doe</a>", ("Jane Doe",), ()),
    ("Jane Doe (jane.doe@example.com)", ("Jane Doe",), ()),
    ("JD Jane Doe", ("Jane Doe",), ()),
    ("Jane Doe, Staff Writer", ("Jane Doe",), ()),
    ("Jane Doe Political Editor", ("Jane Doe",), ()),
    ("Political Editor Jane Doe", ("Jane Doe",), ()),
    ("Jane Doe Content Marketing Coordinator", ("Jane Doe",), ()),
    ("Jane Doe in Paris and John Roe in Berlin", ("Jane Doe", "John Roe"), ()),
    ("Jane Doe, London", ("Jane Doe",), ()),
    ("Por Ana Souza — São Paulo", ("Ana Souza",), ()),
    ("Edited by Ann Lee; Written by Jo Roe", ("Jo Roe",), ()),
    # lists
    ("Jane Doe and John Roe", ("Jane Doe", "John Roe"), ()),
    ("Jane Doe, John Roe & Ann Lee", ("Jane Doe", "John Roe", "Ann Lee"), ()),
    ("Linny and Peter", ("Linny", "Peter"), ()),
    ("Doe, Jane", ("Jane Doe",), ()),
    ("Jane Doe, Ph.D.", ("Jane Doe, Ph.D.",), ()),
    ("Jane Doe; Jane Doe", ("Jane Doe",), ()),
    # agencies and other organisations
    ("By JOHN SMITH, Associated Press", ("John Smith",), ("Associated Press",)),
    ("JOHN SMITH The Associated Press", ("John Smith",), ("Associated Press",)),
    ("By ANN LEE, AP Medical Writer", ("Ann Lee",), ("AP",)),
    ("CBS; AP November 2", (), ("CBS", "AP")),
    ("Reuters Staff", (), ("Reuters",)),
    ("Associated Press in Washington", (), ("Associated Press",)),
    ("Von dpa", (), ("dpa",)),
    ("dpa/lnw", (), ("dpa",)),
    ("EFE / Madrid", (), ("EFE",)),
    ("María López (EFE)", ("María López",), ("EFE",)),
    ("Jane Doe | Reuters", ("Jane Doe",), ("Reuters",)),
    ("The Daily Example", (), ("Daily Example",)),
    ("Center for Example Research and Review", (), ("Center for Example Research and Review",)),
    ("KXYZ-TV, San Antonio", (), ("KXYZ-TV",)),
    # surnames that are words of organisations
    ("Joe Fox and Ann Lee", ("Joe Fox", "Ann Lee"), ()),
    ("Ani Gupta", ("Ani Gupta",), ()),
    # capitals
    ("RONAN MCDONALD", ("Ronan McDonald",), ()),
    ("SEAN O'NEIL and MARIE VAN DER BERG", ("Sean O'Neil", "Marie van der Berg"), ()),
    ("ÓSCAR LÓPEZ-FONSECA", ("Óscar López-Fonseca",), ()),
    ("J.J. SMITH", ("J.J. Smith",), ()),
    ("A. O. SMITH III", ("A. O. Smith III",), ()),
    ("ANA MACHADO", ("Ana Machado",), ()),
    ("ANN MACDONALD", ("Ann MacDonald",), ()),
    ("By jane doe, associated press", ("Jane Doe",), ("Associated Press",)),
    # other languages
    ("Von Anna Müller und Jörg Weiß", ("Anna Müller", "Jörg Weiß"), ()),
    ("Par Jean Dupont et Marie Petit", ("Jean Dupont", "Marie Petit"), ()),
    ("Ana García y José Ortega y Gasset", ("Ana García", "José Ortega y Gasset"), ()),
    ("di Mario Rossi", ("Mario Rossi",), ()),
    ("Door Jan de Vries en Piet Jansen", ("Jan de Vries", "Piet Jansen"), ()),
    ("Lars von Trier", ("Lars von Trier",), ()),
    ("Елена Смирнова и Олег Петров", ("Елена Смирнова", "Олег Петров"), ()),
    ("Иванов Иван, ТАСС", ("Иванов Иван",), ("ТАСС",)),
    ("بقلم أحمد محمد", ("أحمد محمد",), ()),
    ("أحمد علي - رويترز", ("أحمد علي",), ("رويترز",)),
    ("记者 王伟", ("王伟",), ()),
    ("新华社记者 李明 张华", ("李明", "张华"), ("新华社",)),
    ("山田 太郎", ("山田 太郎",), ()),
    ("김철수 기자", ("김철수",), ()),
]


@pytest.mark.parametrize("name", ["Al Jazeera English", "Deutsche Welle English", "Euronews"])
def test_a_news_organisation_is_no_person(name):
    byline = clean_authors([name])
    assert (byline.authors, byline.credits) == ((), (name,))


@pytest.mark.parametrize(("raw", "authors", "credits_"), CASES)
def test_a_byline_names_people_and_suppliers(raw, authors, credits_):
    byline = clean_authors([raw])
    assert (byline.authors, byline.credits) == (authors, credits_)


@pytest.mark.parametrize(
    ("raw", "own"),
    [
        ("ABC News", "abcnews.go.com"),
        ("Los Angeles Times", "latimes.com"),
        ("The Example Staff", "Example"),
        ("Example Gazette", "examplegazette.co.uk"),
        ("Example", "www.example.org"),
    ],
)
def test_an_outlet_signs_nothing(raw, own):
    byline = clean_authors([raw], own_names=[own])
    assert (byline.authors, byline.credits) == ((), ())


def test_a_site_may_be_named_for_the_person_who_writes_it():
    assert clean_authors(["Peter Example"], own_names=["peterexample.com"]).authors == (
        "Peter Example",
    )


def test_a_name_known_to_be_an_organisations_is_a_credit():
    byline = clean_authors(["Jane Doe"], organisations=["Example Network"])
    assert (byline.authors, byline.credits) == (("Jane Doe",), ("Example Network",))


@given(st.lists(st.text(max_size=80), max_size=4), st.text(max_size=20))
def test_any_bylines_give_names_fit_to_keep(raw, own):
    byline = clean_authors(raw, own_names=[own])
    for name in byline.authors + byline.credits:
        assert name.strip() == name
        assert name
        assert len(name) < 200
