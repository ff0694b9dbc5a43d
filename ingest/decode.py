"""The bytes of a document become text. Pure.

The encoding is the first of these that fits: the one of a byte order mark, UTF-8, the one that the
document declares, the one that its server declares, Windows-1252.

w3lib knows which encoding a label means. Copydesk does not let w3lib choose the encoding: w3lib
believes a label before the bytes, and so spoils UTF-8 pages that are labelled as Latin-1. Copydesk
also finds the label itself: w3lib looks through the first 4,096 bytes only, and skips `charset = x`
in a header.
"""

import codecs
import re
import zlib

from w3lib.encoding import resolve_encoding

from ingest.model import Failed, Fetched, Outcome

MAX_UNPACKED = 64 * 1024 * 1024  # bytes of a gzipped document
#: The first bytes of a document, and the encoding that they show. UTF-32 stands before UTF-16,
#: because the mark of UTF-32 begins with the mark of UTF-16.
BEGINNINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
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
META_WITHIN = 20_000  # bytes: browsers look through 1,024, but some pages declare later
HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
#: Codecs of Python that no document is written in. Some take seconds for a long document.
NOT_ENCODINGS = {"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"}
#: Encodings that the first bytes show. If only a label names one of them, the label is wrong.
WIDE = {f"utf-{bits}{order}" for bits in (16, 32) for order in ("", "-le", "-be")}
MAX_DAMAGED = 0.05  # share of the characters beyond ASCII that may be damaged


def document_text(fetched: Fetched) -> str:
    """The body of a feed as text. Raises Failed(not_a_feed) for a broken gzip file."""
    body = _unpacked(fetched.body, Outcome.NOT_A_FEED)
    return _text(body, DECLARED.match(body), fetched.headers.get("content-type", ""))


def page_text(fetched: Fetched) -> str:
    """The body of a page as text. Raises Failed(no_text) for a broken gzip file."""
    body = _unpacked(fetched.body, Outcome.NO_TEXT)
    declared = META.search(body, 0, META_WITHIN)
    return _text(body, declared, fetched.headers.get("content-type", ""))


def _text(body: bytes, declared: re.Match[bytes] | None, header: str) -> str:
    """The body in the encoding that the module's docstring says.

    UTF-8 comes before every label, because text in another encoding is hardly ever valid UTF-8.
    """
    for beginning, encoding in BEGINNINGS:
        if body.startswith(beginning):
            return body.decode(encoding, "replace")
    labels = [declared[1].decode("ascii", "replace")] if declared else []
    labels += HEADER.findall(header)
    # ASCII bytes with a label may be in another encoding: ISO-2022-JP writes Japanese in ASCII
    if not (body.isascii() and labels):
        as_utf8 = body.decode("utf-8", "replace")
        if _is_mostly_sound(as_utf8, lost=body.count("\ufffd".encode())):
            return as_utf8
    for label in [*labels, "utf-8", "cp1252"]:
        decoded = _decoded(body, label)
        if decoded is not None:
            return decoded
    return body.decode("latin-1")


def _unpacked(body: bytes, otherwise: Outcome) -> bytes:
    """The body, unpacked if it is a gzip file, as many sitemaps and some feeds are."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_UNPACKED)
    except zlib.error as error:
        raise Failed(otherwise, f"a broken gzip file: {error}") from error


def _is_mostly_sound(text: str, *, lost: int = 0) -> bool:
    """Whether the encoding fits: at most MAX_DAMAGED of the characters beyond ASCII are damaged.

    Some publishers shorten summaries by bytes and cut a letter in two. One such letter must not
    change the encoding of the whole feed. `lost` is the number of U+FFFD in the document itself.
    """
    damaged = text.count("\ufffd") - lost
    return damaged <= 0 or damaged <= MAX_DAMAGED * (
        len(text) - len(text.encode("ascii", "ignore"))
    )


def _decoded(body: bytes, label: str) -> str | None:
    """The body in the encoding that the label means; None if it does not fit."""
    encoding = resolve_encoding(label)
    if encoding is None or encoding in NOT_ENCODINGS | WIDE:
        return None
    try:
        text = body.decode(encoding, "replace")
    except (LookupError, ValueError):  # not an encoding of text, as "hex"
        return None
    return text if _is_mostly_sound(text) else None
