"""Shows word by word what one text cut, added and changed of another. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from ingest.words import words


class Edit(StrEnum):
    """What one text did with a passage of the other."""

    KEPT = "kept"
    CUT = "cut"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of words with the same edit, as each text writes them. A line break is a word."""

    edit: Edit
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


_EDITS = {
    "equal": Edit.KEPT,
    "delete": Edit.CUT,
    "insert": Edit.ADDED,
    "replace": Edit.CHANGED,
}


def difference(before: str, after: str) -> Iterator[Passage]:
    """The passages that turn one text into the other, in order.

    Two words are equal if they differ only in case and punctuation.
    """
    one, other = _written(before), _written(after)
    matcher = SequenceMatcher(None, _bare(one), _bare(other), autojunk=False)
    for tag, start, end, begin, stop in matcher.get_opcodes():
        yield Passage(
            edit=_EDITS[tag], before=tuple(one[start:end]), after=tuple(other[begin:stop])
        )


def _written(text: str) -> list[str]:
    return [
        word for line in text.strip().splitlines() if line.strip() for word in [*line.split(), "\n"]
    ][:-1]


def _bare(written: list[str]) -> list[str]:
    return [" ".join(words(word)) or word for word in written]
