"""The BERT family on tiny random encoders: adapters, frozen layers, and folders that score alike wherever they go."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import huggingface_hub
import numpy as np
import pytest
import torch

from models.classify import ModelClassifier
from models.errors import ModelUnusable, TrainingFailed
from models.networks.network import padded
from models.networks.transformer import Transformer, TransformerConfig
from models.networks.transformer_model import build_transformer
from models.saved import load_model, save_model
from models.training.fit import fit
from models.training.options import TrainingOptions
from models.training.recipe import Recipe
from tests.models.checkpoints import (
    tiny_bert,
    tiny_korean_bert,
    tiny_korean_roberta,
    tiny_roberta,
    tiny_sentencepiece,
    tiny_two_files,
    tiny_unigram,
)
from tests.models.feelings import feelings

FAMILIES = [tiny_bert, tiny_roberta, tiny_unigram]
FAMILIES += [tiny_korean_bert, tiny_korean_roberta, tiny_sentencepiece, tiny_two_files]

QUICK = TrainingOptions(epochs=1, batch=32, rate=5e-3, average=0.5)
TEXTS = ["i feel so sad", "what a happy day with my friend", "", "슬프다", "terrified of it all " * 20]
STRANGE = ["", " ", "\ud800", "sad \udfff day", "😭👍🏽", "\x00", "x" * 100_000, "so sad " * 15_000, "😭" * 25_000]


@pytest.fixture(scope="module", params=FAMILIES, ids=lambda build: build.__name__)
def family(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    build: Callable[[Path], Path] = request.param
    return build(tmp_path_factory.mktemp("family") / "base")


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("bert") / "base")


@pytest.fixture
def own_base(bert: Path, tmp_path: Path) -> Path:
    """One that a test may spoil."""
    return Path(shutil.copytree(bert, tmp_path / "own"))


def taught(base: Path, **options: Any) -> tuple[ModelClassifier, Path]:
    """Trained on a few rows and saved beside the test."""
    recipe = Recipe("tiny", "transformer", options={"base": str(base), "length": 32, **options}, training=QUICK)
    saved = fit(recipe, [feelings(120)], quiet=True)
    save_model(Path("tiny"), saved, card="tiny")
    return ModelClassifier(saved), Path("tiny")


def scored(network: Transformer, ids: list[list[int]]) -> "np.ndarray[Any, Any]":
    with torch.inference_mode():
        found: np.ndarray[Any, Any] = network.eval()(*padded(ids, 0)).numpy()
    return found


def moved(base: Path, **options: Any) -> tuple[set[str], dict[str, bool]]:
    """Of a network after one step of training: which of its weights may move, and which did."""
    network, encoder = build_transformer(TransformerConfig(str(base), 2, length=32, **options))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    weights = [value for value in network.parameters() if value.requires_grad]
    optimizer = torch.optim.SGD(weights, lr=1.0)
    for _ in range(2):  # an adapter's A moves only once its B has
        network.train()(*padded(encoder.encode_all(TEXTS), encoder.pad)).square().sum().backward()
        optimizer.step()
    after = network.state_dict()
    may = {name for name, value in network.named_parameters() if value.requires_grad}
    return may, {name: not torch.equal(before[name], after[name]) for name in before}


def test_a_full_fine_tune_scores_alike_after_its_base_is_gone(family: Path, tmp_path: Path) -> None:
    base = Path(shutil.copytree(family, tmp_path / "base"))
    trained, folder = taught(base)
    shutil.rmtree(base)
    loaded = ModelClassifier(load_model(folder))
    assert loaded.emotions(TEXTS).tobytes() == trained.emotions(TEXTS).tobytes()
    assert np.array_equal(loaded.predict(TEXTS).own, trained.predict(TEXTS).own)


def test_an_adapter_model_scores_alike_after_loading_and_holds_no_weight_of_its_base(family: Path) -> None:
    trained, folder = taught(family, rank=2, alpha=4)
    loaded = ModelClassifier(load_model(folder))
    assert loaded.emotions(TEXTS).tobytes() == trained.emotions(TEXTS).tobytes()
    assert (folder / "model.safetensors").stat().st_size < (family / "model.safetensors").stat().st_size / 4


def test_a_loaded_model_can_be_saved_again_unchanged(bert: Path) -> None:
    for options in ({}, {"rank": 2}):
        _, folder = taught(bert, **options)
        loaded = load_model(folder)
        again = save_model(Path("again"), loaded, card="again")
        assert again.content_sha256 == loaded.manifest.content_sha256


def test_merged_adapters_answer_as_the_adapters_beside_the_weights_do(family: Path) -> None:
    network, encoder = build_transformer(TransformerConfig(str(family), 3, rank=4, alpha=64, length=32))
    with torch.no_grad():
        for name, value in network.named_parameters():
            if "lora_" in name:
                value.copy_((torch.randn(value.shape) * 0.2).half())
        for value in network.output.parameters():
            value.copy_(value.half())
    ids = encoder.encode_all(TEXTS)
    beside = scored(network, ids)
    assert scored(network.as_loaded(), ids) == pytest.approx(beside, abs=5e-5)
    plain = build_transformer(TransformerConfig(str(family), 3, length=32))[0]
    plain.output.load_state_dict(network.output.state_dict())
    assert np.abs(scored(plain, ids) - beside).max() > 1e-2


def test_merged_adapters_take_no_others(bert: Path) -> None:
    network = build_transformer(TransformerConfig(str(bert), 3, rank=2, length=32))[0]
    kept = network.kept()
    merged = network.as_loaded()
    with pytest.raises(ValueError, match="already merged"):
        merged.restore(kept)


@pytest.mark.parametrize("pooling", ["cls", "mean"])
def test_a_text_s_logits_do_not_depend_on_its_neighbours(family: Path, pooling: str) -> None:
    network, encoder = build_transformer(TransformerConfig(str(family), 3, pooling=pooling, length=32))
    ids = encoder.encode_all(TEXTS)
    alone = np.concatenate([scored(network, [one]) for one in ids])
    assert scored(network, ids) == pytest.approx(alone, abs=1e-5)


def test_it_calculates_in_64_bits_what_it_calculates_in_32(bert: Path) -> None:
    model = taught(bert)[0].model
    exact = np.concatenate([model.exact(text) for text in TEXTS])
    assert model.logits(TEXTS) == pytest.approx(exact, abs=1e-4)


def test_any_text_becomes_at_least_one_piece_and_at_most_the_length(family: Path) -> None:
    _, encoder = build_transformer(TransformerConfig(str(family), 3, length=32))
    found = encoder.encode_all(STRANGE)
    assert all(1 <= len(ids) <= 32 for ids in found)
    assert all(0 <= number < len(encoder) for ids in found for number in ids)
    assert encoder.encode_all([]) == []


def test_frozen_layers_and_the_embeddings_do_not_move(family: Path) -> None:
    may, did = moved(family, frozen=2)
    still = ("body.embeddings.", "body.encoder.layer.0.", "body.encoder.layer.1.")
    assert not any(name.startswith(still) for name in may)
    assert not any(moves for name, moves in did.items() if name.startswith(still))
    assert any(moves for name, moves in did.items() if name.startswith("body.encoder.layer.2."))


def test_only_adapters_and_the_last_layer_move_and_frozen_layers_have_none(bert: Path) -> None:
    may, did = moved(bert, rank=2, frozen=1)
    assert {name for name, moves in did.items() if moves} == may
    assert all("lora_" in name or name.startswith("output.") for name in may)
    assert not any("layer.0." in name for name in may)
    assert sum("layer.1." in name for name in may) == 12


def test_adapters_of_minilm_are_less_than_a_twentieth_of_its_weights() -> None:
    network, _ = build_transformer(TransformerConfig("minilm", 7, rank=16))
    counts = [(value.numel(), value.requires_grad) for value in network.parameters()]
    assert sum(count for count, moves in counts if moves) < 0.05 * sum(count for count, _ in counts)


def test_half_precision_learns_too(bert: Path) -> None:
    recipe = Recipe("half", "transformer", options={"base": str(bert), "rank": 2, "length": 32}, training=QUICK)
    history = fit(
        replace(recipe, training=replace(QUICK, precision="half", epochs=4)), [feelings()], quiet=True
    ).manifest.history
    assert history[-1]["loss"] < history[0]["loss"]


def test_another_version_of_the_base_is_refused(own_base: Path) -> None:
    _, folder = taught(own_base, rank=2)
    weights = own_base / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(changed)
    with pytest.raises(ModelUnusable, match=r"not the one that this model was trained on .* get the version"):
        load_model(folder)


def test_a_base_that_is_nowhere_is_refused_with_the_two_ways_to_get_it(
    own_base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ModelUnusable, match=r"`hf download some/encoder` .* or give the path of a local folder"):
        build_transformer(TransformerConfig("some/encoder", 2))
    _, folder = taught(own_base, rank=2)
    shutil.rmtree(own_base)
    with pytest.raises(ModelUnusable, match="local folder"):
        load_model(folder)


def test_a_hub_name_is_found_in_the_cache(bert: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    kept = tmp_path / "cache" / "models--some--encoder"
    shutil.copytree(bert, kept / "snapshots" / ("a" * 40))
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text("a" * 40)
    network, _ = build_transformer(TransformerConfig("some/encoder", 2))
    assert network.config.base == "some/encoder"
    assert len(network.config.base_sha256) == 64


def test_weights_that_are_only_a_pickle_are_refused(own_base: Path) -> None:
    (own_base / "model.safetensors").unlink()
    torch.save({}, own_base / "pytorch_model.bin")
    with pytest.raises(ModelUnusable, match="pickles are refused because they can run code"):
        build_transformer(TransformerConfig(str(own_base), 2))


def test_weights_of_something_else_are_refused(own_base: Path) -> None:
    from safetensors.torch import save_file

    save_file({"some.weight": torch.zeros(2)}, own_base / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelUnusable, match=r"lacks \d+ weights"):
        build_transformer(TransformerConfig(str(own_base), 2))
    (own_base / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(ModelUnusable, match="no encoder that transformers can load"):
        build_transformer(TransformerConfig(str(own_base), 2))


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json"])
def test_an_incomplete_base_is_refused(own_base: Path, missing: str) -> None:
    for name in (missing, "vocab.txt"):
        (own_base / name).unlink()
    with pytest.raises(ModelUnusable, match=r"config\.json|tokenizer"):
        build_transformer(TransformerConfig(str(own_base), 2))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"pooling": "median"}, "pooling is 'median': use one of cls, mean."),
        ({"frozen": 4}, "has 3 layers: freeze at most so many."),
        ({"length": 4096}, "reads at most 512 pieces: use a length up to that."),
        ({"rank": -1}, "rank is -1: use a whole number from 0 to 1024."),
        ({"beams": 2}, "A transformer model has no option 'beams': use one of base, pooling,"),
        ({"heads": 2}, "has its own heads: leave the option out, or use base scratch."),
    ],
)
def test_options_that_cannot_be_are_refused_in_one_sentence(bert: Path, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises((TrainingFailed, ModelUnusable)) as failure:
        taught(bert, **{"length": 32, **options})
    assert sentence in str(failure.value)


def test_roberta_s_positions_are_counted_from_behind_the_filling(tmp_path: Path) -> None:
    base = tiny_roberta(tmp_path / "roberta")
    network, encoder = build_transformer(TransformerConfig(str(base), 2, length=128))
    assert scored(network, encoder.encode_all(["x" * 500])).shape == (1, 2)
    with pytest.raises(ModelUnusable, match="reads at most 128 pieces"):
        build_transformer(TransformerConfig(str(base), 2, length=129))


def test_loading_an_encoder_prints_nothing(bert: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build_transformer(TransformerConfig(str(bert), 2, length=32))
    assert capfd.readouterr() == ("", "")
