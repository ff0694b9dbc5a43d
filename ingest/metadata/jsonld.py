"""schema.org's JSON in a page's scripts becomes plain nodes, even if it is broken.

    scripts -> without wrappers -> json -> if that fails: one repair, json -> nodes

Takes the texts of scripts, gives a list of Node. Each step takes time in proportion to the script.
The repair of trafilatura takes time by the square: 12 s for 137 KB of broken JSON.
"""

import html
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

LARGEST = 1_000_000  # characters of one script; the longest whole article seen has 300,000
LARGEST_PAGE = 2_000_000  # characters of all the scripts of one page
MOST_NODES = 2_000
DEEPEST = 12  # levels that are searched; the node of an article is at most five levels down
OPENINGS = ("//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[", "<!--")
CLOSINGS = ("//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>", "//-->", "-->")
#: A string, a comment, or a comma before a closing bracket. A string without its closing quote goes
#: to the end of the script, so that no quote is read twice.
TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*+(?:"|\Z)|(?<!:)//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*+[}\]])', re.DOTALL
)
BAD_ESCAPE = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9a-fA-F]{4})|.)', re.DOTALL)
#: Single values that can be read from a script that stays broken.
SALVAGED = re.compile(
    r'"(headline|datePublished|dateModified|articleSection|@type|author|isAccessibleForFree)"\s*+:'
    r'\s*+(?:\{\s*+(?:"@type"\s*+:\s*+"\w{1,40}"\s*+,\s*+)?"name"\s*+:\s*+)?"((?:[^"\\\n]|\\.){1,300}+)"'
)
#: Objects below these keys are what the page mentions, not what it is.
MENTIONS = frozenset((
    "itemListElement", "hasPart", "relatedLink", "mentions", "citation", "isPartOf", "comment",
    "review", "reviews", "about", "breadcrumb", "publisher", "potentialAction", "image",
    "associatedMedia", "video", "liveBlogUpdate", "subjectOf", "workExample", "isBasedOn",
    "mentionedIn", "offers", "sourceOrganization", "significantLink",
))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One object of a page's JSON-LD. `mentioned` means that the page is not about it."""

    values: dict[str, Any]
    types: tuple[str, ...]
    mentioned: bool


def read_nodes(scripts: Iterable[str]) -> list[Node]:
    """The objects with a type or a headline, in document order. Raises nothing."""
    nodes: list[Node] = []
    left = LARGEST_PAGE
    for script in scripts:
        if len(script) <= min(left, LARGEST):
            left -= len(script)
            nodes += _nodes(parsed(script), MOST_NODES - len(nodes))
    return nodes


def parsed(script: str) -> list[Any]:
    """The values of a script. A broken script is repaired; else single values are read from it."""
    script = _unwrapped(script)
    if '"' not in script and "&quot;" in script:
        script = html.unescape(script)
    for mended in (str, _mended):
        values, whole = _values(mended(script))
        if whole:
            return values
    return values or _salvaged(script)


def _unwrapped(script: str) -> str:
    """A script without a comment or CDATA section around the whole of it."""
    for opening, closing in itertools.zip_longest(OPENINGS, CLOSINGS, fillvalue=" "):
        script = script.strip().removeprefix(opening).removesuffix(closing)
    return script.strip().rstrip(";")


def _values(script: str) -> tuple[list[Any], bool]:
    """The objects that follow each other in a script, and whether that is all of it."""
    decoder = json.JSONDecoder(strict=False)  # line breaks within strings are common
    values: list[Any] = []
    position, length = 0, len(script)
    try:
        while position < length:
            value, position = decoder.raw_decode(script, position)
            values.append(value)
            while position < length and script[position] in " \t\r\n,;":
                position += 1
    except (ValueError, RecursionError):
        return values, False
    return values, True


def _mended(script: str) -> str:
    return TOKEN.sub(_mended_token, script)


def _mended_token(token: re.Match[str]) -> str:
    text = token[0]
    return BAD_ESCAPE.sub(_mended_escape, text) if text.startswith('"') else ""


def _mended_escape(escape: re.Match[str]) -> str:
    return escape[0] if escape[1] else "\\" + escape[0] if escape[0] != "\\'" else "'"


def _salvaged(script: str) -> list[Any]:
    """One object with the first of each value that can be read from a script that stays broken."""
    found: dict[str, str] = {}
    for name, value in SALVAGED.findall(script):
        found.setdefault(name, value)
    for name, value in found.items():
        try:
            found[name] = json.loads(f'"{value}"', strict=False)
        except ValueError:
            found[name] = value
    return [found] if "headline" in found or "datePublished" in found else []


def _nodes(values: list[Any], most: int) -> Iterator[Node]:
    """The objects within values, level by level: outer objects come before inner ones."""
    level: list[tuple[Any, bool]] = [(value, False) for value in values]
    for _ in range(DEEPEST):
        below: list[tuple[Any, bool]] = []
        for value, mentioned in level:
            if isinstance(value, list):
                below += [(item, mentioned) for item in value[:most]]
            elif isinstance(value, dict):
                types = _types(value.get("@type"))
                if types or "headline" in value:
                    yield Node(values=value, types=types, mentioned=mentioned)
                    most -= 1
                below += [
                    (inner, mentioned or key in MENTIONS)
                    for key, inner in value.items()
                    if isinstance(inner, dict | list)
                ]
            if most <= 0:
                return
        level = below


def _types(declared: object) -> tuple[str, ...]:
    """The names of an object's types, without the address of their vocabulary."""
    names = declared if isinstance(declared, list) else [declared]
    return tuple(re.split(r"[/#:]", name)[-1] for name in names[:5] if isinstance(name, str))
