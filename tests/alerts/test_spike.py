import math
import random
from datetime import timedelta

import pytest

from alerts.monitor import apply_channel
from alerts.rules import load_rules
from alerts.types import Alert, Observation, Period
from storage.states import pack, unpack
from tests.alerts.histories import START, alerts_of, buckets_of, channel_alerts, hours_of

RULES = load_rules(None)
DAYS, ONSET = 6, 5 * 1440


def wave(minute: int) -> float:
    return 1.5 * (1 + 0.5 * math.sin(2 * math.pi * minute / 1440))


def during(minute: int) -> bool:
    return ONSET <= minute < ONSET + 120


def channel(seed: int, rate=wave, anger=lambda _: 0.12, people: int = 300) -> list[Alert]:
    return channel_alerts(RULES, "c", buckets_of(random.Random(seed), range(DAYS * 1440), rate, anger, people))


def minute_of(alert: Alert) -> float:
    return (alert.at - START) / timedelta(minutes=1)


def test_an_angry_crowd_is_found_within_the_hour_and_reported_once() -> None:
    for seed in range(3):
        alerts = channel(seed, lambda m: wave(m) * (3 if during(m) else 1), lambda m: 0.55 if during(m) else 0.12)
        assert len(alerts) == 1
        assert 0 < minute_of(alerts[0]) - ONSET <= 60
        assert alerts[0].evidence["people"] >= 5


@pytest.mark.parametrize("times", [3, 10])
def test_volume_alone_never_alerts(times: int) -> None:
    for seed in range(3):
        assert channel(seed, lambda m: wave(m) * (times if during(m) else 1)) == []


def test_one_loud_person_is_no_crowd() -> None:
    state, raised = None, []
    buckets = buckets_of(random.Random(1), range(3 * 1440), wave, lambda _: 0.12, 300)
    for bucket in buckets:
        if bucket.start > START + timedelta(days=2):
            shout = tuple(Observation(f"{i:032x}", "loud", bucket.start, (0, 0, 0, 990, 0, 0, 10)) for i in range(50))
            bucket = Period(bucket.start, bucket.end, bucket.posts + shout)
        state, alerts = apply_channel(RULES, "c", state, bucket)
        raised += alerts
    assert raised == []


def test_a_new_channel_is_silent_until_it_has_a_level() -> None:
    hot = buckets_of(random.Random(1), range(15), lambda _: 5, lambda _: 0.9, 300)
    assert channel_alerts(RULES, "c", hot) == []


def test_a_channels_alert_survives_storage_and_its_parts_sum_up() -> None:
    def spiking(m: int) -> float:
        return 0.6 if during(m) else 0.12

    buckets = buckets_of(
        random.Random(2), range(DAYS * 1440), lambda m: wave(m) * (3 if during(m) else 1), spiking, 300
    )
    plain, stored, found = None, None, []
    for bucket in buckets:
        plain, alerts = apply_channel(RULES, "c", plain, bucket)
        stored, again = apply_channel(RULES, "c", unpack(pack(stored or {})), bucket)
        assert alerts == again
        found += alerts
    assert plain == stored
    parts = sum(post["contribution"] for post in found[0].evidence["posts"]) + found[0].evidence["rest"]
    assert parts == pytest.approx(found[0].statistic, abs=1e-6)


def test_a_persons_rage_is_found_and_a_busy_day_is_not() -> None:
    def rate(day: float) -> float:
        return 24.0 if 60 <= day < 60.5 else 1.5

    def angry(day: float) -> dict[str, float]:
        return {"anger": 0.9} if 60 <= day < 60.5 else {"anger": 0.1, "joy": 0.4}

    found, busy = [], []
    for seed in range(5):
        hours = hours_of(random.Random(seed), "p", 70, rate, angry)
        found += [a for a in alerts_of(RULES, "p", hours) if a.rule == "anger-spike-person"]
        hours = hours_of(random.Random(seed), "p", 70, rate, lambda _: {"anger": 0.1, "joy": 0.4})
        busy += [a for a in alerts_of(RULES, "p", hours) if a.rule == "anger-spike-person"]
    assert len(found) >= 4
    assert busy == []
