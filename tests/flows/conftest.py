import os

import pytest


@pytest.fixture
def plain_environment(monkeypatch, tmp_path):
    """No settings of the developer's, and an empty folder to be in."""
    for name in list(os.environ):
        if name.startswith(("COPYDESK_", "PREFECT_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
