"""What a server may do to us: time, size, redirects, headers, lengths, refusals, connections."""

import gzip
from functools import cache

from support.hostile_behaviour import THREE, TYPE, behaviour, head, whole

from ingest.model import Outcome

PRIVATE = "10.20.30.40"
STEERING = "\x1b[2J\x1b]0;owned\x07"  # what a terminal would obey


@cache
def bomb():
    return gzip.compress(bytes(100_000_000), 9)


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


# words that steer a terminal


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
