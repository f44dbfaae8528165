"""Composed histories: invented people whose truth is known."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from alerts.composed.options import HistoryOptions
from alerts.composed.people import START, Life, compose
from alerts.composed.stories import BAD_DAY, BURST, DECOYS, JOY, LOW, MILD, RAMP, STEADY, STEP
from alerts.composed.tracks import MODEL, ORACLE, PERMUTED, histories
from alerts.errors import AlertError
from alerts.options import DAY
from models.labels import EMOTIONS

OPTIONS = HistoryOptions(people=200, days=120)
LIVES = compose(OPTIONS, seed=1)
POOL = {
    emotion: np.array([[place * 10 + nth] * 7 for nth in range(place + 1)], dtype=np.int16)
    for place, emotion in enumerate(EMOTIONS)
}


def told(kinds: tuple[str, ...], lives: list[Life] = LIVES) -> list[Life]:
    return [life for life in lives if life.person.story.kind in kinds]


def share(life: Life, emotion: str, begin: int, end: int) -> tuple[int, int]:
    inside = (life.moments >= begin * DAY) & (life.moments < end * DAY)
    return int((life.feelings[inside] == EMOTIONS.index(emotion)).sum()), int(inside.sum())


def fingerprint(seed: int, part: str, track: str = MODEL) -> str:
    lives = compose(replace(OPTIONS, people=20), seed, part)
    return hashlib.sha256(repr(histories(lives, POOL, track, seed)).encode()).hexdigest()


@pytest.mark.parametrize("track", [ORACLE, MODEL, PERMUTED])
def test_the_same_seed_gives_the_same_bytes(track: str) -> None:
    assert fingerprint(1, "test", track) == fingerprint(1, "test", track)


def test_validation_people_are_not_test_people_and_each_seed_has_its_own() -> None:
    assert len({fingerprint(seed, part) for seed in (1, 2) for part in ("validation", "test")}) == 4


def test_shares_of_stories_are_exact_and_most_people_are_steady() -> None:
    for emotion in OPTIONS.emotions:
        assert sum(life.person.story.plants(emotion) for life in LIVES) == 20
    assert {kind: len(told((kind,))) for kind in DECOYS} == dict.fromkeys(DECOYS, 10)
    assert len(told((STEADY,))) == 200 - 40 - 50


def test_a_surge_of_joy_is_no_decoy_where_joy_is_measured() -> None:
    lives = compose(replace(OPTIONS, emotions=("joy",)), seed=1)
    assert told((JOY,), lives) == []
    assert sum(life.person.story.plants("joy") for life in lives) == 20


def test_people_write_about_as_often_as_their_rate_says() -> None:
    rates = np.array([life.person.rate for life in LIVES])
    assert rates.min() >= 0.2
    assert rates.max() <= 12
    assert 1.2 < np.median(rates) < 2.0
    steady = [life for life in told((STEADY,)) if life.person.rate > 1]
    written = sum(len(life.moments) for life in steady) / sum(life.person.rate * OPTIONS.days for life in steady)
    assert 0.8 < written < 1.0  # silences take some


def test_a_change_moves_its_share_of_the_posts_to_its_emotion() -> None:
    steps = compose(replace(OPTIONS, people=400, ramps=0.0, size=(0.4, 0.4), length_days=(30, 30)), seed=2)
    for emotion in OPTIONS.emotions:
        changed = [life for life in steps if life.person.story.plants(emotion)]
        spans = [(life, life.person.story.onset, life.person.story.end) for life in changed]
        before = np.sum([share(life, emotion, 0, onset) for life, onset, _ in spans], axis=0)
        within = np.sum([share(life, emotion, onset, end) for life, onset, end in spans], axis=0)
        usual = before[0] / before[1]
        assert within[0] / within[1] == pytest.approx(0.6 * usual + 0.4, abs=0.05)


def test_a_ramp_climbs_and_a_step_does_not() -> None:
    for life in told((STEP, RAMP)):
        story = life.person.story
        moved = story.moved(OPTIONS.days)
        assert not moved[: story.onset].any()
        assert not moved[story.end :].any()
        assert (moved[story.onset] < 0.5 * story.size) == (story.kind == RAMP)


def test_decoys_are_what_they_are_called() -> None:
    for life in told((BURST,)):
        story = life.person.story
        inside = share(life, "joy", story.onset, story.end)[1] / (story.end - story.onset)
        assert inside > 2 * life.person.rate
    bad = [
        share(life, life.person.story.emotion, life.person.story.onset, life.person.story.end)
        for life in told((BAD_DAY,))
    ]
    assert np.sum(bad, axis=0)[0] > 0.8 * np.sum(bad, axis=0)[1] > 5
    assert all(life.person.story.size <= 0.1 for life in told((MILD,)))
    low = np.sum([share(life, life.person.story.emotion, 0, 60) for life in told((LOW,))], axis=0)
    assert low[0] / low[1] > 0.3


def test_what_is_not_in_the_mix_is_never_written() -> None:
    mix = tuple(0.5 if emotion in ("joy", "sadness") else 0.0 for emotion in EMOTIONS)
    lives = compose(replace(OPTIONS, people=40, mix=mix, emotions=("sadness",)), seed=1)
    written = np.concatenate([life.feelings for life in lives])
    assert {EMOTIONS[place] for place in np.unique(written)} == {"joy", "sadness"}


def test_hours_are_closed_in_order_and_hold_their_own_posts() -> None:
    keys: set[str] = set()
    for history in histories(LIVES[:30], POOL, MODEL, 1):
        ends = [period.end for period in history.periods]
        assert ends == sorted(set(ends))
        for period in history.periods:
            assert period.end - period.start == timedelta(hours=1)
            assert all(period.start <= post.sent_at < period.end for post in period.posts)
            keys |= {post.key for post in period.posts}
        moments = [(post.sent_at - START).total_seconds() for period in history.periods for post in period.posts]
        assert moments == list(history.moments)
    assert len(keys) == sum(len(life.moments) for life in LIVES[:30])


def scores(track: str) -> list[tuple[int, ...]]:
    found = histories(LIVES[:30], POOL, track, 1)
    return [post.scores for history in found for period in history.periods for post in period.posts]


def test_each_track_scores_the_same_posts_its_own_way() -> None:
    feelings = np.concatenate([life.feelings for life in LIVES[:30]])
    assert [row.index(1000) for row in scores(ORACLE)] == feelings.tolist()
    assert [row[0] // 10 for row in scores(MODEL)] == feelings.tolist()
    assert {row[0] for row in scores(MODEL)} == {row[0] for rows in POOL.values() for row in rows.tolist()}
    permuted = scores(PERMUTED)
    assert sorted(permuted) == sorted(scores(MODEL))
    right = np.mean([row[0] // 10 == feeling for row, feeling in zip(permuted, feelings, strict=True)])
    assert right < 0.4  # by luck: neutral alone is two in five of all


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"people": 0}, "at least 1"),
        ({"emotions": ("grief",)}, "no emotion"),
        ({"planted": 1.5}, "between 0 and 1"),
        ({"planted": 0.4, "decoys": 0.3}, "too few steady people"),
        ({"mix": (0.5, 0.5)}, "add up to 1"),
        ({"size": (0.6, 0.2)}, "a range goes from"),
        ({"size": (0.2, 1.2)}, "at most all posts"),
        ({"day_shape": 0.0}, "above 0"),
        ({"gap_days": 0.0}, "a gap lasts a day"),
        ({"onset_before_end": 0}, "after its onset"),
        ({"days": 40}, "more --days"),
    ],
)
def test_options_that_compose_nothing_are_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(AlertError, match=says):
        HistoryOptions(**changed)
