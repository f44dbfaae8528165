"""P4: any order of the log within the lateness allowance leads to the same states and the same alerts."""

import math
import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from storage.database import transaction
from storage.progress import register_partitions
from stream.messages import Message
from stream.offline import Outcome
from stream.verify import verify
from tests.stream.crowds import BEGIN, crowd, crowd_rules, moment
from tests.stream.helpers import LATENESS, PARTITIONS, TOPIC, batches, make_oracle, make_pipeline, tick, to_log

RULES = crowd_rules()
END = tick(BEGIN + timedelta(days=9))
REACH = LATENESS - timedelta(milliseconds=1)
KINDS = {"person", "channel", "community"}


@cache
def expected() -> Outcome:
    return run([*crowd(), END])


def run(posts: Iterable[dict[str, Any]]) -> Outcome:
    return make_oracle(rules=RULES).run(to_log(posts))


def shuffled(seed: int) -> list[dict[str, Any]]:
    """Every post comes up to the allowance later than it was sent, so none is late."""
    rng = random.Random(seed)
    posts = sorted(crowd(), key=lambda post: moment(post) + REACH * rng.random())
    assert posts != crowd()
    return [*posts, END]


def bunched(seed: int) -> list[dict[str, Any]]:
    """Worse: within each stretch of the allowance's length the posts come in any order at all."""
    rng = random.Random(seed)
    length = REACH.total_seconds()
    posts = sorted(crowd(), key=lambda post: (moment(post).timestamp() // length, rng.random()))
    return [*posts, END]


def interleaved(seed: int, posts: Sequence[dict[str, Any]]) -> list[Message]:
    """Partitions read at their own speeds, as several workers would."""
    rng = random.Random(seed)
    queues = [[m for m in to_log(posts) if m.partition == number] for number in range(PARTITIONS)]
    log: list[Message] = []
    while any(queues):
        queue = rng.choice([queue for queue in queues if queue])
        taken = rng.randint(1, 300)
        log += queue[:taken]
        del queue[:taken]
    return log


def close(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(close(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(close, one, other))
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9) if isinstance(one, float) else bool(one == other)


def assert_same(found: Outcome) -> None:
    usual = expected()
    assert {alert.subject_kind for alert in usual.alerts.values()} == KINDS
    assert found.alerts == usual.alerts
    assert (found.tags, found.episodes) == (usual.tags, usual.episodes)
    assert close(found.person_states, usual.person_states)
    assert close(found.channel_states, usual.channel_states)
    assert close(found.community, usual.community)
    assert found.gathered == usual.gathered


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**9))
def test_the_oracle_finds_the_same_in_any_order_within_the_allowance(seed: int) -> None:
    assert_same(run(shuffled(seed)))


def test_the_oracle_finds_the_same_when_every_stretch_is_stirred() -> None:
    assert_same(run(bunched(1)))


@pytest.mark.parametrize("seed", [1, 2])
def test_postgres_holds_the_same_in_any_order_at_any_speed(engine: Engine, seed: int) -> None:
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    pipeline = make_pipeline(engine, rules=RULES)
    for batch in batches(interleaved(seed, shuffled(seed)), 150):
        pipeline.process(batch)
    verdict = verify(engine, TOPIC, run([*crowd(), END]))
    assert verdict.differences == 0, verdict.examples
    assert verdict.compared["alerts"] > 40
