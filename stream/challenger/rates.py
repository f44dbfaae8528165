"""How many alerts each side raises, with intervals that know that people differ and that both saw the same posts."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.challenger_comparison import PersonAlerts

Z = 1.96
NOTHING = 3.0  # with no event seen, up to three may be expected (95 %)
HALF = 0.5  # added to either side's alerts of its own, so that few alerts are not taken for certainty
CLOSE = 1.2  # "about as many": a ratio between 1/1.2 and 1.2


@dataclass(frozen=True)
class Interval:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Rates:
    """Alerts about people of one rule, or of all."""

    only_champion: int
    both: int  # the champion's that the challenger raised as well, within three days
    only_challenger: int
    champion: Interval  # per 1,000 person-days
    challenger: Interval
    ratio: Interval  # challenger to champion
    more_days: int  # person-days still missing until the interval is narrow enough to say something; 0: it is

    def as_dict(self) -> dict[str, Any]:
        named = {name: vars(getattr(self, name)) for name in ("champion", "challenger", "ratio")}
        plain = {name: getattr(self, name) for name in ("only_champion", "both", "only_challenger", "more_days")}
        return {**plain, **{f"{name}_per_1000_days" if name != "ratio" else name: each for name, each in named.items()}}


def rates_of(people: Iterable[PersonAlerts], days: float) -> Rates:
    """
    >>> alike = [PersonAlerts(f"p{n}", "r", 1, 1, 1, 1) for n in range(40)]
    >>> found = rates_of(alike, 4000)
    >>> found.ratio.value, found.ratio.high < 1.2, found.champion.value, found.more_days
    (1.0, True, 10.0, 0)
    >>> rates_of([PersonAlerts("p", "r", 1, 0, 3, 0)], 100).more_days > 1000
    True
    """
    every = list(people)
    pairs = _by_person(every)
    both = sum(each.champion_matched for each in every)
    ratio, spread = _ratio(pairs)
    return Rates(
        only_champion=sum(each.champion for each in every) - both,
        both=both,
        only_challenger=sum(each.challenger - each.challenger_matched for each in every),
        champion=_rate([mine for mine, _ in pairs], days),
        challenger=_rate([theirs for _, theirs in pairs], days),
        ratio=ratio,
        more_days=_missing(spread, days),
    )


def _by_person(every: Iterable[PersonAlerts]) -> list[tuple[int, int]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for each in every:
        counts[each.person][0] += each.champion
        counts[each.person][1] += each.challenger
    return [(mine, theirs) for mine, theirs in counts.values()]


def _rate(counts: Sequence[int], days: float) -> Interval:
    """Per 1,000 person-days. Alerts of one person are one another's company, so people are what is counted."""
    total, unit = sum(counts), 1000 / days if days else 0.0
    if not total:
        return Interval(0.0, 0.0, NOTHING * unit)
    width = math.exp(Z * math.sqrt(sum(count * count for count in counts)) / total)
    return Interval(total * unit, total * unit / width, total * unit * width)


def _ratio(pairs: Sequence[tuple[int, int]]) -> tuple[Interval, float]:
    """Challenger to champion, and the standard error of its logarithm.

    By people: who has as many alerts on both sides says nothing against a ratio of 1, however many there are.
    """
    mine, theirs = sum(a for a, _ in pairs) + HALF, sum(b for _, b in pairs) + HALF
    parts = [*pairs, (HALF, 0), (0, HALF)]
    spread = math.sqrt(sum((b / theirs - a / mine) ** 2 for a, b in parts))
    width = math.exp(Z * spread)
    return Interval(theirs / mine, theirs / mine / width, theirs / mine * width), spread


def _missing(spread: float, days: float) -> int:
    """The error shrinks with the root of the time; it should be so small that 1.2 differs from 1."""
    needed = math.log(CLOSE) / Z
    return max(0, math.ceil(days * ((spread / needed) ** 2 - 1)))


def rates_by_rule(people: Iterable[PersonAlerts], days: float) -> Mapping[str, Rates]:
    """By rule, in the order of their names."""
    found: dict[str, list[PersonAlerts]] = {}
    for each in people:
        found.setdefault(each.rule, []).append(each)
    return {rule: rates_of(found[rule], days) for rule in sorted(found)}
