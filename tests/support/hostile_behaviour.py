"""What a hostile behaviour is, the list of all, and what their answers are made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.model import Outcome

if TYPE_CHECKING:
    from support.hostile import Newsroom

TYPE = "Content-Type: application/rss+xml"


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What a host does when its feed or its page is asked for, and how that must end."""

    name: str  # its host is `name.example`
    outcome: Outcome
    answer: Callable[["Newsroom"], Iterator[bytes]]  # what it sends, as it sends it
    entries: int | None = None  # of a feed that is read
    scheme: str = "http"
    secure: bool = False  # speaks TLS
    address: str = "127.0.0.1"
    slow: bool = False  # many seconds to parse
    bad: int = 0  # entries whose address is no address of a page
    robots: Callable[["Newsroom"], Iterator[bytes]] | None = None  # at /robots.txt; else as /feed
    is_page: bool = False  # a page that an innocent feed lists; else a feed

    @property
    def host(self):
        return f"{self.name.replace('_', '-')}.example"


ALL: list[Behaviour] = []


def behaviour(outcome, entries=None, **more):
    """Enters a function into the table, under its name."""

    def enter(answer):
        ALL.append(
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
