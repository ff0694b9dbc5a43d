"""Says which agency an article is from, with the evidence on its page.

    dateline, credit line, copyright line (text) | byline | outlet, canonical, address
        -> pieces of evidence -> the agency with the surest one

Takes the text and metadata of a page, gives an Attribution or None. A mention in prose ("told the
Associated Press") is not evidence. If an agency only contributed, the confidence stays below
LIKELY.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import regex

from ingest.agencies.names import WORDS, is_agency, named_agency, path_agency, site_agency
from ingest.model import LIKELY
from ingest.wordlists import any_of

CONTRIBUTED = 0.25
HEAD_LINES = 4  # first lines: a dateline may stand after the title, a subtitle or a caption
TAIL_LINES = 6  # last lines: a credit may stand before a note on the author or a correction
LONGEST_CREDIT = 60
LONGEST_LINE = 300  # characters of a line that is a credit or a copyright notice, at most

#: "PORT CITY, Nov. 3 (AP) —", "(ANSA) - ROMA", "Madrid, 3 nov (EFE).-", "Berlin (dpa/lnw) -".
DATELINE = regex.compile(
    r"^(?P<place>[^.!?()（）\n]{0,60}(?:\.[^.!?()（）\n]{0,40}){0,3})"
    r"[(（](?P<credit>[^()（）\n]{2,40})[)）]\s*(?P<end>[.:]?\s*[-–—―−_]|[.:]\s|)"
)
#: "МОСКВА, 3 ноября. /ТАСС/." and "МОСКВА, 3 ноя — РИА Новости."
RUSSIAN = regex.compile(
    r"^\p{Lu}[^\n/]{0,60}(?:/(?P<credit>[^/\n]{2,30})/|[-–—]\s*(?P<credit>[^.\n]{2,30})\.)"
)
#: "新华社北京11月3日电", "【ワシントン共同】", "[東京 3日 ロイター]", "(서울=연합뉴스)".
EASTERN = regex.compile(
    rf"^[（(]?(?P<credit>{any_of(WORDS['datelines'])})[^\n]{{0,24}}?(?:[电電]|[)）])"
    r"|^[【\[［(（][^】\]］)）\n]{0,20}?"
    rf"(?P<credit>{any_of(WORDS['datelines_in_brackets'])})(?:通信)?[】\]］)）]"
)
#: The text before the bracket of a dateline: a place in capitals or in a few words, and a day.
PLACE = regex.compile(
    r"(?:\p{Lu}{3}|\p{Lo}).*|(?=.*\d)(?:\S+\s+){1,9}|(?:\p{Lu}\S*\s+(?:\p{Ll}{1,3}\s+)?){0,4}"
)
DAY = re.compile(r"\d")

#: A line that is a credit: "Source: Reuters", "(dpa)", "— AP", "AP".
LABEL = regex.compile(rf"^{any_of(WORDS['labels'])}?\s*[:：]?\s*", regex.IGNORECASE)
#: A credit after the last sentence: "... said the minister. (dpa)" or "... /dpa".
AT_END = regex.compile(
    r"[.!?»”\"“…]\s*(?:[(（/](?P<credit>[^()（）/\n]{2,30})[)）]?"
    r"|[-–—]\s?(?P<credit>[^\s.]{2,12}))\.?$"
)
DPA_CODE = re.compile(r"\bdpa:\d{6}-\d")
REUTERS_STAFF = re.compile(
    r"^\(?(?:Reporting|Writing|Additional reporting)\s+by\s"
    r"[^\n]{3,160};\s*(?:\w+\s)*[Ee]diting\s+by\s"
)
COPYRIGHT = regex.compile(
    r"(?:©|\(c\)|copyright|&copy;)[\s:,©]*(?:\(c\)\s*)?"
    r"(?:\d{4}(?:\s?[-–]\s?\d{4})?)?[\s,]*(?:by\s)?(?:the\s)?"
    r"(?P<credit>[^.,;|\n]{2,40}?)(?=(?:\s*\d{4})?\s*(?:[.,;|]|$|all rights))",
    regex.IGNORECASE,
)
AFTER_HOLDER = regex.compile(r"\s*(?:all rights|\(|inc\b|l\.?p\b|l$).*$", regex.IGNORECASE)
#: Says that an agency helped: "The Associated Press contributed to this report".
HELPED = regex.compile(any_of(WORDS["helped"]), regex.IGNORECASE)
NAMES = regex.compile(rf"(?<![\p{{L}}/]){any_of(WORDS['helpers'])}(?![\p{{L}}/])")
#: Joins an agency to the outlet's own work in a byline: "CBS/AP", "Le Monde avec AFP".
MIXED = regex.compile(rf"/|\+|\b{any_of((*WORDS['and'], *WORDS['with']))}\b", regex.IGNORECASE)
ALSO = regex.compile(rf"\s*[/,+&]\s*|\s{any_of(WORDS['and'])}\s")
AFTER_COMMA = regex.compile(r",\s*(?:the\s)?(?P<credit>[^,/]+)$", regex.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """The agency that an article is from, how sure that is (0 to 1), and the evidence.

    `where` is "dateline", "credit line", "byline", "copyright", "url", "canonical" or "outlet".
    """

    agency: str
    confidence: float
    evidence: str
    where: str


NO_ATTRIBUTION = Attribution(agency="", confidence=0.0, evidence="", where="")


def attribute(
    *,
    text: str,
    url: str,
    credited: tuple[str, ...] = (),
    authors: tuple[str, ...] = (),
    byline: str = "",
    canonical: str = "",
    source: str = "",
    copyright_notice: str = "",
    agencies: tuple[str, ...] = (),
) -> Attribution | None:
    """The agency that the article is from, by all evidence on the page; None if it names none.

    `authors`, `byline`, `source` and `copyright_notice` come from the page's Metadata, and so does
    `credited`, its credits. `agencies` are the names in the outlet's recipe. Two kinds of evidence
    for one agency make it surer. Evidence for another agency makes it less sure.
    """
    found = [
        *_of_text(text),
        *_of_byline(credited, authors, byline),
        *_of_recipe(agencies, credited, byline),
        *_of_source(source, copyright_notice),
        *_of_addresses(url, canonical),
    ]
    if not found:
        return None
    best = max(found, key=lambda one: one.confidence)
    if best.confidence < LIKELY:
        return best
    doubt = 1 - best.confidence
    others = {
        one.where: one for one in found if one.where != best.where and one.confidence >= LIKELY
    }
    for other in others.values():
        doubt *= 1 - other.confidence if other.agency == best.agency else 1.5
    return replace(best, confidence=round(max(0.0, 1 - doubt), 3))


def _of_text(text: str) -> Iterator[Attribution]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line in lines[:HEAD_LINES]:
        yield from _dateline(line)
    for line in lines[-TAIL_LINES:]:
        yield from _tail(line)
    for line in lines[-2:]:
        ending = AT_END.search(line[-60:])
        if ending and is_agency(_credit(ending)):
            yield _evidence(_credit(ending), 0.75, ending[0], "credit line")
    if len(lines) > HEAD_LINES and is_agency(lines[0]):
        yield _evidence(lines[0], 0.8, lines[0], "credit line")


def _dateline(line: str) -> Iterator[Attribution]:
    """The agency in the dateline with which a line begins, in many languages."""
    found = DATELINE.match(line[:200])
    if found and named_agency(_credit(found)) and PLACE.fullmatch(found["place"]):
        # a dash follows it; in India there may be no dash, but a day before it
        if found["end"] or DAY.search(found["place"]):
            yield _evidence(_credit(found), 0.95, found[0].strip(), "dateline")
        return
    for pattern in (RUSSIAN, EASTERN):
        found = pattern.match(line[:200])
        if found and named_agency(_credit(found)):
            yield _evidence(_credit(found), 0.95, found[0].strip(), "dateline")
            return


def _tail(line: str) -> Iterator[Attribution]:
    """The agency that one of the last lines names: as the source, as owner, or for its help."""
    if len(line) > LONGEST_LINE:
        return
    notice = COPYRIGHT.search(line)
    bare = LABEL.sub("", line)
    if notice and is_agency(_holder(notice)):
        yield _evidence(_holder(notice), 0.95, line, "copyright")
    elif DPA_CODE.search(line):
        yield Attribution(agency="dpa", confidence=0.95, evidence=line, where="credit line")
    elif len(bare) < LONGEST_CREDIT and _all_agencies(bare):
        yield _evidence(bare, 0.9, line, "credit line")
    elif REUTERS_STAFF.match(line):
        yield Attribution(agency="reuters", confidence=0.8, evidence=line, where="credit line")
    elif HELPED.search(line):
        helper = NAMES.search(line)
        if helper:
            yield _evidence(helper[0], CONTRIBUTED, line, "credit line")


def _holder(notice: "regex.Match[str]") -> str:
    """Who holds the rights, as a notice says."""
    holder: str = AFTER_HOLDER.sub("", _credit(notice))
    return holder.strip()


def _all_agencies(credit: str) -> bool:
    """Whether a credit names only agencies: "dpa/afp", not "Reuters and our correspondents"."""
    parts = [part for part in ALSO.split(credit) if part]
    return (
        bool(parts)
        and is_agency(parts[0])
        and all(is_agency(part) or len(part) < 4 for part in parts)
    )


def _of_byline(
    credited: tuple[str, ...], authors: tuple[str, ...], byline: str
) -> Iterator[Attribution]:
    """The agency in a byline.

    An agency alone or after a name supplied the text. An agency joined to another name supplied a
    part of it.
    """
    agencies = [credit for credit in credited if named_agency(credit)]
    if not agencies:
        return
    printed = byline if agencies[0].casefold() in byline.casefold() else agencies[0]
    others = bool(authors) or len(credited) > len(agencies) or "/" in printed
    if not (others and MIXED.search(printed)) or _all_agencies(printed):
        confidence = 0.7 if len(agencies) > 1 else 0.92
    else:  # "Ann Lee and Jo Roe, Associated Press", but "CBS/AP" and "Ann Lee and AP"
        confidence = 0.85 if authors and AFTER_COMMA.search(printed) else 0.4
    yield _evidence(agencies[0], confidence, printed, "byline")


def _of_recipe(
    agencies: tuple[str, ...], credited: tuple[str, ...], byline: str
) -> Iterator[Attribution]:
    """The agencies in a byline that only the outlet's recipe knows."""
    printed = byline or ", ".join(credited)
    for name in agencies:
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", printed, re.IGNORECASE):
            evidence = printed[:LONGEST_LINE]
            yield Attribution(agency=name, confidence=0.9, evidence=evidence, where="byline")


def _of_source(source: str, notice: str) -> Iterator[Attribution]:
    """The agency that the page's metadata name as the source, or as the owner of the rights."""
    if is_agency(source):
        yield _evidence(source, 0.85, source, "credit line")
    held = COPYRIGHT.search(notice)
    holder = _holder(held) if held else notice
    if holder and is_agency(holder):
        yield _evidence(holder, 0.85, notice, "copyright")


def _of_addresses(url: str, canonical: str) -> Iterator[Attribution]:
    """The agency that the addresses name.

    The page or its canonical address is on the agency's site, or it is in a folder of that name.
    """
    outlet = site_agency(_part(url, "netloc"))
    original = site_agency(_part(canonical, "netloc"))
    if outlet:
        yield Attribution(agency=outlet, confidence=0.97, evidence=url, where="outlet")
    elif original:
        yield Attribution(agency=original, confidence=0.95, evidence=canonical, where="canonical")
    else:
        agency, confidence = path_agency(_part(url, "path"))
        if agency:
            yield Attribution(agency=agency, confidence=confidence, evidence=url, where="url")


def _part(url: str, name: str) -> str:
    try:
        return str(getattr(urlsplit(url), name))
    except ValueError:
        return ""


def _credit(found: "regex.Match[str]") -> str:
    """The credit in a match: the group that matched, of several with this name."""
    return next((held for held in found.capturesdict()["credit"] if held), "").strip()


def _evidence(credit: str, confidence: float, evidence: str, where: str) -> Attribution:
    return Attribution(
        agency=named_agency(credit),
        confidence=confidence,
        evidence=evidence[:LONGEST_LINE],
        where=where,
    )
