"""The guard: no request reaches an address outside the public internet.

The address is checked where the socket is opened, for every hop, after the name was looked up. So a
redirect cannot get around the guard. Neither can a name that has another address at the next
look-up.

A proxy looks names up itself. Then only the name can be checked. Literal addresses are checked as
above. Names are refused that no public name server knows, but a private one may know. If a public
name leads to a private address, the proxy has to refuse it.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpcore
import httpx

from ingest.fetch.lookups import system_resolve
from ingest.model import CopydeskError, Failed, Outcome

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
#: Looks up a host name and a port. Returns addresses, the one to try first first. Raises OSError.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

KINDS = ("unspecified", "loopback", "link_local", "multicast", "reserved", "private")
PUBLIC_IPV6 = IPv6Network("2000::/3")  # all that IANA has allocated for public use
NAT64 = IPv6Network("64:ff9b::/96")  # how a network without IPv4 reaches IPv4 sites (RFC 6052)
# Networks that are special by IANA's registries, but public to `is_global` of some Python versions.
# 6to4 (deprecated, RFC 7526) and Teredo, 2001::/32, could carry a private IPv4 address inside.
SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/32", "2002::/16", "3fff::/20")
)
# Azure serves the settings of its machines at this address, which looks public. The addresses of
# other clouds are refused as link-local, private or special: 169.254.169.254, 100.100.100.200
# (Alibaba), 192.0.0.192 (Oracle), fd00:ec2::254 (AWS), fd20:ce::254 (Google).
METADATA = (IPv4Address("168.63.129.16"),)
#: Last labels of names that lead into private networks. `example` and `invalid` (RFC 6761) are not
#: among them: they lead nowhere, and a proxy serves the sample newsroom under `example`.
LOCAL_NAMES = frozenset(
    {
        *("local", "test", "alt"),  # RFC 6762, RFC 6761, RFC 9476
        "arpa",  # home.arpa (RFC 8375), service.arpa, resolver.arpa, in-addr.arpa: no news sites
        "internal",  # reserved by ICANN in 2024
        *("intranet", "private", "corp", "home", "lan"),  # RFC 6762, appendix G
        "mail",  # with corp and home: never delegated by ICANN, since private networks use them
        *("localdomain", "localdomain4", "localdomain6"),  # /etc/hosts of several systems
        *("svc", "pod", "cluster", "consul", "docker"),  # of Kubernetes and its like
        *("default", "podman", "lxd", "nomad"),  # Kubernetes appends the rest: kubernetes.default
        "onion",  # RFC 7686
    }
)
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
    """The address that a host is; None if it is a name.

    Reads every spelling that getaddrinfo accepts: 127.1, 0x7f000001, 2130706433, 0177.0.0.1.
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
    """Why an address must not be reached, such as "loopback address"; empty if it may be."""
    if any(address in network for network in allowed):
        return ""
    inner = _embedded(address)
    if inner is not None:
        return forbidden(inner, allowed)
    if address in METADATA:
        return "cloud metadata address"
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
    """The IPv4 address inside an IPv6 address; None where there is none."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def forbidden_name(host: str, allowed: Sequence[Network] = (), names: Collection[str] = ()) -> str:
    """Why a proxy must not be asked for a host; empty if it may be.

    Forbidden literal addresses are refused, and so are names of one label, percent-encoded names
    and names under one of LOCAL_NAMES. Two exceptions are allowed: hosts in `names` (from
    `parse_hosts`), and localhost if its network is in `allowed`.
    """
    name = _name(host)
    if name in names:
        return ""
    address = literal(host)
    if address:
        return forbidden(address, allowed)
    last = name.rpartition(".")[2]
    if last == "localhost":
        return forbidden(IPv4Address("127.0.0.1"), allowed)
    if "%" in name:  # a proxy may decode it: %31%32%37.0.0.1
        return "percent-encoded name"
    if last == name or last in LOCAL_NAMES:
        return "name of a private network"
    return ""


def parse_hosts(names: Iterable[str]) -> frozenset[str]:
    """Host names in the form in which they are compared."""
    return frozenset(map(_name, names))


def _name(host: str) -> str:
    return host.strip().strip("[]").rstrip(".").lower()


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens sockets to allowed addresses only, each to the very address that was checked.

    TLS is unaffected: httpcore keeps the name, and checks the certificate against it.
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
        # httpx has no argument for a backend (encode/httpx#1990), so its attribute is replaced. If
        # a new httpx renames the attribute, nothing would be guarded: this check notices it.
        if not isinstance(getattr(self, "_pool", None), httpcore.AsyncConnectionPool):
            raise CopydeskError("this version of httpx is not known to Copydesk: install 0.28")
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=verify,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=backend,
        )


@dataclass(frozen=True, slots=True)
class ProxyGuard:
    """What a proxy may be asked for beyond the public internet."""

    networks: Sequence[Network]
    hosts: Collection[str]


class ProxiedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport through a proxy at any address. It refuses local names."""

    def __init__(
        self,
        proxy: str,
        guard: ProxyGuard,
        *,
        verify: ssl.SSLContext,
        limits: httpx.Limits,
    ) -> None:
        super().__init__(proxy=proxy, verify=verify, limits=limits)
        self._guard = guard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The proxy's answer. Raises Failed(forbidden_address)."""
        reason = forbidden_name(request.url.host, self._guard.networks, self._guard.hosts)
        if reason:
            raise Failed(Outcome.FORBIDDEN_ADDRESS, f"{request.url.host}: a {reason}")
        return await super().handle_async_request(request)
