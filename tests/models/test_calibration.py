"""Temperature, scaling by margin, calibration error and thresholds against cases with a known answer."""

import numpy as np
import pytest

from models.evaluation.calibration import (
    Calibration,
    brier,
    calibration_error,
    chances_of,
    fit_calibration,
    fit_temperature,
    sigmoid,
    softmax,
    thresholds,
    uncalibrated,
)
from models.evaluation.sharpening import ENOUGH_ROWS, growth, scaled, unscaled


def drawn(temperature: float, rows: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and labels drawn from exactly their softmax at this temperature."""
    chance = np.random.default_rng(8)
    logits = chance.normal(scale=2.0, size=(rows, 3))
    edges = softmax(logits, temperature).cumsum(axis=1)
    return logits, (chance.random(rows)[:, None] > edges[:, :2]).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_true_temperature_is_found(temperature: float) -> None:
    logits, truth = drawn(temperature)
    assert fit_temperature(logits, truth) == pytest.approx(temperature, rel=0.05)


def test_fitting_the_temperature_removes_the_calibration_error() -> None:
    logits, truth = drawn(temperature=2.5)
    assert calibration_error(softmax(logits), truth) > 0.15
    assert calibration_error(softmax(logits, fit_temperature(logits, truth)), truth) < 0.015


def test_calibration_error_of_a_known_case() -> None:
    chances = np.array([[0.9, 0.1]] * 10)
    truth = np.array([0] * 6 + [1] * 4)
    assert calibration_error(chances, truth) == pytest.approx(0.3)


def test_softmax_survives_huge_logits() -> None:
    assert softmax(np.array([[1e4, 0.0]])).tolist() == [[1.0, 0.0]]


def test_a_threshold_is_where_yes_and_no_separate() -> None:
    chances = np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.1, 0.9]])
    found = thresholds(chances, np.array([0, 0, 1, 1]), ("sadness", "joy"))
    assert found["sadness"]["precision"] == found["sadness"]["recall"] == 1.0
    assert found["sadness"]["threshold"] == 350
    assert len(found["joy"]["curve"]) == 19  # type: ignore[arg-type]


def test_brier_of_known_cases() -> None:
    chances = np.array([[0.8, 0.2], [0.4, 0.6]])
    assert brier(chances, np.array([0, 0])) == pytest.approx((2 * 0.2**2 + 2 * 0.6**2) / 2)
    assert brier(chances, np.array([[1, 0], [0, 1]])) == pytest.approx((0.04 + 0.04 + 0.16 + 0.16) / 4)


NUMBERS = (0.0, -0.3, 0.2, 0.4, 0.9)
"""Unsure in the middle, surer at the top."""


@pytest.mark.parametrize("by_margin", [(), NUMBERS])
@pytest.mark.parametrize("temperature", [0.4, 1.0, 3.0])
def test_chances_lead_back_to_those_before_calibration(temperature: float, by_margin: tuple[float, ...]) -> None:
    logits = np.random.default_rng(2).normal(scale=3, size=(200, 5))
    calibration = Calibration(temperature, by_margin)
    once = uncalibrated(chances_of(logits, calibration, multi=False), calibration, multi=False)
    assert once == pytest.approx(softmax(logits), abs=1e-4 if by_margin else 1e-9)
    several = uncalibrated(chances_of(logits, calibration, multi=True), calibration, multi=True)
    assert several == pytest.approx(sigmoid(logits), abs=1e-6)


@pytest.mark.parametrize("by_margin", [(), NUMBERS])
def test_certainty_survives_the_way_back(by_margin: tuple[float, ...]) -> None:
    certain = np.array([[1.0, 0.0]])
    for multi in (False, True):
        assert uncalibrated(certain, Calibration(0.5, by_margin), multi) == pytest.approx(certain)


# --- scaling by margin --------------------------------------------------------------------------------------


def crooked(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Too sure where the lead is small, not sure enough where it is large: no one temperature mends both."""
    chance = np.random.default_rng(seed)
    logits = chance.normal(scale=2.0, size=(rows, 6))
    edges = softmax(scaled(logits, (-0.5, -0.4, -0.2, 0.2, 0.4))).cumsum(axis=1)[:, :-1]
    return logits, (chance.random(rows)[:, None] > edges).sum(axis=1)


def test_scaling_is_taken_back() -> None:
    logits = np.random.default_rng(4).normal(scale=3, size=(500, 6))
    assert unscaled(scaled(logits, NUMBERS), NUMBERS) == pytest.approx(logits, abs=1e-4)
    assert not np.allclose(scaled(logits, NUMBERS), logits, atol=0.1)
    assert scaled(logits, ()) is unscaled(logits, ()) is logits


@pytest.mark.parametrize("by_margin", [NUMBERS, (-3.0, 2.0, -2.0, 3.0, 0.0)])
def test_scaling_never_changes_which_label_leads(by_margin: tuple[float, ...]) -> None:
    logits = np.random.default_rng(5).normal(scale=3, size=(5_000, 6))
    assert (scaled(logits, by_margin).argmax(axis=1) == logits.argmax(axis=1)).all()


def test_scaling_by_margin_mends_what_one_temperature_cannot() -> None:
    """On rows that neither was fitted on."""
    fitted, (logits, truth) = fit_calibration(*crooked(8_000, 1)), crooked(8_000, 2)
    one = calibration_error(chances_of(logits, Calibration(fitted.temperature), multi=False), truth)
    both = calibration_error(chances_of(logits, fitted, multi=False), truth)
    assert one > 0.03
    assert both < one / 2


def test_few_rows_and_rows_of_many_labels_get_a_temperature_only() -> None:
    logits, truth = crooked(ENOUGH_ROWS, 1)
    assert fit_calibration(logits, truth).by_margin
    assert fit_calibration(logits[:-1], truth[:-1]).by_margin == ()
    assert fit_calibration(logits, np.eye(6, dtype=int)[truth]).by_margin == ()


@pytest.mark.parametrize("by_margin", [(), (0.0,) * 5, (-1.0,) * 5, NUMBERS])
def test_calibration_never_lessens_the_noise_that_is_allowed_for(by_margin: tuple[float, ...]) -> None:
    assert growth(by_margin) >= 1
    assert Calibration(3.0, by_margin).growth >= 1
    assert Calibration(0.5, by_margin).growth >= 2


def test_no_chance_moves_more_than_growth_says() -> None:
    """Of two labels, whose chances have no steeper way to move."""
    steep = (0.0, 0.5, 1.0, 1.0, 1.0)
    leads = np.linspace(0, 12, 4_001)
    logits = np.stack([leads, np.zeros_like(leads)], axis=1)
    moved = np.diff(softmax(scaled(logits, steep))[:, 0]) / np.diff(leads)
    assert 0.25 < moved.max() <= growth(steep) * 0.25 * 1.001
