import pytest
from fuzz.checks import check
from fuzz.guided import LONGEST, seeds


@pytest.mark.parametrize("kind", LONGEST)
def test_every_seed_passes_its_check(kind):
    kept = seeds(kind)
    assert len(kept) > 2
    for data in kept:
        check(kind, data)
