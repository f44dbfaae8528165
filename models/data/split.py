"""Cutting one file's rows into training, validation and test rows."""

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence

from models.data.rows import Row
from models.errors import DataUnusable
from models.networks.text import text_key

Splits = tuple[tuple[Row, ...], tuple[Row, ...], tuple[Row, ...]]


def stratified(rows: Sequence[Row], validation: float, test: float, seed: int = 1) -> Splits:
    """Training, validation and test rows, each with every label in about the same share as the whole.

    Rows with the same text, as `text_key` judges, stay together. The seed is that of the split alone, so that
    models trained with different seeds are measured on the same rows.
    """
    if not (validation >= 0 and test >= 0 and validation + test < 1):
        raise DataUnusable(
            f"Shares of {validation} for validation and {test} for test leave nothing to train on: "
            "give two shares above 0 that add up to less than 1."
        )
    shuffle = random.Random(seed)
    parts: tuple[list[int], ...] = ([], [], [])
    for texts in _by_label(rows):
        shuffle.shuffle(texts)
        tested, validated = _count(len(texts), test), _count(len(texts), validation)
        cuts = (texts[tested + validated :], texts[tested : tested + validated], texts[:tested])
        for part, groups in zip(parts, cuts, strict=True):
            part += [place for group in groups for place in group]
    train, held, tested_rows = (tuple(rows[place] for place in sorted(part)) for part in parts)
    return train, held, tested_rows


def _by_label(rows: Sequence[Row]) -> Iterable[list[list[int]]]:
    """For each label in order of appearance, the places of its rows, those of one text together."""
    texts: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        texts[text_key(row.text)].append(place)
    labels: dict[tuple[str, ...], list[list[int]]] = defaultdict(list)
    for group in texts.values():
        labels[rows[group[0]].labels[:1]].append(group)
    return labels.values()


def _count(texts: int, share: float) -> int:
    """At least one where there are three to share out."""
    return max(round(texts * share), 1) if texts > 2 and share > 0 else 0
