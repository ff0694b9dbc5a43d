"""The limits of fetching: time, size, number of requests, and which networks may be reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """Limits that protect us from servers, and servers from us. All times are in seconds.

    These are the defaults of the settings that have the same names. A request may have to wait for
    its turn at a host. That time counts towards `host_time` only.
    """

    connect_timeout: float = 10  # for the name's look-up and all of its addresses together
    idle_timeout: float = 15  # between two pieces of an answer
    total_timeout: float = 45  # for one request with all its redirects
    max_bytes: int = 10_000_000  # of the decoded body
    max_ratio: int = 200  # of decoded bytes to received bytes, after the first megabyte
    max_redirects: int = 5
    connections: int = 32
    connections_per_host: int = 2
    host_gap: float = 0.5  # least time between the starts of two requests to a host; 0 for none
    host_time: float = 600  # of one run, for the gaps and the slow answers of one host
    allow_networks: tuple[str, ...] = ()  # private networks (CIDR) that may be fetched from
    allow_hosts: tuple[str, ...] = ()  # local names that a proxy may be asked for
