"""Waiting for something to come true, with a deadline and without guessing how long it takes."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
POLL_SECONDS = 0.05


def eventually(condition: Callable[[], Found], seconds: float, what: str = "", poll: float = POLL_SECONDS) -> Found:
    """Ask until the answer is true and return it; fail once the time is up."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f} s: {what or condition}")
        threading.Event().wait(poll)
    return found


def throughout(condition: Callable[[], object], seconds: float, what: str = "") -> None:
    """Fail as soon as the answer is false; return when it was true for the whole time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition(), what or condition
        threading.Event().wait(POLL_SECONDS)
