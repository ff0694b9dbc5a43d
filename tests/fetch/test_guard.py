import asyncio
import ipaddress
import socket
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.certificates import self_signed, server_context
from support.fetching import fetch_one, limit
from support.serving import Answer, serving

from ingest.fetch.guard import (
    LOCAL_NAMES,
    GuardedBackend,
    forbidden,
    forbidden_name,
    literal,
    parse_hosts,
    parse_networks,
)
from ingest.model import CopydeskError, Failed, Outcome

REFUSED = {
    "127.0.0.1": "loopback address",
    "127.255.255.254": "loopback address",
    "10.0.0.1": "private address",
    "172.16.0.1": "private address",
    "172.31.255.255": "private address",
    "192.168.1.1": "private address",
    "169.254.169.254": "link-local address",  # where clouds keep their secrets
    "0.0.0.0": "unspecified address",  # noqa: S104  nobody binds to it here
    "0.1.2.3": "private address",
    "100.64.0.1": "special address",
    "100.127.255.255": "special address",
    "192.0.0.170": "private address",
    "192.0.2.1": "private address",
    "192.88.99.1": "special address",
    "198.18.0.1": "private address",
    "203.0.113.9": "private address",
    "224.0.0.1": "multicast address",
    "239.255.255.250": "multicast address",
    "240.0.0.1": "reserved address",
    "255.255.255.255": "reserved address",
    "::": "unspecified address",
    "::1": "loopback address",
    "::127.0.0.1": "reserved address",
    "::ffff:127.0.0.1": "loopback address",
    "::ffff:10.0.0.1": "private address",
    "::ffff:169.254.169.254": "link-local address",
    "64:ff9b::127.0.0.1": "loopback address",
    "64:ff9b::a00:1": "private address",
    "64:ff9b:1::a00:1": "reserved address",
    "100::1": "reserved address",
    "2001::1": "private address",
    "2001:0:7f00:1:0:0:f5ff:fffe": "private address",
    "2001:db8::1": "private address",
    "2002:7f00:1::": "special address",
    "2002:808:808::1": "special address",
    "3fff::1": "special address",
    "fc00::1": "private address",
    "fd12:3456::1": "private address",
    "fe80::1": "link-local address",
    "fe80::1%eth0": "link-local address",
    "fec0::1": "special address",
    "ff02::1": "multicast address",
    "5f00::1": "reserved address",
    # where clouds serve machines their settings
    "168.63.129.16": "cloud metadata address",
    "::ffff:168.63.129.16": "cloud metadata address",
    "64:ff9b::168.63.129.16": "cloud metadata address",
    "100.100.100.200": "special address",
    "192.0.0.192": "special address",
    "fd00:ec2::254": "private address",
    "fd20:ce::254": "private address",
}
TALKED_TO = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
]


@pytest.mark.parametrize(("text", "kind"), REFUSED.items())
def test_an_address_that_is_not_the_publics_is_refused(text, kind):
    found = forbidden(ipaddress.ip_address(text))
    if kind in {"private address", "special address", "reserved address"}:
        assert found in {"private address", "special address", "reserved address"}  # Pythons differ
    else:
        assert found == kind


@pytest.mark.parametrize("text", TALKED_TO)
def test_a_public_address_is_talked_to(text):
    assert forbidden(ipaddress.ip_address(text)) == ""


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_that_is_not_global_is_talked_to(address):
    if forbidden(address) == "":
        inner = getattr(address, "ipv4_mapped", None)
        assert (inner or address).is_global or address in ipaddress.ip_network("64:ff9b::/96")
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_ipv6_clothes(address):
    kind = forbidden(address)
    assert forbidden(IPv6Address(f"::ffff:{address}")) == kind
    assert forbidden(IPv6Address(f"64:ff9b::{address}")) == kind
    assert forbidden(IPv6Address((0x2002 << 112) | (int(address) << 80)))  # 6to4


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_an_allowed_network_is_talked_to_and_no_other_for_it(address):
    length = address.max_prefixlen - 8
    allowed = parse_networks([f"{address}/{length}"])
    assert forbidden(address, allowed) == ""
    for other in ("127.0.0.1", "::1", "10.9.8.7", "fe80::1"):
        stranger = ipaddress.ip_address(other)
        if stranger not in allowed[0]:
            assert forbidden(stranger, allowed)


def test_a_network_may_be_written_with_host_bits_or_as_one_address():
    assert parse_networks(["10.1.2.3/8", "::1"]) == (
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("::1/128"),
    )
    with pytest.raises(CopydeskError, match=r"allow_networks: .*'intranet'"):
        parse_networks(["intranet"])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "127.0.1", "0x7f000001", "2130706433", "0177.0.0.1", "0x7f.1",
     "127.0.0.1.", "[::1]", "::1", "0:0:0:0:0:0:0:1"],
)  # fmt: skip
def test_a_literal_is_known_in_every_spelling(host):
    assert literal(host).is_loopback


@pytest.mark.parametrize("host", ["", "a", "wire.example", "127.0.0.1.wire.example", "1.2.3.4.5"])
def test_a_name_is_no_literal(host):
    assert literal(host) is None


@given(st.text())
def test_any_text_is_a_literal_or_none(text):
    literal(text)
    forbidden_name(text)


@given(st.ip_addresses(v=4), st.sampled_from(["{:d}", "0x{:x}", "0{:o}"]))
def test_what_the_system_takes_for_an_address_is_a_literal(address, form):
    text = form.format(int(address))
    assert literal(text) == IPv4Address(socket.inet_aton(text))


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "desk.localhost", "printer.local", "metadata.google.internal",
     "local", "internal", "10.0.0.1", "0x7f000001", "169.254.169.254", "168.63.129.16",
     "metadata", "mylocal", "kubernetes", "kubernetes.default.svc", "db.svc.cluster.local",
     "printer.lan", "nas.home.arpa", "1.0.168.192.in-addr.arpa", "desk.intranet", "desk.corp.",
     "Router.HOME", "localhost.localdomain", "localhost6.localdomain6", "ip6-localhost",
     "desk.test", "desk.alt", "host.docker.internal", "api.consul", "desk.private", "a.mail",
     "x.lxd", "x.nomad", "x.onion", "x.dns.podman", "kubernetes.default", "a.b.default",
     "%31%32%37.0.0.1", "127.0.0.1%00.example", "wire%2eexample.org"],
)  # fmt: skip
def test_a_proxy_is_not_asked_for_what_is_local(host):
    assert forbidden_name(host)


@pytest.mark.parametrize(
    "host",
    ["wire.example", "1.1.1.1", "localhost.example", "local.example", "news.invalid",
     "lan.example.com", "www.home.co.uk", "2606:4700::1111"],
)  # fmt: skip
def test_a_proxy_is_asked_for_any_other_host(host):
    assert forbidden_name(host) == ""


def test_an_allowed_network_holds_for_a_proxy_too():
    loopback = parse_networks(["127.0.0.0/8"])
    assert forbidden_name("localhost", loopback) == ""
    assert forbidden_name("127.1", loopback) == ""
    assert forbidden_name("10.0.0.1", loopback)
    assert forbidden_name("printer.local", loopback)
    assert forbidden_name("metadata", loopback)


def test_a_proxy_is_asked_for_a_local_host_that_is_named():
    names = parse_hosts(["Wire.LAN.", " desk "])
    assert forbidden_name("wire.lan", names=names) == ""
    assert forbidden_name("DESK", names=names) == ""
    assert forbidden_name("other.lan", names=names)
    assert forbidden_name("a.wire.lan", names=names)


@given(
    st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8}){0,2}", fullmatch=True),
    st.sampled_from(sorted(LOCAL_NAMES)),
)
def test_no_name_under_a_local_one_is_asked_for(name, last):
    assert forbidden_name(f"{name}.{last}")
    assert forbidden_name(f"{name}.{last}.")
    assert forbidden_name(last.upper())
    assert forbidden_name(f"{name}.{last}", names=parse_hosts([f"{name}.{last}"])) == ""


class Network(httpcore.AsyncNetworkBackend):
    """Connects to nothing, and notes to what it was asked to; those in `dead` do not answer."""

    def __init__(self, dead=()):
        self.asked = []
        self.dead = dead

    async def connect_tcp(self, host, port, timeout=None, *_):
        self.asked.append((host, port, timeout))
        if host in self.dead:
            raise httpcore.ConnectError("refused")
        return httpcore.AsyncMockStream([])


def connect(host, *answers, allow=(), dead=(), times=1):
    """What a network was asked for; the resolver gives one of the answers after the other."""
    left = list(answers)

    async def resolve(_host, _port):
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def run():
        for _ in range(times):
            await backend.connect_tcp(host, 443, timeout=8)

    backend = GuardedBackend(parse_networks(allow), resolve)
    backend._backend = network = Network(dead)
    try:
        asyncio.run(run())
    except Failed as failure:
        return failure, network.asked
    return None, network.asked


def test_the_connection_goes_to_the_address_that_was_judged():
    _, asked = connect("wire.example", ["1.1.1.1"])
    assert asked == [("1.1.1.1", 443, 8)]


def test_a_name_that_answers_otherwise_the_next_time_does_not_get_around_the_guard():
    failure, asked = connect("wire.example", ["1.1.1.1"], ["127.0.0.1"], times=2)
    assert asked == [("1.1.1.1", 443, 8)]  # one look-up a connection: what was judged is used
    assert failure.outcome is Outcome.FORBIDDEN_ADDRESS
    assert failure.detail == "wire.example: 127.0.0.1 is a loopback address"


def test_of_several_addresses_the_forbidden_ones_are_left_out():
    _, asked = connect("wire.example", ["10.0.0.1", "1.1.1.1", "::1"])
    assert [host for host, *_ in asked] == ["1.1.1.1"]


def test_an_address_that_does_not_answer_leaves_time_for_the_next():
    _, asked = connect("wire.example", ["2606:4700::1111", "1.1.1.1"], dead=["2606:4700::1111"])
    assert asked == [("2606:4700::1111", 443, 4), ("1.1.1.1", 443, 4)]


def test_when_no_address_answers_the_last_failure_is_told():
    with pytest.raises(httpcore.ConnectError):
        connect("wire.example", ["1.1.1.1", "1.0.0.1"], dead=["1.1.1.1", "1.0.0.1"])


@pytest.mark.parametrize(
    "answer", [socket.gaierror(socket.EAI_NONAME, "Name or service not known"), []]
)
def test_a_name_without_an_address_is_a_failed_look_up(answer):
    failure, asked = connect("wire.example", answer)
    assert failure.outcome is Outcome.DNS_FAILED
    assert failure.detail.startswith("wire.example: ")
    assert asked == []


def test_a_look_up_that_takes_too_long_is_a_connect_timeout():
    async def never(_host, _port):
        await asyncio.Event().wait()

    with pytest.raises(httpcore.ConnectTimeout):
        asyncio.run(GuardedBackend((), never).connect_tcp("wire.example", 443, timeout=0.01))


def test_a_literal_is_not_looked_up():
    _, asked = connect("1.1.1.1", AssertionError("looked up"))
    assert [host for host, *_ in asked] == ["1.1.1.1"]


NOBODY = limit(allow_networks=())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "localhost",
             "[::1]", "[::ffff:127.0.0.1]", "[fe80::1%25lo]", "0.0.0.0", "wire.example"]  # noqa: S104
)  # fmt: skip
def test_no_spelling_reaches_this_machine(site, host):
    failure = fetch_one(f"http://{host}:{site.server_port}/a", limits=NOBODY)
    # httpx takes 0177.0.0.1 for no address at all
    assert failure.outcome in {Outcome.FORBIDDEN_ADDRESS, Outcome.BAD_ADDRESS}
    assert host == "0177.0.0.1" or failure.outcome is Outcome.FORBIDDEN_ADDRESS
    assert site.requests == []


@pytest.mark.parametrize(
    "location", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
                 "//192.168.1.1/", "http://inside.example/"]
)  # fmt: skip
def test_a_redirect_to_a_private_address_ends_there(site, location):
    async def resolve(host, _port):
        return ["127.0.0.1" if host == "site.example" else "10.0.0.1"]

    site.answers["/a"] = Answer(301, headers={"Location": location})
    failure = fetch_one(f"http://site.example:{site.server_port}/a", resolve=resolve)
    assert failure.outcome is Outcome.FORBIDDEN_ADDRESS


def test_a_proxy_may_be_anywhere_and_looks_names_up_itself(site):
    site.answers["http://unheard-of.invalid/a"] = Answer(200, b"by proxy")
    fetched = fetch_one("http://unheard-of.invalid/a", limits=NOBODY, proxy=site.address)
    assert fetched.body == b"by proxy"


def test_a_host_that_the_limits_name_is_asked_of_a_proxy(site):
    site.answers["http://wire.lan/a"] = Answer(200, b"by proxy")
    named = limit(allow_networks=(), allow_hosts=("wire.lan",))
    assert fetch_one("http://wire.lan/a", limits=named, proxy=site.address).body == b"by proxy"
    other = fetch_one("http://desk.lan/a", limits=named, proxy=site.address)
    assert (other.outcome, other.detail) == (
        Outcome.FORBIDDEN_ADDRESS,
        "desk.lan: a name of a private network",
    )


def test_without_a_proxy_a_named_host_is_judged_by_its_address(site):
    async def resolve(_host, _port):
        return ["127.0.0.1"]

    named = limit(allow_networks=(), allow_hosts=("wire.lan",))
    failure = fetch_one(f"http://wire.lan:{site.server_port}/a", limits=named, resolve=resolve)
    assert failure.outcome is Outcome.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.1", "169.254.169.254", "desk.internal", "metadata", "wire.lan",
     "kubernetes.default.svc", "168.63.129.16", "kubernetes.default", "%31%32%37.0.0.1",
     "127.0.0.1%00.example"],
)  # fmt: skip
def test_a_proxy_is_no_way_around_the_guard(site, host):
    failure = fetch_one(f"http://{host}/a", limits=NOBODY, proxy=site.address)
    assert failure.outcome is Outcome.FORBIDDEN_ADDRESS
    site.answers["http://wire.example/a"] = Answer(302, headers={"Location": f"http://{host}/a"})
    failure = fetch_one("http://wire.example/a", limits=NOBODY, proxy=site.address)
    assert failure.outcome is Outcome.FORBIDDEN_ADDRESS
    assert [path for path, _ in site.requests] == ["http://wire.example/a"]


def test_a_host_that_no_proxy_names_is_guarded(site, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", site.address)
    monkeypatch.setenv("NO_PROXY", "wire.example")
    failure = fetch_one("http://wire.example/a", limits=NOBODY)
    assert failure.outcome is Outcome.FORBIDDEN_ADDRESS
    assert site.requests == []


@contextmanager
def secure_site(certificate):
    with serving() as site:
        site.socket = server_context(certificate).wrap_socket(site.socket, server_side=True)
        yield site


def test_the_certificate_is_checked_against_the_name(tmp_path, monkeypatch):
    certificate = self_signed(tmp_path, "wire.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with secure_site(certificate) as site:
        site.answers["/a"] = Answer(200, b"secure")
        port = site.server_port
        assert fetch_one(f"https://wire.example:{port}/a").body == b"secure"
        failure = fetch_one(f"https://other.example:{port}/a")
    assert failure.outcome is Outcome.TLS_FAILED
    assert "other.example" in failure.detail


def test_a_certificate_that_nobody_vouches_for_is_a_tls_failure(tmp_path):
    with secure_site(self_signed(tmp_path, "wire.example")) as site:
        failure = fetch_one(f"https://wire.example:{site.server_port}/a")
    assert failure.outcome is Outcome.TLS_FAILED
