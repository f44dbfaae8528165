"""The figures of many trainings on the same resampled test rows, so that differences between them are paired."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.evaluation.intervals import RESAMPLES, SEED
from models.evaluation.metrics import Labels

Floats = npt.NDArray[np.float64]
_AT_ONCE = 50


@dataclass(frozen=True)
class Draws:
    """One training's figures on each resample (resamples)."""

    accuracy: Floats
    macro_f1: Floats


def draws_of(truth: Labels, guesses: Sequence[Labels], resamples: int = RESAMPLES) -> list[Draws]:
    """For each row of guesses; every resample takes the same rows for all of them. Macro-F1 is over the labels that
    the whole truth has."""
    labels = np.unique(truth)
    columns = np.concatenate([_columns(truth, guess, labels) for guess in guesses], axis=1)
    chance = np.random.default_rng(SEED)
    sums = []
    for start in range(0, resamples, _AT_ONCE):
        weights = _weights(chance, len(truth), min(_AT_ONCE, resamples - start))
        sums.append(weights @ columns)
    counted = np.concatenate(sums).astype(np.float64).reshape(resamples, len(guesses), 3, len(labels))
    return [_figures(counted[:, number], len(truth)) for number in range(len(guesses))]


def _columns(truth: Labels, guess: Labels, labels: Labels) -> npt.NDArray[np.float32]:
    """(rows, 3 × labels): right, said and true for each label."""
    said, true = guess[:, None] == labels, truth[:, None] == labels
    return np.concatenate([said & true, said, true], axis=1).astype(np.float32)


def _weights(chance: np.random.Generator, rows: int, count: int) -> npt.NDArray[np.float32]:
    """How often each row is drawn (count, rows)."""
    drawn = [np.bincount(chance.integers(rows, size=rows), minlength=rows) for _ in range(count)]
    return np.stack(drawn).astype(np.float32)


def _figures(counted: Floats, rows: int) -> Draws:
    """Of counts (resamples, 3, labels)."""
    hits, said, true = counted[:, 0], counted[:, 1], counted[:, 2]
    return Draws(hits.sum(axis=1) / rows, (2 * hits / np.maximum(1, said + true)).mean(axis=1))
