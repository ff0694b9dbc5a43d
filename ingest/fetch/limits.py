"""The limits of fetching: what a server may cost us, what we may cost it, what we may reach."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """What a server may cost us, what we may cost it, and what we may reach. Times in seconds.

    The time that a request waits for its turn at a host counts towards `host_time` alone.
    """

    connect_timeout: float = 10  # the look-up of the name, and then all of its addresses
    idle_timeout: float = 15
    total_timeout: float = 45  # all hops together
    max_bytes: int = 10_000_000  # of the decoded body
    max_ratio: float = 200  # decoded bytes to those that came, past the first megabyte
    max_redirects: int = 5
    connections: int = 32
    connections_per_host: int = 2
    host_gap: float = 0.5  # least time between two starts at a host; 0 for none
    host_time: float = 600  # of a run, that the gaps and the slowness of one host may take
    allow_networks: tuple[str, ...] = ()  # CIDR: reached although they are not public
    allow_hosts: tuple[str, ...] = ()  # names that a proxy may be asked for although they are local
