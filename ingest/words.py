"""The words of a text, as everything here counts and compares them. Pure."""

import re

# Scripts written without spaces are taken a character at a time: else a sentence is one "word".
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
APOSTROPHES = re.compile(r"['’ʼ]")


def words(text: str) -> list[str]:
    """The words in order, casefolded, without punctuation: "Don’t" and "don't" are one."""
    return WORD.findall(APOSTROPHES.sub("", text).casefold())
