"""A call in a thread of its own, for which nobody waits longer than they said."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from stream.errors import TooSlow

T = TypeVar("T")


@dataclass
class _Errand:
    call: Callable[[], None]
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None

    def do(self) -> None:
        try:
            self.call()
        except BaseException as error:  # it belongs to whoever asked
            self.error = error
        self.done.set()


class Errands:
    """One call at a time. A call that does not come back in time is left behind, and no other begins before it ends.

    >>> Errands().run(lambda: 2 + 2, seconds=5)
    4
    """

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[_Errand] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last: _Errand | None = None

    def run(self, call: Callable[[], T], seconds: float) -> T:
        """What the call gives or raises; `TooSlow` when it takes longer, or when an earlier one still runs."""
        if self._last and not self._last.done.is_set():
            raise TooSlow("it still works on an earlier batch")
        found: list[T] = []
        self._last = errand = _Errand(lambda: found.append(call()))
        self._start()
        self._waiting.put(errand)
        if not errand.done.wait(seconds):
            raise TooSlow(f"it took longer than {seconds:g} s")
        if isinstance(errand.error, Exception):
            raise errand.error
        if errand.error is not None:  # it would end the process, and this is only an errand
            raise RuntimeError(type(errand.error).__name__) from errand.error
        return found[0]

    def _start(self) -> None:
        """A daemon: a call that never comes back must not keep the process from ending."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True, name="challenger")
            self._thread.start()

    def _work(self) -> None:
        while True:
            self._waiting.get().do()
