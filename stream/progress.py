"""Progress that people can watch: a bar on a terminal, one plain line at the end anywhere else."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn, Protocol, TextIO

from tqdm import tqdm


class Progress(Protocol):
    """Something that wants to know how far the work is."""

    def advance(self, count: int = 1) -> None: ...


class Quiet:
    """Tells nobody."""

    def advance(self, count: int = 1) -> None:
        """Nothing to do."""


class _Plain:
    def __init__(self) -> None:
        self.done = 0

    def advance(self, count: int = 1) -> None:
        self.done += count


class _Bar:
    def __init__(self, bar: "tqdm[NoReturn]") -> None:
        self._bar = bar

    def advance(self, count: int = 1) -> None:
        self._bar.update(count)


@contextmanager
def progress_bar(
    what: str,
    total: int | None = None,
    unit: str = " posts",
    *,
    show: bool | None = None,
    out: TextIO | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Progress]:
    """A bar with rate and time left while the block runs.

    `show` None draws only where a person watches; False says nothing at all. All goes to stderr, so that
    stdout stays clean for `--json`.
    """
    stream = out or sys.stderr
    if show is False:
        yield Quiet()
    elif show or stream.isatty():
        bar: tqdm[NoReturn] = tqdm(total=total, desc=what, unit=unit, file=stream, dynamic_ncols=True, mininterval=0.2)
        with bar:
            yield _Bar(bar)
    else:
        plain, start = _Plain(), clock()
        yield plain
        seconds = max(clock() - start, 1e-9)
        rate = plain.done / seconds
        shown = f" ({rate:,.0f}/s)" if rate >= 1 else ""
        print(f"{what}: {plain.done:,}{unit} in {seconds:.1f} s{shown}", file=stream)
