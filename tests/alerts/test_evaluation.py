"""Figures of alert quality, worked by hand; and the real rules measured small."""

import math
from dataclasses import replace

import numpy as np
import pytest

from alerts.composed.options import HistoryOptions
from alerts.composed.people import Person, compose
from alerts.composed.stories import BAD_DAY, STEADY, STEP, Story
from alerts.composed.tracks import ORACLE, PERMUTED, History, histories
from alerts.evaluation.bootstrap import f1_interval
from alerts.evaluation.early import erde, latency_f1
from alerts.evaluation.figures import Counts, counted, figures
from alerts.evaluation.matching import Outcome, matched
from alerts.evaluation.runs import Run, Told, peak, run, with_threshold
from alerts.evaluation.trends import Plan, Pools, evaluate
from alerts.evaluation.tuning import Tried, candidates, outcomes_at, sweep, tuned
from alerts.monitor import apply_person
from alerts.options import DAY
from alerts.rules import Rule, Rules, load_rules
from models.labels import EMOTIONS

SADNESS = next(rule for rule in load_rules(None).all if rule.options.name == "sadness-trend")
SMALL = HistoryOptions(people=60, days=100, rate_median=3, size=(0.5, 0.7))
SUNK = Story(STEP, "sadness", onset=10, full=10, end=20, size=0.5)


def person(story: Story = SUNK, rate: float = 1.5) -> Person:
    return Person(0, rate, story)


def ran(days: list[float], story: Story = SUNK, posts: tuple[float, ...] = ()) -> Run:
    alerts = tuple(Told(round(day * DAY), 3.0) for day in days)
    return Run(person(story), alerts, tuple(round(day * DAY) for day in posts))


def hit(posts: int, hours: float = 24.0, false: int = 0) -> Outcome:
    return Outcome(person(), True, Told(11 * DAY, 3.0), posts, hours, (Told(0, 3.0),) * false, 41)


MISS = Outcome(person(), True, None, 0, 0.0, (), 41)


def calm(false: int = 0, kind: str = STEADY) -> Outcome:
    return Outcome(person(Story(kind)), False, None, 0, 0.0, (Told(0, 3.0),) * false, 0)


# --- matching -----------------------------------------------------------------------------------------------


def test_the_first_alert_after_the_onset_is_right_and_the_next_ones_of_it_are_no_errors() -> None:
    found = matched(ran([5, 12, 15, 24, 40], posts=(9, 10.5, 11, 12, 13, 19, 21)), "sadness")
    assert found.planted
    assert found.hit == Told(12 * DAY, 3.0)
    assert [alert.at // DAY for alert in found.false] == [5, 40]
    assert (found.delay_posts, found.delay_hours, found.posts_within) == (3, 48.0, 5)


@pytest.mark.parametrize(("day", "right"), [(10, False), (10.1, True), (20, True), (27, True), (27.1, False)])
def test_an_alert_is_right_from_the_onset_until_the_end_and_a_week(day: float, right: bool) -> None:
    found = matched(ran([day]), "sadness")
    assert (found.hit is not None, len(found.false)) == (right, 0 if right else 1)


def test_an_alert_of_another_emotions_rule_is_false() -> None:
    found = matched(ran([12]), "fear")
    assert (found.planted, found.hit, len(found.false)) == (False, None, 1)


def test_a_decoy_is_nothing_to_be_found() -> None:
    found = matched(ran([12], Story(BAD_DAY, "sadness", 11, 11, 12, 0.9)), "sadness")
    assert (found.planted, found.hit, len(found.false)) == (False, None, 1)


# --- figures ------------------------------------------------------------------------------------------------


def test_counts_give_precision_recall_f1_and_false_alerts_a_year() -> None:
    found = counted([hit(3, false=1), hit(3), MISS, calm(2), *[calm()] * 6], days=73)
    assert found == Counts(right=2, missed=1, false=3, user_years=10 * 73 / 365.25)
    assert found.precision == 2 / 5
    assert found.recall == 2 / 3
    assert found.f1 == pytest.approx(2 * 0.4 * (2 / 3) / (0.4 + 2 / 3))
    assert found.false_per_year == pytest.approx(3 / 2, abs=0.01)


def test_erde_is_the_mean_cost_of_a_person() -> None:
    outcomes = [hit(5), hit(2), MISS, calm(1), calm()]
    early = 1 - 1 / (1 + math.exp(2 - 5))
    assert erde(outcomes, 5) == pytest.approx((0.5 + early + 1 + 3 / 5 + 0) / 5)


def test_erde_over_days_counts_days_since_the_onset() -> None:
    assert erde([hit(400, hours=7 * 24)], 7, days=True) == 0.5
    assert erde([hit(1, hours=90 * 24)], 7, days=True) == pytest.approx(1)
    assert erde([hit(10_000)], 5) == 1


def test_latency_f1_halves_when_the_median_alert_takes_as_many_posts_as_a_change_has() -> None:
    assert latency_f1([hit(41), MISS, calm()], f1=0.8) == pytest.approx(0.4)
    assert latency_f1([hit(1), MISS, calm()], f1=0.8) == pytest.approx(0.8)
    third = 2 / (1 + math.exp(-math.log(3) / 40 * 20)) - 1  # 21 posts of 41
    assert latency_f1([hit(1), hit(21), hit(300)], f1=0.8) == pytest.approx(0.8 * (1 - third))
    assert latency_f1([MISS, calm()], f1=0.0) == 0


def test_recall_is_told_by_rate_and_false_alerts_by_story() -> None:
    slow = hit(1)._replace(person=person(rate=0.3))
    outcomes = [slow, hit(1, false=1), MISS, calm(), calm(3, BAD_DAY), calm(1)]
    found = figures(outcomes, threshold=2, days=365)
    assert found.recall_by_rate["0 to 0.5"] == {"planted": 1, "recall": 1}
    assert found.recall_by_rate["1 to 2"] == {"planted": 2, "recall": 0.5}
    assert {kind: group["false"] for kind, group in found.false_by_story.items() if group["false"]} == {
        "steady": 1,
        "one bad day": 3,
        "planted": 1,
    }
    assert found.delay_posts == {"median": 1, "p90": 1}


def test_the_interval_is_seeded_and_holds_the_f1() -> None:
    outcomes = [*[hit(3)] * 20, *[MISS] * 10, *[calm(1)] * 5, *[calm()] * 60]
    low, high = f1_interval(outcomes, seed=1)
    assert low < counted(outcomes, 100).f1 < high
    assert high - low < 0.3
    assert f1_interval(outcomes, seed=1) == (low, high)
    assert f1_interval([hit(3)] * 9, seed=1) == (1, 1)


def tried(threshold: float, right: int, false: int) -> Tried:
    return Tried(threshold, Counts(right, 10 - right, false, user_years=100.0))


def test_the_threshold_is_the_best_within_the_budget() -> None:
    tries = [tried(5, 2, 0), tried(4, 6, 5), tried(3.5, 6, 5), tried(3, 9, 20), tried(2, 10, 70)]
    assert tuned(tries, budget=0.5).threshold == 4
    assert tuned(tries, budget=0.05).threshold == 4
    assert tuned(tries, budget=0.01).threshold == 5
    assert tuned([tried(3, 9, 20), tried(4, 6, 5)], budget=0.01).threshold == 4


# --- the real rules -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people() -> list[History]:
    return histories(compose(SMALL, seed=3), {}, ORACLE, 3)


def test_what_is_measured_is_what_the_worker_does(people: list[History]) -> None:
    rules = Rules((SADNESS,))
    count = 0
    for history in people[:40]:
        state, alerts = None, []
        for period in history.periods:
            state, found = apply_person(rules, "p", state, period)
            alerts += found
        mine = run(SADNESS, [history])[0].alerts
        assert [alert.at for alert in mine] == [int(a.at.timestamp()) - 1_704_067_200 for a in alerts]
        assert [alert.statistic for alert in mine] == pytest.approx([a.statistic for a in alerts], rel=1e-3)
        count += len(mine)
    assert count > 3


@pytest.mark.parametrize("times", [0.6, 1, 1.5])
def test_leaving_out_those_who_never_reach_a_threshold_changes_nothing(people: list[History], times: float) -> None:
    threshold = times * SADNESS.options.threshold
    peaks = [peak(SADNESS, history) for history in people]
    assert 0 < sum(top >= threshold for top in peaks) < len(people)
    assert outcomes_at(SADNESS, people, threshold, peaks) == outcomes_at(SADNESS, people, threshold)


def test_a_sweep_stops_far_beyond_the_budget(people: list[History]) -> None:
    thresholds = candidates(SADNESS, 8)
    whole = sweep(SADNESS, people, SMALL.days, thresholds)
    short = sweep(SADNESS, people, SMALL.days, thresholds, most_false=0.2)
    assert [each.threshold for each in whole] == sorted(thresholds, reverse=True)
    assert short == whole[: len(short)]
    assert len(short) < len(whole)


def test_scores_dealt_out_at_random_find_nothing() -> None:
    pools = Pools({}, {})
    plan = Plan(SMALL, seeds=(1,), tracks=(ORACLE,), budgets=(0.5,), thresholds=tuple(candidates(SADNESS, 8)))
    sure = {emotion: np.eye(7, dtype=np.int16)[place : place + 1] * 1000 for place, emotion in enumerate(EMOTIONS)}
    found = evaluate([SADNESS], pools, plan)
    luck = evaluate([SADNESS], Pools(sure, sure), replace(plan, tracks=(PERMUTED,)))
    assert [(row.track, row.budget) for row in (*found, *luck)] == [
        (ORACLE, 0.5),
        (ORACLE, None),
        (PERMUTED, 0.5),
        (PERMUTED, None),
    ]
    assert found[0].mean["f1"] > 0.6
    assert luck[0].mean["f1"] < 0.15
    assert found[1].mean["threshold"] == SADNESS.options.threshold


def test_the_threshold_is_tuned_on_validation_texts_only() -> None:
    mute = {emotion: np.zeros((1, 7), dtype=np.int16) for emotion in EMOTIONS}
    sure = {emotion: np.eye(7, dtype=np.int16)[place : place + 1] * 1000 for place, emotion in enumerate(EMOTIONS)}
    plan = Plan(replace(SMALL, people=40), seeds=(1,), tracks=("model",), budgets=(0.5,))
    [row, _] = evaluate([SADNESS], Pools(mute, sure), plan)
    assert row.seeds[1].threshold == max(candidates(SADNESS))


def test_only_the_threshold_of_a_rule_is_replaced() -> None:
    changed = with_threshold(SADNESS, 9.0)
    assert changed.options == SADNESS.options.model_copy(update={"threshold": 9.0})
    assert isinstance(changed, Rule)
