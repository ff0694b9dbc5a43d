"""Stops work that goes on in a thread, which nothing outside of the thread can end."""

import threading


class Stopped(Exception):  # noqa: N818  it is no error: somebody asked for it
    """The work has stopped, because it was asked to."""


class Stop:
    """Asks work in another thread to stop. The work calls `check` often."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def ask(self) -> None:
        """Has the next `check` raise Stopped."""
        self._asked.set()

    def check(self) -> None:
        """Raises Stopped where the work was asked to stop."""
        if self._asked.is_set():
            raise Stopped
