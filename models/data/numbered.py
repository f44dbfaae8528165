"""Reading the files of known data sets, whose labels are numbers."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from models.data.rows import Row
from models.errors import DataUnusable
from models.labels import Scheme


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise DataUnusable(f"{path} cannot be read ({error.strerror}): check the data folder.") from error
    except UnicodeDecodeError as error:
        raise DataUnusable(f"{path} is not UTF-8: convert it first.") from error


def numbered(path: Path, labels: Scheme, rows: Iterable[tuple[str, str]]) -> Iterator[Row]:
    """Rows from pairs of a text and its label numbers, which commas separate."""
    named = {str(number): label for number, label in enumerate(labels.labels)}
    for number, (text, numbers) in enumerate(rows, start=1):
        try:
            yield Row(text, tuple(named[one] for one in numbers.split(",")))
        except KeyError as error:
            reason = f"label {numbers!r} is not a number of the scheme {labels.name!r}"
            raise DataUnusable(f"{path}, row {number}: {reason}; correct the file.") from error
