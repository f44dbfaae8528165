"""Word vectors asked of a tiny encoder written here."""

from pathlib import Path

import numpy as np
import pytest

from models.training.starting_vectors import starting_vectors
from tests.models.checkpoints import tiny_bert


def test_starting_vectors_are_the_same_each_time_and_differ_between_words(tmp_path: Path) -> None:
    encoder = tiny_bert(tmp_path / "encoder")
    words = ["sun", "sunny", "rain", "<user>", "snow", "x", "yes", "no", "maybe"]
    first, second = (starting_vectors(words, 4, encoder) for _ in range(2))
    assert first.shape == (9, 4)
    assert first.std() == pytest.approx(0.2, rel=1e-3)
    assert np.array_equal(first, second)
    assert len(np.unique(first.round(4), axis=0)) == 9
