"""One retraining at a time in each folder of models; a process that dies, however, lets go."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from models.writing import unwritable
from stream.retraining.errors import RetrainingRefused

_FILE = ".retraining.lock"


@contextmanager
def alone(shelf: Path) -> Iterator[None]:
    """Raises `RetrainingRefused` at once while another holds it."""
    with _opened(shelf) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RetrainingRefused(
                f"another retraining is under way in {shelf}: wait until it has ended, then try again."
            ) from error
        yield


def _opened(shelf: Path) -> TextIO:
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        return (shelf / _FILE).open("a")
    except OSError as error:
        raise unwritable(shelf / _FILE, error) from error
