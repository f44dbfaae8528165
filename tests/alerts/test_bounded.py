"""The constant-space summaries say exactly what the whole history would say."""

import math
import uuid

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.detectors.contributors import Contributors
from alerts.detectors.voices import Crowd

POSTS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 1000)), max_size=60)
VISITS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=80)


@settings(max_examples=200, deadline=None)
@given(POSTS)
def test_the_kept_posts_are_the_heaviest_of_all(gaps: list[tuple[int, int]]) -> None:
    kept, history, at = Contributors(keep=5, half_life=300.0), [], 0
    for number, (gap, score) in enumerate(gaps):
        at += gap
        kept.add(str(uuid.UUID(int=number)), at, score / 1000, 1.0)
        history.append((at, score / 1000))
    fade = math.log(2) / 300
    everything = sorted((score * math.exp(-fade * (at - then)) for then, score in history), reverse=True)
    found = [score * weight for _, _, score, _, weight in kept.weigh(at)]
    assert all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(found, everything[:5], strict=True))


@settings(max_examples=200, deadline=None)
@given(VISITS)
def test_the_crowd_is_counted_exactly_up_to_its_capacity(visits: list[tuple[int, int]]) -> None:
    crowd, last, at = Crowd(capacity=5, window=60), {}, 0
    for gap, person in visits:
        at += gap
        expected = {**last, person: at}
        assert crowd.count_with([str(person)], at) == min(5, sum(at - seen < 60 for seen in expected.values()))
        crowd.see([str(person)], at)
        last = expected
        assert len(crowd.people) <= 5
