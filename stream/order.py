"""Putting more rows in time order than fit in memory: sorted chunks on disk, merged."""

import heapq
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from stream.errors import FileUnreadable

CHUNK = 200_000
_PIECE = 1_000


class Item(NamedTuple):
    """A message with its place in time and in its file. `at` and `position` alone decide the order."""

    at: datetime
    position: int
    author: str
    value: bytes
    bad: bool = False


def in_time_order(items: Iterable[Item], chunk: int = CHUNK) -> Iterator[Item]:
    """The same items by (`at`, `position`), holding at most `chunk` of them in memory.

    >>> from datetime import UTC
    >>> late, early = datetime(2020, 1, 2, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    >>> found = in_time_order([Item(late, 1, "", b"b"), Item(early, 2, "", b"a")], chunk=1)
    >>> [item.position for item in found]
    [2, 1]
    """
    source = iter(items)
    first = sorted(islice(source, chunk))
    if len(first) < chunk:
        yield from first
        return
    with tempfile.TemporaryDirectory(prefix="tideline-sort-") as folder:
        runs = [_spill(first, Path(folder) / "0")]
        first.clear()
        while part := sorted(islice(source, chunk)):
            runs.append(_spill(part, Path(folder) / str(len(runs))))
            part.clear()
        yield from heapq.merge(*map(_read_back, runs))


def _spill(items: list[Item], path: Path) -> Path:
    try:
        with path.open("wb") as file:
            for start in range(0, len(items), _PIECE):
                pickle.dump([tuple(item) for item in items[start : start + _PIECE]], file, protocol=5)
    except OSError as error:
        raise FileUnreadable(
            f"there is no room to sort the rows in {path.parent.parent} ({error.strerror}): "
            "free some, or set TMPDIR to a larger disk."
        ) from error
    return path


def _read_back(path: Path) -> Iterator[Item]:
    with path.open("rb") as file:
        while True:
            try:
                piece = pickle.load(file)  # noqa: S301 written by this process a moment ago
            except EOFError:
                return
            for fields in piece:
                yield Item(*fields)
