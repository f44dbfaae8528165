"""A day's discovery control, and what chance alone does to a rule."""

import math
import random
from datetime import date

import pytest

from alerts.discovery import discoveries
from alerts.errors import RulesInvalid
from alerts.null import fit_line, null_of
from alerts.rules import Rules, load_rules, parse_rules
from storage.day_alerts import DayAlert
from stream.days import verdicts

DAY = date(2026, 5, 1)


def brute_force(p_values: dict[str, float], tested: int) -> dict[str, float]:
    """The definition: the least level at which Benjamini-Hochberg rejects each, all others given p = 1."""
    padded = sorted(p_values.values()) + [1.0] * (tested - len(p_values))
    return {
        name: min(1.0, min(tested * p / rank for rank, p in enumerate(padded, 1) if p >= own))
        for name, own in p_values.items()
    }


@pytest.mark.parametrize("seed", range(5))
def test_q_values_are_those_of_the_textbook(seed: int) -> None:
    rng = random.Random(seed)
    small = {f"p{number}": rng.random() ** 3 * 0.1 for number in range(30)}
    found = discoveries(small, tested=400)
    expected = brute_force(small, 400)
    assert all(math.isclose(each.q, expected[name], rel_tol=1e-12) for name, each in found.items())
    assert [each.rank for each in found.values()] == list(range(1, 31))


def test_a_published_example_rejects_the_four_that_benjamini_and_hochberg_reject() -> None:
    published = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
        0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    ]  # fmt: skip
    found = discoveries({f"{number:02d}": p for number, p in enumerate(published)}, tested=15)
    assert [name for name, each in found.items() if each.q <= 0.05] == ["00", "01", "02", "03"]


def test_false_discoveries_stay_at_the_level_asked_for() -> None:
    """1000 people a day of whom 30 really changed: at most a tenth of those let through are chance."""
    rng = random.Random(4)
    false, let_through = 0, 0
    for _ in range(60):
        p_values = {f"chance-{n}": rng.random() for n in range(970)}
        p_values |= {f"real-{n}": rng.random() * 10 ** rng.uniform(-5, -2) for n in range(30)}
        small = {name: p for name, p in p_values.items() if p <= 0.1}
        passed = [name for name, each in discoveries(small, 1000).items() if each.q <= 0.1]
        false += sum(name.startswith("chance") for name in passed)
        let_through += len(passed)
    assert let_through > 800
    assert false / let_through < 0.11


def test_equal_people_are_ranked_the_same_whatever_their_order() -> None:
    names = dict.fromkeys(("bob", "ada", "cyd"), 0.001)
    assert discoveries(names, 10) == discoveries(dict(reversed(names.items())), 10)


def rules(fdr: str = "") -> Rules:
    return parse_rules(
        '[[rules]]\nname = "fears"\ndetector = "trend"\nsubject = "person"\nemotion = "fear"\nthreshold = 2.2\n' + fdr
    )


def test_an_alert_is_held_back_only_where_its_rule_asks_for_it() -> None:
    for asked, dropped in (("", set()), ("fdr = 0.1\n", {"weak"})):
        [rule] = rules(asked).person
        assert rule.null is not None
        line = rule.null.days
        ada, bob = ((line.level - math.log10(p)) / line.slope for p in (1e-5, 0.01))
        alerts = [DayAlert("weak", rule.key, "bob"), DayAlert("strong", rule.key, "ada")]
        found = verdicts(rules(asked), alerts, {rule.key: {"ada": ada, "bob": bob}}, tested=200)
        assert found.dropped == dropped
        assert found.tags["strong"]["rank"] == 1
        assert found.tags["weak"] == {"rank": 2, "q": found.tags["weak"]["q"], "tested": 200}
        assert found.tags["weak"]["q"] > 0.1 > found.tags["strong"]["q"]


def test_what_a_rule_asks_of_a_day_is_no_part_of_what_it_remembers() -> None:
    assert rules().person[0].key == rules("fdr = 0.1\n").person[0].key


LEVEL = """[[rules]]
name = "low"
detector = "level"
subject = "person"
emotion = "fear"
threshold = 0.5
fdr = 0.1
"""


def test_a_rule_whose_chance_was_never_measured_may_not_ask() -> None:
    with pytest.raises(RulesInvalid, match=r"line 7: fdr: .*trend rules"):
        parse_rules(LEVEL)


def test_the_shipped_snapshot_knows_every_shipped_trend_rule_and_falls_with_the_statistic() -> None:
    for rule in load_rules(None).person:
        if rule.options.detector != "trend":
            continue
        assert rule.null is not None
        p_values = [rule.null.p_value(step / 4) for step in range(32)]
        assert p_values == sorted(p_values, reverse=True)
        assert 0 < p_values[-1] < 1e-3 < p_values[0] == 1.0
        yearly = [rule.null.false_alerts_per_year(threshold) for threshold in (2.0, 2.5, 3.0)]
        assert yearly == sorted(yearly, reverse=True)
        assert 0 < yearly[-1] < yearly[0] < 2


def test_a_rule_of_a_kind_without_a_snapshot_is_not_ranked() -> None:
    assert null_of("spike", "anger") is None


def test_a_fitted_line_gives_back_the_tail_it_was_fitted_on() -> None:
    rng = random.Random(9)
    largest = [rng.expovariate(2 * math.log(10)) for _ in range(50_000)]
    line = fit_line(largest, days=100_000)
    for statistic in (0.5, 0.8, 1.2, 1.6):
        seen = sum(each >= statistic for each in largest) / 100_000
        assert line.rate(statistic) == pytest.approx(seen, rel=0.25)
