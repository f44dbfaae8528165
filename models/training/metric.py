"""Losses of distances: texts of one label close together, those of different labels far apart.

Distances are Euclidean, between vectors scaled to length 1, so they lie between 0 and 2. Contrastive loss after
Hadsell, Chopra & LeCun 2006; triplets and their semi-hard mining after Schroff, Kalenichenko & Philbin 2015. Both as
pytorch-metric-learning has them.
"""

from typing import Any

import numpy as np
from torch import Tensor, nn

from models.errors import TrainingFailed
from models.training.options import TrainingOptions
from models.training.rows import Targets

_USUAL_MARGIN = {"contrastive": 1.0, "triplet": 0.2}


class MetricLoss(nn.Module):
    """One number for a batch of vectors (batch, width) and their labels (batch); 0 where no pair is picked."""

    def __init__(self, options: TrainingOptions) -> None:
        super().__init__()
        margin = options.margin or _USUAL_MARGIN[options.metric]
        self._miner = _miner(options.mining, margin)
        self._loss = _loss(options.metric, margin)

    def forward(self, vectors: Tensor, labels: Tensor) -> Tensor:
        picked = self._miner(vectors, labels) if self._miner else None
        return self._loss(vectors, labels, picked)  # type: ignore[no-any-return]


def metric_loss(targets: Targets, options: TrainingOptions) -> MetricLoss | None:
    """None where only the labels are learned."""
    if options.metric == "none":
        return None
    if targets.ndim == 2:
        raise TrainingFailed(
            "A metric loss needs rows of one label each: choose a single-label scheme, or leave out metric."
        )
    if len(np.unique(targets)) < 2:
        raise TrainingFailed("A metric loss needs rows of at least two labels: give rows of another label too.")
    return MetricLoss(options)


def _loss(metric: str, margin: float) -> Any:
    from pytorch_metric_learning.losses import ContrastiveLoss, TripletMarginLoss

    if metric == "contrastive":
        return ContrastiveLoss(pos_margin=0, neg_margin=margin)
    return TripletMarginLoss(margin=margin)


def _miner(mining: str, margin: float) -> Any:
    """Hard: each text with its farthest of the same label and its closest of another. Semi-hard: triplets whose
    stranger is farther than the relative, but not by the margin."""
    from pytorch_metric_learning.miners import BatchHardMiner, TripletMarginMiner

    if mining == "hard":
        return BatchHardMiner()
    return TripletMarginMiner(margin, type_of_triplets="semihard") if mining == "semi-hard" else None
