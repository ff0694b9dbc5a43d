"""Addresses: the form that gives a page its identity, and the outlet it belongs to. Pure."""

from urllib.parse import urldefrag, urlsplit

import courlan
import xxhash

from ingest.model import Failed, Outcome


def canonical_url(url: str) -> str:
    """The form of an address under which a page is known: no fragment, no tracking parameters.

    For identity only: what is fetched is the address as it was listed, since some servers insist
    on every byte of it. Raises Failed(bad_address) for what is not an http(s) address.
    """
    try:
        bare = urldefrag(url.strip()).url
        parts = urlsplit(bare)
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
            raise Failed(Outcome.BAD_ADDRESS, f"not an http(s) address: {url[:200]}")
        return str(courlan.normalize_url(bare))
    except ValueError as error:
        raise Failed(Outcome.BAD_ADDRESS, f"{error}: {url[:200]}") from error


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
    """The address as it may be shown and stored: with any `user:password@` taken out."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    if "@" not in parts.netloc:
        return url
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
