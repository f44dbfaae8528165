"""Priors: fitted from stored posts, written as a snapshot, and read again by rules that shrink to them."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from alerts.detectors.trend import Trend, TrendOptions
from alerts.errors import RulesInvalid
from alerts.fitting import PersonSums, fit_priors
from alerts.priors import ANY, load_priors, shipped_priors
from alerts.types import Observation, Period
from models.labels import EMOTIONS
from storage.database import transaction
from storage.months import Months
from storage.points import NewPoint, insert_points
from stream.cli import main

MEANS = {"en": 0.1, "ko": 0.3}
START = datetime(2026, 1, 1, tzinfo=UTC)


def people(language: str, count: int, posts: int, spread: float = 0.05) -> list[PersonSums]:
    """People whose own sadness lies `spread` around the language's, in posts that are sad or not."""
    numbers = np.random.default_rng(len(language) + count)
    found = []
    for _ in range(count):
        own = float(np.clip(numbers.normal(MEANS[language], spread), 0.01, 0.99))
        sad = float((numbers.random(posts) < own).sum())
        found.append(PersonSums(language, posts, [sad, *[0.0] * 6], [sad, *[0.0] * 6]))
    return found


def test_means_and_the_spread_of_people_are_found_again() -> None:
    fitted = fit_priors(people("en", 2000, 30) + people("ko", 2000, 30), "a test")
    for language, mean in MEANS.items():
        prior = fitted.languages[language]["sadness"]
        assert prior.mean == pytest.approx(mean, abs=0.01)
        assert prior.between == pytest.approx(0.05, abs=0.01)
    assert fitted.languages["en"]["sadness"].posts == pytest.approx(0.1 * 0.9 / 0.05**2, rel=0.3)


def test_a_language_of_few_people_gets_the_numbers_of_all() -> None:
    fitted = fit_priors(people("en", 200, 10) + people("ko", 20, 10), "a test")
    assert set(fitted.languages) == {ANY, "en"}


def put(engine: Engine, language: str, persons: int, scores: tuple[int, ...]) -> None:
    rng = random.Random(persons)
    points = [
        NewPoint(
            key=str(uuid.UUID(int=rng.getrandbits(128))), person=str(uuid.UUID(int=rng.getrandbits(128))),
            sent_at=START + timedelta(minutes=number), channel=None, source="x", language=language, abstained=None,
            scores=scores, model="m@1", partition=0, retweet=False, digest=0, text="",
        )
        for number in range(persons)
    ]  # fmt: skip
    Months(engine).ensure(point.sent_at for point in points)
    with transaction(engine) as connection:
        insert_points(connection, points)


def test_the_command_writes_a_snapshot_that_rules_can_read(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    put(engine, "en", 60, (100, 400, 0, 0, 0, 0, 500))
    put(engine, "ko", 61, (300, 200, 0, 0, 0, 0, 500))
    result = CliRunner().invoke(main, ["fit-priors", "--out", "own.toml"])
    assert result.exit_code == 0, result.output
    assert "m@1" in Path("own.toml").read_text()
    assert load_priors(Path("own.toml")).means("sadness") == {
        ANY: pytest.approx(0.2008, abs=1e-3),
        "en": 0.1,
        "ko": 0.3,
    }


def test_too_few_people_are_refused_in_a_sentence(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    result = CliRunner().invoke(main, ["fit-priors"])
    assert result.exit_code == 1
    assert "0 people are too few" in result.output


@pytest.mark.parametrize("text", ["", "languages = 3", "[languages.en.sadness]\nmean = 2", "[languages]"])
def test_a_file_that_is_no_snapshot_is_refused_with_what_to_do(text: str) -> None:
    Path("bad.toml").write_text(text)
    with pytest.raises(RulesInvalid, match=r"bad\.toml .*fit-priors"):
        load_priors(Path("bad.toml"))


def test_the_shipped_snapshot_knows_every_emotion_in_both_languages() -> None:
    for language in (ANY, "en", "ko"):
        assert set(shipped_priors().languages[language]) == set(EMOTIONS)


def test_writing_in_another_language_is_no_change_of_heart() -> None:
    """Somebody of ordinary sadness in both languages: only the scale changes when the language does."""
    options = TrendOptions(name="t", emotion="sadness", threshold=2, priors={ANY: 0.2, "en": 0.1, "ko": 0.4})
    trend, highest = Trend(options), 0.0
    for day in range(120):
        start = START + timedelta(days=day)
        language, score = ("en", 100) if day < 80 else ("ko", 400)
        posts = tuple(
            Observation(str(uuid.UUID(int=10 * day + n)), "p", start, (score, 0, 0, 0, 0, 0, 0), language)
            for n in range(3)
        )
        period = Period(start, start + timedelta(hours=1), posts)
        highest = max(highest, trend.score(period))
        trend.update(period)
    assert highest < 0.2
