"""Composed channels, and what the shipped rule finds in them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.composed.channels import (
    BUCKET,
    GOAL,
    JOY,
    LOUD,
    SPIKE,
    Channel,
    ChannelOptions,
    Planted,
    compose_channels,
)
from alerts.evaluation.spikes import alerts_of, channel_rule, evaluate, figures
from alerts.evaluation.spikes import channels as channels_of
from models.labels import EMOTIONS
from tests.alerts.histories import START, score

SMALL = ChannelOptions(channels=3, days=30, posts_a_day=(20, 600), drifts=0)


def pool(seed: int) -> dict[str, list[tuple[int, ...]]]:
    rng = random.Random(seed)
    return {name: [score(rng, name) for _ in range(200)] for name in EMOTIONS}


def test_the_same_seed_composes_the_same_channels() -> None:
    first, again, other = (list(compose_channels(pool(1), replace(SMALL, days=15), seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_buckets_are_ordered_and_hold_their_own_posts_only() -> None:
    for channel in compose_channels(pool(1), SMALL, seed=3):
        starts = [bucket.start for bucket in channel.buckets]
        assert starts == sorted(set(starts))
        for bucket in channel.buckets:
            assert bucket.posts
            assert bucket.end - bucket.start == BUCKET
            assert all(bucket.start <= post.sent_at < bucket.end for post in bucket.posts)


def test_what_is_planted_is_there_and_nothing_overlaps() -> None:
    anger = EMOTIONS.index("anger")
    for channel in compose_channels(pool(1), SMALL, seed=4):
        spikes = [each for each in channel.planted if each.kind == SPIKE]
        assert spikes
        for one, other in zip(channel.planted, channel.planted[1:], strict=False):
            assert other.start - one.end > timedelta(hours=12)
        for spike in spikes:
            posts = [p for b in channel.buckets for p in b.posts if spike.start <= p.sent_at < spike.end]
            assert sum(post.scores[anger] for post in posts) / len(posts) > 250
            assert len({post.person for post in posts}) >= 5


def test_the_shipped_rule_finds_crowds_and_leaves_decoys_alone() -> None:
    found = figures(channel_rule(), (alerts_of(channel_rule(), each) for each in channels_of(pool(1), SMALL, (5, 6))))
    assert found.recall >= 0.8
    assert found.precision >= 0.75
    assert found.false_per_month <= 1
    assert found.delay is not None
    assert found.delay <= 30
    assert not {GOAL, JOY, LOUD} & found.false.keys()


def test_a_threshold_is_tuned_on_one_pool_and_scored_on_another() -> None:
    options = replace(SMALL, channels=2, posts_a_day=(20, 150))
    found = evaluate(pool(1), pool(2), options, seeds=(7,))
    assert found.as_dict()["recall"] == round(found.recall, 4) >= 0.6
    assert found.as_dict()["false_per_channel_month"] <= 1.5
    assert set(found.as_dict()) >= {"threshold", "precision", "median_delay_minutes", "false", "by_size", "spikes"}


def test_without_anger_in_the_texts_nothing_is_found() -> None:
    deaf = {name: pool(1)["joy"] for name in EMOTIONS}
    found = figures(channel_rule(), (alerts_of(channel_rule(), each) for each in channels_of(deaf, SMALL, (5,))))
    assert (found.found, found.alerts) == (0, 0)


@pytest.mark.parametrize(
    ("minutes", "outcome"), [([10], (1, {})), ([85], (1, {})), ([10, 50], (1, {})), ([95], (0, {GOAL: 1}))]
)
def test_alerts_are_matched_to_what_was_going_on(minutes: list[int], outcome: tuple[int, dict[str, int]]) -> None:
    hour = timedelta(hours=1)
    bucket = next(compose_channels(pool(1), SMALL, seed=1)).buckets[0]
    planted = [Planted(SPIKE, START, START + hour), Planted(GOAL, START + 1.25 * hour, START + 2 * hour)]
    channel = Channel("c", 10.0, [bucket], planted)
    found = figures(channel_rule(), [(channel, [START + timedelta(minutes=each) for each in minutes])])
    assert (found.found, found.false) == outcome
