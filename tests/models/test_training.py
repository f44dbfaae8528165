"""Training on a few invented rows: repeatable, stopped in time, the best state kept."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TrainingFailed
from models.evaluation.metrics import macro_f1
from models.networks.network import padded
from models.networks.recurrent import Recurrent, RecurrentConfig
from models.networks.text import PAD, Vocabulary
from models.training.batching import batches_of, seeded
from models.training.loop import train
from models.training.losses import class_weights
from models.training.options import TrainingOptions, defaults_for
from models.training.rows import History, Rows
from models.training.validation import logits_of, validate

SAD, HAPPY = ["gloom", "tears", "grief", "loss"], ["sun", "cake", "smile", "dance"]


def invented(count: int, seed: int) -> list[tuple[str, int]]:
    chance = random.Random(seed)
    return [
        (" ".join(["the", chance.choice((SAD, HAPPY)[label]), "of", "today"][: chance.randint(2, 4)]), label)
        for label in (chance.randint(0, 1) for _ in range(count))
    ]


def rows_of(vocabulary: Vocabulary, pairs: list[tuple[str, int]]) -> Rows:
    return Rows([vocabulary.encode(text) for text, _ in pairs], np.array([label for _, label in pairs]))


@pytest.fixture(scope="module")
def learned() -> Vocabulary:
    return Vocabulary.of(text for text, _ in invented(200, seed=1))


def network_for(vocabulary: Vocabulary, seed: int) -> Recurrent:
    seeded(seed)
    return Recurrent(RecurrentConfig(len(vocabulary), 2, embedding=8, hidden=8))


def trained(vocabulary: Vocabulary, options: TrainingOptions) -> tuple[Recurrent, History]:
    network = network_for(vocabulary, options.seed)
    rows, held_out = rows_of(vocabulary, invented(200, seed=1)), rows_of(vocabulary, invented(60, seed=2))
    return network, train(network, PAD, rows, {"held_out": held_out}, options, quiet=True)


QUICK = TrainingOptions(epochs=8, batch=16, rate=2e-2, average=0.9)


def test_what_is_learned_holds_on_rows_never_seen(learned: Vocabulary) -> None:
    network, history = trained(learned, QUICK)
    assert history[-1]["loss"] < history[0]["loss"]
    assert validate(network, PAD, {"test": rows_of(learned, invented(60, seed=3))})["macro_f1"] == 1.0


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(learned: Vocabulary) -> None:
    options = TrainingOptions(epochs=1, batch=16)
    same = [trained(learned, options)[0].state_dict() for _ in range(2)]
    other = trained(learned, TrainingOptions(seed=2, epochs=1, batch=16))[0].state_dict()
    assert all(torch.equal(same[0][name], same[1][name]) for name in other)
    assert not torch.equal(same[0]["output.weight"], other["output.weight"])


def test_training_stops_once_validation_no_longer_rises(learned: Vocabulary) -> None:
    options = TrainingOptions(epochs=30, patience=2, batch=16, rate=2e-2, average=0.9)
    _, history = trained(learned, options)
    scores = [row["macro_f1"] for row in history]
    assert len(scores) < 30
    assert len(scores) == scores.index(max(scores)) + 1 + options.patience


def test_the_network_ends_as_it_was_in_its_best_epoch(learned: Vocabulary) -> None:
    network, history = trained(learned, QUICK)
    held_out = {"held_out": rows_of(learned, invented(60, seed=2))}
    assert validate(network, PAD, held_out)["macro_f1"] == max(row["macro_f1"] for row in history)


def test_the_history_holds_both_curves(learned: Vocabulary) -> None:
    _, history = trained(learned, QUICK)
    assert [row["epoch"] for row in history] == list(range(1, len(history) + 1))
    last = history[-1]
    assert history[0]["accuracy"] < last["accuracy"] <= 1
    assert history[0]["validation_loss"] > last["validation_loss"]
    assert last["validation_accuracy"] == last["held_out_accuracy"]


def test_a_class_without_rows_does_not_count() -> None:
    weights = class_weights(np.array([0] * 3 + [2]), classes=3)
    assert weights is not None
    assert weights[1] == 0


def test_a_loss_that_is_no_number_stops_the_training(learned: Vocabulary) -> None:
    network = network_for(learned, seed=1)
    with torch.no_grad():
        network.output.weight[0, 0] = torch.nan
    rows = rows_of(learned, invented(20, seed=1))
    with pytest.raises(TrainingFailed, match=r"The loss became nan in epoch 1: use a lower learning rate than 0\.02"):
        train(network, PAD, rows, {"held_out": rows}, QUICK, quiet=True)


def test_nothing_to_learn_from_is_said_before_learning(learned: Vocabulary) -> None:
    rows, none = rows_of(learned, invented(20, seed=1)), rows_of(learned, [])
    with pytest.raises(TrainingFailed, match="no rows to train on"):
        train(network_for(learned, 1), PAD, none, {"held_out": rows}, QUICK, quiet=True)
    for validation in ({}, {"held_out": none}):
        with pytest.raises(TrainingFailed, match="no validation rows"):
            train(network_for(learned, 1), PAD, rows, validation, QUICK, quiet=True)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_cuda_asked_for_and_absent_is_one_sentence(learned: Vocabulary) -> None:
    with pytest.raises(TrainingFailed, match=r"no CUDA device .*: train with device cpu or auto\."):
        trained(learned, replace(QUICK, device="cuda"))


def test_memory_that_does_not_hold_a_batch_is_one_sentence(
    learned: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tight(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Recurrent, "embedded", tight)
    with pytest.raises(TrainingFailed, match="does not hold batches of 16: use smaller ones"):
        trained(learned, QUICK)


def test_half_precision_learns_too(learned: Vocabulary) -> None:
    _, history = trained(learned, replace(QUICK, precision="half"))
    assert max(row["macro_f1"] for row in history) > 0.95


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "radam"])
@pytest.mark.parametrize("schedule", ["cool", "constant"])
def test_every_optimizer_and_schedule_learns(learned: Vocabulary, optimizer: str, schedule: str) -> None:
    _, history = trained(learned, replace(QUICK, optimizer=optimizer, schedule=schedule, weighting="balanced"))
    assert history[-1]["loss"] < history[0]["loss"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("epochs", 0), ("batch", 1.5), ("rate", -1.0), ("clip", 0), ("smoothing", 1.0), ("schedule", "cosine")],
)
def test_a_choice_that_cannot_be_is_refused_in_one_sentence(name: str, value: Any) -> None:
    with pytest.raises(TrainingFailed, match=rf"^{name} is .*: use .*\.$"):
        TrainingOptions(**{name: value})


def test_a_transformer_takes_smaller_steps_unless_told_otherwise() -> None:
    full, adapters, others = (
        defaults_for(*one) for one in (("transformer", {}), ("transformer", {"rank": 8}), ("cnn", {}))
    )
    assert full.rate < adapters.rate < others.rate
    assert full.batch == adapters.batch == 32


def test_progress_says_how_much_of_the_whole_is_left(learned: Vocabulary, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(learned, invented(40, seed=1))
    train(network_for(learned, 1), PAD, rows, {"held_out": rows}, TrainingOptions(epochs=2, batch=10))
    shown = capsys.readouterr().err
    assert "epoch 2/2: 100%" in shown
    assert "8/8" in shown
    assert "macro_f1=" in shown


def test_a_class_four_times_rarer_weighs_twice_as_much() -> None:
    weights = class_weights(np.array([0] * 80 + [1] * 20), classes=2)
    assert weights is not None
    assert float(weights[1] / weights[0]) == pytest.approx(2.0)


@given(st.lists(st.lists(st.integers(2, 9), min_size=1, max_size=9), min_size=1, max_size=9))
def test_padding_keeps_every_number_in_its_place(texts: list[list[int]]) -> None:
    ids, lengths = padded(texts, PAD)
    assert [row[:length].tolist() for row, length in zip(ids, lengths, strict=True)] == texts
    assert int((ids == PAD).sum()) == ids.numel() - sum(map(len, texts))


def test_every_row_is_trained_on_once_an_epoch() -> None:
    texts = [[2] * (1 + i % 7) for i in range(1_000)]
    rows = [row for batch in batches_of(texts, 8, random.Random(1)) for row in batch]
    assert sorted(rows) == list(range(1_000))


def test_filling_behind_a_text_does_not_change_its_logits(learned: Vocabulary) -> None:
    network = network_for(learned, seed=4).double()
    short, long = [2, 3], [4, 5, 6, 7, 2, 3]
    together = logits_of(network, PAD, [short, long])
    assert together[0] == pytest.approx(logits_of(network, PAD, [short])[0], abs=1e-12)


def test_word_order_matters_to_the_network(learned: Vocabulary) -> None:
    network = network_for(learned, seed=4)
    assert np.abs(logits_of(network, PAD, [[2, 3, 4]]) - logits_of(network, PAD, [[4, 3, 2]])).max() > 1e-4


def test_macro_f1_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(6)
    truth, guess = chance.integers(0, 5, 400), chance.integers(0, 5, 400)
    assert macro_f1(truth, guess) == pytest.approx(f1_score(truth, guess, average="macro"))
