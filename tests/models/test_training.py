"""Training on a few invented rows: repeatable, stopped in time, the best state kept."""

import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.metrics import macro_f1
from models.networks import BiLSTM, RecurrentConfig, padded
from models.text import PAD, Vocabulary
from models.training import (
    Rows,
    TrainingOptions,
    batches_of,
    class_weights,
    logits_of,
    seeded,
    train,
    validate,
)

SAD, HAPPY = ["gloom", "tears", "grief", "loss"], ["sun", "cake", "smile", "dance"]


def invented(count: int, seed: int) -> list[tuple[str, int]]:
    chance = random.Random(seed)
    return [
        (" ".join(["the", chance.choice((SAD, HAPPY)[label]), "of", "today"][: chance.randint(2, 4)]), label)
        for label in (chance.randint(0, 1) for _ in range(count))
    ]


def rows_of(vocabulary: Vocabulary, pairs: list[tuple[str, int]]) -> Rows:
    return Rows([vocabulary.encode(text) for text, _ in pairs], [label for _, label in pairs])


@pytest.fixture(scope="module")
def learned() -> Vocabulary:
    return Vocabulary.of(text for text, _ in invented(200, seed=1))


def network_for(vocabulary: Vocabulary, seed: int) -> BiLSTM:
    seeded(seed)
    return BiLSTM(RecurrentConfig(len(vocabulary), 2, embedding=8, hidden=8))


def trained(vocabulary: Vocabulary, options: TrainingOptions) -> tuple[BiLSTM, list[dict[str, float]]]:
    network = network_for(vocabulary, options.seed)
    rows, held_out = rows_of(vocabulary, invented(200, seed=1)), rows_of(vocabulary, invented(60, seed=2))
    return network, train(network, rows, {"held_out": held_out}, options, quiet=True)


QUICK = TrainingOptions(epochs=8, batch=16, rate=2e-2, average=0.9)


def test_what_is_learned_holds_on_rows_never_seen(learned: Vocabulary) -> None:
    network, history = trained(learned, QUICK)
    assert history[-1]["loss"] < history[0]["loss"]
    assert validate(network, {"test": rows_of(learned, invented(60, seed=3))})["macro_f1"] == 1.0


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
    assert validate(network, held_out)["macro_f1"] == max(row["macro_f1"] for row in history)


def test_a_class_four_times_rarer_weighs_twice_as_much() -> None:
    weights = class_weights([0] * 80 + [1] * 20, classes=2)
    assert float(weights[1] / weights[0]) == pytest.approx(2.0)


@given(st.lists(st.lists(st.integers(2, 9), min_size=1, max_size=9), min_size=1, max_size=9))
def test_padding_keeps_every_number_in_its_place(texts: list[list[int]]) -> None:
    ids, lengths = padded(texts)
    assert [row[:length].tolist() for row, length in zip(ids, lengths, strict=True)] == texts
    assert int((ids == PAD).sum()) == ids.numel() - sum(map(len, texts))


def test_every_row_is_trained_on_once_an_epoch() -> None:
    texts = [[2] * (1 + i % 7) for i in range(1_000)]
    rows = [row for batch in batches_of(texts, 8, random.Random(1)) for row in batch]
    assert sorted(rows) == list(range(1_000))


def test_filling_behind_a_text_does_not_change_its_logits(learned: Vocabulary) -> None:
    network = network_for(learned, seed=4).double()
    short, long = [2, 3], [4, 5, 6, 7, 2, 3]
    together = logits_of(network, [short, long])
    assert together[0] == pytest.approx(logits_of(network, [short])[0], abs=1e-12)


def test_word_order_matters_to_the_network(learned: Vocabulary) -> None:
    network = network_for(learned, seed=4)
    assert np.abs(logits_of(network, [[2, 3, 4]]) - logits_of(network, [[4, 3, 2]])).max() > 1e-4


def test_macro_f1_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(6)
    truth, guess = chance.integers(0, 5, 400), chance.integers(0, 5, 400)
    assert macro_f1(truth, guess) == pytest.approx(f1_score(truth, guess, average="macro"))
