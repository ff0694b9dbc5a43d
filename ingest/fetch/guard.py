"""The guard: no request reaches an address that is not the public internet's.

The address is judged where the socket is opened, after the name was looked up and for every hop:
neither a redirect nor a name that answers otherwise a moment later gets around it.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpcore
import httpx

from ingest.model import CopydeskError, Failed, Outcome

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: A host name and a port become addresses, the one to try first coming first. Raises OSError.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

KINDS = ("unspecified", "loopback", "link_local", "multicast", "reserved", "private")
PUBLIC_IPV6 = IPv6Network("2000::/3")  # all that IANA has given out for the public's use
NAT64 = IPv6Network("64:ff9b::/96")  # how a network without IPv4 reaches IPv4 sites (RFC 6052)
# Special by IANA's registries, yet public to `is_global` of some Python that we run on. 6to4 is
# given up (RFC 7526), and would carry a private IPv4 address inside; so would Teredo, 2001::/32.
SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/32", "2002::/16", "3fff::/20")
)
LOCAL_NAMES = (".local", ".internal")  # RFC 6762; reserved by ICANN for private networks
MAX_ADDRESSES = 4  # of one name, tried one after another within one connect timeout


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks in CIDR notation; a bare address is a network of one. Raises CopydeskError."""
    try:
        return tuple(ipaddress.ip_network(text, strict=False) for text in texts)
    except ValueError as error:
        raise CopydeskError(
            f"allow_networks: {error}; write a network like 10.1.0.0/16 or fd00::/8"
        ) from error


def literal(host: str) -> Address | None:
    """The address a host is, where it is one and no name.

    In every spelling that getaddrinfo takes: 127.1, 0x7f000001, 2130706433, 0177.0.0.1.
    """
    bare = host.strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare))
    except (OSError, ValueError):
        return None


def forbidden(address: Address, allowed: Sequence[Network] = ()) -> str:
    """What makes an address one that we do not talk to; empty where nothing does."""
    if any(address in network for network in allowed):
        return ""
    inner = _embedded(address)
    if inner is not None:
        return forbidden(inner, allowed)
    for kind in KINDS:
        if getattr(address, f"is_{kind}"):
            return f"{kind.replace('_', '-')} address"
    if (
        not address.is_global
        or (address.version == 6 and address not in PUBLIC_IPV6)
        or any(address in network for network in SPECIAL)
    ):
        return "special address"
    return ""


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def forbidden_name(host: str, allowed: Sequence[Network] = ()) -> str:
    """What makes a host one that we do not ask a proxy for; empty where nothing does.

    Names are the proxy's to look up, so only those are refused that are local by their form.
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return forbidden(IPv4Address("127.0.0.1"), allowed)
    if name.endswith(LOCAL_NAMES) or name in {suffix[1:] for suffix in LOCAL_NAMES}:
        return "name of a private network"
    address = literal(host)
    return forbidden(address, allowed) if address else ""


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses the system's resolver gives for a name, in its order of preference."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens sockets to allowed addresses alone, and to the very address that was judged.

    TLS is unaffected: the certificate is checked against the name, which httpcore keeps.
    """

    def __init__(self, allowed: Sequence[Network], resolve: Resolve = system_resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection, in `timeout` seconds shared by the host's addresses.

        Raises Failed(forbidden_address or dns_failed), or httpcore's ConnectError or
        ConnectTimeout.
        """
        addresses = await self._addresses(host, port, timeout)
        share = None if timeout is None else timeout / len(addresses)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._backend.connect_tcp(
                    str(address), port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")

    async def _addresses(self, host: str, port: int, seconds: float | None) -> list[Address]:
        address = literal(host)
        found = [address] if address else await self._look_up(host, port, seconds)
        reasons = {address: forbidden(address, self._allowed) for address in found}
        good = [address for address, reason in reasons.items() if not reason]
        if not good:
            why = ", ".join(f"{address} is a {reason}" for address, reason in reasons.items())
            raise Failed(Outcome.FORBIDDEN_ADDRESS, f"{host}: {why}")
        return good[:MAX_ADDRESSES]

    async def _look_up(self, host: str, port: int, seconds: float | None) -> list[Address]:
        try:
            async with asyncio.timeout(seconds):
                found = await self._resolve(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"looking up {host}") from error
        except OSError as error:
            raise Failed(Outcome.DNS_FAILED, f"{host}: {error.strerror or error}") from error
        if not found:
            raise Failed(Outcome.DNS_FAILED, f"{host}: no address")
        return [ipaddress.ip_address(text) for text in found]


class DirectTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, opening its connections through a backend of ours."""

    def __init__(
        self,
        backend: httpcore.AsyncNetworkBackend,
        *,
        verify: ssl.SSLContext,
        limits: httpx.Limits,
    ) -> None:
        super().__init__(verify=verify, limits=limits)
        # httpx has no argument for a backend (encode/httpx#1990). Were its attribute renamed, this
        # would go unnoticed and unguarded: hence the check.
        if not isinstance(getattr(self, "_pool", None), httpcore.AsyncConnectionPool):
            raise CopydeskError("this version of httpx is not known to Copydesk: install 0.28")
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=verify,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=backend,
        )


class ProxiedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport by way of a proxy, which may be anywhere; local names are refused."""

    def __init__(
        self,
        proxy: str,
        allowed: Sequence[Network],
        *,
        verify: ssl.SSLContext,
        limits: httpx.Limits,
    ) -> None:
        super().__init__(proxy=proxy, verify=verify, limits=limits)
        self._allowed = allowed

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The proxy's answer. Raises Failed(forbidden_address)."""
        reason = forbidden_name(request.url.host, self._allowed)
        if reason:
            raise Failed(Outcome.FORBIDDEN_ADDRESS, f"{request.url.host}: a {reason}")
        return await super().handle_async_request(request)
