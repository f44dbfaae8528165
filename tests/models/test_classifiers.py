"""The contract of `Classifier`, held against every kind of model that can be trained, and the shipped ones."""

from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.classifier import Classifier
from models.data.corpora import load_known
from models.errors import ModelUnusable
from models.labels import EMOTIONS
from models.load import load_classifier
from tests.models.samples import ENSEMBLES, KINDS, SHIPPED, saved_sample

STRANGE = [
    "\x00",
    "a\x00b",
    "\ud800",
    "sad \udfff day",
    "👩‍👩‍👧‍👦👍🏽",
    "ß" * 70,
    "한국어 텍스트",
    "http://",
    "[",
    "@",
    "'",
    "\u2028",
    "\ufe0f",
]
ENGLISH = ("keywords", *(name for name in SHIPPED if "-en-" in name))
"""Those that are good enough to be asked what an English sentence means."""

TRAINED = (*KINDS, *ENSEMBLES)


@pytest.fixture(scope="module", params=["keywords", *SHIPPED, *TRAINED])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(name: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `load_classifier` takes: a name, or the folder of a model trained here on a few rows."""
    return saved_sample(name, tmp_path_factory.mktemp("model")) if name in TRAINED else name


@pytest.fixture(scope="module")
def classifier(folder: str) -> Classifier:
    return load_classifier(folder)


@pytest.fixture(scope="module")
def posts(classifier: Classifier) -> list[str]:
    """Real texts of every length, from validation splits; Korean among them for a model that reads it."""
    names = ("emotion", "goemotions", "kote") if "ko" in classifier.languages else ("emotion", "goemotions")
    splits = [load_known(name).validation for name in names]
    mixed = [row.text for rows in zip_longest(*splits) for row in rows if row]
    return (mixed * 2)[:10_000]


def in_batches(classifier: Classifier, texts: list[str], size: int) -> bytes:
    parts = [classifier.emotions(texts[at : at + size]) for at in range(0, len(texts), size)]
    return np.concatenate(parts).tobytes()


def test_ten_thousand_texts_get_whole_thousandths_one_row_each(classifier: Classifier, posts: list[str]) -> None:
    short = [text[:40] for text in posts]
    scores = classifier.emotions(short)
    assert scores.shape == (10_000, len(EMOTIONS))
    assert scores.dtype == np.int16
    assert scores.min() >= 0
    assert abs(scores.astype(int).sum(axis=1) - 1000).max() <= 4


def test_chances_are_over_its_own_labels_and_fold_to_the_seven(classifier: Classifier, posts: list[str]) -> None:
    scores = classifier.predict(posts[:50])
    assert scores.own.shape == (50, len(classifier.scheme.labels))
    assert ((scores.own >= 0) & (scores.own <= 1)).all()
    if not classifier.scheme.multi:
        assert scores.own.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert scores.emotions.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert abs(scores.emotions * 1000 - classifier.emotions(posts[:50])).max() <= 0.51
    assert set(scores.best()) <= set(classifier.scheme.labels)


def test_scores_do_not_depend_on_batch_size(classifier: Classifier, posts: list[str]) -> None:
    texts = posts[:300]
    whole = classifier.emotions(texts).tobytes()
    assert {size: in_batches(classifier, texts, size) == whole for size in (1, 7, 256)} == dict.fromkeys(
        (1, 7, 256), True
    )


def test_scores_do_not_depend_on_order(classifier: Classifier, posts: list[str]) -> None:
    texts = posts[:600]
    order = np.random.default_rng(5).permutation(len(texts))
    shuffled = classifier.emotions([texts[i] for i in order])
    assert shuffled.tobytes() == classifier.emotions(texts)[order].tobytes()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=12), data=st.data())
def test_any_text_scores_the_same_alone_and_in_company(
    classifier: Classifier, texts: list[str], data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(0, len(texts) - 1))
    assert (classifier.emotions(texts)[chosen] == classifier.emotions([texts[chosen]])[0]).all()


def test_loaded_again_it_gives_the_same_bytes(classifier: Classifier, folder: str, posts: list[str]) -> None:
    texts = posts[:200]
    again = load_classifier(folder)
    assert classifier.emotions(texts).tobytes() == classifier.emotions(texts).tobytes()
    assert again.emotions(texts).tobytes() == classifier.emotions(texts).tobytes()
    assert again.version == classifier.version


def test_trained_again_with_the_same_seed_it_is_the_same_model(
    classifier: Classifier, name: str, tmp_path: Path
) -> None:
    if name not in TRAINED:
        pytest.skip("not trained here")
    assert load_classifier(saved_sample(name, tmp_path)).version == classifier.version


def test_no_texts_give_no_rows(classifier: Classifier) -> None:
    assert classifier.emotions([]).shape == (0, len(EMOTIONS))
    assert classifier.predict([]).own.shape == (0, len(classifier.scheme.labels))
    assert classifier.predict([]).emotions.shape == (0, len(EMOTIONS))


def test_a_file_missing_from_its_folder_raises_at_once(name: str, folder: str) -> None:
    if name not in TRAINED:
        pytest.skip("a shipped folder is not to be broken")
    place = Path(folder).parent if name in ENSEMBLES else Path(folder)  # an ensemble's weights are its members'
    weights = next(place.rglob("*.safetensors"))
    content = weights.read_bytes()
    weights.unlink()
    with pytest.raises(ModelUnusable, match="cannot be read"):
        load_classifier(folder)
    weights.write_bytes(content)


@pytest.mark.parametrize("name", ENGLISH, scope="module")
@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_saying_nothing_is_neutral(classifier: Classifier, text: str) -> None:
    assert EMOTIONS[classifier.emotions([text])[0].argmax()] == "neutral"


@pytest.mark.parametrize("text", STRANGE, ids=ascii)
def test_strange_characters_are_scored_like_any_other(classifier: Classifier, text: str) -> None:
    alone = classifier.emotions([text])
    assert alone.shape == (1, len(EMOTIONS))
    assert (classifier.emotions(["a long day at work", text, "fine"])[1] == alone[0]).all()


@pytest.mark.parametrize("unit", ["sad ", "x", "😭", "a1", "http://", "'"])
def test_a_hundred_kilobytes_are_scored(classifier: Classifier, unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    alone = classifier.emotions([text])
    assert (classifier.emotions(["short", text, "fine"])[1] == alone[0]).all()


@pytest.mark.parametrize("name", ENGLISH, scope="module")
@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("i feel so sad, lonely and hopeless", "sadness"),
        ("i am so happy and grateful, thank you!", "joy"),
        ("i hate this, i am furious and angry", "anger"),
        ("i am scared and terrified of tomorrow", "fear"),
        ("the meeting is at ten in room four", "neutral"),
    ],
)
def test_plain_sentences_get_the_plain_answer(classifier: Classifier, text: str, emotion: str) -> None:
    assert EMOTIONS[classifier.emotions([text])[0].argmax()] == emotion


def test_it_says_which_languages_it_reads(classifier: Classifier, name: str) -> None:
    """English, unless it is one of the Korean ones; the word list knows both."""
    known = {"en", "ko"} if name == "keywords" else {"ko"} if name.endswith("-ko-1") else {"en"}
    assert classifier.languages == known
