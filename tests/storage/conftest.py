import pytest
from support.builders import NOW, feed


@pytest.fixture
def run(store):
    """The number of a run that polls one feed."""
    store.feeds.subscribe([feed()], NOW)
    return store.runs.begin(NOW)
