"""Measures how many seconds of a run each stage takes."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """The seconds of each stage, by the name of the stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def timing(self, name: str, *, within: str = "") -> Iterator[None]:
        """Adds the block's seconds to stage `name`. Subtracts them from the stage `within`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.seconds[name] += spent
            if within:
                self.seconds[within] -= spent
