import pytest
from builders import fetched

from ingest.markup import parse_page
from ingest.model import Failed, Outcome


def text(body, content_type="text/html"):
    return parse_page(fetched(body, content_type)).text_content().strip()


def test_an_xhtml_page_that_declares_its_encoding_is_read():
    xhtml = '<?xml version="1.0" encoding="UTF-8"?>\n<html><body><p>The quay</p></body></html>'
    assert text(xhtml, "application/xhtml+xml") == "The quay"


def test_a_page_in_an_old_encoding_keeps_its_umlauts():
    page = '<html><head><meta charset="iso-8859-1"></head><body><p>Die Fähre</p></body></html>'
    assert text(page.encode("iso-8859-1")) == "Die Fähre"


def test_a_page_nested_deeper_than_parsers_like_is_read():
    assert text("<html><body>" + "<div>" * 400 + "<p>The quay</p>") == "The quay"


def test_comments_and_processing_instructions_are_not_text():
    assert text("<html><body><!-- no --><?no no?><p>The quay</p></body></html>") == "The quay"


@pytest.mark.parametrize("stray", ["\x0b", "\x01", "\x1b", "&#1;", "&#x0B;"])
def test_a_stray_control_character_costs_no_article(stray):
    read = text(f"<html><body><p>The{stray} quay</p></body></html>")
    assert read.split() == ["The", "quay"]


@pytest.mark.parametrize("body", [b"", b"  \n", b"<!-- nothing -->"])
def test_what_has_no_markup_is_no_text(body):
    with pytest.raises(Failed) as caught:
        parse_page(fetched(body, "text/html"))
    assert caught.value.outcome is Outcome.NO_TEXT
