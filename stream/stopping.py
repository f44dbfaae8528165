"""Stopping when asked to: SIGINT and SIGTERM become a flag that the work looks at."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether somebody asked the work to end, and by which signal.

    >>> stop = Stop()
    >>> stop.request(2)
    >>> stop.asked, stop.exit_code
    (True, 130)
    """

    def __init__(self) -> None:
        self.signal = 0
        self.asked = False

    def request(self, number: int = 0) -> None:
        self.signal, self.asked = number, True

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that a signal ended."""
        return 128 + self.signal if self.signal else 0


@contextmanager
def stop_on_signals(stop: Stop) -> Iterator[Stop]:
    """While the block runs, the first SIGINT or SIGTERM asks; a second one ends the process as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def asked(number: int, _frame: FrameType | None) -> None:
        stop.request(number)
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, asked)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
