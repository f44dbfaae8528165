"""Ten labellers, one of them hostile: what the weights are worth. `python -m benchmarks.labelling`.

Texts are not needed: truths are drawn with the class mix of the dair-ai training rows, and labellers answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from models.labelling.consensus import Consensus, consensus
from models.labelling.judgements import Judgement
from models.labels import EMOTIONS

Random = np.random.Generator
Answer = Callable[[str, Random], str]
MIX = (0.27, 0.31, 0.08, 0.13, 0.11, 0.04, 0.06)  # of EMOTIONS
TURNED, INTO = "sadness", "joy"


@dataclass(frozen=True)
class Scene:
    """Who labels what. Every share is of the items."""

    hostile: Mapping[int, Answer] = field(default_factory=dict)  # the labeller's number: how it answers
    labellers: int = 10
    items: int = 2_000
    noise: float = 0.1
    twice: float = 0.1
    golden: float = 0.05
    guessed: float = 0.0  # how often the model is right; 0: there are no guesses
    greedy: float = 1.0  # how many times as many items as the others the hostile ones take


@dataclass(frozen=True)
class Labelled:
    truth: dict[str, str]
    judgements: list[Judgement]
    golden: dict[str, str]
    guesses: dict[str, dict[str, float]]


def careful(noise: float) -> Answer:
    def answer(truth: str, chance: Random) -> str:
        if chance.random() >= noise:
            return truth
        return str(chance.choice([label for label in EMOTIONS if label != truth]))

    return answer


def turner(noise: float = 0.1) -> Answer:
    """Careful, but for one class, which is turned always."""
    honest = careful(noise)
    return lambda truth, chance: INTO if truth == TURNED else honest(truth, chance)


def half_turner(noise: float = 0.1) -> Answer:
    """Turns every second one of the class."""
    honest = careful(noise)
    return lambda truth, chance: INTO if truth == TURNED and chance.random() < 0.5 else honest(truth, chance)


def at_random(_: str, chance: Random) -> str:
    return str(chance.choice(EMOTIONS))


def always(_: str, chance: Random) -> str:  # noqa: ARG001 an answer is asked with both
    return INTO


SCENES: dict[str, Scene] = {
    "nobody hostile": Scene(),
    "one turns a class": Scene({0: turner()}),
    "one turns every second one of a class": Scene({0: half_turner()}),
    "one answers at random": Scene({0: at_random}),
    "one always says joy": Scene({0: always}),
    "three collude on a class": Scene({0: turner(), 1: turner(), 2: turner()}),
    "one turns a class and takes five times as many": Scene({0: turner()}, greedy=5),
}


def label(scene: Scene, seed: int) -> Labelled:
    """Each item by one labeller, some by a second; some are golden."""
    chance = np.random.default_rng(seed)
    truths = [str(each) for each in chance.choice(EMOTIONS, p=MIX, size=scene.items)]
    share = np.array([scene.greedy if who in scene.hostile else 1.0 for who in range(scene.labellers)])
    judgements: list[Judgement] = []
    for item, truth in enumerate(truths):
        seen = 2 if chance.random() < scene.twice else 1
        for who in chance.choice(scene.labellers, p=share / share.sum(), size=seen, replace=False):
            answer = scene.hostile.get(int(who), careful(scene.noise))
            judgements.append(Judgement(str(item), f"labeller {who}", answer(truth, chance)))
    golden = {str(item): truth for item, truth in enumerate(truths) if chance.random() < scene.golden}
    guesses = _guesses(truths, scene.guessed, chance) if scene.guessed else {}
    return Labelled({str(item): truth for item, truth in enumerate(truths)}, judgements, golden, guesses)


def _guesses(truths: list[str], right: float, chance: Random) -> dict[str, dict[str, float]]:
    model = careful(1 - right)
    return {str(item): {model(truth, chance): 1.0} for item, truth in enumerate(truths)}


def plain(labelled: Labelled) -> dict[str, str]:
    """Without weights: golden items as they are, else what most say, else what the first said."""
    votes: dict[str, list[str]] = {}
    for judgement in labelled.judgements:
        votes.setdefault(judgement.item, []).append(judgement.label)
    return {item: max(said, key=said.count) for item, said in votes.items()} | labelled.golden


@dataclass(frozen=True)
class Outcome:
    """Shares of the labels given: how many are wrong, and how many of the class's items became the other."""

    wrong: float
    turned: float
    kept: float
    hostile: float  # the largest weight of a hostile labeller; 0 where there is none
    careful: float  # the smallest weight of a careful one


def weighed(scene: Scene, labelled: Labelled) -> Outcome:
    found: Consensus = consensus(labelled.judgements, labelled.golden, labelled.guesses)
    return _outcome(scene, labelled, {item: agreed.label for item, agreed in found.labels.items()}, found.weights)


def unweighed(scene: Scene, labelled: Labelled) -> Outcome:
    return _outcome(scene, labelled, plain(labelled), {})


def _outcome(scene: Scene, labelled: Labelled, labels: dict[str, str], weights: dict[str, float]) -> Outcome:
    hostile = {f"labeller {who}" for who in scene.hostile}
    of_class = [item for item in labels if labelled.truth[item] == TURNED]
    return Outcome(
        wrong=float(np.mean([labels[item] != labelled.truth[item] for item in labels])),
        turned=float(np.mean([labels[item] == INTO for item in of_class])),
        kept=len(labels) / len(labelled.truth),
        hostile=max((weights[who] for who in weights if who in hostile), default=0.0),
        careful=min((weights[who] for who in weights if who not in hostile), default=1.0),
    )


def main() -> None:
    print(f"{'scene':<48} seed golden guess | plain: wrong turned | weighed: wrong turned  kept hostile careful")
    for name, scene in SCENES.items():
        for golden, guessed in ((0.05, 0.0), (0.0, 0.0), (0.0, 0.7)):
            for seed in range(3):
                _print(name, scene, golden, guessed, seed)


def _print(name: str, scene: Scene, golden: float, guessed: float, seed: int) -> None:
    scene = replace(scene, golden=golden, guessed=guessed)
    labelled = label(scene, seed)
    before, after = unweighed(scene, labelled), weighed(scene, labelled)
    print(
        f"{name:<48} {seed:>4} {golden:>6} {guessed:>5} | {before.wrong:>12.3f} {before.turned:>6.3f} |"
        f" {after.wrong:>14.3f} {after.turned:>6.3f} {after.kept:>5.3f} {after.hostile:>7.3f} {after.careful:>7.3f}"
    )


if __name__ == "__main__":
    main()
