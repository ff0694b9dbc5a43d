"""Where settings come from, and which values are refused."""

import traceback
from importlib.metadata import version

import pytest
from pydantic import SecretStr

from flows.settings import SECRET, Settings, read_settings
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


@pytest.mark.parametrize(
    "written",
    ["10.0.0.0/8,127.0.0.0/8", " 10.0.0.0/8 , 127.0.0.0/8,", '["10.0.0.0/8", "127.0.0.0/8"]'],
)
@pytest.mark.parametrize("name", ["allow_networks", "allow_hosts"])
def test_a_setting_that_is_a_list_is_written_with_commas_or_as_json(monkeypatch, name, written):
    monkeypatch.setenv(f"COPYDESK_{name.upper()}", written)
    assert getattr(read_settings(), name) == ("10.0.0.0/8", "127.0.0.0/8")


def test_a_list_in_the_file_is_a_list_or_text(tmp_path):
    (tmp_path / "copydesk.toml").write_text(
        'allow_networks = "::1/128"\nallow_hosts = ["a", "b"]\n'
    )
    assert (read_settings().allow_networks, read_settings().allow_hosts) == (
        ("::1/128",),
        ("a", "b"),
    )


def test_every_setting_that_is_a_list_can_be_written_with_commas():
    lists = [
        name for name, field in Settings.model_fields.items() if "tuple" in str(field.annotation)
    ]
    assert sorted(lists) == ["allow_hosts", "allow_networks"]
    for name in lists:
        assert getattr(read_settings(**{name: "a,b"}), name) == ("a", "b")


def test_a_list_that_is_broken_json_is_named(monkeypatch):
    monkeypatch.setenv("COPYDESK_ALLOW_NETWORKS", '["10.0.0.0/8"')
    with pytest.raises(CopydeskError, match="a setting is wrong: allow_networks"):
        read_settings()


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("COPYDESK_PROXY", "user:hunter2@proxy.example:8080", "proxy"),
        ("COPYDESK_PROXY", "ftp://user:hunter2@proxy.example", "proxy"),
        ("COPYDESK_BATCH", "http://user:hunter2@wire.example/?token=hunter2", "batch"),
    ],
)
def test_an_error_about_a_variable_shows_no_secret(monkeypatch, variable, value, name):
    monkeypatch.setenv(variable, value)
    assert_named_without_secret(name, "hunter2")


@pytest.mark.parametrize(
    ("toml", "name"),
    [
        ('quack_tokn = "87654321"', "quack_tokn"),
        ("quack_token = 87654321", "quack_token"),
        ('quack_token = ["87654321"]', "quack_token"),
        ('proxy = ["87654321"]', "proxy"),
        ('[quack]\ntoken = "87654321"', "quack"),
    ],
)
def test_an_error_about_the_file_shows_no_secret(tmp_path, toml, name):
    (tmp_path / "copydesk.toml").write_text(toml)
    assert_named_without_secret(name, "87654321")


def assert_named_without_secret(name, secret):
    with pytest.raises(CopydeskError, match=f"a setting is wrong: {name}: ") as caught:
        read_settings()
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_an_error_shows_the_value_of_a_setting_that_is_no_secret(monkeypatch):
    monkeypatch.setenv("COPYDESK_BATCH", "many")
    with pytest.raises(CopydeskError, match=r"batch: .* \(it is 'many'\)"):
        read_settings()


def test_every_setting_of_a_secret_type_is_among_the_secret_ones():
    typed = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    assert typed <= SECRET
