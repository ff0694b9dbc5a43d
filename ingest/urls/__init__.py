"""Addresses: the form that identifies a page, its outlet, and the secrets in it. Pure.

canonical    the form of an address that identifies a page; its outlet, its host, its id
credentials  removes passwords and tokens from addresses
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
