"""The words of a text, as everything here counts and compares them. Pure."""

import re

import regex

# Scripts written without spaces are taken a character at a time: else a sentence is one "word".
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}"
# regex, not re: there \w leaves out the vowel signs of Hindi and its relatives, and splits words
WORD = regex.compile(rf"[{UNSPACED}]|[\w--_{UNSPACED}]+", regex.V1)
APOSTROPHES = re.compile(r"['’ʼ]")
# The same words, five times as fast, for what is written in Latin letters and in no other:
# there re and regex agree, but for raised digits and fractions
LATIN = re.compile(r"[^\W_]+")
NOT_LATIN = re.compile(r"[^\x00-±´-¸º»¿-ɏ‐-‧‰-‾]")


def words(text: str) -> list[str]:
    """The words in order, casefolded, without punctuation: "Don’t" and "don't" are one."""
    plain = APOSTROPHES.sub("", text).casefold()
    return (WORD if NOT_LATIN.search(plain) else LATIN).findall(plain)
