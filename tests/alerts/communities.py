"""Composed communities of some hundred people, seeded: what the cohort rules are measured on.

Everybody has a rate, a waking rhythm and a mix of feelings of their own; the mix of all moves with the hour of
the day and wanders from day to day. A happening moves a share of everybody's posts to one emotion for hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from alerts.detectors.cohort import CohortHour
from models.labels import EMOTIONS

START = datetime(2024, 1, 1, tzinfo=UTC)
USUAL = {"sadness": 0.10, "joy": 0.22, "love": 0.06, "anger": 0.09, "fear": 0.05, "surprise": 0.06, "neutral": 0.42}
REST = 6
CHANNELS = 8
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Community:
    """How many people, and how they live together."""

    people: int = 400
    days: int = 120
    rate: float = 1.55  # posts a day of the middle person
    rhythm: float = 0.3  # depth of the daily rhythm of sadness and fear, in log units
    wander: float = 0.12  # spread of a day's common mood, in log units
    drift: float = 0.0  # how far sadness climbs over the whole time, in log units


@dataclass(frozen=True)
class Happening:
    """From `begin` (in hours) on, for `hours`, this share of everybody's posts is about one emotion."""

    emotion: str
    begin: int
    hours: int
    share: float
    volume: float = 1.0  # times the usual number of posts
    people: int | None = None  # only so many, who then write `volume` times as much; None: everybody
    channel: int | None = None  # only those who write there, and only there


def compose(community: Community, happenings: Sequence[Happening], seed: int) -> list[CohortHour]:
    """All hours in which somebody spoke, in order."""
    rng = np.random.default_rng(seed)
    hours = community.days * 24
    rates = _rates(community, rng)[None, :] * _awake(community, rng)[np.arange(hours) % 24]  # (hours, people)
    rates = rates * rng.gamma(2.0, 0.5, (community.days, community.people)).repeat(24, axis=0)
    mixes = rng.dirichlet(15 * np.array([USUAL[name] for name in EMOTIONS]), community.people)
    for each in happenings:
        rates[each.begin : each.begin + each.hours, _whom(each, community)] *= each.volume
    counts = rng.poisson(rates)
    hour, person = (place.repeat(counts.ravel()) for place in map(np.ravel, np.indices(counts.shape)))
    shares = mixes[person] * _moods(community, rng)[hour]  # (posts, 7)
    shares /= shares.sum(axis=1, keepdims=True)
    for each in happenings:
        told = (hour >= each.begin) & (hour < each.begin + each.hours) & np.isin(person, _whom(each, community))
        shares[told] *= 1 - each.share
        shares[told, EMOTIONS.index(each.emotion)] += each.share
    return _hours(hour, person, _scores(shares, rng), community)


def _whom(happening: Happening, community: Community) -> npt.NDArray[np.int64]:
    people = np.arange(happening.people or community.people)
    return people if happening.channel is None else people[people % CHANNELS == happening.channel]


def _rates(community: Community, rng: np.random.Generator) -> Floats:
    return np.clip(community.rate * np.exp(1.04 * rng.standard_normal(community.people)), 0.2, 12)


def _awake(community: Community, rng: np.random.Generator) -> Floats:
    """(24, people): when each of them writes."""
    peaks = rng.normal(18.5, 3.5, community.people)
    awake = 0.05 + 0.95 * (0.5 + 0.5 * np.cos((np.arange(24)[:, None] + 0.5 - peaks) * np.pi / 12)) ** 2
    return np.asarray(awake / awake.sum(axis=0))


def _moods(community: Community, rng: np.random.Generator) -> Floats:
    """(hours, 7): what the time does to everybody's mix."""
    hours = np.arange(community.days * 24)
    daily = np.zeros((community.days, len(EMOTIONS)))
    for day in range(1, community.days):
        daily[day] = 0.7 * daily[day - 1] + community.wander * np.sqrt(1 - 0.49) * rng.standard_normal(len(EMOTIONS))
    moved = daily.repeat(24, axis=0)
    night = community.rhythm * np.cos((hours - 2) * np.pi / 12)
    for emotion in ("sadness", "fear"):
        moved[:, EMOTIONS.index(emotion)] += night
    moved[:, EMOTIONS.index("sadness")] += community.drift * hours / len(hours)
    return np.asarray(np.exp(moved))


def _scores(shares: Floats, rng: np.random.Generator) -> Floats:
    """(posts, 7): read rightly nine times in ten, and then about .88 sure."""
    felt = (rng.random((len(shares), 1)) > shares.cumsum(axis=1)[:, :-1]).sum(axis=1)
    wrong = rng.random(len(shares)) > 0.9
    read = np.where(wrong, rng.integers(len(EMOTIONS), size=len(shares)), felt)
    sure = rng.beta(7, 1, len(shares))
    rest = rng.random(shares.shape) ** 3
    rest[np.arange(len(shares)), read] = 0
    scores = rest / rest.sum(axis=1, keepdims=True) * (1 - sure)[:, None]
    scores[np.arange(len(shares)), read] = sure
    return np.asarray(np.round(1000 * scores))


def _hours(hour: Floats, person: Floats, scores: Floats, community: Community) -> list[CohortHour]:
    voices, place, posts = np.unique(hour * community.people + person, return_inverse=True, return_counts=True)
    sums = np.zeros((len(voices), len(EMOTIONS)))
    np.add.at(sums, place, scores)
    means = np.round(sums / posts[:, None]).astype(int)
    heard = _heard(voices, community.people)
    voices, means = voices[heard], means[heard]
    spoken, person = divmod(voices, community.people)
    places, at, people = np.unique(spoken * CHANNELS + person % CHANNELS, return_inverse=True, return_counts=True)
    totals = np.zeros((len(places), len(EMOTIONS)), dtype=int)
    np.add.at(totals, at, means)
    circles: dict[int, dict[int, tuple[int, list[int]]]] = {}
    for place, count, total in zip(places.tolist(), people.tolist(), totals.tolist(), strict=True):
        circles.setdefault(place // CHANNELS, {})[place % CHANNELS] = (count, total)
    return [CohortHour(_time(hour), _time(hour + 1), (), each) for hour, each in circles.items()]


def _heard(voices: npt.NDArray[np.int64], people: int) -> list[int]:
    """The places of the voices that count: of each person one in so many hours."""
    last: dict[int, int] = {}
    places = []
    for place, voice in enumerate(voices.tolist()):
        hour, person = divmod(voice, people)
        if hour - last.get(person, -REST) >= REST:
            last[person] = hour
            places.append(place)
    return places


def _time(hour: float) -> datetime:
    return START + timedelta(hours=float(hour))
