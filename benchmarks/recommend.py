"""Does the recommender find what suits a person? On invented tastes, against chance, likeness alone, emotion alone.

Hit rate: in how many cases one of the five told suits the person. nDCG: how many of the five do, earlier ones
counting more. Intervals are 95 %, over seeds; each seed makes a catalogue and people of its own.
"""

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from benchmarks.results import keep
from benchmarks.tastes import Taste, catalogue, taste
from models.classifier import Classifier
from models.load import load_classifier
from models.recommend.choose import nearest
from models.recommend.feeling import closeness
from models.recommend.lyrics import emotions_of
from models.recommend.similarity import Similarity, Weights

Floats = npt.NDArray[np.float64]
Way = Callable[[Floats, Floats, int], list[int]]
"""From whole likeness, emotion closeness (both (songs,)) and the liked place to places, best first."""

TOLD = 5
NEAREST = (10, 25, 50, 100)
OURS = "likeness, then emotion (25)"
RIVALS = ("chance", "likeness alone", "emotion alone")


def main() -> None:
    options = _options()
    found = measured(load_classifier(options.model), options.seeds, options.songs, options.people)
    print(f"{'':<30}{'hit rate at 5':>24}{'nDCG at 5':>24}")
    for way, row in found["ways"].items():
        print(f"{way:<30}{_shown(row['hit']):>24}{_shown(row['ndcg']):>24}")
    print(f"\n{OURS}, less:")
    for way, row in found["ours_less"].items():
        print(f"  {way:<28}{_shown(row['hit']):>24}{_shown(row['ndcg']):>24}")
    print("\nnDCG, ours less likeness alone, by how much emotion matters to a person:")
    for third, row in found["by_care"].items():
        print(f"  {third:<28}{_shown(row):>24}")
    keep("recommend", {"options": vars(options), **found})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--songs", type=int, default=400, help="in each catalogue (default 400)")
    parser.add_argument("--people", type=int, default=100, help="for each catalogue (default 100)")
    parser.add_argument("--model", default="bilstm-en-1")
    return parser.parse_args()


def measured(classifier: Classifier, seeds: int, songs: int, people: int) -> dict[str, Any]:
    """Every way on the same people. Two seeds at least, or there are no intervals."""
    told = [_seed(classifier, seed, songs, people) for seed in range(1, seeds + 1)]
    scores = np.array([one[0] for one in told])  # (seeds, ways, people, 2)
    care = np.array([one[1] for one in told])  # (seeds, people)
    names = list(ways(np.random.default_rng(0)))
    ours, means = names.index(OURS), scores.mean(axis=2)
    return {
        "ways": {way: _both(means[:, at]) for at, way in enumerate(names)},
        "ours_less": {way: _both(means[:, ours] - means[:, names.index(way)]) for way in RIVALS},
        "by_care": _by_care(scores[:, ours, :, 1] - scores[:, names.index("likeness alone"), :, 1], care),
    }


def ways(chance: np.random.Generator) -> dict[str, Way]:
    """By name; ours comes for several widths of the first step."""
    found: dict[str, Way] = {
        "chance": lambda like, _close, liked: [int(at) for at in chance.permutation(len(like)) if at != liked],
        "likeness alone": lambda like, _close, liked: nearest(like, liked, TOLD),
        "emotion alone": lambda _like, close, liked: [int(at) for at in np.argsort(-close) if at != liked],
    }
    return found | {f"likeness, then emotion ({width})": _ours(width) for width in NEAREST}


def _ours(width: int) -> Way:
    def told(like: Floats, close: Floats, liked: int) -> list[int]:
        return sorted(nearest(like, liked, width), key=lambda place: -close[place])

    return told


def _seed(classifier: Classifier, seed: int, songs: int, people: int) -> tuple[Floats, Floats]:
    """Scores (ways, people, 2) and how much emotion matters to each person (people,)."""
    chance = np.random.default_rng(seed)
    listed = catalogue(songs, chance)
    tastes = [taste(listed, max(songs // 40, 1), chance) for _person in range(people)]
    reader = _Reader(classifier)
    rows = emotions_of([one.item.lyrics for one in listed], reader)
    similarity = Similarity([one.item for one in listed], Weights())
    persons = [reader(person.posts).mean(axis=0) for person in tastes]
    tried = ways(np.random.default_rng(seed))
    scores = [[_score(way, one, who, similarity, rows) for one, who in zip(tastes, persons, strict=True)]
              for way in tried.values()]  # fmt: skip
    return np.array(scores), np.array([one.care[2] for one in tastes])


class _Reader:
    """All is English here, so there is nothing to route."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier, self.version = classifier, classifier.version

    def __call__(self, lines: Sequence[str]) -> Floats:
        return self._classifier.emotions(lines) / 1000.0


def _score(way: Way, person: Taste, feels: Floats, similarity: Similarity, rows: Floats) -> tuple[float, float]:
    told = way(similarity.to_item(person.liked).whole, closeness(rows, feels), person.liked)[:TOLD]
    suits = [place in person.relevant for place in told]
    return float(any(suits)), ndcg(suits, len(person.relevant))


def ndcg(suits: Sequence[bool], relevant: int) -> float:
    """
    >>> ndcg([True, True], 2), round(ndcg([False, True], 1), 2)
    (1.0, 0.63)
    """
    discounts = 1 / np.log2(np.arange(2, TOLD + 2))
    return float(discounts[: len(suits)][np.array(suits, dtype=bool)].sum() / discounts[:relevant].sum())


def _by_care(gain: Floats, care: Floats) -> dict[str, list[float]]:
    low, high = np.quantile(care, [1 / 3, 2 / 3])
    thirds = {"least third": care <= low, "middle third": (care > low) & (care <= high), "most third": care > high}
    return {
        name: interval(np.array([row[mask].mean() for row, mask in zip(gain, which, strict=True) if mask.any()]))
        for name, which in thirds.items()
    }


def _both(means: Floats) -> dict[str, list[float]]:
    """Of (seeds, 2)."""
    return {"hit": interval(means[:, 0]), "ndcg": interval(means[:, 1])}


def interval(values: Floats) -> list[float]:
    """Mean, and the edges of Student's 95 % interval over seeds."""
    half = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5)
    return [float(values.mean()), float(values.mean()) - half, float(values.mean()) + half]


def _shown(row: Sequence[float]) -> str:
    return f"{row[0]:.3f} [{row[1]:.3f}, {row[2]:.3f}]"


if __name__ == "__main__":
    main()
