"""The words of a text, as everything here counts and compares them. Pure."""

import re
from collections import Counter
from functools import lru_cache

import regex

# Scripts written without spaces are taken a character at a time: else a sentence is one "word".
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}"
# regex, not re: there \w leaves out the vowel signs of Hindi and its relatives, and splits words
WORD = regex.compile(rf"[{UNSPACED}]|[\w--_{UNSPACED}]+", regex.V1)
UNCACHED_FROM = 2_000  # characters of a line that is not kept in memory
# Most news is Latin-1 but for its punctuation. Its words are found a byte at a time: the same ones,
# in a sixth of the time.
PUNCTUATION = re.compile("[\u2000-\u200b\u2010-\u203e€™]")
SPACED = bytes(code if WORD.fullmatch(chr(code)) else ord(" ") for code in range(256))
GRAM = 4  # words
APOSTROPHES = re.compile(r"['’ʼ]")
# A quotation ends with its mark or with its paragraph: one that goes on is opened again in each.
QUOTATION = re.compile(r"""(“[^”\n]*”?|„[^“”\n]*[“”]?|«[^»\n]*»?|「[^」\n]*」?|"[^"\n]*"?)""")


def words(text: str) -> list[str]:
    """The words in order, casefolded, without punctuation: "Don’t" and "don't" are one."""
    plain = APOSTROPHES.sub("", text).casefold()
    try:
        latin = PUNCTUATION.sub(" ", plain).encode("latin-1")
    except UnicodeEncodeError:
        return list(WORD.findall(plain))
    return latin.translate(SPACED).decode("latin-1").split()


def quotations(text: str) -> list[tuple[int, int]]:
    """Where quotations stand among `words(text)`: from which word up to which."""
    spans = []
    end = 0
    parts = QUOTATION.split(text)
    for number, part in enumerate(parts[:-1]):  # no quotation begins after the last
        start, end = end, end + len(words(part))
        if number % 2 and end > start:
            spans.append((start, end))
    return spans


def names_and_numbers(text: str) -> set[str]:
    """The words that are written with a capital or hold a digit: who, where, when and how much."""
    return {
        word
        for token in text.split()
        if any(c.isupper() or c.isdigit() for c in token)
        for word in words(token)
    }


def size(line: str) -> int:
    """Its length in words. Everything asks for it again and again; a text's lines fit into the
    cache many times over, but for those of a page without line breaks."""
    return len(words(line)) if len(line) > UNCACHED_FROM else _size(line)


@lru_cache(maxsize=1 << 14)
def _size(line: str) -> int:
    return len(words(line))


def grams(text: str) -> Counter[tuple[str, ...]]:
    """Its runs of four words, counted: what texts are compared by. A shorter text is one run."""
    run = words(text)
    if len(run) < GRAM:
        return Counter([tuple(run)] if run else [])
    return Counter(zip(*(run[start:] for start in range(GRAM)), strict=False))
