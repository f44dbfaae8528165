"""One walk for all tests of this folder."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.tour import Tour, walk


@pytest.fixture(scope="session")
def tour() -> Iterator[Tour]:
    with tempfile.TemporaryDirectory(prefix="tideline-tour-") as folder:
        yield walk(Path(folder))
