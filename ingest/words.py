"""The words of a text, as everything here counts and compares them. Pure."""

import re
from functools import lru_cache

import regex

# Scripts written without spaces are taken a character at a time: else a sentence is one "word".
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}"
# regex, not re: there \w leaves out the vowel signs of Hindi and its relatives, and splits words
WORD = regex.compile(rf"[{UNSPACED}]|[\w--_{UNSPACED}]+", regex.V1)
LONG = 2_000  # characters of a line that is not kept in memory
APOSTROPHES = re.compile(r"['’ʼ]")
# The same words, five times as fast, for what is written in Latin letters and in no other:
# there re and regex agree, but for raised digits and fractions
LATIN = re.compile(r"[^\W_]+")
NOT_LATIN = re.compile(r"[^\x00-±´-¸º»¿-ɏ‐-‧‰-‾]")


def words(text: str) -> list[str]:
    """The words in order, casefolded, without punctuation: "Don’t" and "don't" are one."""
    plain = APOSTROPHES.sub("", text).casefold()
    return (WORD if NOT_LATIN.search(plain) else LATIN).findall(plain)


def size(line: str) -> int:
    """Its length in words. Everything asks for it again and again; a text's lines fit into the
    cache many times over, but for those of a page without line breaks."""
    return len(words(line)) if len(line) > LONG else _size(line)


@lru_cache(maxsize=1 << 14)
def _size(line: str) -> int:
    return len(words(line))
