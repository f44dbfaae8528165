"""What all persons, or all channels, have in common: fitted once on composed histories, shipped, never learned live."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.forecast.dynamics import Dynamics
from alerts.forecast.shape import Shape


@dataclass(frozen=True)
class Pool:
    """Ways in which levels move with the share of subjects that move so, and the shape of intervals by horizon."""

    population: tuple[float, ...]  # mean score of each emotion, where nothing better is known
    dynamics: tuple[Dynamics, ...]
    shares: tuple[float, ...]
    trust: float  # how far a subject's own days decide between the ways, 0 to 1
    shapes: tuple[Shape, ...]  # one for each horizon
