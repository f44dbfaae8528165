"""The shipped Korean model and its two members are what their cards say, on the untouched test rows of KOTE."""

import re
from functools import cache

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from models.classify import ModelClassifier
from models.data.apart import disjoint
from models.data.corpora import load_known
from models.data.rows import Corpus, data_hash
from models.evaluation.calibration import calibration_error
from models.labels import EMOTIONS, Floats
from models.load import DEFAULTS, SHIPPED, load_classifier
from models.manifest import Manifest
from models.saved import read_manifest
from models.schemes import scheme
from models.training.measuring import measured
from models.training.targets import targets_of

MEMBERS = ("logistic-ko-1", "grams-ko-1")
BOTH = DEFAULTS["ko"]
ALL = (*MEMBERS, BOTH)
FLOOR = "logistic-ko-1"
"""TF-IDF of letter groups and a logistic regression: what the shipped model has to beat."""

BYTES = 8_000_000


@cache
def kote() -> Corpus:
    return load_known("kote").in_scheme(scheme("canonical-multi"))


@cache
def classifier(name: str) -> ModelClassifier:
    found = load_classifier(name)
    assert isinstance(found, ModelClassifier)
    return found


@cache
def chances(name: str) -> Floats:
    return classifier(name).predict([row.text for row in kote().test]).own


def manifest(name: str) -> Manifest:
    return read_manifest(SHIPPED / name)


def test_all_three_together_stay_small_and_hold_no_pickle() -> None:
    files = [path for name in ALL for path in (SHIPPED / name).iterdir()]
    assert sum(path.stat().st_size for path in files) <= BYTES
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".jsonl", ".txt", ".md"}


def test_the_ensemble_is_of_the_two_members_that_ship() -> None:
    card = (SHIPPED / BOTH / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\S+@\w+)`", card)) == {manifest(name).version for name in MEMBERS}


@pytest.mark.parametrize("name", ALL)
def test_the_figures_in_the_folder_are_measured_again(name: str) -> None:
    known = classifier(name).manifest
    again = measured(
        classifier(name).model, {"kote": kote().test}, kote().scheme, known.calibration, known.label_thresholds
    )
    assert again["kote"] == pytest.approx(known.metrics["test"]["kote"], abs=0.0015)
    assert again["kote"]["ece"] <= 0.03


def test_the_shipped_model_is_above_tfidf_and_logistic_regression_on_every_emotion() -> None:
    """By average precision, which no choice of a threshold can flatter; all seven have over 1,000 test rows."""
    truth = targets_of(kote().test, kote().scheme)
    assert truth.sum(axis=0).min() >= 1000
    ours, floor = (
        [average_precision_score(truth[:, column], chances(name)[:, column]) for column in range(len(EMOTIONS))]
        for name in (BOTH, FLOOR)
    )
    assert all(one > other for one, other in zip(ours, floor, strict=True)), np.round([ours, floor], 4)


def test_its_chances_over_all_emotions_are_calibrated() -> None:
    truth = targets_of(kote().test, kote().scheme)
    assert calibration_error(chances(BOTH), truth) <= 0.03


@pytest.mark.parametrize("name", ALL)
def test_each_was_made_from_the_rows_in_the_repository(name: str) -> None:
    assert manifest(name).data_sha256 == data_hash(disjoint([kote()]))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("file", ["README.md", "model.json"])
def test_each_says_under_which_terms_it_may_be_used(name: str, file: str) -> None:
    assert "MIT" in (SHIPPED / name / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("오늘은 정말 행복하고 즐거운 하루였어요", "joy"),
        ("너무 슬퍼서 눈물만 나네요", "sadness"),
        ("진짜 화나고 짜증난다", "anger"),
        ("무섭고 불안해서 잠이 안 와요", "fear"),
        ("강아지 너무 귀엽고 사랑스러워", "love"),
    ],
)
def test_plain_sentences_are_read_as_anybody_would(text: str, emotion: str) -> None:
    scores = dict(zip(EMOTIONS, classifier(BOTH).emotions([text])[0].tolist(), strict=True))
    feelings = sorted(scores, key=lambda name: -scores[name])
    assert emotion in feelings[:2], scores
