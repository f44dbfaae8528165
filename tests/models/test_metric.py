"""Losses of distances pick the pairs and triplets that their mining is named after, and draw labels together."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from models.errors import TrainingFailed
from models.networks.network import padded
from models.networks.recurrent import Recurrent, RecurrentConfig
from models.training.batching import seeded
from models.training.loop import train
from models.training.metric import MetricLoss, metric_loss
from models.training.options import TrainingOptions
from models.training.rows import Rows

Distances = npt.NDArray[np.float64]
LABELS = [0, 0, 0, 1, 1, 2, 2]
MARGIN = 0.4


def vectors(seed: int = 4) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(len(LABELS), 5))).float().requires_grad_()


def distances(found: Tensor) -> Distances:
    units = torch.nn.functional.normalize(found.detach().double()).numpy()
    return np.linalg.norm(units[:, None] - units[None], axis=2)  # type: ignore[no-any-return]


def every_triplet() -> list[tuple[int, int, int]]:
    """(a text, another of its label, a stranger)."""
    places = range(len(LABELS))
    return [
        (one, friend, stranger)
        for one in places
        for friend in places
        for stranger in places
        if one != friend and LABELS[one] == LABELS[friend] != LABELS[stranger]
    ]


def triplets(mining: str, apart: Distances) -> list[tuple[int, int, int]]:
    """As the definitions of mining say it, in the plainest way."""
    found = every_triplet()
    if mining == "semi-hard":
        return [(a, p, n) for a, p, n in found if 0 < apart[a, n] - apart[a, p] <= MARGIN]
    if mining == "hard":
        farthest = {a: max(apart[a, p] for b, p, _ in found if b == a) for a, _, _ in found}
        closest = {a: min(apart[a, n] for b, _, n in found if b == a) for a, _, _ in found}
        return [(a, p, n) for a, p, n in found if apart[a, p] == farthest[a] and apart[a, n] == closest[a]]
    return found


def mean_of_what_costs(costs: list[float]) -> float:
    """Pairs and triplets that are already as they should be do not count."""
    positive = [cost for cost in costs if cost > 0]
    return sum(positive) / len(positive) if positive else 0.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mining", ["all", "semi-hard", "hard"])
def test_a_triplet_loss_is_of_the_triplets_that_the_mining_is_named_after(mining: str, seed: int) -> None:
    found, options = vectors(seed), TrainingOptions(metric="triplet", mining=mining, margin=MARGIN)
    apart = distances(found)
    wanted = mean_of_what_costs([apart[a, p] - apart[a, n] + MARGIN for a, p, n in triplets(mining, apart)])
    assert MetricLoss(options)(found, torch.tensor(LABELS)).item() == pytest.approx(wanted, abs=1e-5)
    assert wanted > 0


def test_the_minings_pick_differently() -> None:
    apart = distances(vectors())
    counts = {mining: len(triplets(mining, apart)) for mining in ("all", "semi-hard", "hard")}
    assert counts["all"] > counts["semi-hard"] > 0
    assert counts["hard"] == len(LABELS)


@pytest.mark.parametrize("mining", ["all", "hard"])
def test_a_contrastive_loss_draws_friends_together_and_strangers_as_far_as_the_margin(mining: str) -> None:
    found, options = vectors(), TrainingOptions(metric="contrastive", mining=mining, margin=1.2)
    apart = distances(found)
    picked = triplets(mining, apart)
    # Of triplets, each gives one pair of friends and one of strangers; without mining, every pair counts once.
    pairs = (lambda two: sorted(two)) if mining == "hard" else (lambda two: sorted(set(two)))
    friends = pairs((a, p) for a, p, _ in picked)
    strangers = pairs((a, n) for a, _, n in picked)
    wanted = mean_of_what_costs([apart[pair] for pair in friends])
    wanted += mean_of_what_costs([1.2 - apart[pair] for pair in strangers])
    assert MetricLoss(options)(found, torch.tensor(LABELS)).item() == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("metric", ["contrastive", "triplet"])
@pytest.mark.parametrize("mining", ["all", "semi-hard", "hard"])
@pytest.mark.parametrize("labels", [[1, 1, 1, 1, 1, 1, 1], [0, 1, 2, 3, 4, 5, 6]])
def test_a_batch_without_strangers_or_without_friends_is_a_number_to_learn_from(
    metric: str, mining: str, labels: list[int]
) -> None:
    found = vectors()
    loss = MetricLoss(TrainingOptions(metric=metric, mining=mining))(found, torch.tensor(labels))
    loss.backward()
    assert torch.isfinite(loss)
    assert found.grad is not None
    assert torch.isfinite(found.grad).all()


def test_a_batch_of_one_row_costs_nothing() -> None:
    found = vectors()[:1]
    for metric in ("contrastive", "triplet"):
        assert MetricLoss(TrainingOptions(metric=metric))(found, torch.tensor([1])).item() == 0


def test_several_labels_a_row_are_refused() -> None:
    with pytest.raises(TrainingFailed, match=r"needs rows of one label each: choose a single-label scheme"):
        metric_loss(np.array([[1, 0], [1, 1]]), TrainingOptions(metric="triplet"))


def test_rows_of_one_label_only_are_refused() -> None:
    with pytest.raises(TrainingFailed, match=r"at least two labels: give rows of another label too"):
        metric_loss(np.array([1, 1]), TrainingOptions(metric="contrastive"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric": "cosine"}, "metric"),
        ({"mining": "easy"}, "mining"),
        ({"margin": 3.0}, "margin is 3.0"),
        ({"metric_weight": -1.0}, "metric_weight is -1.0"),
    ],
)
def test_choices_that_are_none_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(TrainingFailed, match=said):
        TrainingOptions(**changes)  # type: ignore[arg-type]


# --- what training with them does -----------------------------------------------------------------------------

OPTIONS = TrainingOptions(epochs=8, patience=8, batch=16, rate=1e-2, average=0.0, smoothing=0.0)


def rows(count: int, seed: int) -> Rows:
    """Three labels; a word of the own label among words that say nothing."""
    chance = np.random.default_rng(seed)
    targets = chance.integers(0, 3, count)
    ids = [[int(n) for n in chance.integers(2, 20, 4)] + [20 + int(target)] for target in targets]
    return Rows(ids, targets)


def taught(options: TrainingOptions) -> Recurrent:
    seeded(options.seed)
    network = Recurrent(RecurrentConfig(23, 3, embedding=8, hidden=8, dropout=0.0, word_dropout=0.0))
    train(network, 0, rows(120, 1), {"held out": rows(60, 2)}, options, quiet=True)
    return network


def within_to_between(network: Recurrent) -> float:
    """How far rows of one label lie apart, in units of how far rows of different labels do; of rows never seen."""
    held_out = rows(90, 3)
    with torch.inference_mode():
        apart = distances(network.embedded(*padded(held_out.ids, 0)).clone())
    same = held_out.targets[:, None] == held_out.targets[None]
    others = ~np.eye(len(same), dtype=bool)
    return float(apart[same & others].mean() / apart[~same].mean())


@pytest.mark.parametrize("mining", ["all", "semi-hard", "hard"])
@pytest.mark.parametrize("metric", ["contrastive", "triplet"])
def test_training_with_a_metric_loss_leaves_labels_farther_apart_than_without(metric: str, mining: str) -> None:
    """Measured with seeds 1 to 3: between .22 and .63 of the ratio without."""
    plain = within_to_between(taught(OPTIONS))
    drawn = within_to_between(taught(replace(OPTIONS, metric=metric, mining=mining, metric_weight=0.3)))
    assert drawn < 0.8 * plain


def test_a_weight_of_nothing_is_cross_entropy_alone() -> None:
    plain, weightless = taught(OPTIONS), taught(replace(OPTIONS, metric="triplet", metric_weight=0.0))
    for name, value in plain.state_dict().items():
        assert torch.equal(value, weightless.state_dict()[name]), name
