import pytest
from support.builders import fetched

from ingest.extract.markup import drop_costly_json_ld, parse_page
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


@pytest.mark.parametrize(
    ("head", "encoding", "content_type"),
    [
        ('<meta charset="windows-1251">', "cp1251", "text/html"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r", ""),
        ("", "cp1251", "text/html; charset=windows-1251"),
        ('<meta charset="utf-99">', "utf-8", "text/html; charset=nonsense"),
        ('<meta charset="utf-16">', "utf-8", "text/html"),
        ('<meta charset="iso-8859-1">', "utf-8", "text/html; charset=iso-8859-1"),
        ("", "utf-16", "text/html"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_is_in(head, encoding, content_type):
    page = f"<html><head>{head}</head><body><p>Причал и паром</p></body></html>"
    assert text(page.encode(encoding), content_type) == "Причал и паром"


@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "utf-7", "punycode", "hex", "x" * 99])
def test_plain_ascii_is_read_whatever_it_claims_to_be(charset):
    page = f'<html><head><meta charset="{charset}"></head><body><p>The quay+AGE-</p></body></html>'
    assert text(page) == "The quay+AGE-"


def test_letters_that_the_publisher_lost_do_not_cost_those_that_are_there():
    assert text("<html><body><p>Fähre, F\ufffdhre, F\ufffdhre</p></body></html>").startswith(
        "Fähre"
    )


def test_one_damaged_letter_does_not_cost_a_page_its_encoding():
    page = f'<html><head><meta charset="gbk"></head><body><p>{"码头" * 50}'.encode("gbk")
    assert text(page + b"\xff</p></body></html>").startswith("码头码头")


def test_nul_is_no_letter_of_a_word():
    assert text("<html><body><p>The qu\x00ay</p></body></html>") == "The quay"


def test_images_within_the_page_are_not_kept():
    tree = parse_page(fetched(f'<p><img src="data:image/png;base64,{"iVBORw" * 999}">The quay</p>'))
    assert tree.find(".//img").get("src") == "data:,"
    assert tree.text_content() == "The quay"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<i></i>" * 21_000, "21,002 elements"),
        ("1 < 2 " * 210_000, "210,004 tags"),
        ("<a>1</a>" * 5_001, "5,001 links"),
        ("<p>a" * 5_001, "5,001 paragraphs"),
        ("<div>" * 2_100, "elements nested more than 1,000 deep"),
        ("The quay " * 334_000, "3,006,000 characters of text"),
        ("<script>a = 1</script>" * 500_000, "11,000,026 bytes"),
    ],
)
def test_a_page_with_more_of_something_than_any_article_is_too_large(body, what):
    with pytest.raises(Failed) as caught:
        parse_page(fetched(f"<html><body>{body}</body></html>", "text/html"))
    assert caught.value.outcome is Outcome.TOO_LARGE
    assert caught.value.detail.startswith(what)


def test_a_long_article_is_within_the_caps():
    body = "<p>The ferry could not wait for another winter of storms and meetings.</p>" * 4_000
    assert parse_page(fetched(f"<html><body>{body}</body></html>")).findall(".//p")


@pytest.mark.parametrize("tag", ["script", "style"])
def test_a_script_longer_than_any_is_dropped_and_the_text_after_it_kept(tag):
    page = f"<html><body><{tag}>{'a = 1;' * 200_000}</{tag}>The quay</body></html>"
    assert text(page) == "The quay"


def test_a_tag_longer_than_any_loses_its_attributes_and_keeps_its_text():
    attributes = " ".join(f"a{number}=b" for number in range(30_000))
    tree = parse_page(fetched(f"<html><body><h2 {attributes}>The quay</h2></body></html>"))
    assert not tree.find(".//h2").attrib
    assert tree.find(".//h2").text == "The quay"


def linked_data(*texts):
    scripts = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return parse_page(fetched(f"<html><head>{scripts}</head><body>The quay</body></html>"))


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        (['{"author": "Ana Lund"}'], 1),
        (['{"author": "Ana" broken'], 1),  # little enough for trafilatura to repair it
        (['{"author": "Ana" broken' + " " * 10_000], 0),
        (['{"author": "Ana"}' + " " * 10_000], 1),
        (['{"author": "Ana"}' + " " * 50_000], 0),
        (["[" * 10_001], 0),
        (['{"author": "Ana" broken' + " " * 5_000] * 20, 9),
        ([""], 1),
    ],
)
def test_extraction_sees_no_json_ld_that_it_would_be_at_for_minutes(texts, left):
    tree = linked_data(*texts)
    assert len(tree.findall(".//script")) == len(texts)
    drop_costly_json_ld(tree)
    assert len(tree.findall(".//script")) == left
    assert tree.text_content().endswith("The quay")
