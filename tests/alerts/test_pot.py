"""A chance that is said must come true, on any series; and a level must not be taught by what stands out of it."""

import math
import random
from collections.abc import Callable

import msgpack
import pytest

from alerts.detectors.counts import Level, steady
from alerts.detectors.pot import Tail

Draw = Callable[[random.Random], float]
NULLS: dict[str, Draw] = {
    "normal": lambda rng: rng.gauss(0, 1),
    "exponential": lambda rng: rng.expovariate(1),
    "pareto": lambda rng: rng.paretovariate(3),
    "wild pareto": lambda rng: rng.paretovariate(1.5),
    "lognormal": lambda rng: rng.lognormvariate(0, 1),
    "counts": lambda rng: float(int(rng.expovariate(0.5))),
}
ROWS = 40_000


@pytest.mark.parametrize("name", NULLS)
def test_one_row_in_a_thousand_scores_three_whatever_the_tail(name: str) -> None:
    rng, tail, high = random.Random(7), Tail(), dict.fromkeys((1, 2, 3), 0)
    for row in range(ROWS):
        value = NULLS[name](rng)
        score = tail.score(value) if row > 300 else 0.0
        for least in high:
            high[least] += score >= least
        tail.update(value)
    found = [-math.log10(count / ROWS) for count in high.values()]
    assert found == pytest.approx([1, 2, 3], abs=0.3)


def test_neighbours_that_resemble_each_other_do_not_lighten_the_tail() -> None:
    rng, tail, last, high = random.Random(7), Tail(), 0.0, 0
    for row in range(ROWS):
        last = 0.9 * last + rng.gauss(0, 0.44)
        value = math.exp(last)
        high += row > 300 and tail.score(value) >= 3
        tail.update(value)
    assert -math.log10(high / ROWS) == pytest.approx(3, abs=0.4)


def test_no_value_is_so_far_out_that_another_is_not_further() -> None:
    rng, tail = random.Random(1), Tail()
    for _ in range(2000):
        tail.update(rng.gauss(0, 1))
    scores = [tail.score(10.0**power) for power in range(1, 200, 20)]
    assert scores == sorted(set(scores))
    assert all(map(math.isfinite, scores))


def test_one_monster_does_not_blind_the_tail() -> None:
    rng, tail = random.Random(1), Tail()
    for _ in range(5000):
        tail.update(rng.expovariate(1))
    before = tail.score(15.0)
    tail.update(1e12)
    assert tail.score(15.0) == pytest.approx(before, abs=0.3)


def test_a_tail_is_the_same_after_any_number_of_trips_through_storage() -> None:
    rng, tail = random.Random(1), Tail()
    for _ in range(3000):
        tail = Tail(msgpack.unpackb(msgpack.packb(tail.to_state())))
        tail.update(rng.paretovariate(2))
    once = tail.to_state()
    assert Tail(msgpack.unpackb(msgpack.packb(once))).to_state() == once
    assert len(msgpack.packb(once)) < 120
    fresh = Tail()
    rng = random.Random(1)
    for _ in range(3000):
        fresh.update(rng.paretovariate(2))
    assert tail.score(30.0) == pytest.approx(fresh.score(30.0), abs=0.1)


@pytest.mark.parametrize("mean", [4, 40, 400])
def test_the_root_makes_chance_noise_one(mean: int) -> None:
    rng = random.Random(2)
    values = [steady(sum(rng.random() < 0.01 for _ in range(100 * mean))) for _ in range(60)]
    centre = sum(values) / len(values)
    assert 0.7 < math.sqrt(sum((value - centre) ** 2 for value in values) / len(values)) < 1.3


def test_bursts_hardly_move_a_level() -> None:
    rng, level = random.Random(3), Level()
    for row in range(5000):
        level.update(rng.gauss(20, 2) * (50 if row % 100 == 99 else 1), fade=0.995)
    assert level.mean == pytest.approx(20, abs=0.7)
    assert 1.5 < level.deviation < 3


def test_a_level_follows_a_lasting_change() -> None:
    level = Level()
    for row in range(3000):
        level.update(10.0 + row % 3 + (15 if row >= 1000 else 0), fade=0.99)
    assert level.mean == pytest.approx(26, abs=1)
