"""Where settings come from, and which values are refused."""

from importlib.metadata import version

import pytest

from flows.settings import Settings, read_settings
from ingest.fetch.limits import FetchLimits
from ingest.model import CopydeskError

pytestmark = pytest.mark.usefixtures("plain_environment")


def test_an_option_wins_over_a_variable_and_a_variable_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "copydesk.toml").write_text('contact = "file"\nbatch = 7\nworkers = 3\n')
    monkeypatch.setenv("COPYDESK_BATCH", "8")
    monkeypatch.setenv("COPYDESK_WORKERS", "4")
    found = read_settings(workers=5, contact=None)
    assert (found.contact, found.batch, found.workers) == ("file", 8, 5)


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [("batch = 0", "batch"), ("bach = 10", "bach"), ("batch =", "copydesk.toml cannot be read")],
)
def test_a_wrong_setting_is_named(tmp_path, toml, complaint):
    (tmp_path / "copydesk.toml").write_text(toml)
    with pytest.raises(CopydeskError, match=complaint):
        read_settings()


@pytest.mark.parametrize("name", ["texts", "stories", "ledger"])
def test_an_age_that_no_calendar_holds_is_refused(monkeypatch, name):
    monkeypatch.setenv(f"COPYDESK_KEEP_{name.upper()}_DAYS", "1e9")
    with pytest.raises(CopydeskError, match=f"keep_{name}_days: .* 36500"):
        read_settings()


def test_settings_that_do_not_go_together_are_told_and_nothing_else(monkeypatch):
    monkeypatch.setenv("COPYDESK_KEEP_TEXTS_DAYS", "5")
    with pytest.raises(CopydeskError) as caught:
        read_settings()
    assert str(caught.value).startswith(
        "a setting is wrong: keep_texts_days must be at least window_days, 14. Look at"
    )


def test_the_limits_of_fetching_have_their_defaults_in_one_place():
    assert Settings().fetch_limits == FetchLimits()
    changed = Settings(host_gap=0, max_redirects=1, allow_networks=("10.0.0.0/8",)).fetch_limits
    assert changed == FetchLimits(host_gap=0, max_redirects=1, allow_networks=("10.0.0.0/8",))


def test_servers_are_told_the_version_that_is_installed_and_the_contact():
    installed = version("copydesk")
    assert Settings().user_agent == f"Copydesk/{installed} (news research)"
    named = Settings(contact="desk@example.org").user_agent
    assert named == f"Copydesk/{installed} (news research; desk@example.org)"
