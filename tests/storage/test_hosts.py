"""Hosts: what is known of them."""

from dataclasses import replace

import pytest
from support.builders import (
    NOW,
    page,
    result,
)
from support.filing import rows

from ingest.fetch.ledger import failed
from ingest.model import (
    Failed,
    HostState,
    Outcome,
    Request,
)
from ingest.urls import host_of


@pytest.mark.parametrize(
    "url",
    [
        "https://wire.example:8443/a",
        "http://[2001:db8::1]:8080/a",
        "https://wire.example?a=1",
        "https://b\u00fccher.example/a",
        "https://Wire.example./a",
    ],
)
def test_the_health_of_a_host_joins_what_is_known_of_it(store, run, url):
    request = Request(url=url)
    timeout = Failed(Outcome.TIMEOUT, "ReadTimeout")
    timeout.elapsed_ms = 45_000
    went = failed("page", request, timeout, NOW)
    store.pages.add(run, [page(url)])
    store.pages.settle(run, [replace(result(page(url)), attempt=went)], NOW)
    store.hosts.put([HostState(host=host_of(url), strikes=2)], NOW)
    assert rows(store, "SELECT host, failed, strikes, median_ms FROM host_health") == [
        (host_of(url), 1, 2, 45_000)
    ]


def test_what_was_not_asked_is_no_failure_of_its_host(store, run):
    store.pages.add(run, [page()])
    cooling = failed("page", Request(url=page().url), Failed(Outcome.COOLING), NOW)
    store.pages.settle(run, [replace(result(page()), attempt=cooling)], NOW)
    assert rows(store, "SELECT requests, not_asked, failed, usual_failure FROM host_health") == [
        (1, 1, 0, None)
    ]
