"""How far figures would move with other rows of the same kind: 95 % bootstrap intervals."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from models.evaluation.confusion import counts, macro, weighted
from models.evaluation.metrics import Floats, Labels

RESAMPLES, SEED = 1_000, 20_261_121
_AT_ONCE = 50

Intervals = dict[str, list[float]]


def single_label_intervals(matrix: Labels, resamples: int = RESAMPLES, seed: int = SEED) -> Intervals:
    """Drawing rows with replacement is drawing the cells of the confusion matrix, so no row is touched."""
    total = int(matrix.sum())
    drawn = np.random.default_rng(seed).multinomial(total, matrix.ravel() / total, size=resamples)
    matrices = drawn.reshape(resamples, *matrix.shape)
    counted, present = counts(matrices), matrix.sum(axis=1) > 0
    figures = {
        "accuracy": np.trace(matrices, axis1=1, axis2=2) / total,
        "macro_f1": macro(counted, present)[:, 2],
        "weighted_f1": weighted(counted)[:, 2],
    }
    return _percentiles(figures)


def multi_label_intervals(said: Labels, true: Labels, resamples: int = RESAMPLES, seed: int = SEED) -> Intervals:
    """The same for rows of several labels, given as zeros and ones (rows, labels)."""
    whole = (said == true).all(axis=1)
    columns = np.column_stack([said * true, said, true, whole]).astype(np.float32)  # (rows, 3 × labels + 1)
    sums = np.concatenate([weights @ columns for weights in _weights(len(said), resamples, seed)])
    counted = sums[:, :-1].reshape(resamples, 3, -1).swapaxes(1, 2)  # (resamples, labels, 3)
    present = true.sum(axis=0) > 0
    figures = {
        "accuracy": sums[:, -1] / len(said),
        "macro_f1": macro(counted, present)[:, 2],
        "weighted_f1": weighted(counted)[:, 2],
    }
    return _percentiles(figures)


def _weights(rows: int, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each row is drawn, (some resamples, rows) at a time."""
    chance = np.random.default_rng(seed)
    draw: Callable[[], Labels] = lambda: np.bincount(chance.integers(rows, size=rows), minlength=rows)  # noqa: E731
    for start in range(0, resamples, _AT_ONCE):
        yield np.stack([draw() for _ in range(min(_AT_ONCE, resamples - start))]).astype(np.float32)


def _percentiles(figures: Mapping[str, Floats]) -> Intervals:
    return {name: [float(edge) for edge in np.percentile(values, [2.5, 97.5])] for name, values in figures.items()}
