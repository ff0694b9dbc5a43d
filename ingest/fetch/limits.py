"""How much a server may cost us, and how much we may cost it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much a server may cost us, and how much we may cost it. Times in seconds.

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
    allow_networks: tuple[str, ...] = ()  # CIDR: not public, and to be talked to all the same
