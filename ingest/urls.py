"""Addresses: the form that gives a page its identity, and the outlet it belongs to. Pure.

courlan's `normalize_url` is not used: its trackers match `gallery=`, `cid=` and `reference=` as
well, it forgets parameters without a value (`/story?12345`) and joins double slashes, so that it
makes one page of several. Two addresses here are one page only where that is as good as certain.
"""

import re
from urllib.parse import SplitResult, parse_qs, quote, unquote, urljoin, urlsplit, urlunsplit

import idna
import tld
import xxhash

from ingest.model import Failed, Outcome

HOST = re.compile(r"[\w.:%-]+")
# anchored: a later //x@ is part of a path; spaces allowed: a password may hold one. What looks like
# a port and is no number is a password with a slash in it: no address that works is mistaken for it
CREDENTIALS = re.compile(
    r"^(\s*(?:[A-Za-z][\w+.-]*:)*//)([^/?#]*@|[^/?#@\[:]*:(?!\d*([/?#]|$)).*@)", re.DOTALL
)
BARE_CREDENTIALS = re.compile(  # before an address without scheme: `ana:secret@wire.example/feed`
    r"^(\s*)(?!(?:mailto|tag|acct|sips?|xmpp|news|[mc]id|data|javascript|urn|tel):)"
    r"[^/?#\s:@]*:[^/?#]*@",
    re.IGNORECASE,
)
FEED_SCHEME = re.compile(r"^feed:(//)?(?=https?:)|^feed:(?=//)", re.IGNORECASE)
CREDENTIALS_IN_TEXT = re.compile(r"//[^/?#\s]*@")
DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_NESTING = 4000  # characters of an address that is looked into for another one

#: Parameters that say how a reader came and never what is shown, by name in lower case.
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
#: These as well, but for a plain number, which may be the page's.
WORDED = re.compile(r"smid|ncid|ocid|icid|cmpid")
#: Parameters that say it only where their value does.
TELLING = re.compile(r"ref|referr?er|source|src|from|partner|emc|cmp|mod|mbid|via")
REFERRERS = re.compile(
    r"rss([._-]?\w*)|(atom|xml)?[._-]?feeds?|feedburner|newsletters?|e-?mail|(social|share)(_.*)?"
    r"|facebook|fb|twitter|tw|whatsapp|telegram|linkedin|reddit|flipboard|googlenews|google[._-]news"
)
AMP = {"amp": {"", "1", "true"}, "outputtype": {"amp"}}
#: What a list of pages is called: the "amp" after it is one of its subjects.
LISTINGS = {"tag", "tags", "topic", "topics", "category", "categories", "wiki", "search", "author"}
SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
LANGUAGE_HOME = re.compile(
    r"/?([a-z]{2}([-_][a-z]{2})?/?)?((index|default|home)\.\w+)?", re.IGNORECASE
)

GOOGLE = re.compile(r"(www\.)?google\.[a-z]{2,3}(\.[a-z]{2})?")
#: Addresses that only lead on: host, path, and the parameters that hold where to.
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
    """The form of an address under which a page is known, whatever link led to it.

    Without tracking parameters, fragment (but for `#!` and `#/`, which are routes) and user, as
    the page behind an AMP or mobile address or behind a link that only leads on. Its own form.

    For identity only: what is fetched is the address as it was listed, since some servers insist
    on every byte of it. Raises Failed(bad_address) for what is not an http(s) address.
    """
    try:
        parts = _split(url)
        while target := _target(parts):
            parts = _split(target)
        return urlunsplit(parts)
    except ValueError as error:  # idna's and half an emoji's are of this kind as well
        raise Failed(Outcome.BAD_ADDRESS, type(error).__name__) from error


def believed_canonical(page_url: str, declared: str) -> str | None:
    """A page's own `rel=canonical` in canonical form, where it is to be believed, else None.

    It is within the page's site (its registrable domain) or where a syndicator names an original,
    and never for a home page unless the page is one: sites that declare it everywhere are many.
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
    """A 63-bit id of an address: the same in every database, with no counter to agree on."""
    return xxhash.xxh3_64_intdigest(url.encode()) >> 1


def outlet(url: str) -> str:
    """The site a page belongs to: its host without `www.`, `m.` or a port."""
    host = urlsplit(url).hostname or ""
    for prefix in ("www.", "m."):
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
    return host


def host_of(url: str) -> str:
    """What counts as one host: the name, and the port where it is not the scheme's own.

    In lower case and punycode, IPv6 in brackets, without the dot that may end a name. Empty where
    an address is none.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # idna's and half an emoji's are of this kind as well
        return ""
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{name}:{port}"


def without_credentials(url: str) -> str:
    """The address as it may be shown and stored: with any `user:password@` taken out.

    By text alone: an address too broken to be parsed can hold a password all the same.
    """
    return BARE_CREDENTIALS.sub(r"\1", CREDENTIALS.sub(r"\1", url))


def full_address(written: str) -> str:
    """An address as a person or a list writes it, with the scheme that may be left out there.

    https: a password is not to go out in the clear, and who speaks http alone is named so in full.
    """
    bare = FEED_SCHEME.sub("", written.strip())
    return bare if re.match(r"[A-Za-z][\w+.-]*://", bare) else f"https://{bare.lstrip('/')}"


def text_without_credentials(text: str) -> str:
    """A message or an id as it may be kept: with those of any address in it taken out."""
    return CREDENTIALS_IN_TEXT.sub("//", text)


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
    """The host of the full site where this is that of its AMP or mobile pages."""
    label, _, rest = host.partition(".")
    while label in {"amp", "m", "mobile"} and "." in rest and not tld.is_tld(rest):
        label, _, rest = (host := rest).partition(".")
    return host


def _encoded(part: str, safe: str) -> str:
    """Percent-encoding as RFC 3986 has it: none for unreserved characters, else in upper case."""
    pieces = re.split(r"(%[0-9A-Fa-f]{2})", part)
    return "".join(
        _escape(piece) if number % 2 else quote(piece, safe=f"{safe}!$&'()*+,;=:@")
        for number, piece in enumerate(pieces)
    )


def _escape(piece: str) -> str:
    character = unquote(piece, "latin-1")
    return character if quote(character, safe="") == character else piece.upper()


def _without_dots(path: str) -> str:
    """The path with `.` and `..` followed, as every browser does; empty segments stay."""
    kept: list[str] = []
    *segments, last = path.split("/")
    for segment in segments:
        if segment == "..":
            kept = kept[:-1] if len(kept) > 1 else kept
        elif segment != ".":
            kept.append(segment)
    if last == "..":
        kept = kept[:-1] if len(kept) > 1 else kept
    return "/".join([*kept, "" if last in {".", ".."} else last])


def _without_amp(path: str) -> str:
    """The path of the page whose AMP form this is."""
    while True:
        bare = re.sub(r"\.amp\.html$", ".html", path)
        before, amp, slash = bare.removesuffix("/").rpartition("/amp")
        before_that = before.rpartition("/")[2].lower()
        if amp and not slash and before_that and before_that not in LISTINGS:
            bare = before + ("/" if bare.endswith("/") else "")
        if bare == path:
            return path
        path = bare


def _query(query: str) -> str:
    """The parameters that make the page, sorted by name; those of one name keep their order."""
    # `&amp;` for `&` comes of a feed that escapes twice
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
    """Where an address that only leads on leads to; empty where it is a page itself."""
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
