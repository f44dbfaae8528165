"""What the engine does about memory, batches and doubt."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.classify import ModelClassifier
from models.data.corpora import load_corpora
from models.engine.batches import batches, packs
from models.engine.network import DOUBT, DOUBT_OF_TRANSFORMERS, NetworkModel, in_double
from models.errors import ModelOutage
from models.load import DEFAULT, SHIPPED, load_saved
from models.networks.recurrent import Recurrent
from models.saved import SavedModel, load_model

TEXTS = [f"{'very ' * (i % 40)}happy about number {i}" for i in range(120)]


@pytest.fixture(scope="module")
def saved() -> SavedModel:
    return load_model(SHIPPED / DEFAULT)


def with_model(saved: SavedModel, kind: type[NetworkModel] = NetworkModel, tokens: int = 8192) -> ModelClassifier:
    """The shipped model, run by another engine."""
    old = saved.model
    assert isinstance(old, NetworkModel)
    return ModelClassifier(replace(saved, model=kind(old.kind, old.network, old.encoder, tokens=tokens)))


@pytest.fixture
def forwards(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The shapes that reach the network."""
    seen: list[tuple[int, int]] = []
    inner = Recurrent.forward

    def watched(network: Recurrent, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        seen.append((ids.shape[0], ids.shape[1]))
        return inner(network, ids, lengths)

    monkeypatch.setattr(Recurrent, "forward", watched)
    return seen


def run_out(monkeypatch: pytest.MonkeyPatch, error: Exception, limit: int) -> None:
    """Let every forward pass of more than `limit` rows fail with `error`."""
    inner = Recurrent.forward

    def tight(network: Recurrent, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        if len(ids) > limit:
            raise error
        return inner(network, ids, lengths)

    monkeypatch.setattr(Recurrent, "forward", tight)


OUT_OF_MEMORY = [
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
    torch.OutOfMemoryError("CUDA out of memory."),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: str(error)[:20])
def test_out_of_memory_halves_the_batch_and_changes_no_score(
    saved: SavedModel, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    expected = ModelClassifier(saved).emotions(TEXTS).tobytes()
    run_out(monkeypatch, error, limit=5)
    assert ModelClassifier(saved).emotions(TEXTS).tobytes() == expected


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: str(error)[:20])
def test_no_memory_for_a_single_text_is_an_outage(
    saved: SavedModel, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    run_out(monkeypatch, error, limit=0)
    with pytest.raises(ModelOutage, match="try again later"):
        ModelClassifier(saved).emotions(TEXTS)


def test_any_other_failure_is_passed_on_as_it_is(saved: SavedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    run_out(monkeypatch, RuntimeError("shapes do not match"), limit=0)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        ModelClassifier(saved).emotions(TEXTS)


def test_a_batch_never_holds_more_tokens_than_allowed(saved: SavedModel, forwards: list[tuple[int, int]]) -> None:
    with_model(saved, tokens=200).predict(TEXTS)
    assert max(rows * longest for rows, longest in forwards) <= 200
    assert sum(rows for rows, _ in forwards) == len(TEXTS)


@given(lengths=st.lists(st.integers(1, 96), max_size=60), tokens=st.integers(1, 500))
def test_every_row_is_in_exactly_one_batch(lengths: list[int], tokens: int) -> None:
    groups = list(batches(lengths, tokens))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[row] for row in group) <= tokens


@given(lengths=st.lists(st.integers(1, 96), max_size=60), tokens=st.integers(1, 500))
def test_every_row_is_in_exactly_one_pack(lengths: list[int], tokens: int) -> None:
    groups = list(packs(lengths, tokens))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    assert all(len(group) == 1 or sum(lengths[row] for row in group) <= tokens for group in groups)


def test_the_noise_of_batching_is_below_half_the_doubt(saved: SavedModel) -> None:
    """If this fails, equal scores in any company can no longer be promised: raise DOUBT."""
    texts = [row.text for row in load_corpora()[1].validation[:600]]
    together, alone = (with_model(saved, tokens=tokens).predict(texts).own for tokens in (8192, 1))
    assert np.abs(together - alone).max() * 1000 < DOUBT / 2


def test_the_noise_of_a_transformer_is_below_half_its_doubt() -> None:
    """Against 64 bits, together; if this fails, raise DOUBT_OF_TRANSFORMERS."""
    trained = load_saved("minilm-en-1")
    assert isinstance(trained.model, NetworkModel)
    assert trained.model.noise == DOUBT_OF_TRANSFORMERS
    texts = [row.text for corpus in load_corpora() for row in corpus.validation[:30]]
    old = trained.model
    in_64_bits = NetworkModel(old.kind, in_double(old.network), old.encoder)
    single, double = (ModelClassifier(replace(trained, model=model)).predict(texts).own for model in (old, in_64_bits))
    assert np.abs(single - double).max() * 1000 < DOUBT_OF_TRANSFORMERS / 2


def test_doubtful_scores_are_evaluated_alone(
    saved: SavedModel, monkeypatch: pytest.MonkeyPatch, forwards: list[tuple[int, int]]
) -> None:
    plain = with_model(saved).emotions(TEXTS)
    forwards.clear()
    doubting = with_model(saved)
    monkeypatch.setattr(doubting, "_noise", 1.0)
    assert (doubting.emotions(TEXTS) == plain).all()
    assert sum(rows == 1 for rows, _ in forwards) == len(TEXTS)


class Noisy(NetworkModel):
    """Another machine: every logit is off by as much as moves a chance by half of what `DOUBT` allows."""

    def logits(self, texts: list[str]) -> npt.NDArray[np.float64]:  # type: ignore[override]
        exact = super().logits(texts)
        return exact + np.random.default_rng(9).uniform(-DOUBT / 1000, DOUBT / 1000, exact.shape)


def test_arithmetic_noise_below_the_doubt_changes_no_score(saved: SavedModel) -> None:
    texts = [row.text for row in load_corpora()[1].validation[:1_500]]
    plain, noisy = with_model(saved).emotions(texts), with_model(saved, Noisy).emotions(texts)
    assert np.flatnonzero((plain != noisy).any(axis=1)).tolist() == []


def test_the_number_of_threads_changes_no_score(saved: SavedModel) -> None:
    classifier, threads = ModelClassifier(saved), torch.get_num_threads()
    texts = [row.text for row in load_corpora()[0].validation[:100]]
    try:
        torch.set_num_threads(1)
        one = classifier.emotions(texts).tobytes()
        torch.set_num_threads(2)
        assert classifier.emotions(texts).tobytes() == one
    finally:
        torch.set_num_threads(threads)


def test_the_double_is_loaded_without_torch() -> None:
    program = "import sys, models.load as m; m.load_classifier('keywords'); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
