"""Makes the patterns that take a byline apart, from the words in words.toml.

Gives compiled patterns and sets of words to bylines.py.
"""

from functools import cache

import regex

from ingest import wordlists
from ingest.wordlists import any_of

WORDS = wordlists.read("ingest.metadata", "words.toml")
#: The languages whose names of months and days are looked for in bylines.
LOCALES = ("en", "de", "fr", "es")  # Italian "set" and "gen" are English words as well
FLAGS = regex.IGNORECASE | regex.V1
NO_LETTER_BEFORE = r"(?<![\p{L}'’-])"


def _any(kind: str) -> str:
    """A group that matches any word of a kind."""
    return any_of(WORDS[kind])


#: Words before names. "Von" counts only before a full name: "Von Trier" is a name itself.
LEAD = regex.compile(
    rf"^(?i:(?:{_any('before_by')}(?:\s+and\s+\w+)?\s+)?by:?(?:\s+|$)(?:the\s+)?|by:\s*)"
    rf"|^(?i:{_any('labels')}\s*:\s*)"
    rf"|^{_any('by')}\s+(?=\p{{Lu}}[\p{{L}}\p{{M}}'’.-]*\s+\p{{L}}|\p{{Lu}}{{2,}}(?:\s|$))"
    rf"|^{_any('by_without_capitals')}\s*[:：/／丨|]?\s*",
    regex.V1,
)
BY = frozenset(WORDS["by_words"])
#: The name of a newspaper that begins with an article: "El País", "Der Spiegel".
ARTICLE = regex.compile(rf"{_any('articles')}\s\p{{L}}+", FLAGS)
#: Joins two names: "Ann Lee and Jo Roe".
CONJUNCTION = regex.compile(rf"\s*&\s*|\s*,?\s+{_any('and')}\s+|\s+و\s*(?=\w{{2}})", FLAGS)
#: Words before people who did other work: "Reviewed by", "Photos:".
NOT_BY = regex.compile(
    rf"\s*(?:{_any('other_work_how')}[ -]?)?{_any('other_work')}(?:\s+and\s+\w+)?"
    rf"\s*(?:{_any('by_words')}|:)(?:\s|$|:)",
    FLAGS,
)
#: Buttons and labels printed next to a name.
BUTTONS = regex.compile(rf"(?:^|\s+|[,;:]\s*){_any('buttons')}(?=$|[\s,;:])", FLAGS)
#: Degrees after a name: the full stops of "ph.d" and "m.d" may be left out.
DEGREE = _any("post_nominals").replace(r"\.", r"\.?")
POST_NOMINAL = regex.compile(rf"(?:(?:^|\s+)(?:(?i:{DEGREE})\.?®?|I{{2,3}}|IV|\([\w ]{{2,20}}\)))+")
ROLES = _any("roles")
QUALIFIER = rf"(?:{_any('role_qualifiers')}\.?[\s-]+)"
ROLE = regex.compile(rf"{NO_LETTER_BEFORE}{ROLES}(?![\p{{L}}])|{_any('role_endings')}$", FLAGS)
#: The initials shown in place of a picture: "AL Ann Lee".
AVATAR = regex.compile(r"^(\p{Lu})(\p{Lu})\s+(?=\1\p{Ll}+(?:\s\S+)*\s\2)")
ROLE_AT_END = regex.compile(
    rf"(?:(?<=\p{{L}}{{2}}\s\p{{L}}{{2,20}}\s){_any('title_after_name')}\b.*{ROLES}.*$)"
    rf"|(?:^|[\s(–—-]++){QUALIFIER}{{0,4}}{ROLES}\)?"
    rf"(?:[\s,–—-]++{_any('role_at')}\s.{{0,60}})?$",
    FLAGS,
)
ROLE_AT_START = regex.compile(rf"^{QUALIFIER}{{0,4}}{ROLES}[\s:–—-]++(?=\p{{Lu}})", FLAGS)
#: Where or for whom somebody works: "Ann Lee, of The Gazette", "Jo Roe in Paris".
AFFILIATION = regex.compile(
    rf"(?<=[\p{{L}}.])\s+{_any('affiliation')}\s+(?:the\s+)?\p{{Lu}}.{{0,80}}$"
    rf"|\s+{_any('byline_endings')}$",
    regex.V1,
)
#: Brackets at the end of a name, with an agency, a role or an account in them.
IN_BRACKETS = regex.compile(r"\s*[(（\[]([^()（）\[\]]{1,60})[)）\]]?\s*$", regex.V1)
#: An organisation by a word in its name, a call sign ("WABC-TV"), or the name of its site.
ORGANISATION = regex.compile(
    rf"{NO_LETTER_BEFORE}{_any('organisations')}(?![\p{{L}}])"
    r"|(?-i:^[WK][A-Z]{2,3}(?:-(?:TV|FM|AM|DT))?$|\((?:[A-Z][a-z]*\.\s?)+\)\s)"
    rf"|{_any('organisation_endings')}$"
    r"|\.(?:com|org|net|de|fr|es|it|co\.uk|tv|ru|br|in)$",
    FLAGS,
)
#: Words that a desk adds to the name of its outlet.
DESK = regex.compile(rf"\s+{_any('desks')}$", FLAGS)
#: Words that are never part of a name: a text with one is prose.
PROSE = regex.compile(rf"{NO_LETTER_BEFORE}{_any('prose')}(?![\p{{L}}'’-])|©", FLAGS)
NOBODY = frozenset(WORDS["nobody"])
GIVEN_NAMES = frozenset(WORDS["given_names"])


@cache
def moment_pattern() -> "regex.Pattern[str]":
    """A date, a time or a length of reading, with what introduces it. Built at the first use."""
    month = any_of({*wordlists.month_names(LOCALES), *WORDS["months"]})
    day = any_of({*wordlists.day_names(LOCALES), *WORDS["days"]})
    ordinal, of = _any("ordinals"), _any("between_day_and_month")
    return regex.compile(
        rf"\b(?:(?:{_any('dated_before')} )?{_any('dated')}(?: {_any('dated_on')})?:?\s*"
        rf"(?=\d|{month}\b))?"
        rf"(?:(?:{day},?\s+)?(?:\b{month}\b\.?\s+\d{{1,2}}{ordinal}?\b(?:,?\s+\d{{4}})?"
        rf"|\b\d{{1,2}}(?:{ordinal}|\.)?\s+(?:{of}\s+)?{month}\b\.?(?:,?\s+(?:{of}\s+)?\d{{4}})?)"
        r"|\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
        rf"|\b\d{{1,2}}[:.h]\d{{2}}(?::\d{{2}})?\s*(?:[ap]\.?m\.?|{_any('after_time')})?"
        r"(?:\s*[A-Z]{2,4}\b)?"
        rf"|\b\d{{1,3}}\s*[- ]?{_any('units_of_time')}\b(?:\s+{_any('after_units_of_time')})?"
        r"|\bage \d{1,2}\b)",
        FLAGS,
    )
