"""Forecasts and their rivals on histories whose future is known: what was foreseen, and what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts.composed.moods import FIRST_DAY, Composed, MoodOptions, Nature, compose_moods, score
from alerts.composed.options import HistoryOptions
from alerts.composed.people import Life, compose
from alerts.forecast.daily import Daily, daily_of
from alerts.forecast.fit import Case, seen_on
from alerts.forecast.foresee import Forecast, foresee, seen_before, too_little
from alerts.forecast.outlook import HORIZONS
from alerts.forecast.snapshot import load_snapshot
from alerts.options import DAY

Floats = npt.NDArray[np.float64]
SEEDS = (101, 102, 103)
AGES = (28, 42, 56, 70, 84, 90)  # days of history
RIVALS = ("last day", "last week", "plain mean", "median")
_RESAMPLES = 2000
_NAMES = Forecast._fields


@dataclass(frozen=True)
class Subject:
    """`level` (days from the first, 7) is the hidden expected score, where it is known."""

    series: Daily
    rate: float
    level: Floats | None
    first: int


@dataclass(frozen=True)
class Judged:
    """One horizon of one kind of subject; (cases, 7) each."""

    seen: Floats
    numbers: Floats  # (cases, 7, columns of Forecast)
    rivals: dict[str, Floats]
    level: Floats | None
    subject: npt.NDArray[np.int64]  # (cases,)
    rate: Floats  # (cases,)

    def column(self, name: str) -> Floats:
        return self.numbers[..., _NAMES.index(name)]


def composed(subjects: int, options: MoodOptions, seeds: Sequence[int] = SEEDS) -> list[Subject]:
    made = [each for seed in seeds for each in compose_moods(subjects, seed, options)]
    return [_subject(each) for each in made]


def _subject(made: Composed) -> Subject:
    return Subject(made.series, made.rate, made.level, FIRST_DAY)


def lived(people: int, seeds: Sequence[int] = SEEDS) -> list[Subject]:
    """The people of `tideline evaluate-alerts`, whom another program composes, scored as the others are."""
    nature = Nature(own=0.0, restless=0.0, accuracy=0.85, sure=6.0)
    made = [each for seed in seeds for each in compose(HistoryOptions(people=people), seed)]
    return [_lived(life, nature, np.random.default_rng(life.person.number)) for life in made if len(life.moments)]


def _lived(life: Life, nature: Nature, rng: np.random.Generator) -> Subject:
    days = life.moments // DAY
    scores = score(life.feelings, nature, rng)
    series = daily_of([(date.fromordinal(FIRST_DAY + day), 1, row) for day, row in zip(days, scores, strict=True)])
    return Subject(series, life.person.rate, None, FIRST_DAY)


def judge(kind: str, subjects: Sequence[Subject], days: int, ages: Sequence[int] = AGES) -> Judged:
    """Forecasts of `days` days and what came, made at several ages of each history."""
    parts = [part for age in ages if (part := _judged_at(kind, subjects, days, age))]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0] if name != "level"}
    level = None if parts[0]["level"] is None else np.concatenate([part["level"] for part in parts])
    return Judged(
        columns["seen"],
        columns["numbers"],
        {name: columns[name] for name in RIVALS},
        level,
        columns["subject"],
        columns["rate"],
    )


def _judged_at(kind: str, subjects: Sequence[Subject], days: int, age: int) -> dict[str, Any]:
    """The cases of one age that have an outcome; posts after the day are used for that alone."""
    found = [(n, each, _case(each, age, days)) for n, each in enumerate(subjects)]
    kept = [(n, each, case) for n, each, case in found if case is not None and case.seen is not None]
    if not kept:
        return {}
    pool, day = load_snapshot().pools[kind], kept[0][2].day
    foreseen = foresee(pool, [case.history for _, _, case in kept], day)
    levels = [_level(each, age, days) for _, each, _ in kept]
    return {
        "seen": np.array([case.seen for _, _, case in kept]),
        "numbers": foreseen.numbers[:, HORIZONS.index(days)],
        "level": None if levels[0] is None else np.array(levels),
        "subject": np.array([n for n, _, _ in kept]),
        "rate": np.array([each.rate for _, each, _ in kept]),
        **_rivals([case.history for _, _, case in kept]),
    }


def _case(subject: Subject, age: int, days: int) -> Case | None:
    day = subject.first + age
    history = seen_before(subject.series, day)
    return None if too_little(history, day) else Case(day, history, seen_on(subject.series, day, days))


def _level(subject: Subject, age: int, days: int) -> Floats | None:
    """The mean of the hidden level over the days ahead."""
    return None if subject.level is None else subject.level[age : age + days].mean(axis=0)


def _rivals(histories: Sequence[Daily]) -> dict[str, Floats]:
    return {
        "last day": np.array([each.means[-1] for each in histories]),
        "last week": np.array([each.before(int(each.days[-1]) + 1, 7).means.mean(axis=0) for each in histories]),
        "plain mean": np.array([each.means.mean(axis=0) for each in histories]),
        "median": np.array([np.median(each.means, axis=0) for each in histories]),
    }


def errors(judged: Judged) -> dict[str, tuple[Floats, Floats]]:
    """Absolute and squared errors, (cases, 7), of ours and of the rivals."""
    ours = np.abs(judged.seen - judged.column("median")), (judged.seen - judged.column("mean")) ** 2
    rivals = {name: np.abs(judged.seen - each) for name, each in judged.rivals.items()}
    return {"forecast": ours} | {name: (each, each**2) for name, each in rivals.items()}


def difference(ours: Floats, rival: Floats, subject: npt.NDArray[np.int64], seed: int = 7) -> tuple[float, ...]:
    """Mean of ours less the rival's, and its 95 % interval; whole subjects are drawn."""
    rng = np.random.default_rng(seed)
    names, place = np.unique(subject, return_inverse=True)
    sums, counts = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(sums, place, (ours - rival).reshape(len(subject), -1).mean(axis=1))
    np.add.at(counts, place, 1)
    drawn = rng.integers(len(names), size=(_RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return float(sums.sum() / counts.sum()), *map(float, np.quantile(means, (0.025, 0.975)))


def inside(values: Floats, judged: Judged, name: str) -> npt.NDArray[np.bool_]:
    """Whether each lies in the interval `80`, `95`, `level_80` or `level_95`."""
    kind, width = name[:-2], name[-2:]
    low, high = judged.column(f"{kind}low{width}"), judged.column(f"{kind}high{width}")
    return np.asarray((low <= values) & (values <= high))


def coverage(judged: Judged) -> dict[str, npt.NDArray[np.bool_]]:
    found = {name: inside(judged.seen, judged, name) for name in ("80", "95")}
    if judged.level is not None:
        found |= {name: inside(judged.level, judged, name) for name in ("level_80", "level_95")}
    return found
