"""The program behind the shipped model, on a few invented rows and a tiny encoder written here."""

from pathlib import Path

import numpy as np
import pytest

from models.data import Corpus, Example, data_hash
from models.engine import NetworkClassifier
from models.load import load_classifier
from models.saved import SavedModel, save_model
from models.starting_vectors import starting_vectors
from models.train_default import brief, card, fit
from models.training import TrainingOptions

transformers = pytest.importorskip("transformers")

FEELINGS = {"sadness": "gloomy", "joy": "cheerful", "anger": "furious", "neutral": "wooden"}


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    letters = [f"{mark}{chr(code)}" for code in range(97, 123) for mark in ("", "##")]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    transformers.set_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


def invented(name: str) -> Corpus:
    rows = [Example(f"a {word} day number{i % 9} it was", e) for i in range(30) for e, word in FEELINGS.items()]
    return Corpus(name, tuple(rows), tuple(rows[:40]), tuple(rows[40:80]))


@pytest.fixture(scope="module")
def model(encoder: Path) -> SavedModel:
    corpora = (invented("emotion"), invented("goemotions"))
    return fit(corpora, TrainingOptions(epochs=3, batch=16, average=0.8), encoder, quiet=True)


def test_what_it_trains_can_be_saved_loaded_and_asked(model: SavedModel, tmp_path: Path) -> None:
    save_model(tmp_path / "fresh", model, card="fresh")
    loaded = load_classifier(str(tmp_path / "fresh"))
    texts = [f"a {word} day it was" for word in FEELINGS.values()]
    assert loaded.emotions(texts).tobytes() == NetworkClassifier(model).emotions(texts).tobytes()


def test_it_learns_and_records_how(model: SavedModel) -> None:
    manifest = model.manifest
    assert len(manifest.history) == 3
    assert manifest.metrics["test"]["both"]["accuracy"] > 0.9
    assert manifest.data_sha256 == data_hash((invented("emotion"), invented("goemotions")))


def test_the_card_is_filled_in_completely(model: SavedModel) -> None:
    metrics = {**model.manifest.metrics, "seeds": [brief(model.manifest)]}
    text = card(model.manifest.model_copy(update={"metrics": metrics}))
    assert "$" not in text
    assert "educational and research purposes only" in text


def test_starting_vectors_are_the_same_each_time_and_differ_between_words(encoder: Path) -> None:
    words = ["sun", "sunny", "rain", "<user>", "snow", "x", "yes", "no", "maybe"]
    first, second = (starting_vectors(words, 4, encoder) for _ in range(2))
    assert first.shape == (9, 4)
    assert first.std() == pytest.approx(0.2, rel=1e-3)
    assert np.array_equal(first, second)
    assert len(np.unique(first.round(4), axis=0)) == 9
