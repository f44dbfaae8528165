"""The invented people of the bundled sample, and what each of them goes through."""

import random
from dataclasses import dataclass
from datetime import date

EMOTIONS = ("neutral", "joy", "surprise", "sadness", "anger", "love", "fear")
USUAL = (0.50, 0.20, 0.07, 0.08, 0.06, 0.05, 0.04)
DAYS = 70
CHANNELS = (
    "lamp-repair",
    "night-trains",
    "paper-kites",
    "slow-radio",
    "river-garden",
    "cloud-kitchen",
    "moss-club",
    "tide-pool",
)
_ADJECTIVES = (
    *(
        "amber",
        "brisk",
        "calm",
        "dusty",
        "early",
        "faded",
        "gentle",
        "hazel",
        "indigo",
        "jolly",
        "keen",
        "lunar",
    ),
    *("mellow", "nimble", "olive", "plain", "quiet", "rusty", "silver", "tidy", "umber", "velvet", "woolly"),
    "young",
)
_ANIMALS = (
    *("otter", "heron", "badger", "finch", "gecko", "lynx", "marten", "newt", "osprey", "puffin", "quail"),
    *("raven", "stoat", "tapir", "urchin", "vole", "walrus", "yak", "zebra", "bison", "crane", "dormouse"),
    *("egret", "ferret"),
)
CAST = {
    "sadness": 12,
    "fear": 8,
    "one bad day": 5,
    "burst": 3,
    "joy surge": 4,
    "always low": 3,
    "steady": 295,
}
"""How many people live each story; all but the first two are there not to be alerted on."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented author: habits, and a story with the days on which it begins and is at its full."""

    name: str
    story: str
    rate: float
    peak_hour: float
    channels: tuple[str, ...]
    mix: tuple[float, ...]
    begins: int = DAYS
    full: int = DAYS
    writes: str = "en"
    declares_language: bool = True

    def mix_on(self, day: float) -> tuple[float, ...]:
        """The shares of the emotions on a day: towards one emotion as the story goes on."""
        towards = {"sadness": "sadness", "fear": "fear", "joy surge": "joy"}.get(self.story)
        if towards is None or day < self.begins:
            return self.mix
        share = 0.8 * min(1.0, (day - self.begins) / (self.full - self.begins))
        return tuple(
            (1 - share) * usual + (share if emotion == towards else 0.0)
            for emotion, usual in zip(EMOTIONS, self.mix, strict=True)
        )


def people(rng: random.Random) -> list[Person]:
    """Everybody, the same for the same seed."""
    names = _names(rng, sum(CAST.values()))
    stories = [story for story, count in CAST.items() for _ in range(count)]
    return [_person(rng, name, story) for name, story in zip(names, stories, strict=True)]


def _names(rng: random.Random, count: int) -> list[str]:
    pairs = [f"{adjective}-{animal}" for adjective in _ADJECTIVES for animal in _ANIMALS]
    return [f"{pair}-{rng.randint(10, 99)}" for pair in rng.sample(pairs, count)]


def _person(rng: random.Random, name: str, story: str) -> Person:
    steady = story == "steady"
    rate = min(4.0, max(0.3, rng.lognormvariate(-0.25, 0.55))) if steady else rng.uniform(1.6, 2.8)
    begins = rng.randint(30, 38)
    writes = rng.choice(("es", "de", "fr", "ja")) if steady and rng.random() < 0.04 else "en"
    usual = (0.3, 0.1, 0.05, 0.42, 0.05, 0.04, 0.04) if story == "always low" else USUAL
    return Person(
        name=name,
        story=story,
        rate=rate,
        peak_hour=rng.gauss(18.5, 3.5) % 24,
        channels=tuple(rng.sample(CHANNELS, 2)),
        mix=_own_mix(rng, usual),
        begins=begins,
        full=begins + rng.randint(16, 24),
        writes=writes,
        declares_language=rng.random() < 0.95,
    )


def _own_mix(rng: random.Random, usual: tuple[float, ...]) -> tuple[float, ...]:
    """Nobody is quite average: a draw around the usual shares."""
    draws = [rng.gammavariate(60 * share, 1) for share in usual]
    return tuple(draw / sum(draws) for draw in draws)


def day_of(first: date, number: float) -> str:
    """
    >>> day_of(date(2025, 3, 3), 30)
    '2025-04-02'
    """
    return date.fromordinal(first.toordinal() + int(number)).isoformat()
