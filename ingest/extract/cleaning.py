"""Removes the lines of a text that its site printed around the article and between its paragraphs.

Takes lines and the Surroundings of the text. Gives the lines that are the article's, and the
Removed lines, each with the rule that removed it. The rules (rules.py) are applied in order.
"""

from collections.abc import Mapping, Sequence

from ingest.extract.rules import RECURRING, RULES, Rule, Surroundings
from ingest.extract.wording import is_ended, key, line_hash
from ingest.model import Article, Line, Removed
from ingest.words import size

LEAST_KEPT = 0.4  # share of a text's words that must remain


def counted(article: Article) -> list[Line]:
    """The distinct lines of an article, also those that were removed because they recur.

    Otherwise a recurring line would not be counted any more, once it is removed from every text.
    """
    gone = (one.line for one in article.removed if one.rule == RECURRING)
    return counted_lines([*article.text.split("\n"), *gone])


def counted_lines(lines: Sequence[str]) -> list[Line]:
    """The distinct lines, as they are counted."""
    distinct = {line_hash(line): line for line in lines if key(line)}
    return [
        Line(hash=hashed, words=size(line), ended=is_ended(line))
        for hashed, line in distinct.items()
    ]


def without_recurring(text: str, boilerplate: frozenset[int]) -> tuple[str, list[Removed]]:
    """A filed text without its recurring lines, and the lines that were removed."""
    rules = {RECURRING: RULES[RECURRING]}
    kept, gone = clean(text.split("\n"), Surroundings(recurring=boilerplate), rules)
    return "\n".join(kept), gone


def clean(
    lines: Sequence[str], surroundings: Surroundings, rules: Mapping[str, Rule] | None = None
) -> tuple[list[str], list[Removed]]:
    """The lines that are the article's, and those that are not.

    If the rules would leave less than `LEAST_KEPT` of the words, they are wrong about this text.
    Then all lines are kept.
    """
    kept, removed = list(enumerate(lines)), list[Removed]()
    for name, rule in (RULES if rules is None else rules).items():
        found = rule([line for _, line in kept], surroundings)
        removed += [_gone(kept[place], left, name) for place, left in found.items()]
        renewed = ((at, found.get(place, line)) for place, (at, line) in enumerate(kept))
        kept = [(at, line) for at, line in renewed if line]
    left = [line for _, line in kept]
    before = sum(size(line) for line in lines)
    if sum(size(line) for line in left) < LEAST_KEPT * before:
        return [line for line in lines if line], []
    return left, removed


def _gone(numbered: tuple[int, str], left: str, rule: str) -> Removed:
    at, line = numbered
    return Removed(line=line[len(left) :].strip(), rule=rule, at=at, whole=not left)
