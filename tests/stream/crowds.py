"""A small community whose people write several times a day, and rules that look at people, channels and all."""

import random
from datetime import datetime, timedelta
from typing import Any

from alerts.null import Line, Null
from alerts.rules import Rule, Rules, parse_rules
from tests.stream.helpers import NOW, record, spike

BEGIN = NOW - timedelta(days=20)
CALM = ("the table is made of wood", "we went to the market", "the train is at noon", "what a happy morning")
SAD = "i feel so sad and hopeless"
AFRAID = "i am scared and afraid"
RULES = """
[[rules]]
name = "everybody-sad"
detector = "cohort"
subject = "community"
emotion = "sadness"
threshold = 4
warmup_days = 2
min_people = 10
few = 3
cooldown_hours = 24
cover_hours = 24

[[rules]]
name = "somebody-sad"
detector = "level"
subject = "person"
emotion = "sadness"
threshold = 0.3
days = 1
min_posts = 2
min_days = 1
cooldown_hours = 48
high = 1.5
escalate = 1.5

[[rules]]
name = "somebody-afraid"
detector = "level"
subject = "person"
emotion = "fear"
threshold = 0.25
days = 2
min_posts = 4
min_days = 2
medium = 1.3
high = 4
escalate = 1.5
cooldown_hours = 96

[[rules]]
name = "angry-channel"
detector = "spike"
subject = "channel"
emotion = "anger"
threshold = 3
prior = 0.12
warmup_posts = 20
"""


CHANCE = Null(
    detector="level",
    emotion="fear",
    days=Line(level=0, slope=8, low=0.1, high=1),
    alerts=Line(level=0, slope=8, low=0.1, high=1),
    active_days=300,
)
FDR = 0.1


def crowd_rules() -> Rules:
    """`somebody-afraid` asks for a day's discovery control.

    It has the plainest detector and a null of its own, so that nothing moves here when trends are tuned.
    """
    return Rules(tuple(map(_with_control, parse_rules(RULES).all)))


def _with_control(rule: Rule) -> Rule:
    if rule.options.name != "somebody-afraid":
        return rule
    found = Rule(rule.options.model_copy(update={"fdr": FDR}))
    vars(found)["null"] = CHANCE
    return found


def crowd(people: int = 40, days: int = 8, moved: tuple[int, int] = (6, 7), seed: int = 1) -> list[dict[str, Any]]:
    """Everybody writes every five hours or so; from one day to another all are sad. A few grow afraid meanwhile."""
    rng = random.Random(seed)
    posts = []
    for person in range(people):
        at = rng.uniform(0, 5)
        while at < days * 24:
            posts.append(_post(rng, len(posts), person, at, sad=moved[0] * 24 <= at < moved[1] * 24))
            at += rng.uniform(3, 7)
    angry = spike(90_000, BEGIN + timedelta(days=4, hours=3), people=30)
    return sorted([*posts, *angry], key=moment)


def _post(rng: random.Random, number: int, person: int, at: float, *, sad: bool) -> dict[str, Any]:
    words = rng.choice(CALM)
    if (sad and rng.random() < 0.8) or rng.random() < 0.05:
        words = SAD
    elif person < 8 and at > 72 and rng.random() < 0.1 * person:
        words = AFRAID
    return record(
        500_000 + number,
        author=f"neighbour-{person}",
        text=f"{words} {number}",
        sent_at=(BEGIN + timedelta(hours=at, seconds=rng.random())).isoformat(),
        channel=f"channel-{person % 3}",
    )


def moment(post: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(str(post["sent_at"]))
