"""The contract of `Classifier`, held against every implementation that ships."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.classifier import Classifier
from models.data import load_corpora
from models.labels import EMOTIONS
from models.load import load_classifier

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
SIZES = {"keywords": 10_000, "default": 2_000}


@pytest.fixture(scope="module", params=sorted(SIZES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def classifier(name: str) -> Classifier:
    return load_classifier(name)


@pytest.fixture(scope="module")
def posts() -> list[str]:
    """Real texts of every length, from the validation splits."""
    emotion, goemotions = load_corpora()
    both = [text for pair in zip(emotion.validation, goemotions.validation, strict=False) for text, _ in pair]
    return (both * 4)[:10_000]


def in_batches(classifier: Classifier, texts: list[str], size: int) -> bytes:
    parts = [classifier.emotions(texts[at : at + size]) for at in range(0, len(texts), size)]
    return np.concatenate(parts).tobytes()


def test_scores_are_whole_thousandths_one_row_a_text(classifier: Classifier, name: str, posts: list[str]) -> None:
    scores = classifier.emotions(posts[: SIZES[name]])
    assert scores.shape == (SIZES[name], len(EMOTIONS))
    assert scores.dtype == np.int16
    assert scores.min() >= 0
    assert abs(scores.astype(int).sum(axis=1) - 1000).max() <= 4


def test_scores_do_not_depend_on_batch_size(classifier: Classifier, posts: list[str]) -> None:
    texts = posts[:700]
    whole = classifier.emotions(texts).tobytes()
    assert {size: in_batches(classifier, texts, size) == whole for size in (1, 7, 256)} == dict.fromkeys(
        (1, 7, 256), True
    )


def test_scores_do_not_depend_on_order(classifier: Classifier, posts: list[str]) -> None:
    texts = posts[:1_500]
    order = np.random.default_rng(5).permutation(len(texts))
    shuffled = classifier.emotions([texts[i] for i in order])
    assert shuffled.tobytes() == classifier.emotions(texts)[order].tobytes()


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text(max_size=60), min_size=1, max_size=12), data=st.data())
def test_any_text_scores_the_same_alone_and_in_company(texts: list[str], data: st.DataObject) -> None:
    for name in SIZES:
        classifier = cached(name)
        chosen = data.draw(st.integers(0, len(texts) - 1))
        assert (classifier.emotions(texts)[chosen] == classifier.emotions([texts[chosen]])[0]).all()


_CACHE: dict[str, Classifier] = {}


def cached(name: str) -> Classifier:
    return _CACHE.setdefault(name, load_classifier(name))


def test_the_same_call_gives_the_same_bytes(classifier: Classifier, name: str, posts: list[str]) -> None:
    texts = posts[:300]
    again = load_classifier(name)
    assert classifier.emotions(texts).tobytes() == classifier.emotions(texts).tobytes()
    assert again.emotions(texts).tobytes() == classifier.emotions(texts).tobytes()
    assert again.version == classifier.version


def test_no_texts_give_no_rows(classifier: Classifier) -> None:
    assert classifier.emotions([]).shape == (0, len(EMOTIONS))


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_saying_nothing_is_neutral(classifier: Classifier, text: str) -> None:
    assert EMOTIONS[classifier.emotions([text])[0].argmax()] == "neutral"


@pytest.mark.parametrize(
    "text",
    [
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
    ],
    ids=ascii,
)
def test_strange_characters_are_scored_like_any_other(classifier: Classifier, text: str) -> None:
    alone = classifier.emotions([text])
    assert alone.shape == (1, len(EMOTIONS))
    assert (classifier.emotions(["a long day at work", text, "fine"])[1] == alone[0]).all()


@pytest.mark.parametrize("unit", ["sad ", "x", "😭", "a1", "http://", "'"])
def test_a_hundred_kilobytes_are_scored(classifier: Classifier, unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    alone = classifier.emotions([text])
    assert (classifier.emotions(["short", text, "fine"])[1] == alone[0]).all()


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


def test_it_says_which_languages_it_reads(classifier: Classifier) -> None:
    assert classifier.languages == {"en"}
