"""The shipped weights are what their card says, on the untouched test splits."""

import re

import numpy as np
import numpy.typing as npt
import pytest

from models.calibration import calibration_error
from models.data import data_hash, disjoint, load_corpora
from models.engine import NetworkClassifier
from models.labels import EMOTIONS
from models.load import DEFAULT, SHIPPED
from models.metrics import best_among, macro_f1
from models.saved import load_model

FOLDER = SHIPPED / DEFAULT


class Measured:
    """Chances and truths of both test splits, computed once through the engine."""

    def __init__(self) -> None:
        classifier = NetworkClassifier(load_model(FOLDER))
        self.manifest = classifier.manifest
        self.chances: dict[str, npt.NDArray[np.float64]] = {}
        self.truth: dict[str, npt.NDArray[np.int64]] = {}
        for corpus in load_corpora():
            self.chances[corpus.name] = classifier.probabilities([row.text for row in corpus.test])
            self.truth[corpus.name] = np.array([EMOTIONS.index(row.emotion) for row in corpus.test])

    def figures(self, name: str) -> dict[str, float]:
        chances, truth = self.chances[name], self.truth[name]
        guess = best_among(chances, np.unique(truth))
        return {
            "rows": len(truth),
            "accuracy": float((guess == truth).mean()),
            "macro_f1": macro_f1(truth, guess),
            "ece": calibration_error(chances, truth),
        }


@pytest.fixture(scope="module")
def measured() -> Measured:
    return Measured()


@pytest.mark.parametrize("name", ["emotion", "goemotions"])
def test_the_published_figures_are_measured_again(measured: Measured, name: str) -> None:
    assert measured.figures(name) == pytest.approx(measured.manifest.metrics["test"][name], abs=0.0015)


def test_the_default_model_clears_its_bars(measured: Measured) -> None:
    assert measured.figures("emotion")["accuracy"] >= 0.92
    assert measured.figures("goemotions")["macro_f1"] >= 0.60
    both = np.concatenate(list(measured.chances.values())), np.concatenate(list(measured.truth.values()))
    assert calibration_error(*both) <= 0.03


def test_the_card_quotes_the_figures_in_the_manifest(measured: Measured) -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    quoted = set(re.findall(r"\d*\.\d+", card))
    for name in ("emotion", "goemotions"):
        figures = measured.manifest.metrics["test"][name]
        assert {str(figures["accuracy"]), str(figures["macro_f1"])} <= quoted


def test_the_model_was_made_from_the_data_in_the_repository(measured: Measured) -> None:
    assert measured.manifest.data_sha256 == data_hash(disjoint(load_corpora()))


def test_the_folder_is_small_and_holds_no_pickle() -> None:
    files = [path for path in FOLDER.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 8_000_000
    assert {path.name for path in files} == {"model.safetensors", "model.json", "vocabulary.txt", "README.md"}


@pytest.mark.parametrize("name", ["README.md", "model.json"])
def test_the_folder_says_under_which_terms_it_may_be_used(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8").lower()
    assert "research" in text
    assert "cc by 4.0" in text
