"""Challengers for tests: one that sees other words than the keyword double, and a pipeline that follows trials."""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine, text

from alerts.rules import Rules
from models.classifier import Classifier, Thousandths
from models.keywords import KeywordClassifier
from storage.challenger import Trial, begin_trial
from storage.database import transaction
from stream.challenger.scoring import Challengers
from stream.pipeline import Pipeline
from tests.stream.crowds import crowd_rules
from tests.stream.helpers import make_pipeline

SECONDS = 20.0


class Gloomy(KeywordClassifier):
    """Takes joy for sadness and sadness for joy, so that its rules find other people."""

    version = "gloomy-1"

    def emotions(self, texts: list[str]) -> Thousandths:  # type: ignore[override]
        return super().emotions(texts)[:, [1, 0, 2, 3, 4, 5, 6]]


def trial(engine: Engine, share: float = 1.0, challenger: str = Gloomy.version) -> Trial:
    with transaction(engine) as connection:
        return begin_trial(connection, challenger, share)


def pipeline_with(
    engine: Engine,
    load: Callable[[str], Classifier] = lambda _: Gloomy(),
    rules: Rules | None = None,
    seconds: float = SECONDS,
) -> Pipeline:
    rules = rules or crowd_rules()
    return replace(make_pipeline(engine, rules=rules), challengers=Challengers(load, rules, seconds))


def rows(engine: Engine, query: str, **values: object) -> list[tuple[object, ...]]:
    with transaction(engine) as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def count(engine: Engine, table: str) -> int:
    return int(rows(engine, f"SELECT count(*) FROM {table}")[0][0])  # type: ignore[call-overload]
