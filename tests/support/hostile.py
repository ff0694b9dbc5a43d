"""A hostile newsroom: real servers on loopback, one for each thing that a web site may do to us.

Every behaviour has a host of its own under `.example`, since after some of them a host is left
alone. `resolve` has them all on loopback, except those that test another address.
"""

import gzip
import itertools
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from support.certificates import self_signed, server_context
from support.fetching import limit

from ingest.model import Outcome

TYPE = "Content-Type: application/rss+xml"
PRIVATE = "10.20.30.40"


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What a host does when its feed is asked for, and how that poll must end."""

    name: str  # its host is `name.example`, its feed at /feed
    outcome: Outcome
    answer: Callable[["Newsroom"], Iterator[bytes]]  # what it sends, as it sends it
    entries: int | None = None  # of a feed that is read
    scheme: str = "http"
    secure: bool = False  # speaks TLS
    address: str = "127.0.0.1"
    slow: bool = False  # many seconds to parse
    bad: int = 0  # entries whose address is no address of a page
    robots: Callable[["Newsroom"], Iterator[bytes]] | None = None  # at /robots.txt; else as /feed

    @property
    def host(self):
        return f"{self.name.replace('_', '-')}.example"


BEHAVIOURS: list[Behaviour] = []


def behaviour(outcome, entries=None, **more):
    """Enters a function into the table, under its name."""

    def enter(answer):
        BEHAVIOURS.append(
            Behaviour(name=answer.__name__, outcome=outcome, entries=entries, answer=answer, **more)
        )
        return answer

    return enter


def head(status, *headers):
    return "\r\n".join([f"HTTP/1.1 {status} As It Is", *headers, "", ""]).encode("latin-1")


def whole(status, body=b"", *headers):
    return head(status, f"Content-Length: {len(body)}", *headers) + body


def item(number, more="", *, guid=None):
    return (
        f"<item><title>Harbour {number}</title><link>http://wire.example/{number}</link>"
        f"<guid>{number if guid is None else guid}</guid>{more}</item>"
    )


def rss(*items, encoding="utf-8"):
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>'
        f"<title>Wire</title>{''.join(items)}</channel></rss>"
    )


THREE = rss(*map(item, range(3))).encode()


# These take long to make: a newsroom has them ready before it opens.


@cache
def bomb():
    return gzip.compress(bytes(100_000_000), 9)


@cache
def long_rss():
    links = (f"<item><link>http://wire.example/{n}</link></item>" for n in range(100_000))
    return rss(*links).encode()


# time


@behaviour(Outcome.TIMEOUT)
def silence(room):
    room.closing.wait(30)
    yield b""


@behaviour(Outcome.TIMEOUT)
def slow_drip(room):
    yield head(200, TYPE)
    while not room.closing.wait(0.02):
        yield b"<"


@behaviour(Outcome.TIMEOUT)
def slow_drip_of_headers(room):
    yield b"HTTP/1.1 200 OK\r\n"
    while not room.closing.wait(0.02):
        yield b"X-Drip: drip\r\n"


# size


@behaviour(Outcome.TOO_LARGE)
def endless_body(_):
    yield head(200, TYPE)
    while True:
        yield b" " * 65_536


@behaviour(Outcome.TOO_LARGE)
def fifty_megabytes(_):
    yield head(200, TYPE, "Content-Length: 50000000")
    for _number in range(500):
        yield b" " * 100_000


@behaviour(Outcome.TOO_LARGE)
def gzip_bomb(_):
    yield whole(200, bomb(), TYPE, "Content-Encoding: gzip")


@behaviour(Outcome.TOO_LARGE)
def endless_gzip(_):
    yield head(200, TYPE, "Content-Encoding: gzip")
    piece = gzip.compress(bytes(1_000_000))
    while True:
        yield piece


@behaviour(Outcome.TOO_LARGE)
def endless_headers(_):
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: and more\r\n" * 1000


@behaviour(Outcome.READ, entries=100_000, slow=True)
def hundred_thousand_entries(_):
    yield whole(200, long_rss(), TYPE)


# addresses


@behaviour(Outcome.TOO_MANY_REDIRECTS)
def redirect_loop(_):
    yield whole(302, b"", "Location: /feed")


@behaviour(Outcome.FORBIDDEN_ADDRESS)
def redirect_to_a_private_address(_):
    yield whole(302, b"", "Location: http://169.254.169.254/latest/meta-data/")


@behaviour(Outcome.FORBIDDEN_ADDRESS)
def redirect_to_a_private_name(_):
    yield whole(302, b"", "Location: http://private-name.example/")


@behaviour(Outcome.FORBIDDEN_ADDRESS, address=PRIVATE)
def private_name(_):
    yield whole(200, THREE)


@behaviour(Outcome.BAD_ADDRESS)
def redirect_to_a_file(_):
    yield whole(301, b"", "Location: file:///etc/passwd")


@behaviour(Outcome.DNS_FAILED, address="")
def no_such_name(_):
    yield whole(200, THREE)


@behaviour(Outcome.FORBIDDEN_ADDRESS)
def redirect_to_a_clouds_settings(_):
    yield whole(302, b"", "Location: http://168.63.129.16/machine?comp=goalstate")


@behaviour(Outcome.BAD_ADDRESS)
def redirect_to_a_host_of_variants(_):
    yield whole(301, b"", f"Location: http://{'m.' * 20_000}wire.example/feed")


@behaviour(Outcome.BAD_ADDRESS)
def redirect_to_a_long_address(_):
    yield whole(302, b"", f"Location: /{'a' * 70_000}")


# links of a feed: each is one entry, beside one that is innocent


def linked(*links):
    items = (f"<item><title>Harbour</title><link>{link}</link></item>" for link in links)
    return rss(item("innocent"), *items).encode()


@behaviour(Outcome.READ, entries=2, bad=1)
def link_of_a_megabyte(_):
    yield whole(200, linked(f"http://wire.example/{'a' * 1_000_000}"), TYPE)


@behaviour(Outcome.READ, entries=4, bad=3)
def links_to_hosts_of_variants(_):
    hosts = (label * 50_000 for label in ("m.", "amp.", "m.mobile."))
    yield whole(200, linked(*(f"http://{host}wire.example/a" for host in hosts)), TYPE)


@behaviour(Outcome.READ, entries=4, bad=2)
def links_with_chains_of_amp(_):
    chains = ("/amp" * 50_000, ".amp" * 50_000 + ".html", "/amp" * 500)
    yield whole(200, linked(*(f"http://wire.example/a{chain}" for chain in chains)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=1)
def links_up_and_down(_):
    paths = ("a/" * 50_000 + "../" * 50_000, "a/" * 400 + "../" * 400)
    yield whole(200, linked(*(f"http://wire.example/{path}" for path in paths)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=1)
def links_within_links(_):
    chains = ("google.com/amp/s/" * 100, "google.com/amp/s/" * 10_000)
    yield whole(200, linked(*(f"http://{chain}wire.example/a" for chain in chains)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=1)
def links_that_grow_when_encoded(_):
    slugs = ("\u6e2f" * 200, "\u6e2f" * 2_000)
    yield whole(200, linked(*(f"http://wire.example/{slug}" for slug in slugs)), TYPE)


@behaviour(Outcome.READ, entries=3, bad=2)
def links_to_no_host(_):
    yield whole(200, linked("http://.../a", f"http://{'a' * 64}.\u00e4.example/a"), TYPE)


# words that steer a terminal


STEERING = "\x1b[2J\x1b]0;owned\x07"


@behaviour(Outcome.HTTP_ERROR)
def escapes_in_the_encoding(_):
    yield whole(200, THREE, TYPE, f"Content-Encoding: br{STEERING}, br")


@behaviour(Outcome.SERVER_ERROR)
def escapes_in_the_reason(_):
    yield f"HTTP/1.1 500 {STEERING}\r\nContent-Length: 0\r\n\r\n".encode()


@behaviour(Outcome.NOT_A_FEED)
def escapes_in_a_title(_):
    page = f"<html><head><title>Wire \u202e{STEERING}</title></head><body>News".encode()
    yield whole(200, page, f"Content-Type: text/html{STEERING}; charset=utf-8")


@behaviour(Outcome.CONNECTION_FAILED)
def escapes_in_a_broken_header(_):
    yield f"HTTP/1.1 200 OK\r\n{STEERING} Harbour: quay\r\n\r\n".encode()


# rules for robots, beside a feed that is innocent


def rules(*lines):
    return whole(200, "\n".join(["User-agent: *", *lines]).encode(), "Content-Type: text/plain")


def bombs_of_rules():
    """A robots.txt each, by name."""
    yield (
        "robots_of_wildcards",
        lambda _: iter([rules(*(f"Allow: /*zz{n}" for n in range(30_000)))]),
    )
    yield "robots_of_repeats", lambda _: iter([rules(*[f"Allow: /*{'a' * 25}b{'a' * 25}"] * 9_000)])
    yield "robots_of_one_long_rule", lambda _: iter([rules("Disallow: /" + "*ab" * 150_000)])
    yield (
        "robots_of_agents",
        lambda _: iter([rules(*["User-agent: a"] * 9_000, *["Allow: /a"] * 9_000)]),
    )
    yield "robots_of_dollars", lambda _: iter([rules(*["Disallow: /$a$" + "$" * 50] * 8_000)])
    yield "robots_of_escapes", lambda _: iter([rules(*["Disallow: /*%zz%41%"] * 25_000)])
    yield "robots_without_end", endless_rules
    yield "robots_in_a_loop", lambda _: iter([whole(302, b"", "Location: /robots.txt")])


def endless_rules(_):
    yield head(200, "Content-Type: text/plain")
    while True:
        yield b"Disallow: /*z\n" * 1000


for _name, _robots in bombs_of_rules():
    BEHAVIOURS.append(
        Behaviour(
            name=_name,
            outcome=Outcome.READ,
            entries=3,
            answer=lambda _: iter([whole(200, THREE, TYPE)]),
            robots=_robots,
        )
    )


# lengths


@behaviour(Outcome.TRUNCATED)
def truncated_chunks(_):
    yield head(200, TYPE, "Transfer-Encoding: chunked") + b"fff\r\n" + THREE


@behaviour(Outcome.TRUNCATED)
def length_too_long(_):
    yield head(200, TYPE, f"Content-Length: {len(THREE) + 1}") + THREE


@behaviour(Outcome.READ, entries=2)
def length_too_short(_):
    yield head(200, TYPE, f"Content-Length: {THREE.index(b'<item><title>Harbour 2')}") + THREE


@behaviour(Outcome.TRUNCATED)
def truncated_gzip(_):
    yield whole(200, gzip.compress(THREE)[:-30], TYPE, "Content-Encoding: gzip")


@behaviour(Outcome.CONNECTION_FAILED)
def garbled_gzip(_):
    yield whole(200, THREE, TYPE, "Content-Encoding: gzip")


# contents


@behaviour(Outcome.READ, entries=1)
def wrong_charset(_):
    yield whole(200, rss(item("Zürich")).encode(), "Content-Type: text/xml; charset=ascii")


@behaviour(Outcome.READ, entries=1)
def lying_charset(_):
    yield whole(200, rss(item("Zürich – “Quai”")).encode("windows-1252"), f"{TYPE}; charset=utf-8")


@behaviour(Outcome.READ, entries=1)
def unheard_of_charset(_):
    yield whole(200, rss(item("Quay"), encoding="x-none").encode(), f"{TYPE}; charset=klingon")


@behaviour(Outcome.NOT_A_FEED)
def page_at_a_feeds_address(_):
    page = b"<!doctype html><html><head><title>Wire</title></head><body><p>News</p></body></html>"
    yield whole(200, page, "Content-Type: text/html; charset=utf-8")


@behaviour(Outcome.NOT_A_FEED)
def error_page_as_success(_):
    yield whole(200, b"<h1>500 Internal Server Error</h1>", TYPE)


@behaviour(Outcome.NOT_A_FEED)
def empty_body(_):
    yield whole(200, b"", TYPE)


@behaviour(Outcome.NOT_A_FEED)
def binary_garbage(_):
    yield whole(200, bytes(range(256)) * 400, TYPE)


@behaviour(Outcome.NOT_A_FEED)
def deeply_nested_json(_):
    yield whole(200, b'{"a":' + b"[" * 200_000, "Content-Type: application/feed+json")


@behaviour(Outcome.READ, entries=3)
def changing_guids(room):
    poll = next(room.counter)
    yield whole(200, rss(*(item(n, guid=f"{poll}-{n}") for n in range(3))).encode(), TYPE)


@behaviour(Outcome.READ, entries=3)
def same_guid_for_all(_):
    yield whole(200, rss(*(item(n, guid="guid") for n in range(3))).encode(), TYPE)


@behaviour(Outcome.READ, entries=4)
def impossible_dates(_):
    dates = (
        "Fri, 18 Sep 2999 06:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "Thu, 99 Foo 99999 99:99:99 GMT",
        "9" * 400,
    )
    items = (item(n, f"<pubDate>{date}</pubDate>") for n, date in enumerate(dates))
    yield whole(200, rss(*items).encode(), TYPE)


# refusals


@behaviour(Outcome.HTTP_ERROR)  # to one who said nothing of holding a copy
def not_modified_for_ever(_):
    yield head(304, 'ETag: "for-ever"')


@behaviour(Outcome.THROTTLED)
def throttled_for_seconds(_):
    yield whole(429, b"", "Retry-After: 120")


@behaviour(Outcome.THROTTLED)
def throttled_until_a_date(_):
    until, date = "Fri, 18 Sep 2026 06:02:00 GMT", "Fri, 18 Sep 2026 06:00:00 GMT"
    yield whole(429, b"", f"Retry-After: {until}", f"Date: {date}")


@behaviour(Outcome.THROTTLED)
def unavailable(_):
    yield whole(503, b"<h1>Maintenance</h1>")


@behaviour(Outcome.CHALLENGED)
def challenge_in_a_header(_):
    yield whole(403, b"", "cf-mitigated: challenge")


@behaviour(Outcome.CHALLENGED)
def challenge_in_a_page(_):
    yield whole(503, b"<html><head><title>Just a moment...</title>", "Server: cloudflare")


@behaviour(Outcome.REFUSED)
def forbidden(_):
    yield whole(403, b"<h1>Forbidden</h1>")


@behaviour(Outcome.NOT_FOUND)
def not_found(_):
    yield whole(404)


@behaviour(Outcome.GONE)
def gone(_):
    yield whole(410)


@behaviour(Outcome.SERVER_ERROR)
def broken(_):
    yield whole(500)


# connections


@behaviour(Outcome.CONNECTION_FAILED)
def reset(_):
    yield head(200, TYPE, "Content-Length: 1000") + THREE[:100]
    raise ConnectionResetError


@behaviour(Outcome.CONNECTION_FAILED)
def hang_up(_):
    yield b""


@behaviour(Outcome.CONNECTION_FAILED)
def not_http(_):
    yield b"220 mail.wire.example ESMTP\r\n"


@behaviour(Outcome.TLS_FAILED, scheme="https", secure=True)
def certificate_of_nobody(_):
    yield whole(200, THREE)


@behaviour(Outcome.TLS_FAILED, scheme="https")
def plain_where_tls_was_asked_for(_):
    yield whole(200, THREE)


BY_HOST = {behaviour.host: behaviour for behaviour in BEHAVIOURS}


def url(behaviour, ports):
    """The address of its feed, in a newsroom with these ports: a plain one and one for TLS."""
    return f"{behaviour.scheme}://{behaviour.host}:{ports[behaviour.secure]}/feed"


async def resolve(host, _port):
    """The resolver to give to `open_fetcher`."""
    address = BY_HOST[host].address
    if not address:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [address]


class Connection(socketserver.StreamRequestHandler):
    """One request of one connection: asked for by host, answered as that behaves."""

    server: "Server"

    def handle(self):
        try:
            lines = iter(self.rfile.readline, b"\r\n")
            path = next(lines).split()[1]
            fields = dict(line.split(b": ", 1) for line in lines if line)
            host = next(v for name, v in fields.items() if name.lower() == b"host").decode()
            found = BY_HOST[host.strip().partition(":")[0]]
        except (ValueError, StopIteration, IndexError, KeyError, OSError):
            return  # a TLS greeting, for one: no request
        self.server.room.asked.append(found.name)
        answer = found.robots if found.robots and path == b"/robots.txt" else found.answer
        try:
            for piece in answer(self.server.room):
                self.wfile.write(piece)
        except ConnectionResetError:
            # no FIN but a RST: closing with nothing left to linger for
            self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        except OSError:
            pass  # it had enough of us


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self, room, context=None):
        super().__init__(("127.0.0.1", 0), Connection)
        self.room = room
        if context:
            # the handshake belongs to the connection's thread: one that never comes blocks no other
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, *_):
        """A client that does not like our certificate hangs up."""


class Newsroom:
    """The behaviours, served. `asked` names each one asked, once a request."""

    def __init__(self, folder):
        self.closing = threading.Event()
        self.counter = itertools.count()
        self.asked: list[str] = []
        secure = [behaviour.host for behaviour in BEHAVIOURS if behaviour.secure]
        context = server_context(self_signed(folder, *secure))
        self.servers = (Server(self), Server(self, context))

    @property
    def ports(self):
        return tuple(server.server_address[1] for server in self.servers)


#: Short enough for a test, and long enough for a busy machine to serve what is to be read.
LIMITS = limit(idle_timeout=2, total_timeout=3, connect_timeout=2, connections=100)


@contextmanager
def newsroom(folder):
    """Serves them until the block ends; the certificate is made in the folder."""
    for ready in (bomb, long_rss):
        ready()
    room = Newsroom(folder)
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        for server in room.servers
    ]
    for thread in threads:
        thread.start()
    try:
        yield room
    finally:
        room.closing.set()
        for server in room.servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()
