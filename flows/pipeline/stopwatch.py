"""Measures where a run's seconds go."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Seconds spent, by the name of what they were spent on."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def timing(self, name: str, *, within: str = "") -> Iterator[None]:
        """Adds the block's duration to `name`. Subtracts it from `within`, which contains it."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.seconds[name] += spent
            if within:
                self.seconds[within] -= spent
