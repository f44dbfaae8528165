"""The headings a person reads while the demo works, and how long each step took."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


class Steps:
    """Numbers the steps and times them. Everything goes to stderr: stdout is for the result.

    >>> steps = Steps(2, out=sys.stdout, clock=iter([0.0, 1.5, 1.5]).__next__)
    >>> with steps("boil water"):
    ...     pass
    [1/2] boil water … 1.5 s
    >>> steps.seconds
    {'boil water': 1.5}
    """

    def __init__(
        self,
        total: int,
        *,
        show: bool = True,
        out: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds: dict[str, float] = {}
        self._total = total
        self._show = show
        self._out = out or sys.stderr
        self._clock = clock

    @contextmanager
    def __call__(self, what: str, *, bars: bool = False) -> Iterator[None]:
        """`bars`: the step draws progress of its own on the lines below its heading."""
        began = self._clock()
        self._say(f"[{len(self.seconds) + 1}/{self._total}] {what} …", "\n" if bars else "")
        try:
            yield
        except BaseException:
            self._say("", "" if bars else "\n")
            raise
        self.seconds[what] = round(self._clock() - began, 2)
        self._say(f"{'      ' if bars else ' '}{self.seconds[what]:.1f} s", "\n")

    def _say(self, words: str, end: str) -> None:
        if self._show:
            print(words, end=end, file=self._out, flush=True)
