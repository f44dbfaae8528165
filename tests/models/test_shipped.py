"""The shipped weights are what their cards say, on the untouched test splits."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from models.classify import ModelClassifier
from models.data.apart import disjoint
from models.data.corpora import canonical_corpora
from models.data.rows import data_hash
from models.evaluation.calibration import calibration_error
from models.evaluation.metrics import best_among, macro_f1
from models.labels import EMOTIONS
from models.load import DEFAULT, SHIPPED
from models.saved import load_model

LIMITS = {
    "bilstm-en-1": {"bytes": 8_000_000, "accuracy": 0.92, "macro_f1": 0.60},
    "minilm-en-1": {"bytes": 4_000_000, "accuracy": 0.925, "macro_f1": 0.63},
}
"""What each was asked to reach: size, accuracy on emotion among its six, macro-F1 on GoEmotions folded to seven."""

KOREAN = {"logistic-ko-1", "grams-ko-1", "duo-ko-1"}
"""Held in `test_shipped_korean.py`."""

FOLDERS = [pytest.param(SHIPPED / name, id=name) for name in LIMITS]


class Measured:
    """Chances and truths of both test splits, computed once through the engine."""

    def __init__(self, folder: Path) -> None:
        classifier = ModelClassifier(load_model(folder))
        self.manifest = classifier.manifest
        self.chances: dict[str, npt.NDArray[np.float64]] = {}
        self.truth: dict[str, npt.NDArray[np.int64]] = {}
        for corpus in canonical_corpora():
            self.chances[corpus.name] = classifier.predict([row.text for row in corpus.test]).own
            self.truth[corpus.name] = np.array([EMOTIONS.index(row.labels[0]) for row in corpus.test])

    def figures(self, name: str) -> dict[str, float]:
        chances, truth = self.chances[name], self.truth[name]
        guess = best_among(chances, np.unique(truth))
        return {
            "rows": len(truth),
            "accuracy": float((guess == truth).mean()),
            "macro_f1": macro_f1(truth, guess),
            "ece": calibration_error(chances, truth),
        }


@cache
def measured_from(folder: Path) -> Measured:
    return Measured(folder)


def test_all_that_ships_is_held_here() -> None:
    assert {path.name for path in SHIPPED.iterdir() if path.is_dir()} == set(LIMITS) | KOREAN
    assert DEFAULT in LIMITS


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", ["emotion", "goemotions"])
def test_the_published_figures_are_measured_again(folder: Path, name: str) -> None:
    measured = measured_from(folder)
    assert measured.figures(name) == pytest.approx(measured.manifest.metrics["test"][name], abs=0.0015)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_shipped_model_clears_its_bars(folder: Path) -> None:
    measured = measured_from(folder)
    assert measured.figures("emotion")["accuracy"] >= LIMITS[folder.name]["accuracy"]
    assert measured.figures("goemotions")["macro_f1"] >= LIMITS[folder.name]["macro_f1"]
    both = np.concatenate(list(measured.chances.values())), np.concatenate(list(measured.truth.values()))
    assert calibration_error(*both) <= 0.03


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_card_quotes_the_figures_in_the_manifest(folder: Path) -> None:
    card = (folder / "README.md").read_text(encoding="utf-8")
    quoted = set(re.findall(r"\d*\.\d+", card))
    for name in ("emotion", "goemotions"):
        figures = measured_from(folder).manifest.metrics["test"][name]
        assert {f"{figures['accuracy']:g}", f"{figures['macro_f1']:g}"} <= {f"{float(one):g}" for one in quoted}


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_model_was_made_from_the_data_in_the_repository(folder: Path) -> None:
    assert measured_from(folder).manifest.data_sha256 == data_hash(disjoint(canonical_corpora()))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_folder_is_small_and_holds_no_pickle(folder: Path) -> None:
    files = [path for path in folder.iterdir() if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= LIMITS[folder.name]["bytes"]
    assert {path.suffix for path in files} <= {".safetensors", ".json", ".txt", ".md"}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("name", ["README.md", "model.json"])
def test_the_folder_says_under_which_terms_it_may_be_used(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8").lower()
    assert "research" in text
    assert "cc by 4.0" in text
