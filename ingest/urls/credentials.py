"""Removes passwords and other secrets from addresses. Pure.

There are two kinds of secrets:

- `user:password@`, in any address. `without_credentials` removes it. A page is the same page
  without it.
- `?token=...` and the like, in the address of a *feed*. `without_secrets` removes it. Anyone who
  has such an address can read the feed as the subscriber, so the parameter is treated as a
  password: it is used, and not stored. A page keeps such a parameter, because it may say which page
  it is (`?key=1024`).
"""

import re

# The pattern begins at the start of the address, because a later //x@ is part of a path. It allows
# spaces, because a password may hold one. After a colon, text that is not a number is not a port.
# It is a password that holds a slash. No working address looks like that.
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
    """The address as it may be shown and stored: any `user:password@` is removed.

    Works on the text and does not parse it: a broken address can hold a password too.
    """
    return BARE_CREDENTIALS.sub(r"\1", CREDENTIALS.sub(r"\1", url))


def without_secrets(feed_url: str) -> str:
    """The address of a feed as it may be shown and stored: without credentials and secrets.

    The name of a secret parameter stays: `?show=7&token=1f9c` becomes `?show=7&token=`. If a feed's
    address differs from this form, only the full address can read the feed. Do not use it for
    pages: their parameters are part of what identifies them.
    """
    return SECRETS.sub(r"\1", without_credentials(feed_url))


def text_without_credentials(text: str) -> str:
    """A message or an id without the `user:password@` of any address in it."""
    return CREDENTIALS_IN_TEXT.sub("//", text)


def text_without_secrets(text: str) -> str:
    """A message as it may be stored and shown: without the secrets of any address in it.

    Use it for messages only. An entry's id may hold `?key=1024`, which has to stay.
    """
    return SECRETS_IN_TEXT.sub(r"\1", text_without_credentials(text))


def full_address(written: str) -> str:
    """The full address for one that may lack its scheme, as people and lists write it.

    https is added, because a password must not be sent unencrypted. If a server speaks only http,
    its address has to be written in full.
    """
    bare = FEED_SCHEME.sub("", written.strip())
    return bare if re.match(r"[A-Za-z][\w+.-]*://", bare) else f"https://{bare.lstrip('/')}"
