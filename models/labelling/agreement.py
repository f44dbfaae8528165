"""How far labellers agree beyond chance: Cohen's kappa for two, Krippendorff's alpha for any number."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from models.labelling.judgements import Floats, Judgement, tabulate

RESAMPLES, SEED = 1_000, 20_261_121
_AT_ONCE = 100


class Estimate(NamedTuple):
    """A figure with its 95 % interval, and the number of items that it rests on."""

    value: float
    low: float
    high: float
    items: int


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> Estimate | None:
    """Of two labellers on the same items, from -1 to 1; None without items. Two who always say one label agree: 1.

    >>> table = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    >>> found = cohen_kappa(table)
    >>> round(found.value, 9), round(found.low, 2), round(found.high, 2)
    (0.4, 0.15, 0.64)
    """
    if not pairs:
        return None
    labels = sorted({label for pair in pairs for label in pair})
    matrix = np.zeros((len(labels), len(labels)))
    for (first, second), count in Counter(pairs).items():
        matrix[labels.index(first), labels.index(second)] = count
    drawn = np.random.default_rng(SEED).multinomial(len(pairs), matrix.ravel() / len(pairs), size=RESAMPLES)
    return _estimate(_kappas(matrix[None]), _kappas(drawn.reshape(-1, *matrix.shape).astype(np.float64)), len(pairs))


def krippendorff_alpha(judgements: Iterable[Judgement]) -> Estimate | None:
    """Of all labellers, each of whom may have left out any item; None where no item has two judgements.

    For labels without order. Items are drawn again for the interval, with all that was said of them.
    """
    table = tabulate(judgements)
    counts = table.by_item(np.eye(len(table.labels))[table.label]) if table.items else np.zeros((0, 0))
    counts = counts[counts.sum(axis=1) > 1]  # (items, labels): how many gave each label
    if not len(counts):
        return None
    told = counts.sum(axis=1)
    apart = (told**2 - (counts**2).sum(axis=1)) / (told - 1)  # disagreeing pairs of an item, each voice counted once
    columns = np.column_stack([apart, counts])
    return _estimate(_alphas(columns.sum(axis=0)[None]), _alphas(_drawn(columns)), len(counts))


def shared(judgements: Iterable[Judgement]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """For each two labellers the pairs of what they said, where they judged the same items."""
    said: dict[str, dict[str, str]] = {}
    for item, labeller, label in judgements:
        said.setdefault(item, {})[labeller] = label
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in sorted(said):
        for first, second in combinations(sorted(said[item]), 2):
            found.setdefault((first, second), []).append((said[item][first], said[item][second]))
    return dict(sorted(found.items()))


def _kappas(matrices: Floats) -> Floats:
    """(tables, labels, labels) to (tables,)."""
    totals = matrices.sum(axis=(1, 2))
    agreed = np.trace(matrices, axis1=1, axis2=2) / totals
    by_chance = (matrices.sum(axis=1) * matrices.sum(axis=2)).sum(axis=1) / totals**2
    return np.where(by_chance < 1, (agreed - by_chance) / np.where(by_chance < 1, 1 - by_chance, 1), 1.0)


def _alphas(sums: Floats) -> Floats:
    """(draws, 1 + labels): disagreements, then voices for each label. Where only one label was used: 1."""
    apart, voices = sums[:, 0], sums[:, 1:]
    total = voices.sum(axis=1)
    expected = (total**2 - (voices**2).sum(axis=1)) / (total - 1)
    return np.where(expected > 0, 1 - apart / np.where(expected > 0, expected, 1), 1.0)


def _drawn(columns: Floats) -> Floats:
    """(RESAMPLES, columns): sums over items drawn with replacement."""
    chance, items = np.random.default_rng(SEED), len(columns)
    shares = np.full(items, 1 / items)
    draws = [chance.multinomial(items, shares, size=_AT_ONCE) @ columns for _ in range(RESAMPLES // _AT_ONCE)]
    return np.concatenate(draws)


def _estimate(value: Floats, drawn: Floats, items: int) -> Estimate:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(float(value[0]), float(low), float(high), items)
