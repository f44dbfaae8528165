"""One retraining at a time in each folder of models; a process that dies, however, lets go."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

from models.locking import held
from models.writing import unwritable
from stream.retraining.errors import RetrainingRefused

_FILE = ".retraining.lock"


def alone(shelf: Path) -> AbstractContextManager[None]:
    """Raises `RetrainingRefused` at once while another holds it."""
    busy = f"another retraining is under way in {shelf}: wait until it has ended, then try again."
    return held(_opened(shelf), RetrainingRefused(busy))


def _opened(shelf: Path) -> TextIO:
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        return (shelf / _FILE).open("a")
    except OSError as error:
        raise unwritable(shelf / _FILE, error) from error
