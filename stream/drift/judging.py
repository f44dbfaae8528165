"""Whether a day's input has changed: pure, from the day's figures, the days before, and the training rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.discovery import discoveries
from models.drift.profile import BOUNDS, Profile
from models.drift.testing import LEAST_PEOPLE, LIMIT, PAST, Difference, Figure, against_the_past, stability_index
from models.labels import EMOTIONS
from storage.drift import DayRow, Key, Measured

FDR = 0.005
"""Of days on which nothing changed, at most this share is called drifted."""

FLOORS = {"abstained": 0.03, "language": 0.05, "emotion": 0.03, "length": 0.22, "unknown": 0.03}
"""Smaller changes are told of nobody, however sure: shares, and for lengths the logarithm of a quarter more."""

UNKNOWN_LIMIT = 0.15
"""How much larger the share of unknown words may be than in rows like those of the training."""

FEWEST_KEPT = 5  # people, of whom a mean is kept at all
ENOUGH = 100  # people, for a mix to be held against the training rows
_TOGETHER = ("lead", "group")  # parts of a mix, held against the training rows and not kept


@dataclass(frozen=True)
class Day:
    """A closed day with the rows of the `PAST` days before it."""

    day: date
    figures: Sequence[Measured]
    before: Sequence[DayRow]

    @property
    def past(self) -> dict[Key, list[Figure]]:
        found: dict[Key, list[Figure]] = {}
        for row in self.before:
            found.setdefault(row.key, []).append(Figure(row.people, row.value, row.spread))
        return found


def judge(day: Day, profiles: Mapping[str, Profile]) -> list[DayRow]:
    """The day's rows: each measure against its own past, then each language against what its model learned from."""
    return [*_against_the_past(day), *_against_the_training(day, profiles)]


def _against_the_past(day: Day) -> Iterator[DayRow]:
    past = day.past
    kept = {each.key: each for each in _with_absent(day) if _kept(each, past)}
    tested = {key: found for key in kept if (found := _tested(kept[key], past.get(key, []))) is not None}
    names = {"/".join(key): key for key in tested}
    ranked = discoveries({name: tested[key].p for name, key in names.items()}, len(names))
    q = {names[name]: found.q for name, found in ranked.items()}
    for key, each in kept.items():
        difference = tested.get(key)
        drifted = difference is not None and q[key] <= FDR and abs(difference.by) >= FLOORS[key.measure]
        usual = difference.usual if difference else None
        yield _row(day, each, usual, q.get(key), drifted)


def _kept(each: Measured, past: Mapping[Key, Sequence[Figure]]) -> bool:
    """Means of a handful of people are nobody's business, and would outlive an erasure."""
    if each.key.measure == "language" and each.key not in past:
        return each.people * each.mean >= FEWEST_KEPT
    return each.key.measure not in _TOGETHER and each.people >= FEWEST_KEPT


def _with_absent(day: Day) -> Iterator[Measured]:
    """A language that nobody wrote in any more has a share of none."""
    yield from day.figures
    there = {each.key for each in day.figures}
    people = max((each.people for each in day.figures if each.key.measure == "abstained"), default=0)
    for key in sorted({row.key for row in day.before} - there):
        if key.measure == "language" and people:
            yield Measured(key, people, 0.0, 0.0)


def _tested(each: Measured, past: Sequence[Figure]) -> Difference | None:
    return against_the_past(Figure(each.people, each.mean, each.spread), past)


def _against_the_training(day: Day, profiles: Mapping[str, Profile]) -> Iterator[DayRow]:
    found = {each.key: each for each in day.figures}
    for language, profile in sorted(profiles.items()):
        lengths = {str(group): share for group, share in enumerate(profile.lengths)}
        groups = [str(group) for group in range(len(BOUNDS) + 1)]
        yield from _mix(day, "training emotions", language, _shares(found, "lead", language, EMOTIONS), profile.mix)
        yield from _mix(day, "training lengths", language, _shares(found, "group", language, groups), lengths)
        unknown = found.get(Key("unknown", language))
        if unknown and profile.unknown is not None:
            measured = Measured(Key("training words", language), unknown.people, unknown.mean, unknown.spread)
            drifted = unknown.people >= ENOUGH and unknown.mean - profile.unknown > UNKNOWN_LIMIT
            yield _row(day, measured, profile.unknown, None, drifted)


def _shares(found: Mapping[Key, Measured], measure: str, language: str, names: Sequence[str]) -> dict[str, Measured]:
    keys = {name: Key(measure, f"{language} {name}") for name in names}
    return {name: found[key] for name, key in keys.items() if key in found}


def _mix(
    day: Day, measure: str, language: str, shares: Mapping[str, Measured], usual: Mapping[str, float]
) -> Iterator[DayRow]:
    people = max((each.people for each in shares.values()), default=0)
    if people >= LEAST_PEOPLE:
        index = stability_index({name: each.mean for name, each in shares.items()}, usual)
        measured = Measured(Key(measure, language), people, index, 0.0)
        yield _row(day, measured, 0.0, None, people >= ENOUGH and index > LIMIT)


def _row(day: Day, each: Measured, usual: float | None, q: float | None, drifted: bool) -> DayRow:
    told = drifted and not any(row.drifted for row in day.before if row.key == each.key and _lately(row, day.day))
    return DayRow(day.day, *each.key, each.people, each.mean, each.spread, usual, q, drifted, told)


def _lately(row: DayRow, day: date) -> bool:
    """What goes on is told once; what differs from the training is not told again while the past remembers it."""
    return row.day >= day - timedelta(days=PAST if row.measure.startswith("training") else 7)
