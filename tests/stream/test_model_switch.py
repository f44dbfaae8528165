"""Another model while the stream runs: taken up between batches, never within one, and never a broken one."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from models.errors import ModelUnusable
from models.load import load_classifier, version_of
from storage.database import transaction
from stream.cli import main
from stream.health import Health
from stream.messages import Message
from stream.metrics import Metrics
from stream.pipeline import BatchReport, Pipeline
from stream.settings import Settings, read_settings
from stream.verify import Verdict, verify
from stream.wiring import build_oracle, build_pipeline
from tests.models.tiny import amend, saved
from tests.stream.helpers import NOW, PARTITIONS, TOPIC, batches, records, spike, tick, to_log

MODELS = Path(".tideline/models")


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Settings:
    """One language, so that one model scores; `test_routing.py` has two."""
    monkeypatch.setenv("TIDELINE_LANGUAGES", '["en"]')
    monkeypatch.setenv("TIDELINE_MODE", "demo")
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    return read_settings()


@pytest.fixture
def first() -> str:
    """The version of a tiny model that is in use."""
    return chosen("first", seed=1)


def chosen(name: str, seed: int, **changes: Any) -> str:
    version = saved(MODELS / name, name, seed, **changes).version
    use(name)
    return version


def use(name: str) -> None:
    result = CliRunner().invoke(main, ["models", "use", name])
    assert result.exit_code == 0, result.output


def history() -> list[dict[str, Any]]:
    at = NOW.replace(month=5, day=20, hour=12)
    return [*records(600), *spike(50_000, at), tick(NOW)]


def log_of(*, size: int = 100) -> list[Sequence[Message]]:
    return batches(to_log(history()), size)


def versions(engine: Engine) -> dict[str, int]:
    with transaction(engine) as connection:
        rows = connection.execute(text("SELECT model, count(*) FROM points GROUP BY 1"))
        return {str(model): int(count) for model, count in rows}


def checked(settings: Settings, engine: Engine) -> Verdict:
    oracle = build_oracle(settings, engine, PARTITIONS, frozenset())
    return verify(engine, TOPIC, oracle.run([message for batch in log_of() for message in batch]))


def test_a_running_pipeline_takes_the_new_model_up_with_its_next_batch(
    ready: Engine, settings: Settings, first: str
) -> None:
    pipeline = build_pipeline(settings, ready)
    before, after = log_of()[0], log_of()[1]
    assert pipeline.process(before).model == first
    assert set(versions(ready)) == {first}
    second = chosen("second", seed=2)
    report = pipeline.process(after)
    assert (report.model, report.model_refused) == (second, None)
    counts = versions(ready)
    assert set(counts) == {first, second}
    assert counts[second] == report.written.stored


def test_points_hold_the_scores_of_the_version_they_name(ready: Engine, settings: Settings, first: str) -> None:
    pipeline = build_pipeline(settings, ready)
    log = log_of()
    pipeline.process(log[0])
    second = chosen("second", seed=2)
    pipeline.process(log[1])
    for version in (first, second):
        classifier = load_classifier(version, settings.models_folder)
        with transaction(ready) as connection:
            rows = connection.execute(
                text(
                    "SELECT post_texts.text, scores FROM points JOIN post_texts USING (key) "
                    "WHERE model = :version AND scores IS NOT NULL"
                ),
                {"version": version},
            ).all()
        assert len(rows) > 50
        assert classifier.emotions([row[0] for row in rows]).tolist() == [row[1] for row in rows]


def test_a_choice_in_the_middle_of_a_batch_waits_for_the_next(
    ready: Engine, settings: Settings, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The choice is made after the posts were read and before they are scored."""
    pipeline = build_pipeline(settings, ready)
    monkeypatch.setattr("stream.pipeline.reach", _once("after_score", lambda: chosen("second", seed=2)))
    unscored = pipeline.reader.routing.main
    monkeypatch.setattr(unscored, "predict", _after(lambda: chosen("third", seed=3), unscored.predict))  # type: ignore[attr-defined]
    report = pipeline.process(log_of()[0])
    assert report.model == first
    assert set(versions(ready)) == {first}
    assert pipeline.process(log_of()[1]).model == version_of("second", settings.models_folder)


def _once(place: str, act: Callable[[], object]) -> Callable[[str], None]:
    left = [act]

    def reach(reached: str) -> None:
        if reached == place and left:
            left.pop()()

    return reach


def _after(act: Callable[[], object], call: Callable[[Sequence[str]], Any]) -> Callable[[Sequence[str]], Any]:
    def wrapped(texts: Sequence[str]) -> Any:
        act()
        return call(texts)

    return wrapped


def test_no_batch_is_ever_scored_by_two_models_while_somebody_keeps_choosing(
    ready: Engine, settings: Settings, first: str
) -> None:
    second = chosen("second", seed=2)
    pipeline = build_pipeline(settings, ready)
    stop = threading.Event()

    def choose() -> None:
        from models.registry.folder import Registry

        names = ["first", "second"]
        while not stop.is_set():
            Registry(settings.models_folder).use(names[0])
            names.reverse()

    chooser = threading.Thread(target=choose)
    chooser.start()
    try:
        for batch in log_of(size=25):
            before = versions(ready)
            report = pipeline.process(batch)
            grown = {model for model, count in versions(ready).items() if count > before.get(model, 0)}
            assert grown <= {report.model}
    finally:
        stop.set()
        chooser.join()
    assert set(versions(ready)) == {first, second}
    assert checked(settings, ready).differences == 0


BROKEN: dict[str, tuple[Callable[[], object], str]] = {
    "wrong hash": (lambda: (MODELS / "second" / "vocabulary.txt").write_text("x"), "its hash differs"),
    "no calibration": (lambda: amend(MODELS / "second", lambda d: d.pop("temperature")), "lacks or misstates"),
    "another version": (lambda: saved(MODELS / "second", "second", seed=9), "choose again"),
    "foreign pointer": (lambda: (MODELS / "current.json").write_text("{"), "was not written by Tideline"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_model_that_breaks_after_it_was_chosen_is_said_and_the_old_one_goes_on(
    name: str, ready: Engine, settings: Settings, first: str, caplog: pytest.LogCaptureFixture
) -> None:
    break_it, why = BROKEN[name]
    pipeline = build_pipeline(settings, ready)
    chosen("second", seed=2)
    break_it()
    log = log_of()
    with caplog.at_level(logging.WARNING, "tideline.model"):
        reports = [pipeline.process(batch) for batch in log[:3]]
    assert {report.model for report in reports} == {first}
    assert all(why in str(report.model_refused) for report in reports)
    assert [first in record.message for record in caplog.records] == [True], "said once, not every batch"
    third = chosen("third", seed=3)
    report = pipeline.process(log[3])
    assert (report.model, report.model_refused) == (third, None)


def test_a_model_without_the_language_that_is_scored_is_not_taken_up(
    ready: Engine, settings: Settings, first: str
) -> None:
    pipeline = build_pipeline(settings, ready)
    chosen("korean", seed=2, languages=("ko",))
    report = pipeline.process(log_of()[0])
    assert report.model == first
    assert "does not know en" in str(report.model_refused)


def test_a_pinned_model_is_not_followed_away_from(
    ready: Engine, settings: Settings, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_MODEL", first)
    pipeline = build_pipeline(read_settings(), ready)
    chosen("second", seed=2)
    assert pipeline.process(log_of()[0]).model == first


def test_a_choice_made_while_the_worker_loads_is_not_missed(
    ready: Engine, settings: Settings, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = load_classifier("default", settings.models_folder)

    def slow(*_: Any) -> Any:
        monkeypatch.setattr("stream.routes.load_classifier", load_classifier)
        chosen("second", seed=2)
        return loaded

    monkeypatch.setattr("stream.routes.load_classifier", slow)
    pipeline = build_pipeline(settings, ready)
    assert pipeline.reader.routing.main.version == first
    assert pipeline.process(log_of()[0]).model == version_of("second", settings.models_folder)


def test_metrics_and_the_health_file_show_the_version_in_use(
    ready: Engine, settings: Settings, first: str, tmp_path: Path
) -> None:
    pipeline, metrics = build_pipeline(settings, ready), Metrics()
    metrics.describe("code", first, "rules")
    second = chosen("second", seed=2)
    metrics.note(pipeline.process(log_of()[0]))
    (shown,) = [sample.labels["model"] for family in metrics.registry.collect() for sample in family.samples
                if sample.name == "tideline_worker_info"]  # fmt: skip
    assert shown == second
    assert metrics.registry.get_sample_value("tideline_model_refused") == 0
    (MODELS / "current.json").write_text("{")
    report = pipeline.process(log_of()[1])
    metrics.note(report)
    assert metrics.registry.get_sample_value("tideline_model_refused") == 1
    assert '"model": "second@' in health_file(tmp_path / "health", report)


def health_file(path: Path, report: BatchReport) -> str:
    health = Health(path)
    health.model, health.model_refused = report.model, report.model_refused
    health.beat()
    return path.read_text()


def processed(pipeline: Pipeline, batches: Sequence[Sequence[Message]]) -> None:
    for batch in batches:
        pipeline.process(batch)


def test_verify_compares_each_post_with_the_version_that_scored_it(
    ready: Engine, settings: Settings, first: str
) -> None:
    pipeline, log = build_pipeline(settings, ready), log_of()
    processed(pipeline, log[:3])
    second = chosen("second", seed=2)
    processed(pipeline, log[3:])
    use("default")  # what is in use by now scored none of it
    verdict = checked(settings, ready)
    assert verdict.differences == 0, verdict.examples
    assert set(verdict.models) == {first, second}
    assert verdict.compared["person_states"] > 0


def test_verify_notices_a_score_that_its_own_version_would_not_give(
    ready: Engine, settings: Settings, first: str
) -> None:
    pipeline, log = build_pipeline(settings, ready), log_of()
    processed(pipeline, log[:3])
    second = chosen("second", seed=2)
    processed(pipeline, log[3:])
    with transaction(ready) as connection:
        changed = text("UPDATE points SET model = :first WHERE model = :second")
        connection.execute(changed, {"first": first, "second": second})
    assert checked(settings, ready).differing["points"] > 50


def test_verify_says_which_version_is_no_longer_here(ready: Engine, settings: Settings, first: str) -> None:
    processed(build_pipeline(settings, ready), log_of()[:1])
    use("default")
    removed = CliRunner().invoke(main, ["models", "remove", "first"])
    assert removed.exit_code == 0
    with pytest.raises(ModelUnusable, match=f"no model of version {first} here"):
        build_oracle(settings, ready, PARTITIONS, frozenset())
