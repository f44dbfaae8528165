"""From a recipe to a model, on a few invented rows and a tiny encoder written here."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.classify import ModelClassifier
from models.data.rows import Corpus, Row, data_hash
from models.errors import DataUnusable
from models.evaluation.calibration import Calibration, chances_of, thresholds
from models.kinds import Model
from models.labels import EMOTIONS
from models.load import load_classifier
from models.saved import SavedModel, load_model, save_model
from models.schemes import scheme
from models.training.card import card
from models.training.fit import described, fit
from models.training.options import TrainingOptions
from models.training.recipe import Recipe, preset
from models.training.seeds import brief, fit_seeds, spread, validated
from models.training.starting_vectors import starting_vectors

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
    """Validation and test rows have texts of their own."""
    rows = [Row(f"a {word} day number{i} it was", (e,)) for i in range(40) for e, word in FEELINGS.items()]
    return Corpus(name, scheme("canonical"), tuple(rows[80:]), tuple(rows[:40]), tuple(rows[40:80]))


def recipe(encoder: Path) -> Recipe:
    training = TrainingOptions(epochs=5, batch=8, average=0.8, rate=0.03, device="cpu")
    options = {"vectors": str(encoder), "embedding": 16, "hidden": 8}
    return Recipe("invented-1", "recurrent", ("emotion", "goemotions"), "canonical", options=options, training=training)


@pytest.fixture(scope="module")
def model(encoder: Path) -> SavedModel:
    return fit_seeds(recipe(encoder), [invented("emotion"), invented("goemotions")], [1, 2], quiet=True)


def test_what_it_trains_can_be_saved_loaded_and_asked(model: SavedModel, tmp_path: Path) -> None:
    save_model(tmp_path / "fresh", model, card="fresh")
    loaded = load_classifier(str(tmp_path / "fresh"))
    texts = [f"a {word} day it was" for word in FEELINGS.values()]
    assert loaded.emotions(texts).tobytes() == ModelClassifier(model).emotions(texts).tobytes()


def test_it_learns_and_records_how(model: SavedModel) -> None:
    manifest = model.manifest
    assert len(manifest.history) == 5
    assert manifest.metrics["test"]["both"]["accuracy"] > 0.9
    assert manifest.data_sha256 == data_hash((invented("emotion"), invented("goemotions")))
    assert manifest.training["options"]["hidden"] == 8


def test_the_history_lies_as_json_beside_the_weights(model: SavedModel, tmp_path: Path) -> None:
    import json

    save_model(tmp_path / "fresh", model, card="fresh")
    told = json.loads((tmp_path / "fresh" / "history.json").read_text())
    assert told == model.manifest.history
    assert told == load_model(tmp_path / "fresh").manifest.history


def test_the_seed_that_is_best_on_validation_is_kept_and_all_are_told(encoder: Path) -> None:
    corpora = [invented("emotion")]
    short = replace(recipe(encoder), training=TrainingOptions(epochs=1, batch=64, average=0.5, device="cpu"))
    alone = {seed: validated(fit(short.seeded(seed), corpora, quiet=True).manifest) for seed in (1, 2, 3)}
    kept = fit_seeds(short, corpora, [1, 2, 3], quiet=True).manifest
    assert kept.metrics["seed"] == max(alone, key=lambda seed: alone[seed])
    assert [line["seed"] for line in kept.metrics["seeds"]] == [1, 2, 3]
    mean, least, most = spread(kept.metrics["seeds"])["validation_macro_f1"]
    assert (least, most) == (pytest.approx(min(alone.values()), abs=1e-4), pytest.approx(max(alone.values()), abs=1e-4))
    assert least <= mean <= most


def test_the_test_rows_decide_nothing(encoder: Path) -> None:
    """Other test rows: the same weights, temperature and thresholds."""
    corpus = invented("emotion")
    other = replace(corpus, test=tuple(Row(f"another {row.text}", ("joy",)) for row in corpus.test))
    quick = replace(recipe(encoder), training=TrainingOptions(epochs=1, device="cpu"))
    first, second = (fit(quick, [one], quiet=True) for one in (corpus, other))
    assert first.model.files() == second.model.files()
    assert first.manifest.temperature == second.manifest.temperature
    assert first.manifest.thresholds == second.manifest.thresholds
    assert first.manifest.metrics["test"] != second.manifest.metrics["test"]


def test_a_training_text_that_is_also_held_out_is_left_out_and_counted(encoder: Path) -> None:
    corpus = invented("emotion")
    leaking = replace(corpus, train=(*corpus.train, corpus.test[0], corpus.validation[0]))
    quick = replace(recipe(encoder), training=TrainingOptions(epochs=1, device="cpu"))
    manifest = fit(quick, [leaking], quiet=True).manifest
    assert manifest.metrics["data"]["emotion"]["dropped_train"] == 2
    assert manifest.data_sha256 == data_hash([corpus])


def test_what_a_one_class_corpus_cannot_teach_is_refused(encoder: Path) -> None:
    corpus = invented("emotion")
    one = replace(corpus, train=tuple(row for row in corpus.train if row.labels == ("joy",)))
    with pytest.raises(DataUnusable, match="only the label 'joy'"):
        fit(recipe(encoder), [one], quiet=True)


def test_the_card_tells_the_figures_of_every_seed_and_the_limits(model: SavedModel) -> None:
    text = card(model.manifest, preset("bilstm-en"))
    assert "educational and research purposes only" in text
    assert "It is no detector of crisis" in text
    for line in model.manifest.metrics["seeds"]:
        assert "| " + " | ".join(str(value) for value in line.values()) + " |" in text


def test_a_card_without_remarks_still_says_what_the_model_does_not_do(model: SavedModel) -> None:
    assert "no diagnosis" in card(model.manifest, Recipe("mine", "recurrent"))


def test_one_seed_is_one_line(model: SavedModel) -> None:
    line = brief(model.manifest)
    assert set(line) == {
        "seed",
        "validation_macro_f1",
        "emotion_accuracy",
        "emotion_macro_f1",
        "goemotions_accuracy",
        "goemotions_macro_f1",
        "ece",
    }


def test_starting_vectors_are_the_same_each_time_and_differ_between_words(encoder: Path) -> None:
    words = ["sun", "sunny", "rain", "<user>", "snow", "x", "yes", "no", "maybe"]
    first, second = (starting_vectors(words, 4, encoder) for _ in range(2))
    assert first.shape == (9, 4)
    assert first.std() == pytest.approx(0.2, rel=1e-3)
    assert np.array_equal(first, second)
    assert len(np.unique(first.round(4), axis=0)) == 9


def test_rows_that_show_several_emotions_count_for_each_of_them(encoder: Path) -> None:
    goemotions = scheme("goemotions")
    plain = replace(invented("emotion"), scheme=goemotions)
    mixed = tuple(Row(f"a cheerful gloomy day {i}", ("joy", "sadness")) for i in range(30))
    quick = replace(recipe(encoder), scheme="goemotions", training=TrainingOptions(epochs=1, device="cpu"))
    model = fit(quick, [plain], quiet=True).model
    both = replace(plain, validation=plain.validation + mixed)
    between = described(quick, goemotions, model, [both])
    shown = {emotion: (point.precision, point.recall) for emotion, point in between.thresholds.items()}
    expected = _thresholds_at(model, both, between.calibration)
    assert {emotion: (point["precision"], point["recall"]) for emotion, point in expected.items()} == shown
    assert described(quick, goemotions, model, [plain]).thresholds != between.thresholds


def test_an_emotion_that_no_validation_row_shows_gets_a_half(model: SavedModel) -> None:
    absent = model.manifest.thresholds["surprise"]
    assert (absent.threshold, absent.precision, absent.recall) == (500, 0, 0)


def _thresholds_at(model: Model, corpus: Corpus, calibration: Calibration) -> dict[str, dict[str, object]]:
    chances = corpus.scheme.fold(chances_of(model.logits([r.text for r in corpus.validation]), calibration, multi=True))
    felt = [{corpus.scheme.mapping[label] for label in row.labels} for row in corpus.validation]
    truth = np.array([[int(emotion in found) for emotion in EMOTIONS] for found in felt])
    return thresholds(chances, truth, EMOTIONS)
