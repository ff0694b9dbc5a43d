"""What becomes of an agency's story, with what readers call it, in eight languages.

Each pair is an agency's text and what another outlet, or the same agency later, makes of it:
edited and cut copies, local inserts, later versions, round-ups, background, forms.
"""

import re
from collections.abc import Iterator
from random import Random

from support.invented import LANGUAGES, Writer

Case = tuple[str, str, str, str, bool]  # label, treatment, one text, the other, one outlet
STORIES = 5  # of each language


def cases() -> dict[str, list[Case]]:
    """The constructed pairs of each language."""
    return {
        language.code: [
            case
            for seed in range(STORIES)
            for case in versions(
                Writer(language, Random(f"{language.code} {seed}"))  # noqa: S311 - a fixed seed
            )
        ]
        for language in LANGUAGES
    }


def versions(writer: Writer) -> Iterator[Case]:
    """The pairs made of one story."""
    story, other = writer.story(24), writer.story(24)

    def case(label, name, text, *, of=story, same=False):
        return label, name, "\n".join(of), "\n".join(text), same

    yield case("copy", "edited", edited(writer, story))
    yield case("copy", "every sentence edited", [reworded(writer, line) for line in story])
    yield case(
        "copy", "two sentences fewer, one more", [*story[:10], writer.sentence(), *story[12:]]
    )
    yield case("copy", "another first sentence", [writer.sentence(), *story[1:]])
    yield case("copy", "another last sentence", [*story[:-1], writer.sentence()])
    yield case("copy", "local insert", [*story[:7], *writer.story(4), *story[7:]])
    yield case("copy", "local end", [*story, *writer.story(5)])
    yield case("abridged", "head", story[:9])
    yield case("abridged", "cut throughout", [*story[:4], *story[4::2]])
    yield case("abridged", "cut and edited", edited(writer, story[:4] + story[8:14]))
    yield case("update", "every fourth sentence replaced", replaced(writer, story, 4))
    yield case("update", "every fifth sentence replaced", replaced(writer, story, 5))
    yield case("update", "every third sentence replaced", replaced(writer, story, 3))
    yield case("update", "every eighth sentence replaced", replaced(writer, story, 8))
    yield case("update", "other numbers", renumbered(writer, story))
    yield case("update", "new beginning", [*writer.story(7), *story[3:]])
    yield case("update", "new beginning, one outlet", [*writer.story(4), *story[3:]], same=True)
    yield case(
        "update", "one outlet, more sentences", [*story[:4], *other[:3], *story[4:]], same=True
    )
    yield case("embeds", "round-up", [*other[:20], *story[:10], *writer.story(30)])
    yield case("embeds", "round-up of half of it", [*other[:20], *story[2:14], *writer.story(24)])
    yield case("shares", "background", [*other, *story[-3:]])
    yield case("shares", "background in the middle", [*other[:12], *story[10:13], *other[12:]])
    said = [writer.quoted(sentence) for sentence in writer.story(6)]
    yield case("shares", "quotations", mixed(other[:12], said), of=mixed(story[:12], said))
    block = writer.story(20)
    below = [*story[:8], *block]
    yield case("boilerplate", "one block below two", [*other[:8], *block], of=below, same=True)
    yield case("unrelated", "another story", other)
    yield from forms(writer)


def forms(writer: Writer) -> Iterator[Case]:
    """Two reports that are one form, filled in twice."""
    for blanks in (10, 16):
        skeleton = [writer.sentence(5, names=0) for _ in range(blanks)]
        for same in (False, True):
            one, other = (
                "\n".join(filled(writer, line, number) for number, line in enumerate(skeleton))
                for _ in range(2)
            )
            yield "unrelated", f"form of {blanks} blanks", one, other, same


def filled(writer: Writer, line: str, number: int) -> str:
    gap = " " if writer.language.spaced else ""
    return (
        f"{writer.name()}{gap}{writer.number()}{gap}{line}"
        if number % 2
        else (f"{line[:-1]}{gap}{writer.number()}{line[-1]}")
    )


def edited(writer: Writer, story: list[str]) -> list[str]:
    """An editor's copy: in every third sentence another word or two."""
    return [reworded(writer, line) if n % 3 == 1 else line for n, line in enumerate(story)]


def reworded(writer: Writer, line: str) -> str:
    words = line.split() if writer.language.spaced else list(line)
    at = len(words) // 2
    return (" " if writer.language.spaced else "").join(
        [*words[:at], writer.word(), *words[at + 1 :]]
    )


def replaced(writer: Writer, story: list[str], every: int) -> list[str]:
    """A later version: sentences throughout are replaced, and some are added."""
    return [
        line
        for n, old in enumerate(story)
        for line in ([writer.sentence(numbers=1)] * (n % every == every - 1) or [old])
        + [writer.sentence()] * (n % 8 == 5)
    ]


def renumbered(writer: Writer, story: list[str]) -> list[str]:
    """A later version with other figures in the same sentences."""
    return [re.sub(r"\d+", lambda _: writer.number(), line) for line in story]


def mixed(story: list[str], said: list[str]) -> list[str]:
    """Own sentences between quotations."""
    return [line for n, own in enumerate(story) for line in (own, *said[n : n + 1])]
