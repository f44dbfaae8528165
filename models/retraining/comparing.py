"""Champion and challenger on the same rows: each label's F1 and all together, with what luck alone would do."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from models.evaluation.confusion import precision_recall_f1
from models.evaluation.metrics import Floats, Labels
from models.evaluation.paired import mcnemar
from models.retraining.answers import Marks, Sides

RESAMPLES, SEED = 4_000, 20_261_121
SIGNIFICANT = 0.05
_AT_ONCE = 100


@dataclass(frozen=True)
class Difference:
    """A figure of both models. `low` and `high` hold 95 % of what other rows of the same kind would give for the
    difference; `p` is how likely so large a one is by luck, for labels corrected for their number (Holm)."""

    name: str
    rows: int
    champion: float
    challenger: float
    low: float
    high: float
    p: float

    @property
    def gain(self) -> float:
        return self.challenger - self.champion

    @property
    def worse(self) -> bool:
        return self.gain < 0 and self.p < SIGNIFICANT

    @property
    def better(self) -> bool:
        return self.gain > 0 and self.p < SIGNIFICANT


@dataclass(frozen=True)
class Compared:
    """One set of rows: macro-F1 over the labels that occur in it, each label's F1, and who was right on which rows."""

    name: str
    rows: int
    macro: Difference
    labels: tuple[Difference, ...]
    mcnemar: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class _Counted(NamedTuple):
    champion: Labels  # (..., labels, 3): hits, said, true
    challenger: Labels


def compared(sides: Sides, resamples: int = RESAMPLES) -> Compared:
    """Rows are drawn again in pairs, so that what both models find hard cancels out."""
    present = np.flatnonzero(sides.truth.any(axis=0))
    own = _f1s(_once(sides), present)
    drawn = np.concatenate([_f1s(counted, present) for counted in _again(sides, resamples)])  # (resamples, 2, labels)
    names = [sides.labels[place] for place in present]
    rows = sides.truth.sum(axis=0)[present].tolist()
    raw = [_difference(*each) for each in zip(names, rows, own.T, np.moveaxis(drawn, 2, 0), strict=True)]
    macro = _difference("macro-F1", len(sides.truth), own.mean(axis=1), drawn.mean(axis=2))
    right = [(said == sides.truth).all(axis=1) for said in (sides.challenger, sides.champion)]
    return Compared(sides.name, len(sides.truth), macro, tuple(_holm(raw)), mcnemar(right[0], right[1]))


def _once(sides: Sides) -> _Counted:
    return _Counted(*(_counts(sides.truth, said) for said in (sides.champion, sides.challenger)))


def _counts(truth: Marks, said: Marks) -> Labels:
    return np.stack([(truth & said).sum(axis=0), said.sum(axis=0), truth.sum(axis=0)], axis=-1)


def _f1s(counted: _Counted, present: Labels) -> Floats:
    """(..., 2, labels)"""
    f1s = [precision_recall_f1(counts)[..., present, 2] for counts in counted]
    return np.stack(f1s, axis=-2)


def _again(sides: Sides, resamples: int) -> Iterator[_Counted]:
    """Counts of rows drawn again with replacement, some resamples at a time."""
    truth, first, second = sides.truth, sides.champion, sides.challenger
    columns = np.concatenate([truth & first, first, truth & second, second, truth], axis=1).astype(np.float32)
    chance, rows, labels = np.random.default_rng(SEED), len(truth), truth.shape[1]
    for start in range(0, resamples, _AT_ONCE):
        count = min(_AT_ONCE, resamples - start)
        weights = chance.multinomial(rows, np.full(rows, 1 / rows), size=count).astype(np.float32)
        sums = (weights @ columns).reshape(count, 5, labels).swapaxes(1, 2)  # (resamples, labels, 5)
        whole = sums.astype(np.int64)  # counts below 2**24 are exact in 32-bit floats
        yield _Counted(whole[..., [0, 1, 4]], whole[..., [2, 3, 4]])


def _difference(name: str, rows: int, own: Floats, drawn: Floats) -> Difference:
    """`own` (2,) and `drawn` (resamples, 2): champion, challenger."""
    gains = drawn[:, 1] - drawn[:, 0]
    low, high = np.percentile(gains, [2.5, 97.5])
    tail = min((gains <= 0).mean(), (gains >= 0).mean())
    p = min(1.0, 2 * max(float(tail), 1 / len(gains)))
    return Difference(name, rows, *(round(float(value), 5) for value in (*own, low, high, p)))


def _holm(raw: Sequence[Difference]) -> Iterator[Difference]:
    """The smallest p times their number, the next times one less; none below the one before it."""
    order = sorted(range(len(raw)), key=lambda place: raw[place].p)
    corrected, least = {}, 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, raw[place].p * (len(raw) - rank)))
        corrected[place] = least
    for place, one in enumerate(raw):
        yield Difference(**{**asdict(one), "p": round(corrected[place], 5)})
