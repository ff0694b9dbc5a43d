import shutil
import warnings

import pytest
from hypothesis import settings
from support.serving import serving

with warnings.catch_warnings():
    # on its first import trafilatura looks for SOCKS support, and urllib3 warns that it is absent
    warnings.simplefilter("ignore")
    import trafilatura  # noqa: F401

# the same examples at every run: a red build is reproduced by running it again
settings.register_profile("copydesk", deadline=None, derandomize=True, database=None)
settings.load_profile("copydesk")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """A developer's proxy must not come between a test and its server on loopback."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site():
    with serving() as running:
        yield running


@pytest.fixture
def db(tmp_path):
    return tmp_path / "copydesk.duckdb"


@pytest.fixture(scope="session")
def blank(tmp_path_factory):
    """A database that holds nothing, to be copied: making one takes longer than most tests."""
    from storage.core.connection import connect

    path = tmp_path_factory.mktemp("blank") / "copydesk.duckdb"
    connect(path).close()
    return path


@pytest.fixture
def store(db, blank):
    from storage.store import open_store  # a test of a pure module loads no DuckDB

    shutil.copy(blank, db)
    with open_store(db) as opened:
        yield opened
