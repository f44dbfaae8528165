"""How to train: every choice, with the defaults of the shipped recurrent model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import TrainingFailed
from models.networks.checks import one_of, within

METRICS = ("none", "contrastive", "triplet")


@dataclass(frozen=True)
class TrainingOptions:
    """`average` is the decay of the running mean of the weights, which is what gets kept; 0 keeps the last step's.

    `weighting` of rare classes: sqrt, balanced or none. `schedule`: cool (linear warm-up, then linearly down) or
    constant. `optimizer`: adamw, adam or radam. `precision`: single, or half for 16-bit products where the
    device has them. `device`: cpu, cuda, or auto for whichever is there. Raises `TrainingFailed`.

    `metric` adds a loss of distances between texts, `metric_weight` times: contrastive or triplet, over the pairs
    or triplets that `mining` picks from each batch: all, semi-hard or hard. `margin` is how far apart they are to
    be, of vectors scaled to length 1; 0 is each loss's usual one.
    """

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
    weighting: str = "sqrt"
    schedule: str = "cool"
    optimizer: str = "adamw"
    metric: str = "none"
    metric_weight: float = 0.1
    mining: str = "hard"
    margin: float = 0.0
    precision: str = "single"
    device: str = "auto"

    def __post_init__(self) -> None:
        try:
            self._check_numbers()
            self._check_words()
        except ValueError as error:
            raise TrainingFailed(str(error)) from error

    def _check_numbers(self) -> None:
        within("seed", self.seed, 0, 2**32 - 1)
        within("epochs", self.epochs, 1, 10_000)
        within("patience", self.patience, 1, 10_000)
        within("batch", self.batch, 1, 65_536)
        within("rate", self.rate, 1e-9, 10.0)
        within("weight_decay", self.weight_decay, 0, 1.0)
        within("clip", self.clip, 1e-6, 1e6)
        within("smoothing", self.smoothing, 0, 0.9)
        within("average", self.average, 0, 0.999999)
        within("warmup", self.warmup, 0, 1.0)
        within("metric_weight", self.metric_weight, 0, 1000.0)
        within("margin", self.margin, 0, 2.0)

    def _check_words(self) -> None:
        one_of("weighting", self.weighting, ("sqrt", "balanced", "none"))
        one_of("schedule", self.schedule, ("cool", "constant"))
        one_of("optimizer", self.optimizer, ("adamw", "adam", "radam"))
        one_of("metric", self.metric, METRICS)
        one_of("mining", self.mining, ("all", "semi-hard", "hard"))
        one_of("precision", self.precision, ("single", "half"))
        one_of("device", self.device, ("auto", "cpu", "cuda"))


def defaults_for(kind: str, options: Mapping[str, Any]) -> TrainingOptions:
    """Where nobody says otherwise: a transformer needs smaller steps than a network that starts from nothing."""
    if kind != "transformer":
        return TrainingOptions()
    return TrainingOptions(epochs=3, batch=32, rate=1e-3 if options.get("rank") else 2e-5, warmup=0.06)
