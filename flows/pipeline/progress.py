"""Reports a run's progress to the command line. Prefect's UI shows scheduled runs instead."""

from collections.abc import Callable
from contextvars import ContextVar

#: A listener is called for every finished unit, with the stage's name and its number of units in
#: all. That number is 0 for a stage without anything to count.
Listener = Callable[[str, int], None]

listener: ContextVar[Listener] = ContextVar("listener", default=lambda _stage, _total: None)


def report(stage: str, total: int) -> None:
    """Tells the listener that one more of a stage's `total` units is finished."""
    listener.get()(stage, total)
