import random
import uuid
from datetime import timedelta
from itertools import pairwise

import pytest

from alerts.detectors.trend import Trend
from alerts.monitor import apply_person
from alerts.packet import recheck
from alerts.rules import Rules, load_rules
from alerts.types import Alert, Observation, Period
from storage.states import pack, unpack
from tests.alerts.histories import START, alerts_of, hours_of

CALM = {"sadness": 0.15, "fear": 0.05, "joy": 0.3}
RULES = load_rules(None)
TREND = Rules(tuple(rule for rule in RULES.all if rule.options.name == "sadness-trend"))


def sinking(onset: int, until: int = 10_000, up: float = 0.5):
    """Sadness that rises by `up` within two weeks of `onset`, and is over at `until`."""

    def mood(day: float) -> dict[str, float]:
        extra = up * min(1.0, max(0.0, day - onset) / 14) if day < until else 0.0
        return {**CALM, "sadness": CALM["sadness"] + extra}

    return mood


def live(seed: int, days: int, mood, rate: float = 2.0, rules: Rules = RULES) -> list[Alert]:
    return alerts_of(rules, "p", hours_of(random.Random(seed), "p", days, lambda _: rate, mood))


def day_of(alert: Alert) -> float:
    return (alert.at - START) / timedelta(days=1)


@pytest.mark.parametrize(("rate", "people", "found"), [(0.7, 20, 0.7), (2, 10, 0.9), (8, 5, 0.9)])
def test_a_drift_over_weeks_is_found_at_any_posting_rate(rate: float, people: int, found: float) -> None:
    firsts = [live(200 + seed, 120, sinking(60), rate, TREND)[:1] for seed in range(people)]
    assert sum(bool(first) and day_of(first[0]) > 60 for first in firsts) >= found * people


def test_steady_people_rarely_alert() -> None:
    alerts = [alert for seed in range(20) for alert in live(100 + seed, 120, lambda _: CALM)]
    assert len(alerts) / (20 * 120 / 365) <= 0.5


@pytest.mark.parametrize("rate", [0.5, 2])
def test_one_bad_day_is_no_trend(rate: float) -> None:
    def mood(day: float) -> dict[str, float]:
        return {"sadness": 0.95} if 60 <= day < 61 else CALM

    called = 0
    for seed in range(60):
        hours = hours_of(random.Random(300 + seed), "p", 75, lambda day: 15 if 60 <= day < 61 else rate, mood)
        called += any(day_of(alert) > 60 for alert in alerts_of(TREND, "p", hours))
    assert called <= 4  # of sixty people, each with fifteen sad posts on that day; some were low before it already


def test_a_burst_of_posts_and_a_surge_of_joy_are_no_trend() -> None:
    for seed in range(6):
        burst = hours_of(random.Random(seed), "p", 80, lambda d: 30 if 60 <= d < 62 else 1.5, lambda _: CALM)
        assert [a for a in alerts_of(TREND, "p", burst) if day_of(a) > 60] == []
        assert [a for a in live(seed, 90, lambda d: {"joy": 0.8} if d > 60 else CALM) if day_of(a) > 60] == []


def test_an_episode_is_reported_once_and_again_only_when_far_worse_and_a_new_one_after_it() -> None:
    alerts = live(3, 230, lambda day: sinking(60, 100)(day) if day < 150 else sinking(150, 190)(day), 4, TREND)
    first, second = ([a for a in alerts if low < day_of(a) < high] for low, high in ((60, 130), (150, 220)))
    assert first
    assert second
    assert [*first, *second] == alerts
    for episode in (first, second):
        assert all(later.statistic >= 2 * a.statistic for a, later in pairwise(episode))


def test_an_episode_is_not_torn_while_the_few_older_posts_fade() -> None:
    """Raised as soon as there is a baseline to speak of; from then on it only fades, below the least to begin with."""
    state, raised = None, []
    for number in range(4 * 55):
        begin = START + timedelta(hours=6 * number)
        post = Observation(f"{number:032x}", "p", begin, (700, 0, 0, 0, 0, 0, 300), "en")
        state, alerts = apply_person(TREND, "p", state, Period(begin, begin + timedelta(hours=1), (post,)))
        raised += alerts
    assert len(raised) == 1


def test_no_alert_rests_on_fewer_than_three_days() -> None:
    sad = (950, 0, 0, 0, 0, 0, 50)
    state, raised = None, []
    for hour in range(48):
        begin = START + timedelta(hours=hour)
        posts = tuple(Observation(f"{hour * 10 + i:032x}", "p", begin, sad) for i in range(5))
        state, alerts = apply_person(RULES, "p", state, Period(begin, begin + timedelta(hours=1), posts))
        raised += [alert for alert in alerts if alert.rule != "anger-spike-person"]
    assert raised == []


def test_the_posts_shares_and_the_rest_sum_to_the_statistic() -> None:
    alert = live(1, 110, sinking(60), 2, TREND)[0]
    evidence = alert.evidence
    parts = [post["contribution"] for post in evidence["posts"]]
    assert len(parts) == 4
    assert sum(parts) + evidence["rest"] == pytest.approx(alert.statistic, abs=1e-6)
    again = (evidence["now"] - evidence["baseline"]) / evidence["standard_error"]
    assert again == pytest.approx(alert.statistic, abs=1e-6)
    assert recheck(alert.statistic, alert.severity, evidence).agrees
    assert not recheck(alert.statistic + 0.1, alert.severity, evidence).agrees
    assert START.isoformat() < evidence["since"] <= alert.at.isoformat()


def test_the_slope_of_a_steady_climb_is_found_within_its_interval() -> None:
    """The share of sad posts climbs by .07 a week, all the time: nineteen intervals in twenty should hold that."""
    held = 0
    for seed in range(100):
        rng, trend = random.Random(seed), Trend(TREND.all[0].options)
        for day in range(70):
            start = START + timedelta(days=day)
            scores = [(1000 if rng.random() < 0.1 + 0.01 * day else 0, 0, 0, 0, 0, 0, 0) for _ in range(3)]
            posts = tuple(Observation(str(uuid.UUID(int=day * 3 + n)), "p", start, x) for n, x in enumerate(scores))
            trend.update(Period(start, start + timedelta(hours=1), posts))
        slope, low, high = trend.evidence(0.0)["slope_per_week"]
        assert low < slope < high
        held += low <= 0.07 <= high
    assert 85 <= held <= 100


def test_contributing_posts_are_posts_of_that_person() -> None:
    hours = list(hours_of(random.Random(1), "p", 110, lambda _: 2.0, sinking(60)))
    keys = {post.key for hour in hours for post in hour.posts}
    alert = alerts_of(TREND, "p", iter(hours))[0]
    assert {post["key"] for post in alert.evidence["posts"]} <= keys


def test_the_same_hours_give_the_same_bytes_even_through_storage() -> None:
    hours = list(hours_of(random.Random(5), "p", 100, lambda _: 3.0, sinking(50)))
    plain, stored, alerts = None, None, ([], [])
    for hour in hours:
        before = pack(plain or {})
        following, found = apply_person(RULES, "p", plain, hour)
        assert pack(plain or {}) == before, "the state given was changed"
        plain = following
        stored, found_stored = apply_person(RULES, "p", unpack(pack(stored)) if stored else None, hour)
        alerts[0].extend(found)
        alerts[1].extend(found_stored)
        assert plain == unpack(pack(stored))
    assert alerts[0] == alerts[1] != []


def test_time_that_runs_backwards_is_taken_as_standing_still() -> None:
    hours = list(hours_of(random.Random(5), "p", 30, lambda _: 3.0, lambda _: CALM))
    state, _ = apply_person(RULES, "p", None, hours[-1])
    state, _ = apply_person(RULES, "p", state, hours[0])
    assert {entry[0] for entry in state.values()} == {int(hours[-1].end.timestamp())}


def test_states_of_other_rule_versions_are_dropped() -> None:
    hour = next(hours_of(random.Random(1), "p", 30, lambda _: 3.0, lambda _: CALM))
    state, _ = apply_person(RULES, "p", {"sadness-trend@00000000": ["old"]}, hour)
    assert set(state) == {rule.key for rule in RULES.person}


def test_a_persons_state_stays_small() -> None:
    hours = hours_of(random.Random(2), "p", 150, lambda _: 12.0, sinking(80))
    state = None
    for hour in hours:
        state, _ = apply_person(RULES, "p", state, hour)
    digests = list(range(2**32 - 16, 2**32))
    voice = [int(START.timestamp()), int(START.timestamp())]
    assert len(pack({"recent": digests, "rules": state, "voice": voice})) <= 1000


def test_an_alerts_id_depends_on_rule_subject_and_time_alone() -> None:
    hours = list(hours_of(random.Random(1), "p", 110, lambda _: 2.0, sinking(60)))
    mine, again = alerts_of(TREND, "p", iter(hours)), alerts_of(TREND, "p", iter(hours))
    other = alerts_of(TREND, "q", iter(hours))
    assert [a.id for a in mine] == [a.id for a in again]
    assert mine[0].id != other[0].id
