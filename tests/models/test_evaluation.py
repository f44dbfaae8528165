"""Figures against scikit-learn and SciPy, and which question a model is asked when schemes differ."""

import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as known

from models.data.read import read_rows
from models.data.rows import Row
from models.errors import DataUnusable
from models.evaluation.alignment import aligned
from models.evaluation.evaluate import evaluate
from models.evaluation.paired import mcnemar
from models.labels import Scheme
from models.load import SHIPPED, load_classifier
from models.schemes import scheme
from tests.models.said import Said, tiny_classifier

DAIR = scheme("dair")


def drawn(labels: Scheme, rows: int = 400, seed: int = 3) -> tuple[list[Row], Said]:
    """Single-label rows, and a model that leans towards their truth."""
    chance = np.random.default_rng(seed)
    truth = chance.integers(len(labels.labels), size=rows)
    chances = chance.dirichlet(np.full(len(labels.labels), 0.5), size=rows)
    chances[np.arange(rows), truth] += 0.4
    chances /= chances.sum(axis=1, keepdims=True)
    texts = [f"text {number}" for number in range(rows)]
    said = Said(labels, dict(zip(texts, chances.tolist(), strict=True)))
    return [Row(text, (labels.labels[at],)) for text, at in zip(texts, truth, strict=True)], said


def drawn_several(rows: int = 300) -> tuple[Scheme, list[Row], Said]:
    labels = scheme("goemotions")
    chance = np.random.default_rng(4)
    truth = chance.random((rows, len(labels.labels))) < 0.15
    truth[np.arange(rows), chance.integers(len(labels.labels), size=rows)] = True
    chances = np.clip(0.6 * truth + 0.6 * chance.random(truth.shape), 0, 1)
    texts = [f"text {number}" for number in range(rows)]
    said = Said(labels, dict(zip(texts, chances.tolist(), strict=True)))
    return labels, [Row(t, tuple(np.array(labels.labels)[row])) for t, row in zip(texts, truth, strict=True)], said


def indices(labels: Scheme, rows: Sequence[Row]) -> list[int]:
    return [labels.labels.index(row.labels[0]) for row in rows]


def test_single_label_figures_are_those_of_scikit_learn() -> None:
    rows, said = drawn(DAIR)
    found = evaluate(said, DAIR, rows)
    truth = indices(DAIR, rows)
    chances = said.predict([row.text for row in rows]).own
    guess = chances.argmax(axis=1)
    assert found["n"] == len(rows)
    assert found["accuracy"] == pytest.approx(known.accuracy_score(truth, guess))
    assert found["confusion"] == known.confusion_matrix(truth, guess).tolist()
    for average in ("macro", "weighted"):
        expected = known.precision_recall_fscore_support(truth, guess, average=average)[:3]
        got = [found[f"{average}_{name}"] for name in ("precision", "recall", "f1")]
        assert got == pytest.approx(list(expected))
    expected = np.array(known.precision_recall_fscore_support(truth, guess)).T
    got = [[row[name] for name in ("precision", "recall", "f1", "support")] for row in found["per_class"].values()]
    assert np.array(got) == pytest.approx(expected)
    assert found["brier"] == pytest.approx(known.brier_score_loss(truth, chances, scale_by_half=False))


def test_multi_label_figures_are_those_of_scikit_learn() -> None:
    labels, rows, said = drawn_several()
    found = evaluate(said, labels, rows)
    true = np.array([[label in row.labels for label in labels.labels] for row in rows])
    chances = said.predict([row.text for row in rows]).own
    guess = chances >= 0.5
    assert found["accuracy"] == pytest.approx(known.accuracy_score(true, guess))
    for average in ("macro", "micro", "weighted"):
        assert found[f"{average}_f1"] == pytest.approx(known.f1_score(true, guess, average=average))
    assert found["confusion"] == known.multilabel_confusion_matrix(true, guess).tolist()
    assert found["brier"] == pytest.approx(((chances - true) ** 2).mean())


def test_a_multi_label_model_says_yes_from_its_stored_thresholds(tmp_path: Path) -> None:
    model = tiny_classifier(tmp_path / "model", "goemotions")
    manifest = model.manifest
    low = {label: point.model_copy(update={"threshold": 1}) for label, point in manifest.label_thresholds.items()}
    model.manifest = manifest.model_copy(update={"label_thresholds": low})
    rows = [Row("sad day", ("sadness",)), Row("happy day", ("joy",))]
    found = evaluate(model, model.scheme, rows)
    assert found["per_class"]["sadness"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1}


# --- intervals ----------------------------------------------------------------------------------------------


def by_hand(truth: "np.ndarray", guess: "np.ndarray", resamples: int) -> dict[str, list[float]]:
    """The bootstrap as textbooks write it: draw rows, measure again."""
    chance = np.random.default_rng(1)
    figures = []
    for _ in range(resamples):
        at = chance.integers(len(truth), size=len(truth))
        pair = truth[at], guess[at]
        f1s = [known.f1_score(*pair, average=average) for average in ("macro", "weighted")]
        figures.append([known.accuracy_score(*pair), *f1s])
    edges = np.percentile(np.array(figures), [2.5, 97.5], axis=0)
    return dict(zip(("accuracy", "macro_f1", "weighted_f1"), edges.T.tolist(), strict=True))


def test_intervals_are_those_of_a_row_by_row_bootstrap() -> None:
    rows, said = drawn(DAIR, rows=600)
    guess = said.predict([row.text for row in rows]).own.argmax(axis=1)
    expected = by_hand(np.array(indices(DAIR, rows)), guess, resamples=300)
    found = evaluate(said, DAIR, rows)["intervals"]
    for name, edges in expected.items():
        assert found[name] == pytest.approx(edges, abs=0.012), name


def test_multi_label_intervals_are_those_of_a_row_by_row_bootstrap() -> None:
    labels, rows, said = drawn_several()
    found = evaluate(said, labels, rows)["intervals"]
    true = np.array([[label in row.labels for label in labels.labels] for row in rows])
    guess = said.predict([row.text for row in rows]).own >= 0.5
    expected = by_hand(true, guess, resamples=150)
    for name, edges in expected.items():
        assert found[name] == pytest.approx(edges, abs=0.015), name


def test_the_same_rows_give_the_same_intervals() -> None:
    rows, said = drawn(DAIR)
    assert evaluate(said, DAIR, rows)["intervals"] == evaluate(said, DAIR, rows)["intervals"]


# --- calibration --------------------------------------------------------------------------------------------


def test_figures_without_the_temperature_are_those_of_the_bare_logits(tmp_path: Path) -> None:
    hot, bare = (tiny_classifier(tmp_path / str(t), temperature=t) for t in (2.5, 1.0))
    rows = [Row("sad day", ("sadness",)), Row("happy good day", ("joy",)), Row("wow", ("surprise",))]
    found, expected = evaluate(hot, DAIR, rows), evaluate(bare, DAIR, rows)
    assert found["temperature"] == 2.5
    assert found["brier"] != pytest.approx(expected["brier"])
    assert found["brier_uncalibrated"] == pytest.approx(expected["brier"])
    assert found["ece_uncalibrated"] == pytest.approx(expected["ece"])


def test_a_model_that_was_never_calibrated_has_temperature_one() -> None:
    rows, said = drawn(DAIR)
    found = evaluate(said, DAIR, rows)
    assert found["temperature"] == 1.0
    assert found["ece"] == pytest.approx(found["ece_uncalibrated"])


# --- the paired test ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mine", "theirs"), [(0, 0), (1, 0), (3, 9), (9, 3), (12, 12), (24, 0)])
def test_few_differing_rows_are_judged_by_the_exact_binomial(mine: int, theirs: int) -> None:
    first = np.array([True] * mine + [False] * theirs + [True] * 50)
    second = np.array([False] * mine + [True] * theirs + [True] * 50)
    found = mcnemar(first, second)
    expected = stats.binomtest(mine, mine + theirs).pvalue if mine + theirs else 1.0
    assert found["test"] == "exact binomial"
    assert found["p"] == pytest.approx(expected)


@pytest.mark.parametrize(("mine", "theirs"), [(25, 0), (13, 12), (40, 60), (300, 200)])
def test_many_differing_rows_are_judged_by_chi_squared_with_correction(mine: int, theirs: int) -> None:
    first = np.array([True] * mine + [False] * theirs)
    found = mcnemar(first, ~first)
    statistic = max(0, abs(mine - theirs) - 1) ** 2 / (mine + theirs)
    assert found["statistic"] == pytest.approx(statistic)
    assert found["p"] == pytest.approx(stats.chi2.sf(statistic, 1))


def test_a_model_does_not_differ_from_itself() -> None:
    rows, said = drawn(DAIR)
    test = evaluate(said, DAIR, rows, against=said)["mcnemar"]
    assert (test["n"], test["p"], test["accuracy"]) == (len(rows), 1.0, test["other_accuracy"])


def test_models_of_different_schemes_are_compared_in_the_canonical_seven_on_rows_both_know() -> None:
    texts = ["a", "b", "c", "d"]
    rows = [Row(t, (e,)) for t, e in zip(texts, ("joy", "anger", "neutral", "love"), strict=True)]
    one, other = scheme("canonical"), scheme("ekman")
    seven = Said(one, {t: np.eye(7)[one.labels.index(row.labels[0])] for t, row in zip(texts, rows, strict=True)})
    disgusted = Said(other, dict.fromkeys(texts, np.eye(7)[1]))
    test = evaluate(seven, one, rows, against=disgusted)["mcnemar"]
    assert (test["n"], test["measured_in"]) == (3, "canonical")  # nobody of Ekman's says love
    assert (test["accuracy"], test["other_accuracy"]) == (1.0, pytest.approx(1 / 3))  # disgust counts as anger


# --- which labels are asked for -----------------------------------------------------------------------------


def test_a_label_that_no_row_has_is_not_asked_for_unless_all_are() -> None:
    seven = scheme("canonical")
    said = Said(seven, {"x": [0.3, 0, 0, 0, 0, 0, 0.7], "y": [0, 0.3, 0, 0, 0, 0, 0.7]})
    rows = [Row("x", ("sadness",)), Row("y", ("joy",))]
    assert evaluate(said, DAIR, rows)["accuracy"] == 1.0
    found = evaluate(said, DAIR, rows, every_label=True)
    assert (found["accuracy"], found["labels_asked"]) == (0.0, "all")
    assert found["labels"] == list(seven.labels)
    assert sum(map(sum, found["confusion"])) == 2


def test_rows_that_mean_nothing_to_the_model_are_left_out_and_counted() -> None:
    rows, said = drawn(DAIR, rows=50)
    neutral = [Row(rows[0].text, ("neutral",))] * 7
    found = evaluate(said, scheme("canonical"), [*rows, *neutral])
    assert (found["n"], found["left_out"]) == (50, 7)


@pytest.mark.parametrize(
    ("data", "model", "how", "measured_in", "truth"),
    [
        ("dair", "dair", "own labels", "dair", "love"),
        ("dair", "ekman", "data projected", "ekman", "joy"),
        ("dair", "binary", "data projected", "binary", "positive"),
        ("binary", "dair", "scores added up", "binary", "positive"),
        ("binary", "canonical", "scores added up", "binary", "positive"),
        ("dair", "canonical", "folded", "canonical", "love"),
        ("dair", "goemotions", "folded", "canonical", "love"),
        ("goemotions", "goemotions", "own labels", "goemotions", "love"),
        ("goemotions", "ekman", "data projected", "ekman", "joy"),
        ("goemotions", "canonical-multi", "data projected", "canonical-multi", "love"),
        ("dair", "canonical-multi", "folded", "canonical", "love"),
        ("goemotions", "dair", "folded", "canonical", "love"),
        ("ekman", "dair", "scores added up", "ekman", "joy"),
        ("ekman", "canonical", "folded", "canonical", "joy"),
    ],
)
def test_data_and_model_meet_in_the_finest_labels_both_have(
    data: str, model: str, how: str, measured_in: str, truth: str
) -> None:
    label = {"binary": "positive", "ekman": "joy"}.get(data, "love")
    own = scheme(model)
    saved = Scheme(own.name, own.labels, own.mapping, multi=own.multi)  # as a manifest keeps it: without tables
    question = aligned([Row("x", (label,))], scheme(data), saved)
    assert (question.how, question.scheme.name, question.rows[0].labels) == (how, measured_in, (truth,))


def test_scores_are_added_up_for_coarser_data() -> None:
    said = Said(DAIR, {"x": [0.2, 0.3, 0.05, 0.2, 0.2, 0.05], "y": [0, 0.9, 0.1, 0, 0, 0]})
    found = evaluate(said, scheme("binary"), [Row("x", ("negative",)), Row("y", ("positive",))])
    assert (found["accuracy"], found["labels"]) == (1.0, ["negative", "positive"])


def test_folding_can_be_asked_for() -> None:
    labels, rows, said = drawn_several()
    found = evaluate(said, labels, rows, fold=True)
    assert (found["measured_in"], found["how"]) == ("canonical", "folded")
    assert found["n"] + found["left_out"] == len(rows)


def test_the_shipped_model_measures_what_its_folder_says() -> None:
    model = load_classifier("bilstm-en-1")
    stored = json.loads((SHIPPED / "bilstm-en-1" / "model.json").read_text())
    read = read_rows("emotion")
    found = evaluate(model, read.scheme, read.rows)
    figures = stored["metrics"]["test"]["emotion"]
    for name in ("accuracy", "macro_f1", "ece"):
        assert found[name] == pytest.approx(figures[name], abs=6e-5), name


# --- bad input ----------------------------------------------------------------------------------------------


def test_rows_of_one_label_are_refused_because_nobody_could_be_wrong() -> None:
    rows, said = drawn(DAIR)
    joy = [row for row in rows if row.labels == ("joy",)]
    with pytest.raises(DataUnusable, match=r"one label only \(joy\).*--all-labels"):
        evaluate(said, DAIR, joy)
    assert 0 < evaluate(said, DAIR, joy, every_label=True)["accuracy"] < 1


def test_no_rows_and_rows_without_meaning_are_refused() -> None:
    _, said = drawn(DAIR)
    with pytest.raises(DataUnusable, match="holds no row"):
        evaluate(said, DAIR, [])
    with pytest.raises(DataUnusable, match="No row of the data means anything"):
        evaluate(said, scheme("canonical"), [Row("text 1", ("neutral",))])


# --- mistakes -----------------------------------------------------------------------------------------------


def test_mistakes_are_the_surest_wrong_rows_and_only_there_on_request() -> None:
    rows, said = drawn(DAIR)
    found = evaluate(said, DAIR, rows, mistakes=5)["mistakes"]
    assert len(found) == 5
    assert [one["chance"] for one in found] == sorted((one["chance"] for one in found), reverse=True)
    assert all(one["true"] != one["said"] and rows[one["row"] - 1].text == one["text"] for one in found)
    assert "text" not in json.dumps(evaluate(said, DAIR, rows))


def test_no_figure_is_infinite_or_missing() -> None:
    labels, rows, several = drawn_several(40)
    single, said = drawn(DAIR, rows=20)
    for found in (evaluate(said, DAIR, single), evaluate(several, labels, rows)):
        numbers = [value for value in found.values() if isinstance(value, float)]
        assert all(map(math.isfinite, numbers))
