"""How good a network is on rows it is not trained on."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import torch

from models.evaluation.metrics import accuracy_and_macro_f1
from models.networks.network import Network, padded
from models.training.rows import Rows

Floats = npt.NDArray[np.float64]

_TOGETHER = 256
"""Texts that are asked about at a time."""


@torch.inference_mode()
def logits_of(network: Network, pad: int, texts: Sequence[Sequence[int]], half: bool = False) -> Floats:
    """Logits (texts, labels) in the order of the texts, with products in 16 bits where `half` says so."""
    network.eval()
    device = network.output.weight.device
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    answers = np.empty((len(texts), network.config.labels))
    for at in range(0, len(order), _TOGETHER):
        chosen = order[at : at + _TOGETHER]
        ids, lengths = padded([texts[i] for i in chosen], pad)
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            answers[chosen] = network(ids.to(device), lengths.to(device)).double().cpu().numpy()
    return answers


def validate(network: Network, pad: int, validation: Mapping[str, Rows]) -> dict[str, float]:
    """The figures of `figures_of`, for a network as it stands."""
    return figures_of({name: logits_of(network, pad, rows.ids) for name, rows in validation.items()}, validation)


def figures_of(logits: Mapping[str, Floats], validation: Mapping[str, Rows]) -> dict[str, float]:
    """Macro-F1 and accuracy of each set, and their means. A set is asked only for labels it has."""
    figures: dict[str, float] = {}
    for name, rows in validation.items():
        accuracy, score = accuracy_and_macro_f1(logits[name], rows.targets)
        figures[f"{name}_accuracy"], figures[f"{name}_macro_f1"] = accuracy, score
    scores, accuracies = ([figures[f"{name}_{what}"] for name in validation] for what in ("macro_f1", "accuracy"))
    return {"macro_f1": float(np.mean(scores)), "validation_accuracy": float(np.mean(accuracies)), **figures}
