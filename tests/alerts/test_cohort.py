"""The cohort rules on composed communities: everybody moved is one alert, a loud few or a busy day is none."""

from datetime import timedelta

import pytest

from alerts.community import apply_community
from alerts.detectors.cohort import Cohort, CohortHour, CohortOptions
from alerts.rules import load_rules, parse_rules
from alerts.types import Alert
from storage.cohorts import CohortEpisode
from storage.states import pack, unpack
from tests.alerts.communities import START, Community, Happening, compose

RULES = load_rules(None)
TOWN = Community(people=400, days=45)
HOUR = timedelta(hours=1)


def run(hours: list[CohortHour]) -> tuple[list[Alert], list[CohortEpisode]]:
    state: dict[str, object] = {}
    alerts, episodes = [], {}
    for hour in hours:
        state, raised, going_on = apply_community(RULES, state, hour)
        alerts += raised
        episodes |= {episode.alert_id: episode for episode in going_on}
    return alerts, list(episodes.values())


@pytest.mark.parametrize("emotion", ["sadness", "fear"])
def test_a_disaster_that_moves_everybody_is_one_alert_within_a_day(emotion: str) -> None:
    disaster = Happening(emotion, begin=30 * 24 + 9, hours=36, share=0.4, volume=1.5)
    alerts, [episode] = run(compose(TOWN, [disaster], seed=1))
    [alert] = alerts
    began = START + disaster.begin * HOUR
    assert (alert.emotion, alert.subject_kind, alert.subject) == (emotion, "community", "everyone")
    assert timedelta() < alert.at - began <= timedelta(hours=12)
    assert abs(episode.since - began) < timedelta(hours=12)
    assert episode.until >= began + timedelta(hours=36 + 72 - 4)


def test_most_disasters_are_found_and_early() -> None:
    begins = [day * 24 + 5 * day % 24 for day in range(12, 43, 10)]
    disasters = [Happening("fear", begin, hours=12 + 12 * nth, share=0.4) for nth, begin in enumerate(begins)]
    delays = []
    for seed in range(3):
        alerts, _ = run(compose(TOWN, disasters, seed))
        for each in disasters:
            after = [(alert.at - START) / HOUR - each.begin for alert in alerts]
            delays += [delay for delay in after if 0 < delay <= each.hours + 3][:1]
    assert len(delays) >= 10  # of 12
    assert sorted(delays)[len(delays) // 2] <= 8


DECOYS = {
    "an ordinary time": [],
    "five times the posts": [Happening("joy", day * 24, 30, share=0.0, volume=5) for day in range(15, 44, 5)],
    "a feast": [Happening("joy", day * 24 + 12, 24, share=0.5, volume=3) for day in range(15, 44, 5)],
    "a quarrel of everybody in one channel": [
        Happening("anger", day * 24 + 6, 3, share=0.95, volume=20, channel=day % 8) for day in range(15, 44, 5)
    ],
    "ten very loud people": [
        Happening(emotion, day * 24 + 6, 40, share=0.95, volume=25, people=10)
        for emotion, day in zip(("sadness", "fear", "anger") * 2, range(15, 44, 5), strict=True)
    ],
}


@pytest.mark.parametrize("decoy", DECOYS)
def test_nothing_else_is_an_alert(decoy: str) -> None:
    assert run(compose(TOWN, DECOYS[decoy], seed=3))[0] == []


def test_a_slow_season_is_no_alert() -> None:
    assert run(compose(Community(people=400, days=90, drift=0.7), [], seed=4))[0] == []


def test_too_few_people_say_nothing() -> None:
    everybody = Happening("sadness", begin=30 * 24, hours=48, share=0.9)
    assert run(compose(Community(people=20, days=40), [everybody], seed=5))[0] == []


def test_the_state_survives_storage_exactly_and_stays_small() -> None:
    hours = compose(TOWN, [Happening("fear", 20 * 24, 24, 0.5)], seed=6)
    plain: dict[str, object] = {}
    stored: dict[str, object] = {}
    for hour in hours[: 24 * 25]:
        plain, alerts, _ = apply_community(RULES, plain, hour)
        stored, again, _ = apply_community(RULES, unpack(pack(stored)), hour)
        assert alerts == again
    assert unpack(pack(plain)) == stored
    assert len(pack(plain)) < 2000


def test_an_alert_recomputes_from_its_own_numbers_and_names_no_post() -> None:
    [alert], _ = run(compose(TOWN, [Happening("sadness", 30 * 24 + 9, 24, 0.5)], seed=7))
    evidence = alert.evidence
    assert evidence["posts"] == []
    assert evidence["rest"] == alert.statistic
    assert evidence["now"] - evidence["baseline"] >= 0.05
    assert evidence["without_few"] > evidence["baseline"]
    assert evidence["without_a_circle"] - evidence["baseline"] > (evidence["now"] - evidence["baseline"]) / 2
    assert evidence["effective_voices"] >= 30


def test_a_lasting_change_becomes_the_new_normal() -> None:
    for_ever = Happening("sadness", 30 * 24, 90 * 24, share=0.3)
    alerts, episodes = run(compose(Community(people=400, days=100), [for_ever], seed=8))
    assert 1 <= len(alerts) <= 3
    assert max(each.until for each in episodes) < START + 80 * 24 * HOUR


def test_a_rule_on_trial_tags_nobody() -> None:
    trial = parse_rules(
        '[[rules]]\nname = "quiet"\ndetector = "cohort"\nsubject = "community"\nemotion = "fear"\n'
        "threshold = 4.5\nshadow = true\n"
    )
    state: dict[str, object] = {}
    found: list[Alert] = []
    for hour in compose(TOWN, [Happening("fear", 30 * 24 + 9, 24, 0.5)], seed=9):
        state, alerts, episodes = apply_community(trial, state, hour)
        found += alerts
        assert episodes == []
    assert found
    assert all(alert.shadow for alert in found)


def test_the_statistic_does_not_grow_with_volume() -> None:
    options = CohortOptions(name="demo", emotion="fear", threshold=5)
    cohort = Cohort(options)
    hours = compose(TOWN, [], seed=10)
    for hour in hours:
        cohort.update(hour)
    last = hours[-1]
    usual = round(1000 * cohort.level[1] / cohort.level[0])
    start = last.end
    busy = CohortHour(start, start + HOUR, (), dict.fromkeys(range(8), (600, (0, 0, 0, 0, 600 * usual, 0, 0))))
    assert cohort.score(busy) < 2
