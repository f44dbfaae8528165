"""Naive Bayes, logistic regression and SVM: what they learn, and that what is saved is what answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.classify import ModelClassifier
from models.data.rows import Row
from models.errors import ModelUnusable, TrainingFailed
from models.linear.learn import balance, learn
from models.linear.model import LinearModel
from models.linear.options import LinearOptions
from models.saved import SavedModel, load_model, save_model
from models.schemes import scheme
from models.training.fit import fit
from models.training.learners import Lesson
from models.training.options import TrainingOptions
from models.training.recipe import Recipe
from tests.models.feelings import BOTH, feelings, moods

KINDS = ("naive-bayes", "logistic", "svm")
CORPUS = feelings()
STRANGE = [
    "",
    "   ",
    "\x00",
    "\ud800",
    "sad \udfff day",
    "\ud83d\ude00 joy",
    "👩‍👩‍👧‍👦👍🏽",
    "ß" * 70,
    "\u2028",
    "한국어",
]
LONG = ["sad " * 25_000, "x" * 100_000, "😭" * 100_000, "a1" * 50_000]


def taught(kind: str, **options: object) -> SavedModel:
    return fit(Recipe(kind, kind, options={"minimum": 1, **options}), [CORPUS], quiet=True)


@pytest.fixture(scope="module", params=KINDS)
def saved(request: pytest.FixtureRequest) -> SavedModel:
    return taught(request.param)


def stored(saved: SavedModel, folder: Path) -> SavedModel:
    save_model(folder, saved, card="# test\n")
    return load_model(folder)


def test_each_kind_learns_which_words_tell_the_feeling(saved: SavedModel) -> None:
    assert saved.manifest.metrics["test"]["feelings"]["accuracy"] > 0.85
    emotions = ModelClassifier(saved).predict(["so furious, rage and outrage"]).best()
    assert emotions == ["anger"]


def test_a_saved_model_gives_the_same_bits(saved: SavedModel, tmp_path: Path) -> None:
    texts = [row.text for row in CORPUS.test] + STRANGE
    again = stored(saved, tmp_path / "model")
    assert again.model.logits(texts).tobytes() == saved.model.logits(texts).tobytes()
    assert again.manifest.temperature == saved.manifest.temperature


def test_nothing_saved_is_a_pickle(saved: SavedModel) -> None:
    assert set(saved.model.files()) == {"model.safetensors", "ngrams.jsonl"}
    assert b"numpy" not in b"".join(saved.model.files().values())


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(40)), cut=st.integers(1, 39))
@pytest.mark.parametrize("kind", KINDS)
def test_company_never_changes_a_bit(kind: str, order: list[int], cut: int) -> None:
    model = CACHE.setdefault(kind, taught(kind, ngrams=[1, 3]).model)
    texts = [row.text for row in CORPUS.test[:30]] + STRANGE
    alone = np.concatenate([model.exact(text) for text in texts])
    chosen = [order[:cut], order[cut:]]
    for places in chosen:
        assert model.logits([texts[place] for place in places]).tobytes() == alone[places].tobytes()


CACHE: dict[str, LinearModel] = {}


def test_strange_and_long_texts_are_scored_like_any_other(saved: SavedModel) -> None:
    classifier = ModelClassifier(saved)
    texts = [*STRANGE, *LONG]
    together = classifier.emotions(texts)
    assert together.shape == (len(texts), 7)
    assert (np.concatenate([classifier.emotions([text]) for text in texts]) == together).all()


def test_no_texts_give_no_rows(saved: SavedModel) -> None:
    assert saved.model.logits([]).shape == (0, 6)


def test_a_text_without_a_known_word_gets_the_offsets(saved: SavedModel) -> None:
    assert isinstance(saved.model, LinearModel)
    assert saved.model.logits(["", "zzz"]).tolist() == [saved.model.plane.offsets.tolist()] * 2


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_and_data_give_the_same_files(kind: str) -> None:
    assert taught(kind).model.files() == taught(kind).model.files()


@pytest.mark.parametrize("analyzer", ["char", "char_wb"])
def test_character_n_grams_know_a_word_with_a_typing_error(analyzer: str, tmp_path: Path) -> None:
    rows = (Row("terrified \ud83d\ude00", ("fear",)), Row("cheerful 😀", ("joy",))) * 4
    corpus = replace(CORPUS, train=rows)
    saved = fit(Recipe("chars", "logistic", options={"analyzer": analyzer, "ngrams": [1, 4]}), [corpus], quiet=True)
    assert stored(saved, tmp_path / "model").model.logits(["terifyed"]).argmax() == 4
    assert (
        saved.model.logits(["cheeerfull \ud83d\ude00"]).tobytes()
        == saved.model.logits(["cheeerfull \ud83d\ude00"]).tobytes()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_multi_label_rows_get_a_yes_or_no_for_each_label(kind: str, tmp_path: Path) -> None:
    recipe = Recipe(kind, kind, options={"minimum": 1, "ngrams": [1, 1]}, training=TrainingOptions(weighting="none"))
    model = learn(Lesson(recipe, BOTH, moods(200, 1), [], quiet=True)).model
    said = model.logits(["lowish tenseish today", "lowish at work", "calmish again"]) > 0
    assert said.tolist() == [[True, True, False], [True, False, False], [False, False, True]]


def test_a_label_without_training_rows_is_never_the_answer() -> None:
    rows = tuple(row for row in CORPUS.train if row.labels != ("love",))
    for kind in KINDS:
        saved = fit(Recipe(kind, kind, options={"minimum": 1}), [replace(CORPUS, train=rows)], quiet=True)
        assert not (saved.model.logits([*(row.text for row in CORPUS.test), *STRANGE]).argmax(axis=1) == 2).any()


def test_a_multi_label_answer_that_was_never_yes_stays_no() -> None:
    rows = tuple(row for row in moods(100, 1) if "tense" not in row.labels)
    model = learn(Lesson(Recipe("x", "logistic", options={"minimum": 1}), BOTH, rows, [], quiet=True)).model
    assert (model.logits(["tenseish", "lowish"])[:, 1] < -4).all()


def test_rare_labels_weigh_more() -> None:
    truth = np.array([0] * 90 + [1] * 10)
    for weighting, ratio in (("none", 1), ("sqrt", 3), ("balanced", 9)):
        weights = balance(truth, weighting)
        assert weights[-1] / weights[0] == pytest.approx(ratio)
        assert weights.mean() == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"analyzer": "syllable"}, "analyzer must be one of word, char, char_wb"),
        ({"ngrams": [3, 2]}, "ngrams must be the shortest and the longest, from 1 to 8"),
        ({"C": 0}, "C and alpha must be above 0"),
        ({"minimum": 0}, "minimum must be at least 1"),
        ({"depth": 2}, "'svm' has no option depth: use analyzer, ngrams"),
        ({"minimum": 1000}, "No n-gram occurs in 1000 of the 240 texts"),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_a_sentence(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(TrainingFailed, match=sentence):
        taught("svm", **options)


def test_rows_of_one_label_are_refused() -> None:
    rows = [Row("sad", ("sadness",))] * 5
    with pytest.raises(TrainingFailed, match="at least two labels"):
        learn(Lesson(Recipe("x", "svm"), scheme("dair"), rows, []))


@pytest.mark.parametrize("change", [b'"one more"\n', b"[1]\n", b"not json\n"])
def test_words_that_do_not_fit_the_matrix_are_refused(change: bytes, saved: SavedModel, tmp_path: Path) -> None:
    class Broken(LinearModel):
        def files(self) -> dict[str, bytes]:
            return {name: change * name.endswith("jsonl") + content for name, content in super().files().items()}

    assert isinstance(saved.model, LinearModel)
    broken = Broken(saved.model.kind, saved.model.features, saved.model.plane)
    with pytest.raises(ModelUnusable, match="does not fit its own model"):
        stored(replace(saved, model=broken), tmp_path / "model")


def test_options_come_back_as_they_were(tmp_path: Path) -> None:
    saved = stored(taught("logistic", analyzer="char", ngrams=[2, 3], limit=50, sublinear=False), tmp_path / "model")
    assert isinstance(saved.model, LinearModel)
    assert saved.model.features.options == LinearOptions("char", (2, 3), 1, 50, False, 10.0)
