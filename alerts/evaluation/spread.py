"""The same work on many things, on several cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Over = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@contextmanager
def spread(processes: int) -> Iterator[Over]:
    """A `map` that keeps the order, over so many fresh processes; with one, it is the ordinary `map`.

    >>> with spread(1) as over:
    ...     list(over(abs, [-1, 2]))
    [1, 2]
    """
    if processes < 2:
        yield map
        return
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)
