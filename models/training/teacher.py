"""One training run's optimizer, schedule, loss and running mean of the weights."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from models.networks.network import Network
from models.training.device import has_halves
from models.training.losses import answered_right, loss_for
from models.training.metric import metric_loss
from models.training.options import TrainingOptions
from models.training.rows import Targets

Floats = npt.NDArray[np.float64]

_OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "adamw": torch.optim.AdamW,
    "adam": torch.optim.Adam,
    "radam": torch.optim.RAdam,
}


class Step(NamedTuple):
    """One batch: its loss, and how many of its rows were answered right before the weights moved."""

    loss: float
    right: int


class Teacher:
    """Moves the weights that may move, one batch at a time, and follows them with a running mean."""

    def __init__(self, network: Network, targets: Targets, options: TrainingOptions, steps: int) -> None:
        self.network = network
        self.moving: list[Tensor] = [weight for weight in network.parameters() if weight.requires_grad]
        self.optimizer = _OPTIMIZERS[options.optimizer](
            self.moving,
            lr=options.rate,  # type: ignore[call-arg]
            weight_decay=options.weight_decay,
        )
        self.steps = 0
        self.mean = self._copied()
        self._options = options
        self._pace = _pace(options, steps)
        self._device = network.output.weight.device
        self._loss = loss_for(targets, network.config.labels, options).to(self._device)
        self._metric = metric_loss(targets, options)
        self.half = options.precision == "half" and has_halves(self._device)

    def step(self, ids: Tensor, lengths: Tensor, targets: Targets) -> Step:
        """One batch of padded texts. Raises `FloatingPointError` when the loss is no longer a number."""
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self.half):
            vectors = self.network.embedded(ids.to(self._device), lengths.to(self._device))
            logits = self.network.judged(vectors)
        wanted = torch.from_numpy(targets).to(self._device)
        loss = self._loss_of(logits.float(), wanted)
        if self._metric:
            loss = loss + self._options.metric_weight * self._metric(vectors.float(), wanted)
        value = loss.item()
        if not math.isfinite(value):
            raise FloatingPointError(value)
        self._move(loss)
        self._follow()
        return Step(value, int(answered_right(logits.detach(), wanted).sum()))

    def loss_of(self, logits: Floats, targets: Targets) -> float:
        """The same loss, of rows that are only looked at."""
        wanted = torch.from_numpy(targets).to(self._device)
        return float(self._loss_of(torch.from_numpy(logits).float().to(self._device), wanted))

    def _loss_of(self, logits: Tensor, wanted: Tensor) -> Tensor:
        return self._loss(logits, wanted.float() if wanted.ndim == 2 else wanted)  # type: ignore[no-any-return]

    def _move(self, loss: Tensor) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self._options.rate * self._pace(self.steps)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.moving, self._options.clip)
        self.optimizer.step()

    @torch.no_grad()
    def _follow(self) -> None:
        """Slowly; the mean is usually better than the last step, and never noisier."""
        self.steps += 1
        share = 1 - min(self._options.average, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.mean, [weight.detach() for weight in self.moving], share)

    def averaged(self) -> list[Tensor]:
        return [value.clone() for value in self.mean]

    def put(self, values: list[Tensor]) -> None:
        with torch.no_grad():
            torch._foreach_copy_(self.moving, values)

    def tensors(self) -> dict[str, Tensor]:
        """All that moves, by name; with `steps` it is enough for `take_up`."""
        state: dict[int, dict[str, Tensor]] = self.optimizer.state_dict()["state"]
        moments = {f"optimizer.{i}.{key}": value for i, one in state.items() for key, value in one.items()}
        return {**named("weights", self._copied()), **named("mean", self.mean), **moments}

    def take_up(self, tensors: Mapping[str, Tensor], steps: int) -> None:
        """Go on where another stopped."""
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith("optimizer."):
                _, number, key = name.split(".")
                state.setdefault(int(number), {})[key] = value
        self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": state})
        self.put(unnamed("weights", tensors))
        self.mean = [value.to(self._device) for value in unnamed("mean", tensors)]
        self.steps = steps

    @contextmanager
    def average_in_place(self) -> Iterator[None]:
        """The network as its running mean, then as it was."""
        live = self._copied()
        self.put(self.mean)
        try:
            yield
        finally:
            self.put(live)

    def _copied(self) -> list[Tensor]:
        return [weight.detach().clone() for weight in self.moving]


def named(prefix: str, values: Sequence[Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}.{number}": value for number, value in enumerate(values)}


def unnamed(prefix: str, tensors: Mapping[str, Tensor]) -> list[Tensor]:
    """What `named` was given."""
    count = sum(name.startswith(f"{prefix}.") for name in tensors)
    return [tensors[f"{prefix}.{number}"] for number in range(count)]


def _pace(options: TrainingOptions, steps: int) -> Callable[[int], float]:
    if options.schedule == "constant":
        return lambda _step: 1.0
    rising = max(1, int(steps * options.warmup))  # the first steps, in which the rate rises
    return lambda step: min((step + 1) / rising, max(0.02, (steps - step) / max(1, steps - rising)))
