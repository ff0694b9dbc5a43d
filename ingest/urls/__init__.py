"""Addresses: what identifies a page, which site it belongs to, and what must not be stored. Pure.

canonical    the form of an address that identifies a page; its site, its host, its number
credentials  passwords and tokens, and how they are taken out
"""

from ingest.urls.canonical import (
    MAX_ADDRESS,
    MAX_HOST,
    believed_canonical,
    canonical_form,
    canonical_url,
    host_of,
    outlet,
    url_id,
)
from ingest.urls.credentials import (
    FEED_SCHEME,
    full_address,
    text_without_credentials,
    text_without_secrets,
    without_credentials,
    without_secrets,
)

__all__ = [
    "FEED_SCHEME",
    "MAX_ADDRESS",
    "MAX_HOST",
    "believed_canonical",
    "canonical_form",
    "canonical_url",
    "full_address",
    "host_of",
    "outlet",
    "text_without_credentials",
    "text_without_secrets",
    "url_id",
    "without_credentials",
    "without_secrets",
]
