"""The form of an address that identifies a page, and the outlet that the page belongs to. Pure.

Two addresses count as one page only if that is practically certain. courlan's `normalize_url` makes
one page of several. It drops `gallery=`, `cid=` and `reference=` as trackers, drops parameters
without a value (`/story?12345`), and joins double slashes.

A feed can list an address of any length. Only addresses within `MAX_ADDRESS` and `MAX_HOST`
identify a page. Every function here takes time in proportion to the length.
"""

import itertools
import re
from urllib.parse import SplitResult, parse_qs, quote, unquote, urljoin, urlsplit, urlunsplit

import idna
import tld
import xxhash

from ingest.model import Failed, Outcome

HOST = re.compile(r"[\w.:%-]+")
DEFAULT_PORTS = {"http": 80, "https": 443}
#: The most characters of an address that identifies a page, as listed and in canonical form.
#: Sitemaps allow 2,048. The shortest limit of a browser that was in wide use is 2,083.
MAX_ADDRESS = 2_083
MAX_HOST = 253  # characters of a host name (RFC 1035, 2.3.4)
MAX_NESTING = 4_000  # characters of an address that is searched for another address inside it

#: Parameters that say how a reader came to the page, and never which page it is. In lower case.
TRACKING = re.compile(
    r"(utm|hsa|mtm|itm|matomo|piwik|vero|taboola)_.+|(fb|g|d|tw|y|ys|tt)clid|gclsrc|[gw]braid"
    r"|(msclk|wicked|rb_click|irclick|outbrainclick)id|igshid|igsh|mc_[ce]id|mkt_tok|oly_(anon|enc)_id"
    r"|_hs(enc|mi)|__hs(sc|tc|fp)|hsctatracking|pk_(campaign|cid|content|keyword|kwd|medium|source)"
    r"|ga_(campaign|content|medium|source|term)|_ga|_gl|_openstat|xtor|wt[._]z?mc([._].+)?"
    r"|at_(medium|campaign|campaign_type|channel|creation|custom\d|format|link_.+|variant|bbc_team"
    r"|ptr_name|recipient_.+|send_date)|ns_(campaign|mchannel|source|fee|linkname)"
    r"|usqp|aoh|amp_(js_v|gsa|tf|ct)|guccounter|guce_referrer(_sig)?|ref_(src|url)|tblci|dicbo"
    r"|__twitter_impression|fb_(action_ids|action_types|source|ref)|soc_(src|trk)|smtyp|ftcamp"
    r"|wprov|__tn__|phpsessid|jsessionid"
)
#: The same, unless the value is a number: a number may identify the page.
WORDED = re.compile(r"smid|ncid|ocid|icid|cmpid")
#: Parameters that say how a reader came, but only with one of the values in REFERRERS.
TELLING = re.compile(r"ref|referr?er|source|src|from|partner|emc|cmp|mod|mbid|via")
REFERRERS = re.compile(
    r"rss([._-]?\w*)|(atom|xml)?[._-]?feeds?|feedburner|newsletters?|e-?mail|(social|share)(_.*)?"
    r"|facebook|fb|twitter|tw|whatsapp|telegram|linkedin|reddit|flipboard|googlenews|google[._-]news"
)
AMP = {"amp": {"", "1", "true"}, "outputtype": {"amp"}}
#: Names of lists of pages. An "amp" after one of them is a subject of the list: /tag/amp.
LISTINGS = {"tag", "tags", "topic", "topics", "category", "categories", "wiki", "search", "author"}
SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
VARIANTS = {"amp", "m", "mobile"}  # first labels of hosts that serve a site's AMP and mobile pages
LANGUAGE_HOME = re.compile(
    r"/?([a-z]{2}([-_][a-z]{2})?/?)?((index|default|home)\.\w+)?", re.IGNORECASE
)

GOOGLE = re.compile(r"(www\.)?google\.[a-z]{2,3}(\.[a-z]{2})?")
#: Addresses that only redirect: host, path, and the parameters that hold the target.
WRAPPERS = (
    (GOOGLE, re.compile(r"/url"), ("q", "url")),
    (re.compile(r"news\.google\.com"), re.compile(r"/.*"), ("url",)),
    (re.compile(r"(l|lm|www|m)\.facebook\.com"), re.compile(r"/l\.php"), ("u",)),
    (re.compile(r"l\.instagram\.com"), re.compile(r"/"), ("u",)),
)
AMP_CACHES = {
    "google": re.compile(r"/amp/(s/)?([^/]+\..+)"),
    "cdn.ampproject.org": re.compile(r"/[cv]/(s/)?([^/]+\..+)"),
}
#: Sites that run other outlets' articles and name the original.
SYNDICATORS = frozenset(
    {"aol.com", "flipboard.com", "msn.com", "newsbreak.com", "smartnews.com", "yahoo.com"}
)


def canonical_url(url: str) -> str:
    """The form of an address that identifies a page, whatever link led to it.

    It has no tracking parameters, no user and no fragment (except `#!` and `#/`, which are routes).
    AMP addresses, mobile addresses and links that only redirect become the address of the page
    itself. This form is not fetched: Copydesk fetches the address as listed, because some servers
    insist on every byte of it. Raises Failed(bad_address) for anything but an http(s) address, and
    for an address over MAX_ADDRESS or MAX_HOST, as listed or in canonical form.
    """
    _check_limits(url.strip())
    form = canonical_form(url)
    _check_limits(form)
    return form


def canonical_form(url: str) -> str:
    """The canonical form without limits. It finds pages that were stored before there were limits.

    Raises Failed(bad_address). For addresses that feeds and pages list, use `canonical_url`.
    """
    try:
        parts = _split(url)
        while target := _target(parts):
            parts = _split(target)
        return urlunsplit(parts)
    except ValueError as error:  # idna's and half an emoji's are of this kind as well
        raise Failed(Outcome.BAD_ADDRESS, type(error).__name__) from error


def believed_canonical(page_url: str, declared: str) -> str | None:
    """The `rel=canonical` that a page declares, in canonical form; None if it is not credible.

    It is credible if it is on the page's own site (its registrable domain), or if the page's site
    is a syndicator, which names the original. Many sites declare their home page on every page, so
    a home page is credible only for a home page.
    """
    if not declared.strip():
        return None
    try:
        page = canonical_url(page_url)
        canonical = canonical_url(urljoin(page_url.strip(), declared.strip()))
    except (Failed, ValueError):
        return None
    if _is_home(canonical) and not _is_home(page):
        return None
    site = _site(page)
    return canonical if site == _site(canonical) or site in SYNDICATORS else None


def url_id(url: str) -> int:
    """A 63-bit id of an address: the same in every database, without a shared counter."""
    return xxhash.xxh3_64_intdigest(url.encode()) >> 1


def outlet(url: str) -> str:
    """The site a page belongs to: its host without `www.`, `m.` or a port."""
    host = urlsplit(url).hostname or ""
    for prefix in ("www.", "m."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    return host


def host_of(url: str) -> str:
    """The host of an address: its name, and its port if that is not the scheme's default.

    The name is in lower case and punycode, without a dot at the end. IPv6 is in brackets. The
    result is empty if `url` is not an address.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # idna's and half an emoji's are of this kind as well
        return ""
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{name}:{port}"


def _check_limits(url: str) -> None:
    if len(url) > MAX_ADDRESS:
        raise Failed(Outcome.BAD_ADDRESS, f"an address of more than {MAX_ADDRESS:,} characters")
    try:
        host = urlsplit(url).hostname or ""
    except ValueError as error:
        raise Failed(Outcome.BAD_ADDRESS, type(error).__name__) from error
    if len(host.rstrip(".")) > MAX_HOST:
        raise Failed(Outcome.BAD_ADDRESS, f"a host of more than {MAX_HOST} characters")


def _split(url: str) -> SplitResult:
    """An address in its normal form and its parts."""
    parts = urlsplit(url.strip())
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not HOST.fullmatch(parts.hostname or ""):
        raise Failed(Outcome.BAD_ADDRESS, "not an http(s) address")
    host = _without_variant(_ascii_host(parts.hostname or ""))
    port = "" if parts.port in (None, DEFAULT_PORTS[scheme]) else f":{parts.port}"
    netloc = (f"[{host}]" if ":" in host else host) + port
    path = _without_amp(_without_dots(SESSION.sub("", _encoded(parts.path, "/"))) or "/")
    route = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return SplitResult(scheme, netloc, path, _query(parts.query), _encoded(route, "/?"))


def _ascii_host(host: str) -> str:
    """A host in lower case and punycode, without its trailing dot."""
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    host = host.rstrip(".").lower()
    if not host:
        raise ValueError("a host of dots")
    return host


def _without_variant(host: str) -> str:
    """The host of the full site, if this is the host of its AMP or mobile pages.

    The result has at least two labels and is not a public suffix: `m.co.uk` stays as it is.
    """
    labels = host.split(".")
    if labels[0] not in VARIANTS:
        return host
    suffix = tld.get_tld(".".join(labels[1:]), fail_silently=True, fix_protocol=True) or ""
    removable = len(labels) - max(2, str(suffix).count(".") + 2)
    kept = itertools.dropwhile(VARIANTS.__contains__, labels[:removable])
    return ".".join([*kept, *labels[removable:]])


def _encoded(part: str, safe: str) -> str:
    """Percent-encoded as RFC 3986 says: unreserved characters stay, escapes are in upper case."""
    pieces = re.split(r"(%[0-9A-Fa-f]{2})", part)
    return "".join(
        _escape(piece) if number % 2 else quote(piece, safe=f"{safe}!$&'()*+,;=:@")
        for number, piece in enumerate(pieces)
    )


def _escape(piece: str) -> str:
    character = unquote(piece, "latin-1")
    return character if quote(character, safe="") == character else piece.upper()


def _without_dots(path: str) -> str:
    """The path with `.` and `..` resolved, as every browser does; empty segments stay."""
    *segments, last = path.split("/")
    kept: list[str] = []
    for segment in (*segments, last) if last == ".." else segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join([*kept, "" if last in {".", ".."} else last])


def _without_amp(path: str) -> str:
    """The path of the page whose AMP form this is: without `/amp` or `.amp` at its end."""
    segments = path.removesuffix("/").split("/")
    while len(segments) > 1 and segments[-1] == "amp" and _is_page(segments[-2]):
        segments.pop()
    bare = "/".join(segments) + ("/" if path.endswith("/") else "")
    end = len(bare.removesuffix(".html"))
    while end < len(bare) and bare.endswith(".amp", 0, end):
        end -= len(".amp")
    return bare[:end] + (".html" if bare.endswith(".html") else "")


def _is_page(segment: str) -> bool:
    return bool(segment) and segment.lower() not in LISTINGS


def _query(query: str) -> str:
    """The parameters that identify the page, sorted by name; equal names keep their order."""
    # a feed that escapes twice lists `&amp;` for `&`
    parameters = [re.sub(r"^(amp;)+", "", _encoded(part, "/?")) for part in query.split("&")]
    kept = [parameter for parameter in parameters if parameter and _makes_the_page(parameter)]
    return "&".join(sorted(kept, key=lambda parameter: parameter.partition("=")[0]))


def _makes_the_page(parameter: str) -> bool:
    name, _, value = (unquote(part).lower() for part in parameter.partition("="))
    if TRACKING.fullmatch(name) or value in AMP.get(name, ()):
        return False
    if WORDED.fullmatch(name):
        return value.isdigit()
    return not (TELLING.fullmatch(name) and REFERRERS.fullmatch(value))


def _target(parts: SplitResult) -> str:
    """The target of an address that only redirects; empty where the address is a page itself."""
    host = parts.hostname or ""
    if len(urlunsplit(parts)) > MAX_NESTING:
        return ""
    cached = AMP_CACHES.get("google" if GOOGLE.fullmatch(host) else host.partition(".")[2])
    held = cached.fullmatch(parts.path) if cached else None
    if held:
        query = f"?{parts.query}" if parts.query else ""
        targets = [f"http{'s' if held[1] else ''}://{held[2]}{query}"]
    else:
        targets = [
            target
            for hosts, paths, names in WRAPPERS
            if hosts.fullmatch(host) and paths.fullmatch(parts.path)
            for name in names
            for target in parse_qs(parts.query).get(name, [])
        ]
    return next(filter(_is_address, targets), "")


def _is_address(target: str) -> bool:
    try:
        return bool(_split(target))
    except (Failed, ValueError):
        return False


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and not parts.fragment and bool(LANGUAGE_HOME.fullmatch(parts.path))


def _site(url: str) -> str:
    """The registrable domain of an address; its host's last two labels where none is known."""
    host = urlsplit(url).hostname or ""
    known = tld.get_fld(url, fail_silently=True, search_private=True)
    return known or (
        host if re.fullmatch(r"[\d.]+|.*:.*", host) else ".".join(host.split(".")[-2:])
    )
