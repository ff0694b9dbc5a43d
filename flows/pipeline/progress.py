"""How a run tells whoever watches how far it is. Scheduled runs are watched in Prefect instead."""

from collections.abc import Callable
from contextvars import ContextVar

#: Called for every unit done, with the stage's name and how many units the stage has in all; and
#: with a total of 0 where a stage has nothing to count.
Listener = Callable[[str, int], None]

listener: ContextVar[Listener] = ContextVar("listener", default=lambda _stage, _total: None)


def report(stage: str, total: int) -> None:
    """Tells the listener that one more of a stage's `total` units is done."""
    listener.get()(stage, total)
