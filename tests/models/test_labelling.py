"""Quality of labels: agreement, weights, consensus and what is missed."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from benchmarks.labelling import SCENES, Scene, at_random, careful, label, turner, unweighed, weighed
from models.labelling.agreement import cohen_kappa, krippendorff_alpha, shared
from models.labelling.consensus import consensus
from models.labelling.judgements import Judgement
from models.labelling.recall import Sample, recall
from models.labels import EMOTIONS

PUBLISHED = {  # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), the example with missing values
    "A": "123321412...",
    "B": "1233224125.3",
    "C": ".3332342251.",
    "D": "12332441251.",
}
HOSTILE = [name for name, scene in SCENES.items() if scene.hostile]


def test_alpha_is_that_of_the_published_example() -> None:
    judgements = [
        Judgement(str(item), who, said)
        for who, row in PUBLISHED.items()
        for item, said in enumerate(row)
        if said != "."
    ]
    found = krippendorff_alpha(judgements)
    assert found is not None
    assert round(found.value, 3) == 0.743
    assert found.low < 0.743 < found.high


def test_alpha_of_two_labellers_is_that_of_the_published_binary_example() -> None:
    rows = {"Meg": "0100000010", "Owen": "1110010000"}  # the same paper: two observers, ten units, alpha .095
    found = krippendorff_alpha(Judgement(str(i), who, said) for who, row in rows.items() for i, said in enumerate(row))
    assert found is not None
    assert round(found.value, 3) == 0.095


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.9])
def test_kappa_is_that_of_scikit_learn(noise: float) -> None:
    chance = np.random.default_rng(5)
    said = [(str(a), careful(noise)(str(a), chance)) for a in chance.choice(EMOTIONS, size=300)]
    found = cohen_kappa(said)
    assert found is not None
    assert found.value == pytest.approx(cohen_kappa_score(*zip(*said, strict=True)))


def test_the_interval_of_kappa_covers_the_truth_nineteen_times_of_twenty() -> None:
    chance, covered, truth = np.random.default_rng(6), 0, None
    everything = _pairs(chance, 100_000)
    truth = cohen_kappa(everything)
    assert truth is not None
    for _ in range(100):
        found = cohen_kappa(_pairs(chance, 120))
        assert found is not None
        covered += found.low <= truth.value <= found.high
    assert 88 <= covered <= 99


def _pairs(chance: np.random.Generator, count: int) -> list[tuple[str, str]]:
    drawn = chance.random((count, 2))
    return [("joy" if a < 0.6 else "fear", "joy" if (a < 0.6 and b < 0.9) or b < 0.2 else "fear") for a, b in drawn]


def test_pairs_of_labellers_are_found_whatever_the_order_of_what_they_said() -> None:
    said = [Judgement("1", "b", "joy"), Judgement("2", "a", "fear"), Judgement("1", "a", "love")]
    assert shared(said) == shared(said[::-1]) == {("a", "b"): [("love", "joy")]}


@pytest.mark.parametrize(
    ("name", "golden"), [(name, 0.05) for name in HOSTILE] + [(HOSTILE[0], 0.0), (HOSTILE[2], 0.0)]
)
def test_a_hostile_labeller_is_not_heard_and_turns_no_class(name: str, golden: float) -> None:
    scene = replace(SCENES[name], golden=golden)
    labelled = label(scene, seed=7)
    with_weights, without = weighed(scene, labelled), unweighed(scene, labelled)
    assert with_weights.hostile < 0.02
    assert with_weights.careful > 0.4
    assert with_weights.turned < 0.05
    assert with_weights.wrong < 0.125
    assert with_weights.wrong < without.wrong
    if "random" not in name:
        assert without.turned > 2 * with_weights.turned


def test_where_nobody_is_hostile_weights_cost_nothing() -> None:
    scene = SCENES["nobody hostile"]
    labelled = label(scene, seed=1)
    found = weighed(scene, labelled)
    assert found.kept == 1
    assert found.wrong <= unweighed(scene, labelled).wrong + 0.003


def test_the_guesses_of_a_model_tell_of_labellers_whom_nobody_else_checks() -> None:
    scene = Scene({0: turner(), 1: at_random}, twice=0.0, golden=0.0, guessed=0.7)
    labelled = label(scene, seed=3)
    assert weighed(scene, labelled).hostile < 0.02
    unchecked = weighed(scene, replace(labelled, guesses={}))
    assert unchecked.hostile > 0.1


def test_a_model_that_is_wrong_does_not_outvote_anybody() -> None:
    scene = Scene(golden=0.0, guessed=0.7)
    labelled = label(scene, seed=4)
    single = {item: agreed.label for item, agreed in consensus(labelled.judgements).labels.items()}
    said: dict[str, set[str]] = {}
    for judgement in labelled.judgements:
        said.setdefault(judgement.item, set()).add(judgement.label)
    hinted = consensus(labelled.judgements, guesses=labelled.guesses)
    assert all(agreed.label in said[item] for item, agreed in hinted.labels.items())
    assert all(hinted.labels[item].label == single[item] for item in said if len(said[item]) == 1)


def test_a_labeller_with_few_answers_keeps_nearly_the_weight_of_a_stranger() -> None:
    labelled = label(Scene(items=600), seed=2)
    golden = {"a": "joy", "b": "fear"}
    weights = {
        right: consensus(
            [*labelled.judgements, Judgement("a", "new", "joy" if right else "fear")], labelled.golden | golden
        ).weights["new"]
        for right in (True, False)
    }
    assert 0.5 < weights[False] < weights[True] < 0.95


def test_confidence_says_how_often_a_label_is_right() -> None:
    labelled = label(Scene({0: turner()}, twice=0.5), seed=9)
    found = consensus(labelled.judgements, labelled.golden)
    for low, high in ((0.5, 0.9), (0.9, 0.97), (0.97, 1.0)):
        judged = [item for item, agreed in found.labels.items() if low <= agreed.confidence < high]
        right = np.mean([found.labels[item].label == labelled.truth[item] for item in judged])
        said = np.mean([found.labels[item].confidence for item in judged])
        assert abs(right - said) < 0.08, (low, right, said, len(judged))


def test_the_order_of_judgements_decides_nothing_and_a_correction_counts_last() -> None:
    labelled = label(replace(SCENES["one turns a class"], items=500), seed=5)
    assert consensus(labelled.judgements) == consensus(labelled.judgements[::-1])
    first, corrected = Judgement("x", "labeller 3", "joy"), Judgement("x", "labeller 3", "fear")
    assert consensus([*labelled.judgements, first, corrected]).labels["x"].label == "fear"


def test_what_only_the_unbelievable_judged_has_no_label() -> None:
    labelled = label(SCENES["one answers at random"], seed=5)
    found = consensus([*labelled.judgements, Judgement("only", "labeller 0", "joy")], labelled.golden)
    assert "only" in found.unsettled
    assert not consensus([]).labels


@pytest.mark.parametrize(("precision", "missed"), [(0.8, 0.01), (0.6, 0.05), (0.9, 0.002)])
def test_the_interval_of_recall_covers_the_truth_nineteen_times_of_twenty(precision: float, missed: float) -> None:
    chance, covered, runs = np.random.default_rng(8), 0, 150
    true = 1_000 * precision / (1_000 * precision + 20_000 * missed)
    for _ in range(runs):
        flagged = Sample(1_000, 100, int(chance.binomial(100, precision)))
        found = recall(flagged, Sample(20_000, 400, int(chance.binomial(400, missed))))
        assert found is not None
        covered += found.low <= true <= found.high
    assert 0.9 * runs <= covered <= 0.995 * runs


def test_no_sample_no_estimate() -> None:
    assert recall(Sample(10, 0, 0), Sample(10, 5, 1)) is None
    assert krippendorff_alpha([Judgement("1", "a", "joy")]) is None
    assert cohen_kappa([]) is None
