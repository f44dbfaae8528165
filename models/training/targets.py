"""Labels as the numbers that learning and measuring work with."""

from collections.abc import Iterable, Sequence

import numpy as np

from models.data.rows import Row
from models.labels import Scheme
from models.networks.network import Encoder
from models.training.rows import Rows, Targets


def targets_of(rows: Iterable[Row], scheme: Scheme) -> Targets:
    """Label numbers (rows), or zeros and ones (rows, labels) in a multi-label scheme."""
    place = {label: number for number, label in enumerate(scheme.labels)}
    rows = list(rows)
    if not scheme.multi:
        return np.array([place[row.labels[0]] for row in rows], dtype=np.int64)
    marks = np.zeros((len(rows), len(scheme.labels)), dtype=np.int64)
    for number, row in enumerate(rows):
        marks[number, [place[label] for label in row.labels]] = 1
    return marks


def encoded(rows: Sequence[Row], encoder: Encoder, scheme: Scheme) -> Rows:
    return Rows(encoder.encode_all([row.text for row in rows]), targets_of(rows, scheme))
