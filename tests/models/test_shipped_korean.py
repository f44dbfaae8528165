"""The shipped Korean model and its two members are what their cards say, on the untouched test rows of KOTE."""

import re
from functools import cache

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
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
DATA = {"logistic-ko-1": "korean", "grams-ko-1": "kote", "duo-ko-1": "korean"}
"""What each was trained and measured on; `korean` has the validation and test rows of KOTE."""

BYTES = 8_000_000


@cache
def corpus(name: str) -> Corpus:
    return load_known(name).in_scheme(scheme("canonical-multi"))


def kote() -> Corpus:
    return corpus("kote")


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
    assert again["kote"] == pytest.approx(known.metrics["test"][DATA[name]], abs=0.0015)
    assert again["kote"]["ece"] <= 0.03


def average_precisions(found: Floats) -> list[float]:
    truth = targets_of(kote().test, kote().scheme)
    return [float(average_precision_score(truth[:, column], found[:, column])) for column in range(len(EMOTIONS))]


def floor() -> Floats:
    """TF-IDF of groups of letters and a logistic regression for each emotion, as scikit-learn has them."""
    known = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    learned = known.fit_transform([row.text for row in kote().train])
    asked = known.transform([row.text for row in kote().test])
    truth = targets_of(kote().train, kote().scheme)
    one = LogisticRegression(C=3, solver="liblinear")
    return np.stack([one.fit(learned, column).predict_proba(asked)[:, 1] for column in truth.T], axis=1)


def test_the_shipped_model_is_above_tfidf_and_logistic_regression_on_every_emotion() -> None:
    """By average precision, which no choice of a threshold can flatter; all seven have over 1,000 test rows."""
    assert targets_of(kote().test, kote().scheme).sum(axis=0).min() >= 1000
    ours, theirs = average_precisions(chances(BOTH)), average_precisions(floor())
    assert all(one > other for one, other in zip(ours, theirs, strict=True)), np.round([ours, theirs], 4)


def test_its_chances_over_all_emotions_are_calibrated() -> None:
    truth = targets_of(kote().test, kote().scheme)
    assert calibration_error(chances(BOTH), truth) <= 0.03


@pytest.mark.parametrize("name", ALL)
def test_each_was_made_from_the_rows_in_the_repository(name: str) -> None:
    assert manifest(name).data_sha256 == data_hash(disjoint([corpus(DATA[name])]))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("file", ["README.md", "model.json"])
def test_each_says_under_which_terms_it_may_be_used(name: str, file: str) -> None:
    assert "MIT" in (SHIPPED / name / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("죽고 싶다", "sadness"),
        ("죽고싶어", "sadness"),
        ("자살하고 싶어", "sadness"),
        ("요즘 사는게 너무 힘들다", "sadness"),
        ("너무 슬프고 우울해", "sadness"),
        ("오늘은 정말 행복하고 즐거운 하루였어요", "joy"),
        ("화가 나서 참을 수가 없다", "anger"),
        ("무서워서 집 밖에 못 나가겠어", "fear"),
        ("강아지 너무 귀엽고 사랑스러워", "love"),
        ("학교에 갔다", "neutral"),
        pytest.param("너무 외로워요", "sadness", marks=pytest.mark.xfail(reason="joy .279, sadness .270", strict=True)),
        pytest.param(
            "오늘 너무 우울하고 눈물이 난다",
            "sadness",
            marks=pytest.mark.xfail(reason="joy .43, sadness .36", strict=True),
        ),
    ],
)
def test_plain_sentences_get_the_plain_answer(text: str, emotion: str) -> None:
    """What it still gets wrong stands here too, and in docs/korean.md."""
    assert EMOTIONS[classifier(BOTH).emotions([text])[0].argmax()] == emotion
