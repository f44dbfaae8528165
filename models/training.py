"""Teaching a network from labelled texts: seeded, stopped early, the best state kept."""

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from tqdm import tqdm

from models.metrics import best_among, macro_f1
from models.networks import BiLSTM, padded

History = list[dict[str, float]]
"""One dict per epoch: loss and every validation figure; written as JSON beside the weights."""


@dataclass(frozen=True)
class TrainingOptions:
    """How to train. `average` is the decay of the running mean of the weights, which is what gets kept."""

    seed: int = 1
    epochs: int = 5
    patience: int = 3
    batch: int = 96
    rate: float = 2e-3
    weight_decay: float = 0.01
    clip: float = 1.0
    smoothing: float = 0.05
    average: float = 0.998
    warmup: float = 0.05


class Rows(NamedTuple):
    """Encoded texts and the numbers of their labels."""

    ids: list[list[int]]
    labels: list[int]


def train(
    network: BiLSTM, rows: Rows, validation: Mapping[str, Rows], options: TrainingOptions, quiet: bool = False
) -> History:
    """Train in place; the network ends with the weights of its best epoch.

    Best means the mean macro-F1 over the validation sets; training stops when it has not risen for
    `patience` epochs. The same seed, data and thread count give the same weights.
    """
    shuffle = seeded(options.seed)
    steps = options.epochs * -(-len(rows.ids) // options.batch)
    teacher = _Teacher(network, rows, options, steps)
    history: History = []
    best, kept = -1.0, teacher.mean.state()
    for epoch in range(1, options.epochs + 1):
        batches = list(batches_of(rows.ids, options.batch, shuffle))
        network.train()
        shown = tqdm(batches, desc=f"epoch {epoch}/{options.epochs}", unit="batch", disable=quiet)
        loss = sum(map(teacher.step, shown)) / len(batches)
        figures = validate(teacher.mean.network, validation)
        history.append({"epoch": epoch, "loss": loss, **figures})
        if figures["macro_f1"] > best:
            best, kept = figures["macro_f1"], teacher.mean.state()
        elif epoch - _best_epoch(history) >= options.patience:
            break
    network.load_state_dict(kept)
    network.eval()
    return history


class _Teacher:
    """Optimizer, schedule, loss and running mean of one training run."""

    def __init__(self, network: BiLSTM, rows: Rows, options: TrainingOptions, steps: int) -> None:
        self._network, self._rows, self._clip = network, rows, options.clip
        self._optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=options.weight_decay)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, _warm_up_then_cool(steps, options.warmup))
        weights = class_weights(rows.labels, network.config.labels)
        self._loss = nn.CrossEntropyLoss(weight=weights, label_smoothing=options.smoothing)
        self.mean = RunningMean(network, options.average)

    def step(self, chosen: Sequence[int]) -> float:
        """One batch; returns its loss."""
        ids, lengths = padded([self._rows.ids[i] for i in chosen])
        labels = torch.tensor([self._rows.labels[i] for i in chosen])
        loss = self._loss(self._network(ids, lengths), labels)
        self._optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._network.parameters(), self._clip)
        self._optimizer.step()
        self._schedule.step()
        self.mean.add(self._network)
        return float(loss.item())


def seeded(seed: int) -> random.Random:
    """Fix every source of chance; the returned generator shuffles the rows."""
    torch.manual_seed(seed)
    return random.Random(seed)


def _best_epoch(history: History) -> int:
    return int(max(history, key=lambda row: row["macro_f1"])["epoch"])


def _warm_up_then_cool(steps: int, warmup: float) -> Callable[[int], float]:
    rising = max(1, int(steps * warmup))
    return lambda step: min((step + 1) / rising, max(0.02, (steps - step) / max(1, steps - rising)))


def class_weights(labels: Sequence[int], classes: int) -> Tensor:
    """Square-root balanced: a class ten times rarer weighs about three times more, not ten."""
    counts = np.bincount(labels, minlength=classes)
    weights = np.sqrt(len(labels) / (classes * np.maximum(counts, 1)))
    return torch.tensor(weights, dtype=torch.float32)


class RunningMean:
    """A copy of a network that follows it slowly; usually better than the last step, and never noisier."""

    def __init__(self, network: BiLSTM, decay: float) -> None:
        self.network = copy.deepcopy(network).eval()
        self._decay, self._steps = decay, 0

    @torch.no_grad()
    def add(self, network: BiLSTM) -> None:
        self._steps += 1
        share = 1 - min(self._decay, (1 + self._steps) / (10 + self._steps))
        torch._foreach_lerp_(list(self.network.parameters()), list(network.parameters()), share)

    def state(self) -> dict[str, Tensor]:
        return {name: value.clone() for name, value in self.network.state_dict().items()}


def batches_of(texts: Sequence[Sequence[int]], size: int, shuffle: random.Random) -> Iterator[list[int]]:
    """Row numbers in batches of similar length, in a random order; who meets whom changes every time."""
    order = list(range(len(texts)))
    shuffle.shuffle(order)
    pool = 50 * size
    groups = [sorted(order[at : at + pool], key=lambda i: len(texts[i])) for at in range(0, len(order), pool)]
    batches = [group[at : at + size] for group in groups for at in range(0, len(group), size)]
    shuffle.shuffle(batches)
    yield from batches


@torch.inference_mode()
def logits_of(network: BiLSTM, texts: Sequence[Sequence[int]], size: int = 256) -> npt.NDArray[np.float64]:
    """Logits (texts, labels) in the order of the texts, for measuring."""
    network.eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    answers = np.empty((len(texts), network.config.labels))
    for at in range(0, len(order), size):
        chosen = order[at : at + size]
        answers[chosen] = network(*padded([texts[i] for i in chosen])).double().numpy()
    return answers


def validate(network: BiLSTM, validation: Mapping[str, Rows]) -> dict[str, float]:
    """Macro-F1 and accuracy of each set, and their mean macro-F1. A set is asked only for labels it has."""
    figures: dict[str, float] = {}
    for name, rows in validation.items():
        truth = np.asarray(rows.labels)
        guess = best_among(logits_of(network, rows.ids), np.unique(truth))
        figures[f"{name}_accuracy"] = float((guess == truth).mean())
        figures[f"{name}_macro_f1"] = macro_f1(truth, guess)
    scores = [figures[f"{name}_macro_f1"] for name in validation]
    return {"macro_f1": float(np.mean(scores)), **figures}
