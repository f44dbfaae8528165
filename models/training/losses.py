"""What is made small: cross-entropy, with the rare classes weighing more."""

import numpy as np
import torch
from torch import Tensor, nn

from models.training.options import TrainingOptions
from models.training.rows import Targets


def answered_right(logits: Tensor, wanted: Tensor) -> Tensor:
    """Which rows (batch) are answered right: the label, or every one of several labels."""
    if wanted.ndim == 1:
        return logits.argmax(dim=1) == wanted
    return ((logits > 0) == (wanted > 0)).all(dim=1)


def loss_for(targets: Targets, labels: int, options: TrainingOptions) -> nn.Module:
    """One label of several, or yes or no to each of them, as the targets are."""
    if targets.ndim == 2:
        return nn.BCEWithLogitsLoss(pos_weight=_rarity(targets, options.weighting))
    weights = class_weights(targets, labels, options.weighting)
    return nn.CrossEntropyLoss(weight=weights, label_smoothing=options.smoothing)


def class_weights(targets: Targets, classes: int, weighting: str = "sqrt") -> Tensor | None:
    """Square-root balanced: a class ten times rarer weighs about three times more; balanced: ten times."""
    if weighting == "none":
        return None
    counts = np.bincount(targets, minlength=classes)
    weights = len(targets) / (classes * np.maximum(counts, 1))
    weights = np.sqrt(weights) if weighting == "sqrt" else weights
    return torch.tensor(np.where(counts > 0, weights, 0.0), dtype=torch.float32)  # a class without rows has no say


def _rarity(targets: Targets, weighting: str) -> Tensor | None:
    """How much more a label's presence weighs than its absence."""
    if weighting == "none":
        return None
    present = np.maximum(targets.sum(axis=0), 1)
    ratio = (len(targets) - present) / present
    weights = np.sqrt(ratio) if weighting == "sqrt" else ratio
    return torch.tensor(np.clip(weights, 1.0, 50.0), dtype=torch.float32)
