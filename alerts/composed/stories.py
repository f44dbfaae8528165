"""What happens to an invented person: one planted change, one decoy, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.composed.options import HistoryOptions, Span
from models.labels import EMOTIONS

Floats = npt.NDArray[np.float64]
STEADY, STEP, RAMP = "steady", "step", "ramp"
BAD_DAY, BURST, JOY, MILD, LOW = "one bad day", "burst", "joy surge", "mild shift", "always low"
DECOYS = (BAD_DAY, BURST, JOY, MILD, LOW)


@dataclass(frozen=True, slots=True)
class Story:
    """From midnight of day `onset` to midnight of day `end`; a ramp is full from day `full` on.

    `size` is the share of the posts that moves to `emotion`; of a burst, how many times the usual rate.
    """

    kind: str
    emotion: str = ""
    onset: int = 0
    full: int = 0
    end: int = 0
    size: float = 0.0

    def plants(self, emotion: str) -> bool:
        """Whether a rule for `emotion` should find this."""
        return self.kind in (STEP, RAMP) and self.emotion == emotion

    def moved(self, days: int) -> Floats:
        """(days,): the share of the posts that goes to the story's emotion on each day."""
        day = np.arange(days)
        slow = self.full > self.onset
        climb = np.clip((day + 0.5 - self.onset) / (self.full - self.onset), 0.0, 1.0) if slow else np.ones(days)
        inside = (day >= self.onset) & (day < self.end)
        return self.size * climb * inside if self.kind != BURST else np.zeros(days)


def deal(options: HistoryOptions, rng: np.random.Generator) -> list[Story]:
    """A story for each person: exact shares, in random order."""
    planted = options.planted * len(options.emotions)
    kinds = [*_shared(planted, options, (STEP,)), *_shared(options.decoys, options, decoys(options.emotions))]
    kinds += [(STEADY, 0)] * (options.people - len(kinds))
    order = rng.permutation(len(kinds))
    return [_told(kinds[place], options, rng) for place in order]


def decoys(emotions: tuple[str, ...]) -> tuple[str, ...]:
    """What is no change; a surge of joy is one where rules for joy are measured."""
    return tuple(kind for kind in DECOYS if kind != JOY or "joy" not in emotions)


def _shared(share: float, options: HistoryOptions, kinds: tuple[str, ...]) -> list[tuple[str, int]]:
    """Each kind, and the emotions within each kind, in turn."""
    count = round(share * options.people)
    return [(kinds[place % len(kinds)], place // len(kinds)) for place in range(count)]


def _told(drawn: tuple[str, int], options: HistoryOptions, rng: np.random.Generator) -> Story:
    kind, turn = drawn
    if kind == STEADY:
        return Story(STEADY)
    emotion = options.emotions[turn % len(options.emotions)]
    if kind == LOW:
        return Story(LOW, emotion, 0, 0, options.days, options.low_share)
    onset = int(rng.integers(options.onset_after, options.days - options.onset_before_end + 1))
    if kind == BAD_DAY:
        return Story(BAD_DAY, emotion, onset, onset, onset + 1, 0.9)
    if kind == BURST:
        return Story(BURST, "", onset, onset, onset + _whole(options.burst_days, rng), _drawn(options.burst_times, rng))
    return _change(kind, "joy" if kind == JOY else emotion, onset, options, rng)


def _change(kind: str, emotion: str, onset: int, options: HistoryOptions, rng: np.random.Generator) -> Story:
    slow = rng.random() < options.ramps
    end = min(onset + _whole(options.length_days, rng), options.days)
    full = onset + (_whole(options.ramp_days, rng) if slow else 0)
    size = _drawn(options.mild_size if kind == MILD else options.size, rng)
    return Story((RAMP if slow else STEP) if kind == STEP else kind, emotion, onset, full, end, size)


def _drawn(span: Span, rng: np.random.Generator) -> float:
    return float(rng.uniform(*span))


def _whole(span: Span, rng: np.random.Generator) -> int:
    return round(_drawn(span, rng))


def towards(mix: Floats, story: Story, days: int) -> Floats:
    """(days, 7): the person's shares of the emotions on each day of the story."""
    shares = np.tile(mix, (days, 1))
    if story.emotion:
        moved = story.moved(days)[:, None]  # (days, 1)
        shares *= 1 - moved
        shares[:, EMOTIONS.index(story.emotion)] += moved[:, 0]
    return shares
