"""The words that are said to carry a score do carry it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from transformers import BertConfig, BertModel, BertTokenizerFast

from models.classifier import Classifier
from models.classify import ModelClassifier
from models.data.read import read_rows
from models.engine.network import NetworkModel
from models.errors import ModelUnusable
from models.explain.explain import Way, explain
from models.explain.words import MOST_WORDS, Explained, spans, without
from models.keywords import KeywordClassifier
from models.labels import EMOTIONS
from models.load import load_classifier
from models.networks.pieces import Pieces
from models.networks.transformer import Transformer, TransformerConfig
from models.saved import SavedModel
from models.schemes import scheme
from tests.models.said import manifest_of, tiny_classifier

WAYS: tuple[Way, ...] = ("occlusion", "gradient")


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    return load_classifier("bilstm-en-1")


@pytest.fixture(scope="module")
def posts() -> list[str]:
    """Real texts of at least ten words, half of each validation split."""
    found = []
    for name in ("emotion", "goemotions"):
        texts = [row.text for row in read_rows(name, split="validation").rows]
        found += [text for text in texts if len(text.split()) >= 10][:100]
    return found


def falls(classifier: Classifier, texts: Sequence[str], found: Sequence[Explained], shorter: Sequence[str]) -> float:
    """By how much the chance of the label falls, on average."""
    best = [classifier.scheme.labels.index(one.label) for one in found]
    rows = np.arange(len(texts))
    whole = classifier.predict(texts).own[rows, best]
    return float((whole - classifier.predict(shorter).own[rows, best]).mean())


def shortened(texts: Sequence[str], pick: Callable[[int], Sequence[int]]) -> list[str]:
    return [without(text, [spans(text)[at] for at in pick(number)]) for number, text in enumerate(texts)]


@pytest.mark.parametrize("way", WAYS)
def test_without_its_top_words_a_score_falls_more_than_without_random_ones(
    shipped: Classifier, posts: list[str], way: Way
) -> None:
    assert len(posts) == 200
    found = explain(shipped, posts, way)
    chance = np.random.default_rng(11)
    top = shortened(posts, lambda number: np.argsort([-weight for _, weight in found[number].words])[:3])
    drawn = shortened(posts, lambda number: chance.choice(len(spans(posts[number])), 3, replace=False))
    by_top, by_chance = (falls(shipped, posts, found, shorter) for shorter in (top, drawn))
    assert by_top > 0.4
    assert by_top > 4 * by_chance


def test_a_word_weighs_what_the_chance_falls_without_it(shipped: Classifier) -> None:
    text = "i was so happy   about the lovely day"
    found = explain(shipped, [text])[0]
    place = [word for word, _ in found.words].index("happy")
    column = shipped.scheme.labels.index(found.label)
    whole, less = shipped.predict([text, "i was so    about the lovely day"]).own[:, column]
    assert found.words[place][1] == pytest.approx(whole - less, abs=1e-6)
    assert found.chance == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize("way", WAYS)
def test_weights_do_not_depend_on_the_neighbours(shipped: Classifier, posts: list[str], way: Way) -> None:
    together = explain(shipped, posts[:12], way)
    for text, one in zip(posts[:12], together, strict=True):
        alone = explain(shipped, [text], way)[0]
        assert alone.label == one.label
        assert [w for _, w in alone.words] == pytest.approx([w for _, w in one.words], abs=1e-5)


@pytest.mark.parametrize("way", WAYS)
def test_words_come_as_written_and_in_order(shipped: Classifier, way: Way) -> None:
    text = "I'm\tSOOO happy!!! 😭 @ann https://example.org/x \ufe0f ok"
    assert [word for word, _ in explain(shipped, [text], way)[0].words] == text.split()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "text", ["", "   ", "\ufe0f", "x" * 100_000, "sad " * 25_000, "\ud800", "a\x00b"], ids=range(7)
)
def test_any_text_can_be_explained(shipped: Classifier, way: Way, text: str) -> None:
    found = explain(shipped, ["short", text], way)
    assert len(found[1].words) == min(MOST_WORDS, len(text.split()))
    assert all(np.isfinite(weight) for _, weight in found[1].words)


@pytest.mark.parametrize("way", WAYS)
def test_no_texts_have_no_explanations(shipped: Classifier, way: Way) -> None:
    assert explain(shipped, [], way) == []


def test_by_gradient_each_word_gets_its_own_numbers(tmp_path: Path) -> None:
    """A word that the vocabulary lacks entirely between two that it knows does not shift their weights."""
    model = tiny_classifier(tmp_path / "model")
    plain = dict(explain(model, ["sad happy"], "gradient")[0].words)
    parted = dict(explain(model, ["sad \ufe0f happy"], "gradient")[0].words)
    assert parted["\ufe0f"] == 0
    assert [parted["sad"], parted["happy"]] == pytest.approx([plain["sad"], plain["happy"]])


@pytest.mark.parametrize("name", ["dair", "goemotions"])
def test_gradients_are_those_of_small_steps(tmp_path: Path, name: str) -> None:
    """Scaling one word's vector by 1 ± ε moves the log chance by ε times its weight."""
    model = tiny_classifier(tmp_path / "model", name, temperature=1.5)
    network = model.model.network.double()  # type: ignore[attr-defined]
    found = explain(model, ["happy sad day"], "gradient")[0]
    column, step, vector = model.scheme.labels.index(found.label), 1e-6, network.embedding.weight.data
    number = model.model.encoder.encode("sad")[0]  # type: ignore[attr-defined]
    logs = []
    for factor in (1 + step, 1 - step):
        kept = vector[number].clone()
        vector[number] *= factor
        again = ModelClassifier(SavedModel(model.manifest, NetworkModel("recurrent", network, model.model.encoder)))  # type: ignore[attr-defined]
        logs.append(np.log(again.predict(["happy sad day"]).own[0, column]))
        vector[number] = kept
    assert found.words[1][1] == pytest.approx((logs[0] - logs[1]) / (2 * step), rel=1e-3)


def bert(folder: Path) -> ModelClassifier:
    """A random encoder of two layers with a word-piece tokenizer of a dozen pieces."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "sad", "##ness", "happy", "day", "so"]
    (folder / "vocab.txt").write_text("\n".join(pieces))
    tokenizer = BertTokenizerFast(vocab_file=str(folder / "vocab.txt"))
    shape = BertConfig(
        vocab_size=len(pieces), hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16
    )
    network = Transformer(TransformerConfig("tiny", 6), BertModel(shape, add_pooling_layer=False))
    model = NetworkModel("transformer", network.eval().requires_grad_(False), Pieces(tokenizer))
    return ModelClassifier(SavedModel(manifest_of(scheme("dair"), model), model))


def test_word_pieces_are_added_up_to_words(tmp_path: Path) -> None:
    found = explain(bert(tmp_path), ["so sadness happy day"], "gradient")[0]
    weights = [weight for _, weight in found.words]
    assert [word for word, _ in found.words] == ["so", "sadness", "happy", "day"]
    assert all(weights)
    assert len(set(weights)) == 4


def test_explaining_leaves_a_network_as_it_was(tmp_path: Path) -> None:
    model = bert(tmp_path)
    before = model.predict(["so sad"]).own
    explain(model, ["so sad"], "gradient")
    assert (model.predict(["so sad"]).own == before).all()
    assert not model.model.network.body.get_input_embeddings()._forward_hooks  # type: ignore[attr-defined]


def test_a_model_without_vectors_is_explained_by_occlusion_and_not_by_gradient() -> None:
    words = explain(KeywordClassifier(), ["so sad today"])[0].words
    assert [word for word, weight in words if weight > 0] == ["sad"]
    with pytest.raises(ModelUnusable, match="use --explain-by occlusion"):
        explain(KeywordClassifier(), ["so sad today"], "gradient")


@pytest.mark.parametrize("way", WAYS)
def test_the_emotion_can_be_explained_instead_of_the_own_label(tmp_path: Path, way: Way) -> None:
    model = tiny_classifier(tmp_path / "model", "goemotions")
    found = explain(model, ["happy sad day"], way, canonical=True)[0]
    emotions = model.predict(["happy sad day"]).emotions[0]
    assert found.label == EMOTIONS[emotions.argmax()]
    assert found.chance == pytest.approx(emotions.max())
