"""Precisions other than 32 bits: each text's scores are its own, and close to those of 32 bits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from models.classify import ModelClassifier
from models.data.corpora import load_corpora
from models.engine import kept_choice, paths
from models.engine.bert import Block, Sum
from models.engine.network import NetworkModel
from models.engine.packed import PackedNetwork, in_half
from models.engine.packed_model import PackedModel
from models.engine.paths import Choice, Figures, choose, device_of, on_path
from models.engine.samples import SAMPLES
from models.errors import ModelOutage, ModelUnusable
from models.how import How
from models.load import load_classifier, load_saved
from models.networks.transformer import TransformerConfig
from models.networks.transformer_model import build_transformer
from models.saved import save_model
from tests.models.checkpoints import tiny_bert, tiny_roberta
from tests.models.tiny import tiny_model

CPU = torch.device("cpu")
MINILM = "minilm-en-1"
POSTS = [row.text for corpus in load_corpora() for row in corpus.validation[:150]]
TEXTS = [*SAMPLES[:40], "", "sad " * 200, "😭", "i", "a" * 3000]


class SingleLayer:
    """The large sums of a layer in 32 bits."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def asked(self, states: torch.Tensor) -> torch.Tensor:
        return _through(self._block.asked, states)

    def mixed(self, values: torch.Tensor) -> torch.Tensor:
        return _through(self._block.mixed, values)

    def thought(self, states: torch.Tensor) -> torch.Tensor:
        return _through(self._block.narrowed, functional.gelu(_through(self._block.widened, states)))


def _through(part: Sum, states: torch.Tensor) -> torch.Tensor:
    return functional.linear(states, part.weight, part.bias)


def model_on(folder: Path, pooling: str = "mean") -> NetworkModel:
    torch.manual_seed(5)
    network, encoder = build_transformer(TransformerConfig(str(folder), 2, pooling=pooling))
    with torch.no_grad():
        network.output.weight.mul_(30)  # else every text of a random network gets the same chances
    return NetworkModel("transformer", network.eval().requires_grad_(False), encoder)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> NetworkModel:
    return model_on(tiny_bert(tmp_path_factory.mktemp("engine") / "base"))


@pytest.fixture(scope="module")
def trained() -> ModelClassifier:
    found = load_classifier(MINILM, how=How("half", "cpu"))
    assert isinstance(found, ModelClassifier)
    return found


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("number", [1, 2])
def test_a_text_has_the_same_logits_in_any_company(model: NetworkModel, number: int) -> None:
    run, chance = on_path(model, "half", CPU), np.random.default_rng(11)
    torch.set_num_threads(1)
    alone = np.concatenate([run.exact(text) for text in TEXTS])
    torch.set_num_threads(number)
    for count in (2, 17, len(TEXTS)):
        rows = chance.permutation(len(TEXTS))[:count]
        together = run.logits([TEXTS[row] for row in rows])
        assert np.abs(together - alone[rows]).max() < 1e-12  # the last layer, in 64 bits


@pytest.mark.parametrize("size", [1, 7, 256])
def test_minilm_in_16_bits_scores_a_post_alike_in_any_company(trained: ModelClassifier, size: int) -> None:
    rows = np.random.default_rng(size).permutation(len(POSTS))
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    found = np.concatenate([trained.emotions([POSTS[row] for row in part]) for part in parts])
    assert found.tobytes() == trained.emotions(POSTS)[rows].tobytes()


def test_minilm_in_16_bits_agrees_with_32(trained: ModelClassifier) -> None:
    half = trained.model.logits(POSTS).argmax(axis=1)
    assert np.mean(half == load_saved(MINILM).model.logits(POSTS).argmax(axis=1)) >= 0.99


@pytest.mark.parametrize("make", [tiny_bert, tiny_roberta])
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_16_bits_stay_close_to_32(tmp_path: Path, make: object, pooling: str) -> None:
    model = model_on(make(tmp_path / "base"), pooling)  # type: ignore[operator]
    single, half = model.logits(TEXTS), on_path(model, "half", CPU).logits(TEXTS)
    assert 0 < np.abs(single - half).max() < 0.1 * single.std()


@pytest.mark.parametrize("make", [tiny_bert, tiny_roberta])
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_laid_end_to_end_in_32_bits_it_is_the_same_network(tmp_path: Path, make: object, pooling: str) -> None:
    model = model_on(make(tmp_path / "base"), pooling)  # type: ignore[operator]
    packed = PackedNetwork(model.network, lambda _, block: SingleLayer(block), CPU)  # type: ignore[arg-type]
    run = PackedModel(model.kind, model.network, model.encoder, packed)
    np.testing.assert_allclose(run.logits(TEXTS), model.logits(TEXTS), atol=1e-4)


def test_rows_kept_constant_for_a_gpu_change_nothing(model: NetworkModel) -> None:
    filled = in_half(model.network, CPU, rows=1024)  # type: ignore[arg-type]
    run = PackedModel(model.kind, model.network, model.encoder, filled, tokens=1024)
    np.testing.assert_allclose(run.logits(TEXTS), on_path(model, "half", CPU).logits(TEXTS), atol=1e-12)


def test_no_text_is_no_row(model: NetworkModel) -> None:
    assert on_path(model, "half", CPU).logits([]).shape == (0, 2)


def test_out_of_memory_halves_the_pack(model: NetworkModel, monkeypatch: pytest.MonkeyPatch) -> None:
    run = on_path(model, "half", CPU)
    expected = run.logits(TEXTS)
    inner = PackedNetwork.__call__

    def tight(network: PackedNetwork, encoded: list[list[int]]) -> torch.Tensor:
        if len(encoded) > limit:
            raise MemoryError
        return inner(network, encoded)

    monkeypatch.setattr(PackedNetwork, "__call__", tight)
    limit = 3
    np.testing.assert_allclose(run.logits(TEXTS), expected, atol=1e-12)
    limit = 0
    with pytest.raises(ModelOutage, match="try again later"):
        run.logits(TEXTS)


def test_a_saved_model_says_in_its_version_in_which_precision_it_scored(tmp_path: Path, model: NetworkModel) -> None:
    saved = replace(tiny_model(kind="transformer", config=model.config), model=model)
    manifest = save_model(tmp_path / "tiny", saved, card="")
    usual = load_classifier(str(tmp_path / "tiny"))
    half = load_classifier(str(tmp_path / "tiny"), how=How("half", "cpu"))
    again = load_classifier(half.version, tmp_path)
    assert (usual.version, half.version) == (manifest.version, f"{manifest.version}+half")
    assert again.version == half.version
    assert again.emotions(TEXTS).tobytes() == half.emotions(TEXTS[::-1])[::-1].tobytes()


def test_a_model_without_other_precisions_runs_in_32_bits() -> None:
    plain, half = load_classifier("default"), load_classifier("default", how=How("half", "cpu"))
    assert plain.version == half.version
    assert plain.emotions(SAMPLES).tobytes() == half.emotions(SAMPLES).tobytes()


def test_the_fastest_path_that_agrees_is_chosen(model: NetworkModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_seconds", lambda run, _: 1.0 if isinstance(run.__self__, NetworkModel) else 0.1)
    choice = choose(model, CPU, TEXTS)
    assert choice.precision != "single"
    assert [found.precision for found in choice.figures][:2] == ["single", "half"]


def test_a_path_that_disagrees_is_not_chosen_however_fast(model: NetworkModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_seconds", lambda run, _: 1.0 if isinstance(run.__self__, NetworkModel) else 0.1)
    inner = PackedModel.logits
    monkeypatch.setattr(PackedModel, "logits", lambda self, texts: -inner(self, texts))
    assert choose(model, CPU, TEXTS).precision == "single"


def test_a_choice_is_kept_and_measured_again_only_on_another_machine(
    tmp_path: Path, model: NetworkModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[str] = []

    def counted(_model: NetworkModel, device: torch.device) -> Choice:
        measured.append("once")
        return Choice("half", paths.machine_of(device), (Figures("half", 10.0, 1.0),))

    monkeypatch.setattr(kept_choice, "choose", counted)
    first = kept_choice.chosen(model, "tiny@1", CPU, tmp_path)
    assert kept_choice.chosen(model, "tiny@1", CPU, tmp_path) == first
    assert len(measured) == 1
    monkeypatch.setattr(kept_choice, "machine_of", lambda _: "another")
    kept_choice.chosen(model, "tiny@1", CPU, tmp_path)
    (tmp_path / ".paths" / "tiny@1.json").write_text("damaged")
    kept_choice.chosen(model, "tiny@1", CPU, tmp_path)
    assert len(measured) == 3


def test_cuda_asked_for_and_absent_is_one_sentence_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ModelUnusable, match="set the device to auto or cpu"):
        load_classifier("default", how=How(device="cuda"))
    assert device_of("auto") == CPU


def test_precision_is_part_of_no_other_name() -> None:
    assert ModelClassifier(tiny_model(), "+half").version.endswith("+half")
