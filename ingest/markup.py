"""A fetched page becomes a tree that everything else reads: decoded, cleaned, parsed once."""

import re

import lxml.html
import trafilatura

from ingest.model import Failed, Fetched, Outcome

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CONTROL_REFERENCE = re.compile(r"&#(?:0*([0-9]{1,2})|[xX]0*([0-9a-fA-F]{1,2}));")


def parse_page(fetched: Fetched) -> lxml.html.HtmlElement:
    """The page's tree. Raises Failed(no_text) where it is none."""
    # one of the longest pages found nests deeper than lxml's default lets it; comments and
    # processing instructions are never text
    parser = lxml.html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False, encoding="utf-8"
    )
    try:
        # decoded and encoded again: lxml takes no string that declares an encoding, as XHTML does
        markup = _without_controls(trafilatura.utils.decode_file(fetched.body))
        utf8 = markup.encode("utf-8", "replace")
        return lxml.html.document_fromstring(utf8, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError) as error:
        raise Failed(Outcome.NO_TEXT, f"not parseable as HTML: {error}") from error


def _without_controls(markup: str) -> str:
    """Without what no XML tree may hold: one stray vertical tab would cost the whole article."""
    return CONTROL_REFERENCE.sub(_harmless, CONTROL.sub(" ", markup))


def _harmless(reference: re.Match[str]) -> str:
    decimal, hexadecimal = reference.groups()
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return " " if number < 32 and chr(number) not in "\t\n\r" else reference[0]
