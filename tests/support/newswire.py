"""A large newsroom made by rule: a forward proxy that answers for any number of hosts and feeds.

    http://host7.example/feed/31       a feed of 20 entries
    http://host7.example/31/4          a page of it, an article of some 300 words

The same address has the same words at every run. Every tenth article is a wire's: ten feeds carry
it nearly unchanged. Runs as a process of its own, so that its memory is not the measured one's:

    with serving_newswire() as proxy: ...
"""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

ENTRIES = 20
WIRE = 10  # every so many articles is a wire's, and so many feeds carry it
SYLLABLES = "ka ro mi ten sal ver do lun par ti ges mo ran fel bi sto que nar vil cor"
VOCABULARY = [
    "".join(random.Random(n).choices(SYLLABLES.split(), k=2 + n % 3))  # noqa: S311  no secret
    for n in range(6_000)
]
COMMON = "the of a to in and that was on for with said at by from has this have after when"


def feed_url(feed: int, hosts: int) -> str:
    """The address of a feed."""
    return f"http://host{feed % hosts}.example/feed/{feed}"


def opml(feeds: int, hosts: int) -> str:
    """A list of all its feeds."""
    listed = "".join(f'<outline type="rss" xmlUrl="{feed_url(n, hosts)}"/>' for n in range(feeds))
    return f'<opml version="2.0"><head/><body>{listed}</body></opml>'


def answer(address: str) -> tuple[str, str]:
    """The type and the body at an address; an empty body where there is nothing."""
    parts = urlsplit(address)
    path = parts.path.strip("/").split("/")
    if path[0] == "feed" and len(path) == 2:
        items = "".join(_item(f"http://{parts.netloc}", int(path[1]), n) for n in range(ENTRIES))
        return "application/rss+xml", _feed(items, path[1])
    if len(path) == 2 and path[0].isdecimal():
        return "text/html; charset=utf-8", _page(int(path[0]), int(path[1]))
    return "text/plain", ""


def _feed(items: str, name: str) -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {name}</title>'
        f"{items}</channel></rss>"
    )


def _item(site: str, feed: int, number: int) -> str:
    return (
        f"<item><title>{_title(feed, number)}</title><link>{site}/{feed}/{number}</link>"
        f"<pubDate>Thu, 17 Sep 2026 {number:02}:00:00 GMT</pubDate></item>"
    )


def _seed(feed: int, number: int) -> int:
    """What an article's words depend on: a wire's have one seed in ten feeds."""
    return (feed // WIRE * WIRE if number % WIRE == 0 else feed) * ENTRIES + number


def _title(feed: int, number: int) -> str:
    return _sentence(random.Random(_seed(feed, number)), 7)  # noqa: S311  no secret


def _sentence(chance: random.Random, words: int) -> str:
    chosen = [
        chance.choice(COMMON.split()) if chance.random() < 0.4 else chance.choice(VOCABULARY)
        for _ in range(words)
    ]
    return " ".join(chosen).capitalize()


def _page(feed: int, number: int) -> str:
    chance = random.Random(_seed(feed, number))  # noqa: S311  no secret
    title = _sentence(chance, 7)
    paragraphs = (
        " ".join(f"{_sentence(chance, chance.randrange(8, 20))}." for _ in range(3))
        for _ in range(8)
    )
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body><article>"
        f"<h1>{title}</h1>{''.join(f'<p>{text}</p>' for text in paragraphs)}"
        f"<p>Feed {feed}</p></article></body></html>"
    )


async def _connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            kind, body = answer(request.split(b" ", 2)[1].decode())
            status = "200 OK" if body else "404 Not Found"
            packed = body.encode()
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n"
                f"Content-Length: {len(packed)}\r\n\r\n".encode()
            )
            writer.write(packed)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_connection, "127.0.0.1", 0)
    async with server:
        os.write(1, f"{server.sockets[0].getsockname()[1]}\n".encode())
        await server.serve_forever()


@contextmanager
def serving_newswire() -> Iterator[str]:
    """Serves until the block ends. Yields the address of the proxy."""
    with subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True) as child:
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline())}"
        finally:
            child.terminate()


if __name__ == "__main__":
    asyncio.run(_serve())
