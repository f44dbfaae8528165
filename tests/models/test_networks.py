"""Every kind of network over words, small: what it promises of any text, and of a folder it is saved in."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from models.classify import ModelClassifier
from models.data.rows import Corpus
from models.errors import TrainingFailed
from models.networks.network import Network
from models.saved import load_model, save_model
from models.training.batching import seeded
from models.training.building import built
from models.training.fit import fit
from models.training.learn_network import learn
from models.training.learners import Lesson
from models.training.options import TrainingOptions
from models.training.recipe import Recipe
from models.training.validation import logits_of
from tests.models.checkpoints import tiny_bert
from tests.models.feelings import BOTH, feelings, moods

SMALL = {"embedding": 8, "hidden": 6, "dropout": 0.1}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "rnn, last": ("recurrent", {**SMALL, "cell": "rnn", "pooling": "last", "bidirectional": False}),
    "rnn, both ways": ("recurrent", {**SMALL, "cell": "rnn", "pooling": "last"}),
    "lstm, 2 layers": ("recurrent", {**SMALL, "layers": 2, "pooling": "mean"}),
    "lstm, default": ("recurrent", SMALL),
    "lstm, 3 layers ahead": ("recurrent", {**SMALL, "layers": 3, "bidirectional": False, "pooling": "attention"}),
    "gru": ("recurrent", {**SMALL, "cell": "gru", "pooling": "max"}),
    "cnn": ("cnn", {"embedding": 8, "filters": 4}),
    "cnn, wide": ("cnn", {"embedding": 8, "filters": 4, "widths": [1, 7]}),
    "onehot": ("onehot", {"words": 40, "length": 12, "filters": 3}),
}
SAID = [row.text for row in feelings().train]
TEXTS = ["", "sad", "i feel so sad and lonely today", "happy happy " * 40, "zebra 슬프다 😭", "\ud800"]
QUICK = TrainingOptions(epochs=2, batch=16, rate=2e-2, average=0.5)


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def network_of(name: str) -> tuple[Network, list[list[int]]]:
    """Weights at random, and `TEXTS` as its numbers."""
    seeded(7)
    network, encoder = built(*KINDS[name], SAID, 3)
    return network.eval(), encoder.encode_all(TEXTS)


def test_a_text_s_logits_do_not_depend_on_its_neighbours(kind: str) -> None:
    network, ids = network_of(kind)
    alone = np.concatenate([logits_of(network, 0, [one]) for one in ids])
    assert logits_of(network, 0, ids) == pytest.approx(alone, abs=1e-5)
    assert np.isfinite(alone).all()
    assert np.ptp(alone, axis=0).max() > 1e-3


def test_what_stands_behind_a_text_s_end_is_never_read(kind: str) -> None:
    network, _ = network_of(kind)
    ids, lengths = torch.tensor([[4, 5, 6, 0, 0], [4, 5, 6, 9, 8]]), torch.tensor([3, 3])
    with torch.inference_mode():
        first, second = network(ids, lengths)
    assert torch.allclose(first, second, atol=1e-6)


def test_words_in_another_order_are_another_text(kind: str) -> None:
    network, _ = network_of(kind)
    there, back = logits_of(network, 0, [[4, 5, 6, 7]]), logits_of(network, 0, [[7, 6, 5, 4]])
    assert np.abs(there - back).max() > 1e-6


def test_it_learns_and_scores_alike_after_loading(kind: str, tmp_path: Path) -> None:
    saved = fit(Recipe("small", *_kind(kind), training=QUICK), [feelings()], quiet=True)
    assert saved.manifest.history[-1]["loss"] < saved.manifest.history[0]["loss"]
    save_model(tmp_path / "small", saved, card="small")
    loaded = load_model(tmp_path / "small")
    before, after = ModelClassifier(saved), ModelClassifier(loaded)
    assert after.emotions(TEXTS).tobytes() == before.emotions(TEXTS).tobytes()
    assert np.array_equal(after.predict(TEXTS).own, before.predict(TEXTS).own)
    assert save_model(tmp_path / "again", loaded, card="").content_sha256 == after.manifest.content_sha256


def _kind(name: str) -> tuple[str, tuple[str, ...], str, tuple[str, ...], dict[str, Any]]:
    kind, options = KINDS[name]
    return kind, ("feelings",), "dair", ("en",), options


@pytest.mark.parametrize("kind", ["recurrent", "cnn", "onehot"])
def test_yes_or_no_to_each_label_is_learned(kind: str) -> None:
    options: dict[str, Any] = {"onehot": {"length": 12, "words": 40, "filters": 8}}.get(kind, {"embedding": 16})
    corpus = Corpus("moods", BOTH, moods(300, 1), moods(80, 2), moods(80, 3))
    training = TrainingOptions(epochs=12, batch=16, rate=1e-2, average=0.9, patience=12)
    recipe = Recipe("moods", kind, options=options, training=training)
    learned = learn(Lesson(recipe, BOTH, corpus.train, [corpus], quiet=True))
    assert max(row["macro_f1"] for row in learned.history) > 0.9
    low, tense, calm = learned.model.logits(["lowish tenseish i feel so"])[0]
    assert min(low, tense) > 0 > calm


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        ("recurrent", {"cell": "mlp"}, "cell is 'mlp': use one of rnn, lstm, gru."),
        ("recurrent", {"pooling": "min"}, "pooling is 'min': use one of last, max, mean, attention, attention+max."),
        ("recurrent", {"layers": 0}, "layers is 0: use a whole number from 1 to 16."),
        ("recurrent", {"hidden": "64"}, "hidden is '64': use a whole number from 1 to 4096."),
        ("recurrent", {"dropout": 1.0}, "dropout is 1.0: use a number from 0 to 0.95."),
        ("recurrent", {"bidirectional": 1}, "bidirectional is 1: use true or false."),
        ("recurrent", {"filters": 3}, "A recurrent model has no option 'filters': use one of embedding, hidden,"),
        ("recurrent", {"minimum": 500}, "No word occurs 500 times: give more rows, or a lower minimum."),
        ("cnn", {"widths": 3}, "widths is 3: use a list of whole numbers such as 3,4,5."),
        ("cnn", {"widths": [3, 0]}, "widths is 0: use a whole number from 1 to 32."),
        ("cnn", {"vocabulary": 9}, "A cnn model has no option 'vocabulary'"),
        ("onehot", {"vectors": "minilm"}, "has no word vectors to start from: leave out the option vectors."),
    ],
)
def test_an_option_that_cannot_be_is_refused_in_one_sentence(kind: str, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TrainingFailed) as failure:
        built(kind, options, SAID, 3)
    assert sentence in str(failure.value)


def test_one_hot_pictures_that_would_fill_the_memory_are_refused() -> None:
    texts = ["".join(letters) for letters in itertools.product("abcdefgh", repeat=4)]
    with pytest.raises(TrainingFailed, match="use a shorter length or fewer words, at most 200000 together"):
        built("onehot", {"minimum": 1, "words": 4_000, "length": 96}, texts, 3)


def test_many_one_hot_pictures_are_never_in_memory_together() -> None:
    network, _ = built("onehot", {"length": 48}, SAID, 3)
    sizes: list[int] = []
    network.get_submodule("convolution").register_forward_hook(lambda _part, given, _out: sizes.append(len(given[0])))
    with torch.inference_mode():
        network(torch.full((1_000, 1), 3), torch.ones(1_000, dtype=torch.long))
    assert max(sizes) <= 32
    assert sum(sizes) == 1_000


def test_one_hot_pictures_know_only_the_most_frequent_words() -> None:
    texts = [f"the {'a' * (i % 26 + 1)}{chr(97 + i // 26 % 26)}" for i in range(5_000)]
    network, encoder = built("onehot", {"minimum": 1, "words": 20}, texts, 2)
    assert len(encoder) == network.config.vocabulary == 22
    assert encoder.encode_all(["the zebra"]) == [[2, 1]]


def test_starting_vectors_come_from_the_named_encoder(tmp_path: Path) -> None:
    base = tiny_bert(tmp_path / "base")
    network, encoder = built("recurrent", {**SMALL, "vectors": str(base)}, SAID, 3)
    vectors = network.embedding.weight.detach()
    assert vectors[2:].std(unbiased=False).item() == pytest.approx(0.2, rel=1e-3)
    assert not vectors[:2].any()
    again, _ = built("cnn", {"embedding": 8, "vectors": str(base)}, SAID, 3)
    assert torch.equal(again.embedding.weight, vectors)
    assert len(encoder) == len(vectors)


def test_recurrent_layers_in_one_direction_read_as_torch_s_own_do() -> None:
    network, _ = built("recurrent", {**SMALL, "cell": "gru", "pooling": "last", "bidirectional": False}, SAID, 3)
    network.eval()
    ids = torch.tensor([[4, 5, 6]])
    with torch.inference_mode():
        _, last = network.ahead[0](network.embedding(ids))
        assert torch.allclose(network(ids, torch.tensor([3])), network.output(last[0]))


def test_both_directions_read_as_torch_s_own_do() -> None:
    network, _ = built("recurrent", {**SMALL, "pooling": "last"}, SAID, 3)
    network.eval()
    theirs = torch.nn.LSTM(8, 6, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for name, value in network.ahead[0].named_parameters():
            getattr(theirs, name).copy_(value)
        for name, value in network.back[0].named_parameters():
            getattr(theirs, f"{name}_reverse").copy_(value)
        ids = torch.tensor([[4, 5, 6, 7]])
        _, (last, _) = theirs(network.embedding(ids))
        expected = network.output(torch.cat([last[0], last[1]], dim=-1))
        padded = torch.tensor([[4, 5, 6, 7, 0, 0]])
        assert torch.allclose(network(padded, torch.tensor([4])), expected, atol=1e-6)
