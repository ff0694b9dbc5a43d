"""A document's bytes become text, whatever its server and its declaration claim. Pure."""

import codecs
import re
import zlib

from ingest.model import Failed, Fetched, Outcome

LARGEST = 64 * 1024 * 1024  # bytes a gzipped document may unpack to
BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)
DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']?([\w.:-]+)""")
META = re.compile(
    rb"""<(?:meta|\?xml)\s[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE
)
META_WITHIN = 20_000  # bytes: browsers look through 1,024, publishers do not keep to it
HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
#: What encodings are mistaken for, by Python's names: as in the WHATWG's table of labels.
WIDER = {"iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
#: Python's own "encodings" that are none of a document; some take seconds on a long one.
NOT_ENCODINGS = {"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined", "utf-7"}
#: Told by their bytes, where they are used; declared of others often enough.
WIDE = {f"utf-{bits}{order}" for bits in (16, 32) for order in ("", "-le", "-be")}
BAD_SHARE = 0.05  # of all characters beyond ASCII: so many cut ones are forgiven in UTF-8


def document_text(fetched: Fetched) -> str:
    """A feed's body as text. Raises Failed(not_a_feed) where it is gzipped and broken."""
    body = _unpacked(fetched.body, Outcome.NOT_A_FEED)
    return _text(body, DECLARED.match(body), fetched.headers.get("content-type", ""))


def page_text(fetched: Fetched) -> str:
    """A page's body as text. Raises Failed(no_text) where it is gzipped and broken."""
    body = _unpacked(fetched.body, Outcome.NO_TEXT)
    declared = META.search(body, 0, META_WITHIN)
    return _text(body, declared, fetched.headers.get("content-type", ""))


def _text(body: bytes, declared: re.Match[bytes] | None, header: str) -> str:
    """UTF-8 wherever the bytes are that, since hardly any other text is so by chance; then what the
    document declares, then what the server says, then Windows' Latin."""
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    named = [declared[1].decode("ascii", "replace")] if declared else []
    named += HEADER.findall(header)
    if not (body.isascii() and named):  # ASCII may be one of the encodings that shift, as Japan's
        as_utf8 = body.decode("utf-8", "replace")
        if _is_mostly_sound(as_utf8, body.count("\ufffd".encode())):
            return as_utf8
    for encoding in [*named, "utf-8", "cp1252"]:
        decoded = _decoded(body, encoding)
        if decoded is not None:
            return decoded
    return body.decode("latin-1")


def _unpacked(body: bytes, otherwise: Outcome) -> bytes:
    """The body, unpacked where it is a gzip file: sitemaps often are, feeds now and then."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, LARGEST)
    except zlib.error as error:
        raise Failed(otherwise, f"a broken gzip file: {error}") from error


def _is_mostly_sound(text: str, written: int = 0) -> bool:
    """Whether what was decoded is what it was taken for, but for a few letters cut in two.

    Publishers cut summaries by bytes; one such cut must not cost a whole feed its umlauts. Of the
    signs for a lost letter, `written` were in the document: lost by its publisher already.
    """
    bad = text.count("\ufffd") - written
    return bad <= 0 or bad <= BAD_SHARE * (len(text) - len(text.encode("ascii", "ignore")))


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        name = codecs.lookup(encoding).name
        if name in NOT_ENCODINGS | WIDE:
            return None
        text = body.decode(WIDER.get(name, name), "replace")
    except (LookupError, ValueError):
        return None
    return text if _is_mostly_sound(text) else None
