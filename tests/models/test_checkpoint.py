"""A training that is cut off and taken up again is the training that was never cut off."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from models.errors import TrainingFailed
from models.networks.recurrent import Recurrent, RecurrentConfig
from models.training.batching import seeded
from models.training.checkpoint import FILE
from models.training.loop import train
from models.training.options import TrainingOptions
from models.training.rows import History, Rows

OPTIONS = TrainingOptions(epochs=4, patience=4, batch=16, rate=1e-2, average=0.9)
EPOCH = 7
"""Batches of 16 in 100 rows."""


def rows(count: int, seed: int) -> Rows:
    chance = np.random.default_rng(seed)
    targets = chance.integers(0, 3, count)
    ids = [[int(n) for n in chance.integers(2, 40, chance.integers(1, 9))] + [40 + int(t)] for t in targets]
    return Rows(ids, targets)


class CutOff(Recurrent):
    """Stops, as a person would stop it, when it is asked to learn one batch too many."""

    left = 0

    def embedded(self, ids: Tensor, lengths: Tensor) -> Tensor:
        if self.training:
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
        return super().embedded(ids, lengths)


def run(folder: Path | None, options: TrainingOptions = OPTIONS, until: int = 10_000) -> tuple[Recurrent, History]:
    seeded(options.seed)
    network = CutOff(RecurrentConfig(43, 3, embedding=6, hidden=5))
    network.left = until
    held_out = {"held_out": rows(60, 2)}
    return network, train(network, 0, rows(100, 1), held_out, options, quiet=True, checkpoint=folder)


def interrupted(folder: Path, options: TrainingOptions, batches: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(folder, options, until=batches)
    torch.rand(5)  # whatever else draws numbers in between


def weights(network: Recurrent) -> dict[str, bytes]:
    return {name: value.numpy().tobytes() for name, value in network.state_dict().items()}


@pytest.mark.parametrize("optimizer", ["adamw", "radam"])
@pytest.mark.parametrize("batches", [0, EPOCH, EPOCH + 3, 3 * EPOCH])
def test_taken_up_it_ends_with_the_same_weights_bit_for_bit(tmp_path: Path, optimizer: str, batches: int) -> None:
    options = replace(OPTIONS, optimizer=optimizer)
    whole, history = run(None, options)
    interrupted(tmp_path / "run", options, batches)
    resumed, again = run(tmp_path / "run", options)
    assert weights(resumed) == weights(whole)
    assert again == history


def test_it_can_be_cut_off_more_than_once(tmp_path: Path) -> None:
    whole, _ = run(None)
    for _ in range(3):
        interrupted(tmp_path / "run", OPTIONS, EPOCH + 1)
    resumed, _ = run(tmp_path / "run")
    assert weights(resumed) == weights(whole)


def test_a_finished_training_is_only_read(tmp_path: Path) -> None:
    whole, history = run(tmp_path / "run")
    resumed, again = run(tmp_path / "run", until=0)
    assert weights(resumed) == weights(whole)
    assert again == history


def test_one_that_stopped_early_stays_stopped(tmp_path: Path) -> None:
    options = replace(OPTIONS, epochs=60, patience=1)
    _, history = run(tmp_path / "run", options)
    assert len(history) < 60
    assert run(tmp_path / "run", options, until=0)[1] == history


def test_another_training_s_checkpoint_is_refused(tmp_path: Path) -> None:
    run(tmp_path / "run", replace(OPTIONS, epochs=1))
    with pytest.raises(TrainingFailed, match=r"belongs to a training with other rows or options: delete it"):
        run(tmp_path / "run", replace(OPTIONS, rate=1e-3))


@pytest.mark.parametrize("content", [b"", b"pickled", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(TrainingFailed, match=r"is no whole checkpoint: delete it to start over\."):
        run(tmp_path)


def test_a_folder_that_cannot_be_written_stops_it_before_the_first_batch(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TrainingFailed, match=r"file/run/checkpoint.safetensors could not be written"):
        run(tmp_path / "file" / "run", until=0)


def test_a_full_disk_stops_it_and_leaves_the_checkpoint_before_it_whole(tmp_path: Path) -> None:
    interrupted(tmp_path, OPTIONS, EPOCH)
    before = (tmp_path / FILE).read_bytes()
    with largest_file(1_000), pytest.raises(TrainingFailed, match=r"could not be written .*: make room or choose"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert (tmp_path / FILE).read_bytes() == before
    assert weights(run(tmp_path)[0]) == weights(run(None)[0])


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No room for more than `size` bytes in any file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
