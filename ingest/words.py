"""The words of a text, as everything here counts and compares them. Pure."""

import regex

# Scripts written without spaces are taken a character at a time: else a sentence is one "word".
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}"
# regex, not re: there \w leaves out the vowel signs of Hindi and its relatives, and splits words
WORD = regex.compile(rf"[{UNSPACED}]|[\w--_{UNSPACED}]+", regex.V1)
APOSTROPHES = regex.compile(r"['’ʼ]")


def words(text: str) -> list[str]:
    """The words in order, casefolded, without punctuation: "Don’t" and "don't" are one."""
    return list(WORD.findall(APOSTROPHES.sub("", text).casefold()))
