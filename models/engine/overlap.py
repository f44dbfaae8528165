"""Cutting the next texts into numbers while these are computed."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def ahead(parts: Sequence[A], prepare: Callable[[A], B]) -> Iterator[B]:
    """`prepare` of each part in order, one part ahead in a thread of its own; a single part needs no thread.

    What `prepare` raises is raised here, in its turn.

    >>> list(ahead([1, 2, 3], lambda number: number * 2))
    [2, 4, 6]
    """
    if len(parts) < 2:
        yield from map(prepare, parts)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="tokenise") as thread:
        coming = thread.submit(prepare, parts[0])
        for part in parts[1:]:
            ready, coming = coming.result(), thread.submit(prepare, part)
            yield ready
        yield coming.result()
