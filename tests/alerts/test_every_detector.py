"""What every detector owes, whatever its arithmetic: its alerts check out from their evidence, also out of storage."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import get_args

import orjson
import pytest

from alerts.community import apply_community
from alerts.detectors import level, trend
from alerts.monitor import apply_channel, apply_person, step
from alerts.packet import recheck
from alerts.registry import KINDS, Options
from alerts.rules import Rules, parse_rules
from alerts.types import Alert, Observation, Period
from storage.states import pack, unpack
from tests.alerts import communities
from tests.alerts.histories import START, Mood, Rate, buckets_of, hours_of

NUMBERS = {  # detector and subject: what its rule needs beside a name and an emotion
    ("trend", "person"): "threshold = 1.8",
    ("spike", "person"): "threshold = 1.5\nprior = 0.1\nfast_hours = 12\nslow_days = 45\nwarmup_posts = 10",
    ("spike", "channel"): "threshold = 2.5\nprior = 0.1\nmin_people = 5",
    ("level", "person"): "threshold = 0.4",
    ("level", "channel"): "threshold = 0.4\ndays = 0.1\nmin_days = 1",
    ("cohort", "community"): "threshold = 4.5",
    ("cusum", "person"): "threshold = 6\nmean = 0.1\nsd = 0.25",
    ("cusum", "channel"): "threshold = 6\nmean = 0.1\nsd = 0.25",
    ("ewma", "person"): "threshold = 3\nmean = 0.1\nsd = 0.25",
    ("ewma", "channel"): "threshold = 3\nmean = 0.1\nsd = 0.25",
    ("page-hinkley", "person"): "threshold = 8\nprior = 0.1",
    ("page-hinkley", "channel"): "threshold = 8\nprior = 0.1",
    ("self-starting", "person"): "threshold = 8\nleast_sd = 0.25",
    ("self-starting", "channel"): "threshold = 8\nleast_sd = 0.25",
    ("e-detector", "person"): "threshold = 2\nmean = 0.2",
    ("e-detector", "channel"): "threshold = 2\nmean = 0.2",
}
EMOTION = {"person": "fear", "channel": "anger", "community": "fear"}
ONSET = 60  # days; of a channel three
CHANNEL_ONSET = 3 * 1440  # minutes


def rules_of(detector: str, subject: str) -> Rules:
    head = f'[[rules]]\nname = "tried"\ndetector = "{detector}"\nsubject = "{subject}"\n'
    return parse_rules(f'{head}emotion = "{EMOTION[subject]}"\n{NUMBERS[detector, subject]}')


def hours(seed: int) -> Iterator[Period]:
    """Somebody who grows afraid after sixty days, and writes more."""
    rate: Rate = lambda day: 3 if day < ONSET else 9  # noqa: E731
    mood: Mood = lambda day: {"fear": 0.05 if day < ONSET else 0.8}  # noqa: E731
    return hours_of(random.Random(seed), "p", ONSET + 20, rate, mood)


def buckets(seed: int) -> Iterator[Period]:
    """A channel in which many grow angry after three days."""
    minutes = range(CHANNEL_ONSET + 180)
    rate = lambda minute: 1 if minute < CHANNEL_ONSET else 4  # noqa: E731
    anger = lambda minute: 0.05 if minute < CHANNEL_ONSET else 0.8  # noqa: E731
    return buckets_of(random.Random(seed), minutes, rate, anger, people=200)


def alerts_through_storage(rules: Rules, subject: str, seed: int) -> list[Alert]:
    """All alerts; the state is packed and unpacked between any two periods, and comes back as it was."""
    stored, found = pack({}), []
    if subject == "community":
        fear = communities.Happening("fear", 30 * 24 + 9, hours=24, share=0.5)
        for hour in communities.compose(communities.Community(days=35), [fear], seed):
            state, alerts, _ = apply_community(rules, unpack(stored), hour)
            stored, found = pack(state), found + alerts
            assert unpack(stored) == state
        return found
    apply, periods = (apply_person, hours(seed)) if subject == "person" else (apply_channel, buckets(seed))
    for period in periods:
        state, alerts = apply(rules, "p", unpack(stored), period)
        stored, found = pack(state), found + alerts
        assert unpack(stored) == state
    return found


def test_every_kind_and_subject_is_tried() -> None:
    assert {detector for detector, _ in NUMBERS} == set(KINDS)
    for options in get_args(Options):
        subjects = get_args(options.model_fields["subject"].annotation)
        detector = options.model_fields["detector"].default
        assert {subject for name, subject in NUMBERS if name == detector} == set(subjects)


@pytest.mark.parametrize(("detector", "subject"), NUMBERS)
def test_an_alert_of_any_detector_checks_out_from_its_evidence_alone(detector: str, subject: str) -> None:
    alerts = [alert for seed in (1, 2) for alert in alerts_through_storage(rules_of(detector, subject), subject, seed)]
    assert alerts
    for alert in alerts:
        evidence = orjson.loads(orjson.dumps(alert.evidence))
        found = recheck(alert.statistic, alert.severity, evidence)
        assert found.agrees, found
        assert found.from_parts == pytest.approx(alert.statistic, abs=1e-6)
        assert not recheck(alert.statistic + 0.01, alert.severity, evidence).agrees
        assert evidence["since"] <= alert.at.isoformat()


@pytest.mark.parametrize("detector", ["trend", "level"])
def test_where_every_post_is_named_nothing_is_left(detector: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise `rest` would hide a part that was worked out wrongly."""
    monkeypatch.setattr({"trend": trend, "level": level}[detector], "KEPT_POSTS", 10_000)
    [rule] = rules_of(detector, "person").all
    running, rng, statistics = rule.detector(None), random.Random(3), []
    for day in range(120):
        begin = START + timedelta(days=day)
        scores = [rng.randrange(300, 500) + (300 if day >= 60 else 0) for _ in range(2)]
        posts = tuple(
            Observation(f"{2 * day + nth:032x}", "p", begin, (0, 0, 0, 0, fear, 0, 0))
            for nth, fear in enumerate(scores)
        )
        statistic = step(rule, running, Period(begin, begin + timedelta(hours=1), posts))
        if statistic is not None:
            statistics.append(statistic)
            evidence = running.evidence(statistic)
            assert len(evidence["posts"]) == 2 * day + 2
            assert abs(evidence["rest"]) < 0.002 * statistic  # posts are kept in thousandths
    assert statistics
