"""What the engine does about memory, batches and doubt."""

import subprocess
import sys

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.data import load_corpora
from models.engine import DOUBT, NetworkClassifier, batches
from models.errors import ModelOutage
from models.load import DEFAULT, SHIPPED
from models.networks import BiLSTM
from models.saved import SavedModel, load_model

TEXTS = [f"{'very ' * (i % 40)}happy about number {i}" for i in range(120)]


@pytest.fixture(scope="module")
def model() -> SavedModel:
    return load_model(SHIPPED / DEFAULT)


@pytest.fixture
def forwards(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The shapes that reach the network; `limit` rows and more run out of memory."""
    seen: list[tuple[int, int]] = []
    inner = BiLSTM.forward

    def watched(network: BiLSTM, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        seen.append((ids.shape[0], ids.shape[1]))
        return inner(network, ids, lengths)

    monkeypatch.setattr(BiLSTM, "forward", watched)
    return seen


def run_out(monkeypatch: pytest.MonkeyPatch, error: Exception, limit: int) -> None:
    """Let every forward pass of more than `limit` rows fail with `error`."""
    inner = BiLSTM.forward

    def tight(network: BiLSTM, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        if len(ids) > limit:
            raise error
        return inner(network, ids, lengths)

    monkeypatch.setattr(BiLSTM, "forward", tight)


OUT_OF_MEMORY = [
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes."),
    torch.OutOfMemoryError("CUDA out of memory."),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: str(error)[:20])
def test_out_of_memory_halves_the_batch_and_changes_no_score(
    model: SavedModel, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    expected = NetworkClassifier(model).emotions(TEXTS).tobytes()
    run_out(monkeypatch, error, limit=5)
    assert NetworkClassifier(model).emotions(TEXTS).tobytes() == expected


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: str(error)[:20])
def test_no_memory_for_a_single_text_is_an_outage(
    model: SavedModel, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    run_out(monkeypatch, error, limit=0)
    with pytest.raises(ModelOutage, match="try again later"):
        NetworkClassifier(model).emotions(TEXTS)


def test_any_other_failure_is_passed_on_as_it_is(model: SavedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    run_out(monkeypatch, RuntimeError("shapes do not match"), limit=0)
    with pytest.raises(RuntimeError, match="shapes do not match"):
        NetworkClassifier(model).emotions(TEXTS)


def test_a_batch_never_holds_more_tokens_than_allowed(model: SavedModel, forwards: list[tuple[int, int]]) -> None:
    NetworkClassifier(model, tokens=200).probabilities(TEXTS)
    assert max(rows * longest for rows, longest in forwards) <= 200
    assert sum(rows for rows, _ in forwards) == len(TEXTS)


@given(lengths=st.lists(st.integers(1, 96), max_size=60), tokens=st.integers(1, 500))
def test_every_row_is_in_exactly_one_batch(lengths: list[int], tokens: int) -> None:
    groups = list(batches(lengths, tokens))
    assert sorted(row for group in groups for row in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[row] for row in group) <= tokens


def test_the_noise_of_batching_is_below_half_the_doubt(model: SavedModel) -> None:
    """If this fails, equal scores in any company can no longer be promised: raise DOUBT."""
    texts = [row.text for row in load_corpora()[1].validation[:600]]
    classifier, alone = NetworkClassifier(model), NetworkClassifier(model, tokens=1)
    noise = np.abs(classifier.probabilities(texts) - alone.probabilities(texts)).max() * 1000
    assert noise < DOUBT / 2


def test_doubtful_scores_are_evaluated_alone_in_double(
    model: SavedModel, monkeypatch: pytest.MonkeyPatch, forwards: list[tuple[int, int]]
) -> None:
    plain = NetworkClassifier(model).emotions(TEXTS)
    forwards.clear()
    monkeypatch.setattr("models.engine.DOUBT", 1.0)
    assert (NetworkClassifier(model).emotions(TEXTS) == plain).all()
    assert forwards.count((1, 4)) >= 1
    assert sum(rows == 1 for rows, _ in forwards) == len(TEXTS)


class Noisy(NetworkClassifier):
    """Another machine: every chance is off by up to half of what `DOUBT` allows."""

    def _chances(self, encoded: list[list[int]]) -> npt.NDArray[np.float64]:
        exact = super()._chances(encoded)
        return exact + np.random.default_rng(9).uniform(-DOUBT / 2000, DOUBT / 2000, exact.shape)


def test_arithmetic_noise_below_the_doubt_changes_no_score(model: SavedModel) -> None:
    texts = [row.text for row in load_corpora()[1].validation[:1_500]]
    plain, noisy = NetworkClassifier(model).emotions(texts), Noisy(model).emotions(texts)
    assert np.flatnonzero((plain != noisy).any(axis=1)).tolist() == []


def test_the_number_of_threads_changes_no_score(model: SavedModel) -> None:
    classifier, threads = NetworkClassifier(model), torch.get_num_threads()
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
