"""What a server may do to us in the lesser-known corners of HTTP."""

import gzip

from support.hostile_behaviour import THREE, TYPE, behaviour, head, whole
from support.hostile_servers import bomb

from ingest.model import Outcome


@behaviour(Outcome.READ, entries=3)
def early_hints(_):
    yield head(103, "Link: </style.css>; rel=preload") * 3 + whole(200, THREE, TYPE)


@behaviour(Outcome.TIMEOUT)
def early_hints_for_ever(room):
    while not room.closing.wait(0.01):
        yield head(103, "Link: </style.css>; rel=preload")


@behaviour(Outcome.CONNECTION_FAILED)
def another_protocol_at_once(_):
    yield head(101, "Upgrade: websocket", "Connection: Upgrade") + whole(200, THREE, TYPE)


@behaviour(Outcome.READ, entries=3)
def chunks_with_extensions(_):
    extension = b";name=" + b"x" * 4_000
    yield head(200, TYPE, "Transfer-Encoding: chunked")
    for byte in THREE:
        yield b"1" + (extension if byte == THREE[0] else b"") + b"\r\n" + bytes([byte]) + b"\r\n"
    yield b"0\r\n\r\n"


@behaviour(Outcome.TOO_LARGE)
def a_chunk_extension_for_ever(_):
    yield head(200, TYPE, "Transfer-Encoding: chunked") + b"1;"
    while True:
        yield b"x" * 65_536


@behaviour(Outcome.READ, entries=3)
def trailing_headers(_):
    chunk = f"{len(THREE):x}\r\n".encode() + THREE + b"\r\n0\r\n"
    trailers = b"ETag: late\r\nRetry-After: 99999\r\nContent-Encoding: br\r\n\r\n"
    yield head(200, TYPE, "Transfer-Encoding: chunked") + chunk + trailers


@behaviour(Outcome.TOO_LARGE)
def trailing_headers_for_ever(_):
    yield head(200, TYPE, "Transfer-Encoding: chunked") + b"1\r\n<\r\n0\r\n"
    while True:
        yield b"X-More: and more\r\n" * 1000


@behaviour(Outcome.CONNECTION_FAILED)
def two_lengths(_):
    yield head(200, TYPE, f"Content-Length: {len(THREE)}", "Content-Length: 7") + THREE


@behaviour(Outcome.CONNECTION_FAILED)
def a_negative_length(_):
    yield head(200, TYPE, "Content-Length: -1") + THREE


@behaviour(Outcome.HTTP_ERROR)
def gzip_within_gzip(_):
    packed = gzip.compress(gzip.compress(THREE))
    yield whole(200, packed, TYPE, "Content-Encoding: gzip, gzip")


@behaviour(Outcome.NOT_A_FEED)
def a_gzip_file_within_gzip(_):
    yield whole(200, gzip.compress(bomb()), TYPE, "Content-Encoding: gzip")


@behaviour(Outcome.HTTP_ERROR)
def packed_as_zstd(_):
    yield whole(200, b"\x28\xb5\x2f\xfd" + THREE, TYPE, "Content-Encoding: zstd")


@behaviour(Outcome.BAD_ADDRESS)
def redirect_to_data(_):
    yield whole(302, b"", "Location: data:application/rss+xml,<rss/>")


@behaviour(Outcome.HTTP_ERROR)
def redirect_to_nowhere(_):
    yield whole(302, b"")


@behaviour(Outcome.READ, entries=3)
def a_hundred_cookies(_):
    cookies = (f"Set-Cookie: c{n}={'x' * 400}; Domain=.example; Max-Age=9" for n in range(100))
    yield whole(200, THREE, TYPE, *cookies)


@behaviour(Outcome.HTTP_ERROR)
def a_part_nobody_asked_for(_):
    yield whole(206, THREE[:100], TYPE, f"Content-Range: bytes 0-99/{len(THREE)}")


@behaviour(Outcome.READ, entries=3)
def validators_of_50_kilobytes(_):
    yield whole(200, THREE, TYPE, f"ETag: {'e' * 50_000}")
