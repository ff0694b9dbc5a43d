"""Passwords and other secrets in addresses, and how they are taken out. Pure.

Two kinds, by what the address is for:

- `user:password@`, in any address: `without_credentials`. A page is the same page without it.
- `?token=...` and its like, in the address of a *feed* alone: `without_secrets`. Whoever reads such
  an address reads the feed in the subscriber's name, so it is treated as a password is: used, and
  not stored. A page keeps such a parameter, since it may say which page it is (`?key=1024`).
"""

import re

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
CREDENTIALS_IN_TEXT = re.compile(r"//[^/?#\s]*@")
#: Parameters that hold a secret: `token`, `feed_token`, `accessToken`, `api_key`, `key`, `sig`...
PRIVATE = (
    r"[\w.-]*(?:token|secret|passw(?:or)?d|signature|credential)|pwd|pass|sig|jwt|auth(?:orization)?"
    r"|(?:[\w.-]*(?:api|access|auth|private|feed|rss|user|account|subscri(?:ber|ption))[_.-]?)?key"
)
SECRETS = re.compile(rf"(?<=[?&;])((?:{PRIVATE})=)[^&#]+", re.IGNORECASE)
SECRETS_IN_TEXT = re.compile(rf"(?<=[?&;])((?:{PRIVATE})=)[^&#\s\"'<>)]+", re.IGNORECASE)
FEED_SCHEME = re.compile(r"^feed:(//)?(?=https?:)|^feed:(?=//)", re.IGNORECASE)


def without_credentials(url: str) -> str:
    """The address as it may be shown and stored: any `user:password@` is taken out.

    By text alone: an address too broken to be parsed can hold a password all the same.
    """
    return BARE_CREDENTIALS.sub(r"\1", CREDENTIALS.sub(r"\1", url))


def without_secrets(feed_url: str) -> str:
    """The address of a feed as it may be shown and stored: without credentials and secrets.

    Of a secret parameter the name stays: `?show=7&token=` for `?show=7&token=1f9c`. A feed whose
    address differs from this form can be read with the full address only. Never for pages: their
    parameters are part of what identifies them.
    """
    return SECRETS.sub(r"\1", without_credentials(feed_url))


def text_without_credentials(text: str) -> str:
    """A message or an id with the `user:password@` of any address in it taken out."""
    return CREDENTIALS_IN_TEXT.sub("//", text)


def text_without_secrets(text: str) -> str:
    """A message as it may be stored and shown: without the secrets of any address in it.

    For messages alone. An entry's id may hold `?key=1024`, which has to stay.
    """
    return SECRETS_IN_TEXT.sub(r"\1", text_without_credentials(text))


def full_address(written: str) -> str:
    """An address as a person or a list writes it, with the scheme that may be left out there.

    https is added: a password must not be sent unencrypted. An address that speaks http alone is
    written in full.
    """
    bare = FEED_SCHEME.sub("", written.strip())
    return bare if re.match(r"[A-Za-z][\w+.-]*://", bare) else f"https://{bare.lstrip('/')}"
