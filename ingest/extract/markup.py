"""A fetched page becomes a tree: decoded, cleaned, parsed once, and within limits on its size.

Takes a Fetched, gives the tree or raises Failed. There are limits because many readers of a tree
take time that grows with the square of its size. The limits were set by 2,761 news pages (archived
in 2016, and of all kinds since). Each limit is several times the largest value among them, which
its comment names.
"""

import json
import re

import lxml.html
from lxml import etree

from ingest.decode import page_text
from ingest.model import Failed, Fetched, Outcome

MAX_MARKUP = 10_000_000  # bytes of UTF-8, without embedded images; the largest page had 1.6 million
MAX_TAGS = 200_000  # "<" in the markup: a tree of 500,000 takes 150 MB; most in a page 10,666
MAX_TEXT = 3_000_000  # characters, those of scripts included, some 4 s to extract
MAX_ELEMENTS = 20_000  # 100,000 take over 30 s, 400,000 a gigabyte; most on a page 5,286
MAX_LINKS = 5_000  # 50,000 take 13 s; most on a page 1,206
MAX_PARAGRAPHS = 5_000  # 10,000 tiny ones take 13 s; most on a page 626
MAX_DEPTH = 1_000  # below 2,048 libxml2 drops everything, silently; deepest page 56
MAX_SCRIPT = 1_000_000  # characters; longer ones are dropped: dates are looked for in all
MAX_TAG = 50_000  # bytes, else it loses its attributes: libxml2 takes 14 s for 80,000 of them
FEW_ELEMENTS = 2_000  # a page with no more elements is not checked against the counts
SMALL = 200_000  # bytes: smaller markup is not checked for long tags, scripts and texts

MAX_JSON_LD = 50_000  # characters a page that extraction sees; the longest script had 41,127
MAX_BROKEN_JSON_LD = 10_000  # of one script: at 137,000 its repair takes 12 s, by the square

#: The beginnings of files that servers send as pages: PDF, ELF, ZIP, PNG, JPEG, GIF, RIFF, Ogg, 7z.
BINARY = (
    *(b"%PDF-", b"\x7fELF", b"PK\x03\x04", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"OggS"),
    *(b"7z\xbc\xaf", b"ID3\x03", b"BZh9", b"\x28\xb5\x2f\xfd"),
)
CONTROL = re.compile(
    r"[\x01-\x08\x0e-\x1a\x1c-\x1f]"
)  # no NUL, which UTF-16 has, nor Japan's escape
CONTROL_WITHIN = 50_000  # characters that are looked through
CONTROL_SHARE = 0.05  # share of control characters in a text, at most; random bytes have a tenth

NUL = b"\x00"  # dropped even within a word, as browsers do
SPACED = bytes(byte if byte >= 32 or byte in b"\t\n\r" else 32 for byte in range(256))
# these are two patterns, because a search for a fixed beginning is quick
NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
CONTROL_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|[xX]0*(?:[0-8bceBCEfF]|1[0-9a-fA-F]));"
)
# embedded images are never read; 10 MB of them take 10 s
EMBEDDED = re.compile(rb"data:[^,\"'<>\s]{0,100};base64,[A-Za-z0-9+/=%\\_-]{200,}")
LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d,}" % MAX_TAG)
TAG_NAME = re.compile(rb"<[\w:-]+")

ELEMENTS = etree.XPath("count(//*)")
COUNTED = (
    (MAX_ELEMENTS, "elements", ELEMENTS),
    (MAX_LINKS, "links", etree.XPath("count(//a)")),
    (MAX_PARAGRAPHS, "paragraphs", etree.XPath("count(//p)")),
)
TEXT = etree.XPath("string-length(/*)")
IS_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
LONG_SCRIPTS = etree.XPath(f"//*[self::script or self::style][string-length() > {MAX_SCRIPT}]")
JSON_LD = etree.XPath("//script[@type='application/ld+json' or @type='application/settings+json']")


def parse_page(fetched: Fetched) -> lxml.html.HtmlElement:
    """The page's tree, within the limits. Scripts and tags that are too long are cut.

    Raises Failed(not_html) for a file of another kind, Failed(no_text) if it cannot be parsed, and
    Failed(too_large) if it is beyond a limit.
    """
    text = page_text(fetched)
    if _is_binary(fetched.body, text[:CONTROL_WITHIN]):
        raise Failed(Outcome.NOT_HTML, "it is not text, although its server says so")
    markup = _cleaned(text)
    _check(len(markup), MAX_MARKUP, "bytes")
    _check(markup.count(b"<"), MAX_TAGS, "tags")
    # huge_tree: one of the longest pages is nested more deeply than lxml allows by default.
    # Comments and processing instructions are never text.
    parser = lxml.html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False, encoding="utf-8"
    )
    try:
        tree = lxml.html.document_fromstring(markup, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise Failed(Outcome.NO_TEXT, f"not parseable as HTML: {error}") from error
    if ELEMENTS(tree) > FEW_ELEMENTS:
        _check_counts(tree)
    if len(markup) > SMALL:
        _trim(tree)
    return tree


def drop_costly_json_ld(tree: lxml.html.HtmlElement) -> None:
    """Removes JSON-LD on which trafilatura would work for minutes. Read the JSON-LD before.

    trafilatura's repair of broken JSON takes time that grows with the square of the length.
    """
    left = MAX_JSON_LD
    for script in JSON_LD(tree):
        length = len(script.text or "")
        if length > left or (length > MAX_BROKEN_JSON_LD and not _is_json(script.text)):
            script.drop_tree()
        else:
            left -= length


def _is_binary(body: bytes, text: str) -> bool:
    if body[:64].lstrip().startswith(BINARY):
        return True
    return len(CONTROL.findall(text)) > max(10, CONTROL_SHARE * len(text))


def _cleaned(text: str) -> bytes:
    """The markup in UTF-8, without characters that an XML tree cannot hold.

    It is bytes, because lxml refuses a string that declares an encoding, as XHTML does. Without the
    removal, one vertical tab in a page would cost the whole article.
    """
    markup = text.encode("utf-8", "replace").translate(SPACED, NUL)
    markup = CONTROL_REFERENCE.sub(b" ", NO_CHARACTER.sub(b" ", markup))
    markup = EMBEDDED.sub(b"data:,", markup)
    return LONG_TAG.sub(_bare, markup) if len(markup) > SMALL else markup


def _bare(tag: re.Match[bytes]) -> bytes:
    name = TAG_NAME.match(tag[0])
    return name[0] if name else b""


def _check_counts(tree: lxml.html.HtmlElement) -> None:
    for most, what, count in COUNTED:
        _check(int(count(tree)), most, what)
    if IS_DEEP(tree):
        raise Failed(Outcome.TOO_LARGE, f"elements nested more than {MAX_DEPTH:,} deep")


def _check(count: int, most: int, what: str) -> None:
    if count > most:
        raise Failed(Outcome.TOO_LARGE, f"{count:,} {what}, and {most:,} are the most that is read")


def _trim(tree: lxml.html.HtmlElement) -> None:
    for script in LONG_SCRIPTS(tree):
        script.drop_tree()
    _check(int(TEXT(tree)), MAX_TEXT, "characters of text")


def _is_json(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True
