"""What a challenger costs: posts a second with share 0, a tenth and all, in turns, in one run.

`python -m benchmarks.challenger`. The challenger is the champion itself under another name, so that the figures hold
for a challenger as expensive as the champion; one that costs more costs more.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import machine
from benchmarks.corpus import posts
from benchmarks.results import keep, say
from models.classifier import Classifier, Thousandths
from models.labels import Scheme
from models.load import load_classifier
from models.scores import Scores
from storage.challenger import begin_trial, end_trial
from storage.database import make_engine, transaction
from storage.migrate import migrate
from storage.progress import register_partitions
from stream.challenger.scoring import Challengers
from stream.messages import Message
from stream.pipeline import Pipeline
from stream.services.postgres import start_postgres, stop_postgres
from stream.settings import Settings
from stream.topics import partition_of
from stream.tuning import tune_process
from stream.wiring import build_pipeline

BATCH, PARTITIONS = 2048, 4
SHARES = (0.0, 0.1, 1.0)


class Renamed:
    """Another model by its name, the same by what it does."""

    version = "double@bench"

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self.languages: frozenset[str] = classifier.languages
        self.scheme: Scheme = classifier.scheme

    def predict(self, texts: list[str]) -> Scores:  # type: ignore[override]
        return self._classifier.predict(texts)

    def emotions(self, texts: list[str]) -> Thousandths:  # type: ignore[override]
        return self._classifier.emotions(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--posts", type=int, default=10_240, help="posts a round (default 10,240)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tideline-bench-") as folder, _postgres(Path(folder)) as (url, engine):
        settings = Settings(mode="demo", database=url, model=options.model)
        times = _times(settings, engine, options.posts, options.rounds)
    found = {share: {name: median(each[name] for each in times[share]) for name in ("wall", "cpu")} for share in SHARES}
    for share in SHARES:
        say(f"share {share:g}, posts/s", options.posts / found[share]["wall"])
    ratios = {
        f"{share:g}": {name: found[share][name] / found[0.0][name] for name in ("wall", "cpu")} for share in SHARES
    }
    say("time against none, wall and CPU of the worker", ratios)
    keep("challenger", {"machine": machine.describe(), "options": vars(options), "rounds": times, "ratios": ratios})


@contextmanager
def _postgres(folder: Path) -> Iterator[tuple[str, Engine]]:
    url = start_postgres(folder / "postgres")
    engine = make_engine(url)
    migrate(engine)
    try:
        yield url, engine
    finally:
        engine.dispose()
        stop_postgres(folder / "postgres", immediate=True)


def _times(settings: Settings, engine: Engine, count: int, rounds: int) -> dict[float, list[dict[str, Any]]]:
    """Each round has posts and a log of its own; a round before the first warms up."""
    double = Renamed(load_classifier(settings.model, settings.models_folder, settings.how))
    found: dict[float, list[dict[str, Any]]] = {share: [] for share in SHARES}
    for number in range(rounds + 1):
        for place, share in enumerate(SHARES):
            pipeline = _pipeline(settings, engine, double, f"round{number}-{place}", share)
            log = _log(count, first=(number * len(SHARES) + place) * count)
            took = _time(pipeline, log)
            if number:
                found[share].append(took)
    return found


def _pipeline(settings: Settings, engine: Engine, double: Classifier, topic: str, share: float) -> Pipeline:
    with transaction(engine) as connection:
        end_trial(connection)
        register_partitions(connection, topic, PARTITIONS)
        connection.execute(text("TRUNCATE person_states, waiting_posts, shadow_points, shadow_states"))
        if share:
            begin_trial(connection, Renamed.version, share)
    made = build_pipeline(settings.model_copy(update={"posts_topic": topic}), engine)
    return replace(made, challengers=Challengers(lambda _: double, made.rules, 60))


def _log(count: int, first: int) -> list[list[Message]]:
    messages = [
        Message(partition_of(author, PARTITIONS), number, value)
        for number, (author, value) in enumerate(posts(count, first=first))
    ]
    return [messages[begin : begin + BATCH] for begin in range(0, count, BATCH)]


def _time(pipeline: Pipeline, log: list[list[Message]]) -> dict[str, Any]:
    tune_process()
    wall, cpu = time.perf_counter(), time.process_time()
    for batch in log:
        standing = pipeline.process(batch).challenger
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return took | {"scored": standing.scored if standing else 0}


if __name__ == "__main__":
    main()
