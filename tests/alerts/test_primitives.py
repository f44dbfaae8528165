"""The textbook charts against the textbooks: their run lengths, and what each promises."""

import math
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, repeat

import msgpack
import numpy as np
import pytest
from scipy import stats

from alerts.detectors.primitives.cusum import Cusum, TwoSidedCusum
from alerts.detectors.primitives.e_detector import EDetector
from alerts.detectors.primitives.ewma import Ewma
from alerts.detectors.primitives.page_hinkley import PageHinkley
from alerts.detectors.primitives.run_length import (
    cusum_run_length,
    cusum_run_length_under_drift,
    ewma_run_length,
    two_sided,
)
from alerts.detectors.primitives.self_starting import SelfStartingCusum, normal_of_student
from alerts.monitor import apply_channel, apply_person
from alerts.rules import Rules, parse_rules
from alerts.types import Alert, Observation, Period
from tests.alerts.histories import START, channel_alerts, hours_of

Values = Iterator[float]


def run_length(step: Callable[[float], float], values: Values, limit: float, at_most: int = 10**6) -> int:
    for number, value in enumerate(values, 1):
        if abs(step(value)) >= limit or number == at_most:
            return number
    raise AssertionError("the values ended")


def normal(rng: random.Random, means: Values) -> Values:
    return (rng.gauss(mean, 1) for mean in means)


@pytest.mark.parametrize(
    ("computed", "published"),
    [
        (lambda: cusum_run_length(0.5, 5, 0), 930.9),
        (lambda: cusum_run_length(0.5, 5, 1), 10.38),
        (lambda: cusum_run_length(0.5, 5, 2), 4.01),
        (lambda: two_sided(cusum_run_length(0.5, 5), cusum_run_length(0.5, 5)), 465.4),
        (lambda: ewma_run_length(0.1, 2.814, 0), 499.6),
        (lambda: ewma_run_length(0.1, 2.814, 0.5), 31.3),
        (lambda: ewma_run_length(0.1, 2.814, 1), 10.33),
        (lambda: ewma_run_length(0.1, 2.814, 2), 4.36),
        (lambda: cusum_run_length_under_drift(0.25, 8, 0.01), 52.0),
    ],
)
def test_computed_run_lengths_are_those_of_the_published_tables(
    computed: Callable[[], float], published: float
) -> None:
    digits = len(str(published).split(".")[1])
    assert round(computed(), digits) == published


@pytest.mark.parametrize(
    ("make", "means", "limit", "runs", "published"),
    [
        (Cusum, lambda: repeat(0.0), 5, 700, 930.9),
        (Cusum, lambda: repeat(1.0), 5, 8000, 10.38),
        (Cusum, lambda: repeat(2.0), 5, 8000, 4.01),
        (TwoSidedCusum, lambda: repeat(0.0), 5, 700, 465.4),
        (Ewma, lambda: repeat(0.0), 2.814, 700, 499.6),
        (Ewma, lambda: repeat(1.0), 2.814, 8000, 10.33),
        (Ewma, lambda: repeat(2.0), 2.814, 8000, 4.36),
        (lambda: Cusum(0.25), lambda: (0.01 * step for step in count()), 8, 2500, 52.0),
    ],
)
def test_the_charts_themselves_run_as_long_as_the_tables_say(
    make: Callable[[], Cusum], means: Callable[[], Values], limit: float, runs: int, published: float
) -> None:
    """Within Monte-Carlo error: four standard errors of the mean over so many runs."""
    rng = random.Random(7)
    lengths = np.array([run_length(make().step, normal(rng, means()), limit) for _ in range(runs)])
    assert abs(lengths.mean() - published) < 4 * lengths.std() / math.sqrt(runs)


def estimated(rng: random.Random, values: int) -> Callable[[float], float]:
    """A sum that takes mean and deviation from a first few values for the truth."""
    first = [rng.gauss(0, 1) for _ in range(values)]
    mean, sd, cusum = float(np.mean(first)), float(np.std(first, ddof=1)), Cusum(0.5)
    return lambda value: cusum.step((value - mean) / sd)


def self_started(rng: random.Random, values: int) -> Callable[[float], float]:
    chart = SelfStartingCusum(0.5)
    for _ in range(values):
        chart.learn(rng.gauss(0, 1))
    return chart.step


def false_alerts(make: Callable[[random.Random, int], Callable[[float], float]], runs: int = 1500) -> float:
    """The share of calm runs of 100 values that raise an alert."""
    rng = random.Random(11)
    lengths = [run_length(make(rng, 30), normal(rng, repeat(0.0)), 5, at_most=101) for _ in range(runs)]
    return sum(length <= 100 for length in lengths) / runs


def test_a_self_starting_sum_keeps_its_table_where_thirty_values_for_the_truth_double_the_false_alerts() -> None:
    known = false_alerts(lambda rng, values: Cusum(0.5).step)
    assert 0.05 < known < 0.13
    assert false_alerts(estimated) > 1.7 * known
    assert abs(false_alerts(self_started) - known) < 0.03


@pytest.mark.parametrize("mean_and_sd", [(0.0, 1.0), (50.0, 0.01), (-3.0, 400.0)])
def test_a_self_starting_sum_is_the_same_whatever_the_mean_and_deviation(mean_and_sd: tuple[float, float]) -> None:
    rng, (mean, sd) = random.Random(1), mean_and_sd
    plain, moved = SelfStartingCusum(0.5, least_sd=1e-9), SelfStartingCusum(0.5, least_sd=1e-9)
    for _ in range(200):
        value = rng.gauss(0, 1)
        assert moved.step(mean + sd * value) == pytest.approx(plain.step(value), abs=1e-6)


def test_its_steps_are_standard_normal_from_the_first_on() -> None:
    rng, steps = random.Random(5), []
    for _ in range(3000):
        chart = SelfStartingCusum(slack=0.0, warmup=3)
        for _ in range(4):
            chart.learn(rng.gauss(2, 3))
        steps.append(chart.added(rng.gauss(2, 3)))
    assert stats.kstest(steps, "norm").pvalue > 0.01


@pytest.mark.parametrize("degrees", [3, 5, 9, 30])
def test_the_normal_value_for_a_t_is_close_and_errs_on_the_cautious_side(degrees: int) -> None:
    for ratio in np.linspace(0, 8, 81):
        exact = stats.norm.isf(stats.t.sf(ratio, degrees))
        error = normal_of_student(float(ratio), degrees) - exact
        assert abs(error) < (0.011 if ratio <= 3 else 0.05)
        assert error < 0.003


def test_a_shift_is_found_by_a_self_starting_sum_and_learned_only_when_told() -> None:
    rng = random.Random(2)
    chart = SelfStartingCusum(0.5, warmup=10)
    for _ in range(60):
        chart.step(rng.gauss(0, 1))
    learned, mean = chart.count, chart.mean
    for _ in range(15):
        chart.update(rng.gauss(2, 1))
    assert chart.statistic > 5
    assert (chart.count, chart.mean) == (learned, mean)


UGLY: dict[str, Callable[[random.Random], Values]] = {  # all with mean 0.2, none like the next
    "rarely 1": lambda rng: (float(rng.random() < 0.2) for _ in count()),
    "always 0.2": lambda rng: repeat(0.2),
    "nearly always 0.21": lambda rng: (0.21 if rng.random() < 0.2 / 0.21 else 0.0 for _ in count()),
    "beta with two horns": lambda rng: (rng.betavariate(0.05, 0.2) for _ in count()),
    "loud after silence": lambda rng: sticky(rng),
}


def sticky(rng: random.Random) -> Values:
    """Values that depend on those before, each with mean 0.2 given them: 0 or 1 after quiet, flat after a 1."""
    value = 0.0
    while True:
        value = 0.2 if value == 1.0 else float(rng.random() < 0.2)
        yield value


@pytest.mark.parametrize("name", UGLY)
@pytest.mark.parametrize("least", [30, 100])
def test_the_e_detector_waits_as_long_as_it_promises_whatever_the_distribution(name: str, least: int) -> None:
    """Runs are cut off at ten times the promise, which can only make their mean smaller."""
    rng, limit = random.Random(3), math.log10(least)
    runs = 1 if name.startswith("always") else 120
    lengths = [run_length(EDetector(0.2).step, UGLY[name](rng), limit, at_most=10 * least) for _ in range(runs)]
    assert np.mean(lengths) >= least


def test_the_e_detector_finds_a_rise_and_its_sum_is_that_of_the_paper() -> None:
    rng, detector, sums = random.Random(4), EDetector(0.2), [0.0] * 4
    stakes = [share / 0.2 for share in (1 / 16, 1 / 8, 1 / 4, 1 / 2)]
    for number in range(300):
        value = rng.betavariate(1, 4) if number < 250 else rng.betavariate(4, 2)
        told = detector.score(value)
        sums = [(total + 1) * (1 + stake * (value - 0.2)) for total, stake in zip(sums, stakes, strict=True)]
        assert told == pytest.approx(max(0, math.log10(sum(sums) / 4)), abs=1e-9)
        assert detector.step(value) == pytest.approx(told, abs=1e-9)
        assert number >= 250 or told < 3
    assert told > 3


@pytest.mark.parametrize("mean", [0.02, 0.2, 0.5, 0.9])
def test_page_hinkley_steps_deviate_by_one_at_most_however_rare_the_emotion(mean: float) -> None:
    rng, chart = random.Random(6), PageHinkley(mean, tolerance=0.0)
    yes_or_no = [chart.added(float(rng.random() < mean)) for _ in range(20_000)]
    gentle = [chart.added(rng.betavariate(3 * mean, 3 * (1 - mean))) for _ in range(5000)]
    assert np.std(yes_or_no) == pytest.approx(1, abs=0.06)
    assert np.std(gentle) < 0.6


@pytest.mark.parametrize("prior", [1e-9, 1 - 1e-12])
def test_page_hinkley_stands_a_prior_at_the_edge(prior: float) -> None:
    chart = PageHinkley(prior, prior_values=1)
    assert all(0 <= chart.step(value) < 1e6 for value in [0.0] * 50 + [1.0] * 50 + [0.0] * 50)


def test_twelve_posts_are_enough_for_page_hinkley_where_the_unscaled_sum_is_far_from_fifty() -> None:
    chart, unscaled = PageHinkley(0.1), 0.0
    for _ in range(12):
        chart.update(0.9)
        unscaled += 0.9 - 0.1 - 0.005
    assert chart.statistic > 20
    assert unscaled < 10


def test_page_hinkley_finds_a_rise_and_takes_a_lasting_one_for_normal() -> None:
    rng, chart = random.Random(8), PageHinkley(0.2)
    for _ in range(300):
        chart.step(rng.betavariate(1, 4))
    before = chart.statistic
    raised = [chart.step(rng.betavariate(4, 2)) for _ in range(3000)]
    assert before < 5 < max(raised[:10])
    assert raised[-1] < max(raised), "the mean has followed"


@pytest.mark.parametrize(
    "make",
    [
        lambda state, ceiling: Cusum(0.5, state, ceiling),
        lambda state, ceiling: Ewma(0.1, state, ceiling),
        lambda state, ceiling: PageHinkley(0.3, state=state, ceiling=ceiling),
        lambda state, ceiling: SelfStartingCusum(state=state, ceiling=ceiling),
        lambda state, ceiling: EDetector(0.3, state, ceiling),
    ],
)
def test_a_chart_goes_on_from_its_stored_state_and_no_anomaly_passes_its_ceiling(
    make: Callable[[list[int] | None, float], Cusum],
) -> None:
    rng, whole, stored = random.Random(9), make(None, 12.0), None
    for number in range(400):
        value = rng.random() * (0.5 if number < 300 else 3 if not isinstance(whole, EDetector) else 1)
        whole.step(value)
        parts = make(stored, 12.0)
        assert parts.score(value) <= 12.0
        parts.step(value)
        stored = msgpack.unpackb(msgpack.packb(parts.to_state()))
        assert all(isinstance(number, int) for number in stored)
    assert len(msgpack.packb(stored)) < 30
    assert make(stored, 12.0).statistic == pytest.approx(whole.statistic, abs=0.02)


RULES = """\
[[rules]]
name = "a"
detector = "cusum"
emotion = "fear"
subject = "person"
threshold = 12
mean = 0.1
sd = 0.25

[[rules]]
name = "b"
detector = "ewma"
emotion = "fear"
subject = "person"
threshold = 5
mean = 0.1
sd = 0.25

[[rules]]
name = "c"
detector = "page-hinkley"
emotion = "fear"
subject = "person"
threshold = 14
prior = 0.1

[[rules]]
name = "d"
detector = "self-starting"
emotion = "fear"
subject = "person"
threshold = 12
least_sd = 0.25

[[rules]]
name = "e"
detector = "e-detector"
emotion = "fear"
subject = "person"
threshold = 3
mean = 0.15
"""


def lived(rules: Rules, seed: int, raised: float = 0.9) -> list[Alert]:
    """Alerts of a person who is calm for 120 days and afraid for 20; states go through storage every hour."""
    state, found = None, []
    mood = lambda day: {"fear": 0.05 if day < 120 else raised}  # noqa: E731
    for hour in hours_of(random.Random(seed), "p", 140, lambda day: 3, mood):
        state, alerts = apply_person(rules, "p", msgpack.unpackb(msgpack.packb(state)), hour)
        found += alerts
    assert len(msgpack.packb(state)) / len(rules.all) < 330
    return found


@pytest.mark.parametrize("seed", range(3))
def test_each_textbook_rule_finds_the_rise_once_and_explains_it(seed: int) -> None:
    alerts = lived(parse_rules(RULES), seed)
    onset = START + timedelta(days=120)
    assert {alert.rule for alert in alerts} == set("abcde")
    assert all(alert.at >= onset for alert in alerts)
    first = {alert.rule: alert for alert in reversed(alerts)}.values()
    for alert in first:
        evidence = alert.evidence
        total = sum(post["contribution"] for post in evidence["posts"]) + evidence["rest"]
        assert total == pytest.approx(alert.statistic, abs=1e-6)
        assert evidence["before"] + evidence["added"] == pytest.approx(alert.statistic, abs=2e-6)
        assert 1 <= len(evidence["posts"]) <= 5
        assert max(post["score"] for post in evidence["posts"]) > 0.5


def test_nobody_is_reported_when_nothing_changes() -> None:
    assert lived(parse_rules(RULES), 1, raised=0.05) == []


def test_what_is_left_unnamed_is_little_where_a_few_posts_made_the_statistic() -> None:
    alert = next(alert for alert in lived(parse_rules(RULES), 2) if alert.rule == "a")
    assert abs(alert.evidence["rest"]) < 0.35 * alert.statistic


def test_a_rule_may_watch_for_a_fall() -> None:
    rule = RULES.split("\n\n")[0].replace("mean = 0.1", 'mean = 0.8\nside = "down"')
    state, found, rules = None, [], parse_rules(rule)
    mood = lambda day: {"fear": 0.9 if day < 30 else 0.0}  # noqa: E731
    for hour in hours_of(random.Random(1), "p", 40, lambda day: 3, mood):
        state, alerts = apply_person(rules, "p", state, hour)
        found += alerts
    assert found
    assert found[0].at > START + timedelta(days=30)
    assert all(post["score"] < 0.5 for post in found[0].evidence["posts"])


def bucket(minute: int, voices: list[tuple[str, int]]) -> Period:
    begin = START + timedelta(minutes=minute)
    posts = (
        Observation(f"{minute * 100 + number:032x}", person, begin, (0, 0, 0, 0, fear, 0, 0))
        for number, (person, fear) in enumerate(voices)
    )
    return Period(begin, begin + timedelta(minutes=5), tuple(posts))


def test_in_a_channel_one_person_has_one_voice_and_a_thin_bucket_none() -> None:
    rule = RULES.split("\n\n")[0].replace('"person"', '"channel"').replace("= 12", "= 5") + "\nmin_posts = 3"
    rules = parse_rules(rule)
    loud = [bucket(5 * number, [("a", 900)] * 20 + [("b", 0), ("c", 0), ("d", 0)]) for number in range(3)]
    thin = [bucket(5 * number, [("a", 900), ("b", 900)]) for number in range(100)]
    many = [bucket(5 * number, [("a", 900), ("b", 900), ("c", 900)]) for number in range(3)]
    assert channel_alerts(rules, "x", iter(loud)) == []
    assert channel_alerts(rules, "x", iter(thin)) == []
    assert channel_alerts(rules, "x", iter(many))


def test_after_a_long_silence_the_sum_starts_anew() -> None:
    rule = parse_rules(RULES.split("\n\n")[0].replace('"person"', '"channel"').replace("= 12", "= 4"))
    state, _ = apply_channel(rule, "x", None, bucket(0, [("a", 900)]))
    soon, raised = apply_channel(rule, "x", state, bucket(50 * 1440, [("a", 900)]))
    assert raised
    late, raised = apply_channel(rule, "x", state, bucket(70 * 1440, [("a", 900)]))
    assert not raised
    assert soon != late


def test_a_clock_that_jumps_back_changes_no_time() -> None:
    rules = parse_rules(RULES.replace('"person"', '"channel"'))
    state, _ = apply_channel(rules, "x", None, bucket(6000, [("a", 900)]))
    before = {key: value[0] for key, value in state.items()}
    state, _ = apply_channel(rules, "x", state, bucket(0, [("a", 100)]))
    assert {key: value[0] for key, value in state.items()} == before
