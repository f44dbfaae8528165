"""What this machine's arithmetic allows: the rate of large products, in the shapes of a model's own layers."""

import time
from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional

Shapes = list[tuple[int, int]]
_TIMES = 7


def shapes_of(config: Any) -> Shapes:
    """(out, in) of the large sums of one layer."""
    hidden, wide = config.hidden_size, config.intermediate_size
    return [(3 * hidden, hidden), (hidden, hidden), (wide, hidden), (hidden, wide)]


def operations(config: Any, pieces: float) -> float:
    """For one text; attention adds a hundredth for texts as short as posts."""
    return 2 * config.num_hidden_layers * pieces * sum(wide * deep for wide, deep in shapes_of(config))


def rates(shapes: Shapes, device: torch.device) -> dict[str, float]:
    """Operations a second by precision."""
    return {"single": _rate(shapes, device, torch.float32), "half": _rate(shapes, device, torch.bfloat16)}


def _rate(shapes: Shapes, device: torch.device, kind: torch.dtype) -> float:
    def prepared(rows: int, wide: int, deep: int) -> Callable[[], Any]:
        left, right = (torch.randn(size, deep, device=device).to(kind) for size in (rows, wide))
        return lambda: functional.linear(left, right)

    return _measured(shapes, 32_768 if device.type == "cuda" else 2048, prepared, device)


def _measured(
    shapes: Shapes, rows: int, prepare: Callable[[int, int, int], Callable[[], Any]], device: torch.device
) -> float:
    """The best of several times: a limit is what the machine can do when nothing disturbs it."""
    done = spent = 0.0
    for wide, deep in shapes:
        run = prepare(rows, wide, deep)
        spent += min([_seconds(run, device) for _ in range(_TIMES)][1:])
        done += 2 * rows * wide * deep
    return done / spent


@torch.inference_mode()
def _seconds(run: Callable[[], Any], device: torch.device) -> float:
    began = time.perf_counter()
    run()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began
