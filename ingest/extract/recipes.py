"""Recipes: where the parts of one outlet's pages are, written by an editor who knows them.

A recipe file is in TOML, with one table for each outlet. A value is a CSS selector. A value that
begins with "/" or "(" is an XPath. `keep` selects the element that holds the article. `drop`
selects parts that do not belong to it. `title`, `author` and `date` select the elements that hold
them. `date` can also name an attribute: "time@datetime". `agencies` holds names, not selectors:
agencies that only this outlet's bylines credit.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import lxml.html
from cssselect import HTMLTranslator, SelectorError
from lxml import etree

from ingest.model import CopydeskError
from ingest.values import harmless


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One outlet's XPaths and agencies. Where an XPath is empty, the rules decide."""

    keep: str = ""
    drop: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    date: str = ""  # the XPath of an element or of an attribute
    agencies: tuple[str, ...] = ()  # names


NO_RECIPE = Recipe()
ATTRIBUTE = re.compile(r"@([\w:-]+)\s*$")


def read_recipes(path: Path) -> dict[str, Recipe]:
    """The recipes of a file by outlet. Raises CopydeskError that names the outlet and the key."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CopydeskError(f"cannot read the recipes in {path}: {error}") from error
    return {outlet: _recipe(f"{path}, [{outlet!r}]", table) for outlet, table in tables.items()}


def apply_recipe(tree: lxml.html.HtmlElement, recipe: Recipe) -> lxml.html.HtmlElement:
    """The part of a tree that the recipe keeps, without what it drops.

    It is the whole tree if the recipe's `keep` finds nothing.
    """
    for path in recipe.drop:
        for element in _elements(tree, path):
            if element.getparent() is not None:
                element.drop_tree()
    kept = _elements(tree, recipe.keep)
    if not kept:
        return tree
    page = lxml.html.document_fromstring("<html><body><article></article></body></html>")
    for element in kept:
        element.tail = None
    page[0][0].extend(kept)
    return page


def select_texts(tree: lxml.html.HtmlElement, path: str) -> tuple[str, ...]:
    """The texts of what a path finds, in order; none for an empty path."""
    values = tree.xpath(path) if path else []
    texts = (v if isinstance(v, str) else v.text_content() for v in values)
    return tuple(text for text in (" ".join(harmless(text).split()) for text in texts) if text)


def _elements(tree: lxml.html.HtmlElement, path: str) -> list[lxml.html.HtmlElement]:
    """What a path finds, without attributes and texts."""
    return [one for one in tree.xpath(path) if not isinstance(one, str)] if path else []


def _recipe(where: str, table: object) -> Recipe:
    if not isinstance(table, Mapping):
        raise CopydeskError(f"{where} is not a table: write [{where}] and its keys below")
    known = [field.name for field in fields(Recipe)]
    wrong = set(table) - set(known)
    if wrong:
        raise CopydeskError(f"{where} has {min(wrong)}; a recipe has {', '.join(known)}")
    agencies = _names(f"{where}, agencies", table.get("agencies", []))
    values = {
        key: _xpaths(f"{where}, {key}", value) for key, value in table.items() if key != "agencies"
    }
    return Recipe(
        agencies=agencies,
        drop=values.pop("drop", ()),
        **{key: " | ".join(paths) for key, paths in values.items()},
    )


def _names(where: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    names = tuple(name.strip() if isinstance(name, str) else "" for name in listed)
    if not all(names):
        raise CopydeskError(f'{where}: names are wanted, as in ["Coast News Service"]')
    return names


def _xpaths(where: str, value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(_xpath(where, selector) for selector in listed)


def _xpath(where: str, selector: object) -> str:
    """A selector as an XPath that is known to work."""
    if not isinstance(selector, str) or not selector.strip():
        raise CopydeskError(f"{where}: {selector!r} is neither CSS nor XPath: it is empty")
    try:
        path = _translated(selector)
        works = isinstance(lxml.html.document_fromstring("<p>").xpath(path), list)
    except (ValueError, SelectorError, etree.XPathError) as error:
        raise CopydeskError(f"{where}: {selector!r} is neither CSS nor XPath: {error}") from error
    if not works:
        raise CopydeskError(f"{where}: {selector!r} is neither CSS nor XPath of elements")
    return path


def _translated(selector: str) -> str:
    if selector.startswith(("/", "(")):
        return selector
    element, attribute = ATTRIBUTE.sub("", selector), ATTRIBUTE.search(selector)
    path = HTMLTranslator().css_to_xpath(element.strip(), prefix="descendant-or-self::")
    return f"{path}/@{attribute[1]}" if attribute else path
