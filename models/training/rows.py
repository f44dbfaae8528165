"""What a training reads and what it writes down."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Targets = npt.NDArray[np.int64]
"""Label numbers (rows), or zeros and ones (rows, labels) where rows may carry several labels."""

History = list[dict[str, float]]
"""One dict per epoch: what was seen of the training rows, and every validation figure; kept beside the weights."""


class Rows(NamedTuple):
    """Encoded texts and their targets."""

    ids: list[list[int]]
    targets: Targets
