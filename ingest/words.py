"""The words of a text: how all of Copydesk counts and compares text. Pure."""

import re
from collections import Counter
from functools import lru_cache
from itertools import islice

import regex

# In scripts without spaces each character is a word. Otherwise a whole sentence would be one word.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Myanmar}\p{Khmer}"
# regex, not re: the \w of re leaves out the vowel signs of Hindi and similar scripts
WORD = regex.compile(rf"[{UNSPACED}]|[\w--_{UNSPACED}]+", regex.V1)
UNCACHED_FROM = 2_000  # characters: results for longer lines are not cached
# The letters of most news texts are in Latin-1. The words of such a text are found in its bytes:
# the result is the same, in a sixth of the time.
PUNCTUATION = re.compile("[\u2000-\u200b\u2010-\u203e€™]")
SPACED = bytes(code if WORD.fullmatch(chr(code)) else ord(" ") for code in range(256))
# A word as it is written: with the apostrophes that `words` drops.
WRITTEN = regex.compile(rf"[{UNSPACED}]|[\w--_{UNSPACED}ʼ](?:['’ʼ]*[\w--_{UNSPACED}ʼ])*", regex.V1)
GRAM_WORDS = 4  # words in a run that `grams` counts
APOSTROPHES = re.compile(r"['’ʼ]")
# A quotation ends with its closing mark or with its paragraph. A quotation of several paragraphs
# has an opening mark in each of them.
QUOTATION = re.compile(r"""(“[^”\n]*”?|„[^“”\n]*[“”]?|«[^»\n]*»?|「[^」\n]*」?|"[^"\n]*"?)""")


def words(text: str) -> list[str]:
    """The words in order, casefolded, without punctuation: "Don’t" and "don't" are the same."""
    plain = APOSTROPHES.sub("", text).casefold()
    try:
        latin = PUNCTUATION.sub(" ", plain).encode("latin-1")
    except UnicodeEncodeError:
        return list(WORD.findall(plain))
    return latin.translate(SPACED).decode("latin-1").split()


def first_words(text: str, count: int) -> str:
    """The text up to the end of its word number `count`; all of it where it has no more words.

    `words` of the result are the first `count` words of the text.
    """
    if len(text) <= count:  # a word has at least one character
        return text
    last_and_next = list(islice(WRITTEN.finditer(text), count - 1, count + 1))
    return text[: last_and_next[0].end()] if len(last_and_next) == 2 else text


def quotations(text: str) -> list[tuple[int, int]]:
    """The quotations in `words(text)`: the place of the first word, and the one after the last."""
    spans = []
    end = 0
    parts = QUOTATION.split(text)
    for number, part in enumerate(parts[:-1]):  # the last part is outside quotations
        start, end = end, end + len(words(part))
        if number % 2 and end > start:
            spans.append((start, end))
    return spans


def names_and_numbers(text: str) -> set[str]:
    """The words that are written with a capital or contain a digit: names, dates and amounts."""
    return {
        word
        for token in text.split()
        if any(c.isupper() or c.isdigit() for c in token)
        for word in words(token)
    }


def size(line: str) -> int:
    """The number of words of a line. It is cached, because many rules ask for the same lines."""
    return len(words(line)) if len(line) > UNCACHED_FROM else _size(line)


@lru_cache(maxsize=1 << 14)
def _size(line: str) -> int:
    return len(words(line))


def grams(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words of a text, with their number. A shorter text is one run."""
    run = words(text)
    if len(run) < GRAM_WORDS:
        return Counter([tuple(run)] if run else [])
    return Counter(zip(*(run[start:] for start in range(GRAM_WORDS)), strict=False))
