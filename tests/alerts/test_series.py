"""What `tideline detect` promises, on composed series (`python -m benchmarks.series` prints the whole frontier)."""

import math
import random

import pytest

from alerts.composed.series import DAY_ROWS, SETTINGS, STEP, Series, compose_series
from alerts.detect.spikes import SeriesSpike
from alerts.evaluation.series import Count, judge

MONTH = 30.44 * DAY_ROWS


def scores_of(series: Series) -> list[float]:
    spike = SeriesSpike()
    return [spike.step(series.start + STEP * row, value)[0] for row, value in enumerate(series.values)]


def test_the_default_keeps_its_budget_and_finds_most_events() -> None:
    seeds = {"plain": (1, 2), "usual": (1001, 1002), "restless": (2001,), "bursty": (3001, 3002), "thin": (5001, 5002)}
    counts = [judge(compose_series(SETTINGS[name], seed), 2.9) for name, some in seeds.items() for seed in some]
    total = sum(counts, Count())
    assert total.false / total.months <= 4
    assert total.found / total.labels >= 0.6


@pytest.mark.parametrize("name", SETTINGS)
def test_a_score_is_a_chance_in_its_own_series_however_wild(name: str) -> None:
    series = compose_series(SETTINGS[name], seed=77)
    scores = scores_of(series)
    for least in (1, 2):
        share = sum(score >= least for score in scores) / len(scores)
        assert -math.log10(share) == pytest.approx(least, abs=0.25)


def test_a_second_event_hours_later_is_an_alert_of_its_own() -> None:
    rng = random.Random(4)
    values = [rng.gammavariate(4, 5) for _ in range(4000)]
    for start in (3000, 3000 + 48):
        values[start : start + 9] = [value * 10 for value in values[start : start + 9]]
    spike = SeriesSpike()
    begun = [row for row, value in enumerate(values) if spike.step(STEP * row, value)[1]]
    assert [row for row in begun if 3000 <= row < 3009]
    assert [row for row in begun if 3048 <= row < 3057]
    assert len([row for row in begun if 3000 <= row < 3100]) == 2


def test_a_lasting_new_level_is_one_alert() -> None:
    rng = random.Random(4)
    spike = SeriesSpike()
    values = [rng.gammavariate(4, 5) * (6 if row >= 3000 else 1) for row in range(6000)]
    begun = [row for row, value in enumerate(values) if spike.step(STEP * row, value)[1]]
    assert 1 <= len([row for row in begun if row >= 3000]) <= 4
    assert min(row for row in begun if row >= 3000) < 3006


def test_the_rhythm_of_the_day_is_no_news() -> None:
    rng = random.Random(5)
    spike, alerts = SeriesSpike(), 0
    for row in range(20 * DAY_ROWS):
        usual = 30 * math.exp(1.2 * math.sin(2 * math.pi * row / DAY_ROWS))
        alerts += spike.step(STEP * row, usual * rng.gammavariate(10, 0.1))[1]
    assert alerts <= 4


def test_the_same_seed_composes_the_same_series_and_labels_are_events() -> None:
    for name, options in SETTINGS.items():
        series = compose_series(options, seed=5)
        assert series == compose_series(options, seed=5)
        assert series != compose_series(options, seed=6)
        assert options.events[0] <= len(series.labels) <= options.events[1], name
        assert all(value >= 0 for value in series.values)
