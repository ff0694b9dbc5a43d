import pytest
from support.builders import fetched

from ingest.decode import document_text, page_text


def page(label, text):
    return f'<html><head><meta charset="{label}"></head><body><p>{text}</p></body></html>'


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "“Fähre” – 5 €"),
        ("us-ascii", "cp1252", "“Fähre” – 5 €"),
        ("iso-8859-9", "cp1254", "“Şehir” – 5 €"),
        ("euc-kr", "cp949", "똠방각하 부두"),
        ("ks_c_5601-1987", "cp949", "똠방각하 부두"),
        ("big5", "big5hkscs", "\u55ba 碼頭 嘅"),
        ("gb2312", "gb18030", "碼頭 镕"),
        ("gb_2312-80", "gb18030", "码头"),
        ("shift_jis", "cp932", "①埠頭 髙橋"),
        ("x-sjis", "cp932", "①埠頭 髙橋"),
        ("windows-874", "cp874", "ท่าเรือ…"),
        ("win-1251", "cp1251", "Причал"),
        ("koi8-r", "koi8-r", "Причал"),
    ],
)
def test_a_label_means_what_browsers_take_it_for(label, encoding, text):
    written = page(label, text)
    assert page_text(fetched(written.encode(encoding), "text/html")) == written


@pytest.mark.parametrize("label", ["unicode_escape", "raw_unicode_escape", "utf-7", "hex", "rot13"])
@pytest.mark.parametrize("read", [page_text, document_text])
def test_a_codec_of_python_that_is_no_encoding_changes_no_letter(label, read):
    written = f'<?xml version="1.0" encoding="{label}"?><p>The qu\\u0061y +AGE-</p>'
    assert read(fetched(written, f"text/html; charset={label}")) == written


def test_utf_8_is_read_as_that_whatever_its_label():
    written = page("iso-8859-1", "Fähre – 5 €")
    assert page_text(fetched(written.encode(), "text/html; charset=iso-8859-1")) == written


@pytest.mark.parametrize("header", ["text/html; charset = windows-1251", "charset='windows-1251'"])
def test_a_header_may_be_written_loosely(header):
    assert page_text(fetched("<p>Причал</p>".encode("cp1251"), header)) == "<p>Причал</p>"


def test_a_page_may_declare_its_encoding_late():
    written = f"<html><head>{'<script>x</script>' * 500}<meta charset=windows-1251><p>Причал"
    assert page_text(fetched(written.encode("cp1251"), "text/html")) == written
