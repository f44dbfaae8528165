"""How many alerts chance alone is to raise in a population, by what was measured on people who did not change."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.rules import Rules


@dataclass(frozen=True)
class Expected:
    """Of one rule. `None`: chance was never measured for its kind."""

    rule: str
    threshold: float
    a_person_year: float | None
    a_day: float | None  # for the population at hand


def expected_false(rules: Rules, people_a_day: float) -> Iterator[Expected]:
    """For each rule about people, where so many of them post a day.

    >>> from alerts.rules import load_rules
    >>> found = {each.rule: each for each in expected_false(load_rules(None), people_a_day=1000)}
    >>> 0 < found["sadness-trend"].a_day < 2, found["sadness-level"].a_day
    (True, None)
    """
    for rule in rules.person:
        threshold, null = rule.options.threshold, rule.null
        yield Expected(
            rule.options.name,
            threshold,
            null.false_alerts_per_year(threshold) if null else None,
            null.false_alerts_per_day(threshold) * people_a_day if null else None,
        )
