"""Prefect's environment, and which server a run uses."""

import os

import pytest

from flows.orchestration.server import configured_api, healthy, prepare

pytestmark = pytest.mark.usefixtures("plain_environment")


def test_prefects_own_requests_never_go_through_the_users_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    prepare()
    exempt = set(os.environ["NO_PROXY"].split(","))
    assert exempt == {"intranet.example", "127.0.0.1", "localhost", "::1"}
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"]


def test_a_server_in_prefects_active_profile_counts_as_configured(tmp_path, monkeypatch):
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    assert configured_api() is None
    (tmp_path / "profiles.toml").write_text(
        'active = "team"\n[profiles.team]\nPREFECT_API_URL = "http://prefect.example/api"\n'
    )
    assert configured_api() == "http://prefect.example/api"
    monkeypatch.setenv("PREFECT_API_URL", "http://other.example/api")
    assert configured_api() == "http://other.example/api"


def test_a_port_where_nothing_listens_is_no_healthy_server():
    assert not healthy("http://127.0.0.1:9/api")
