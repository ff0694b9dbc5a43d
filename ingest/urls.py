"""Addresses: the form that gives a page its identity, and the outlet it belongs to. Pure."""

import re
from urllib.parse import urldefrag, urlsplit

import courlan
import xxhash

from ingest.model import Failed, Outcome

HOST = re.compile(r"[\w.:%-]+")
CREDENTIALS = re.compile(r"//[^/?#\s]*@")


def canonical_url(url: str) -> str:
    """The form of an address under which a page is known: no fragment, no tracking parameters.

    For identity only: what is fetched is the address as it was listed, since some servers insist
    on every byte of it. Raises Failed(bad_address) for what is not an http(s) address.
    """
    try:
        bare = urldefrag(url.strip()).url
        parts = urlsplit(bare)
        if parts.scheme.lower() not in {"http", "https"} or not HOST.fullmatch(
            parts.hostname or ""
        ):
            raise Failed(Outcome.BAD_ADDRESS, "not an http(s) address")
        canonical = str(courlan.normalize_url(bare))
        canonical.encode()  # half an emoji is no part of an address
    except ValueError as error:
        raise Failed(Outcome.BAD_ADDRESS, type(error).__name__) from error
    return canonical


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


def without_credentials(url: str) -> str:
    """The address as it may be shown and stored: with any `user:password@` taken out.

    By text alone: an address too broken to be parsed can hold a password all the same.
    """
    return CREDENTIALS.sub("//", url)
