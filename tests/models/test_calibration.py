"""Temperature, calibration error and thresholds against cases with a known answer."""

import numpy as np
import pytest

from models.calibration import calibration_error, fit_temperature, softmax, thresholds


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
