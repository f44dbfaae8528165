"""A lock that one process at a time holds; the operating system lets go, however that process ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


@contextmanager
def held(file: TextIO, busy: Exception) -> Iterator[None]:
    """Hold an open file while the block runs, then close it; raises `busy` at once while another process holds it."""
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise busy from error
        yield
