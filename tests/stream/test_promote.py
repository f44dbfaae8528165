"""Promoting a model: what is refused, what is recorded, and that people's baselines go on."""

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from alerts.rules import load_rules
from models.load import DEFAULT, version_of
from models.registry.pointer import read_choice
from storage.database import transaction
from storage.decisions import Decision, Verdict, add_decision
from storage.errors import RowRefused
from storage.promotions import promoting
from stream.cli import main
from stream.messages import Message
from stream.posts import pseudonym
from stream.progress import Quiet
from stream.rebuild import rebuild
from stream.settings import DEMO_SECRET, read_settings
from stream.verify import Verdict as Compared
from stream.verify import verify
from stream.wiring import build_oracle, build_pipeline
from tests.models.tiny import saved
from tests.stream.helpers import NOW, PARTITIONS, TOPIC, batches, records, spike, tick, to_log

MODELS = Path(".tideline/models")
SHIPPED = version_of(DEFAULT)
ASKED = ("models", "promote", "second", "--because", "it knows fear better")


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """One language, and few words are enough to measure on."""
    for name, value in {"LANGUAGES": '["en"]', "MODE": "demo", "DATABASE": database_url}.items():
        monkeypatch.setenv(f"TIDELINE_{name}", value)
    monkeypatch.setattr("stream.promotion.measuring.ENOUGH", 100)
    monkeypatch.setattr("stream.promotion.measuring.shipped_texts", lambda _: [f"sad or happy {n}" for n in range(100)])


@pytest.fixture
def first() -> str:
    """The version of a tiny model that is in use."""
    version = saved(MODELS / "first", "first", seed=1).version
    tideline("models", "use", "first")
    return version


@pytest.fixture
def second() -> str:
    return saved(MODELS / "second", "second", seed=2).version


def tideline(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == code, result.output
    return result


def asked(*arguments: str) -> Any:
    return json.loads(tideline(*arguments, "--json").stdout)


def in_use() -> str:
    choice = read_choice(MODELS)
    return choice.version if choice else SHIPPED


def decided(engine: Engine, champion: str, challenger: str, verdict: Verdict, seconds: int = 0) -> str:
    reasons = ("fear: .61 after .72, beyond noise",) if verdict == "worse" else ()
    at = NOW + timedelta(seconds=seconds)
    decision = Decision(str(uuid.uuid4()), at, champion, challenger, "en", verdict, reasons, {}, "0" * 64)
    with transaction(engine) as connection:
        add_decision(connection, decision)
    return decision.id


def log(size: int = 100) -> list[Sequence[Message]]:
    at = NOW.replace(month=5, day=20, hour=12)
    return batches(to_log([*records(600), *spike(50_000, at), tick(NOW)]), size)


def compared(engine: Engine) -> Compared:
    oracle = build_oracle(read_settings(), engine, PARTITIONS, frozenset())
    return verify(engine, TOPIC, oracle.run([message for batch in log() for message in batch]))


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    with transaction(engine) as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_only_a_model_that_was_compared_and_is_no_worse_goes_into_use(ready: Engine, first: str, second: str) -> None:
    assert "no decision compares second@" in tideline(*ASKED, code=1).output
    decided(ready, SHIPPED, second, "better")
    assert f"it was compared with {SHIPPED}, but {first} is in use" in tideline(*ASKED, code=1).output
    decided(ready, first, second, "worse", seconds=1)
    refused = tideline(*ASKED, code=1).output
    assert "was found worse than first@" in refused
    assert "fear: .61 after .72" in refused
    assert "--force" in refused
    assert in_use() == first
    decision = decided(ready, first, second, "equal", seconds=2)
    tideline(*ASKED)
    assert in_use() == second
    newest = asked("models", "promotions")[0]
    assert (newest["model"], newest["previous"], newest["because"]) == (second, first, "it knows fear better")
    assert (newest["forced"], newest["objections"], newest["decision"]) == (False, [], decision)
    assert (newest["kind"], newest["state"], newest["baselines"]) == ("promote", "done", "transfer")


def test_force_is_stored_with_what_it_overruled(ready: Engine, first: str, second: str) -> None:
    decided(ready, first, second, "worse")
    tideline(*ASKED, "--force")
    newest = asked("models", "promotions")[0]
    assert newest["forced"]
    assert "found worse than first@" in newest["objections"][0]
    assert "FORCED: it was found worse" in tideline("models", "promotions").output
    assert rows(ready, "SELECT model, previous, because, forced, state FROM dashboard.promotions ORDER BY at")[-1] == (
        second, first, "it knows fear better", True, "done",
    )  # fmt: skip


def test_the_record_of_promotions_cannot_be_changed(ready: Engine, first: str) -> None:
    for statement in ("UPDATE model_promotions SET because = 'x'", "DELETE FROM model_promotions"):
        with pytest.raises(RowRefused, match="23001"), transaction(ready) as connection:
            connection.execute(text(statement))


REFUSED: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "no reason": (("models", "promote", "second", "--because", "  "), {}, "say in a few words why"),
    "unknown": (("models", "promote", "third", "--because", "x", "--force"), {}, "There is no model 'third'"),
    "in use": (("models", "promote", "first", "--because", "x", "--force"), {}, "is in use already"),
    "pinned": ((*ASKED, "--force"), {"TIDELINE_MODEL": "minilm-en-1"}, "TIDELINE_MODEL pins minilm-en-1"),
    "routed": ((*ASKED, "--force"), {"TIDELINE_ROUTES": '{"en": "minilm-en-1"}'}, "would score no language"),
    "broken": (("models", "promote", "broken", "--because", "x", "--force"), {}, "its hash differs"),
    "no way back": (
        ("models", "rollback", "--because", "x"),
        {"TIDELINE_MODELS_FOLDER": "other"},
        "nothing to go back",
    ),
}


def test_what_cannot_be_promoted_is_said_and_changes_nothing(
    ready: Engine, first: str, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(MODELS / "broken", "broken", seed=5)
    (MODELS / "broken" / "vocabulary.txt").write_text("x")
    for name, (arguments, environment, sentence) in REFUSED.items():
        with monkeypatch.context() as patched:
            for variable, value in environment.items():
                patched.setenv(variable, value)
            refused = CliRunner().invoke(main, list(arguments))
        assert refused.exit_code in (1, 2), name
        assert sentence in refused.output, name
    assert in_use() == first
    assert rows(ready, "SELECT kind, state FROM model_promotions") == [("use", "done")]


def test_a_language_that_the_new_model_does_not_know_is_not_quietly_changed(
    ready: Engine, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer names one model: a Korean one takes over Korean, and must not send English back to the shipped."""
    monkeypatch.setenv("TIDELINE_LANGUAGES", '["en", "ko"]')
    korean = saved(MODELS / "korean", "korean", seed=4, languages=("ko",)).version
    decided(ready, version_of("duo-ko-1"), korean, "better")
    said = tideline("models", "promote", "korean", "--because", "x", code=1).output
    assert f"en, which it does not know, would go from {first} back to {SHIPPED}" in said
    tideline("models", "use", "default")
    monkeypatch.setenv("TIDELINE_ROUTES", '{"en": "first"}')
    monkeypatch.setattr("stream.promotion.measuring.shipped_texts", lambda _: [])
    said = tideline("models", "promote", "korean", "--because", "x", code=1).output
    assert "there are no texts in ko to measure on" in said


def test_two_promotions_at_once_one_wins(ready: Engine, first: str, second: str) -> None:
    with promoting(ready) as held:
        assert held
        assert "another promotion is under way" in tideline(*ASKED, "--force", code=1).output
        assert "another promotion is under way" in tideline("models", "use", "second", code=1).output
    assert in_use() == first
    tideline(*ASKED, "--force")
    assert in_use() == second


@pytest.mark.parametrize(("moment", "happened"), [("promotion_begun", "undone"), ("promotion_pointed", "done")])
def test_a_promotion_cut_short_is_settled_by_what_the_pointer_says(
    ready: Engine, first: str, second: str, moment: str, happened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """tests/faults/test_promote_killed.py kills real processes at every step."""
    with monkeypatch.context() as patched:
        patched.setattr("stream.promotion.moving.reach", _cut(moment))
        tideline(*ASKED, "--force", code=1)
    newest = asked("models", "promotions")[0]
    assert (newest["model"], newest["state"]) == (second, happened)
    assert in_use() == (second if happened == "done" else first)
    assert len(rows(ready, "SELECT 1 FROM model_transfers")) == (happened == "done")


def _cut(moment: str) -> Callable[[str], None]:
    def reach(reached: str) -> None:
        if reached == moment:
            raise RuntimeError

    return reach


def test_verify_and_rebuild_find_no_difference_across_promotion_and_rollback(
    ready: Engine, first: str, second: str
) -> None:
    """A worker goes on through all of it; the oracle and a rebuild hear each post as the worker did."""
    pipeline, batches = build_pipeline(read_settings(), ready), log()
    for batch in batches[:3]:
        pipeline.process(batch)
    done = asked(*ASKED, "--force", "--baselines", "rescore")
    assert done["transfers"]["en"]["source"] == "retained"
    assert done["transfers"]["en"]["texts"] > 100
    for batch in batches[3:5]:
        assert pipeline.process(batch).model == second
    tideline("models", "rollback", "--because", "trying the way back")
    for batch in batches[5:]:
        assert pipeline.process(batch).model == first
    verdict = compared(ready)
    assert verdict.differences == 0, verdict.examples
    assert set(verdict.models) == {first, second}
    states = rows(ready, "SELECT person, state FROM person_states ORDER BY person")
    late = timedelta(minutes=read_settings().lateness_minutes)
    rebuilt = rebuild(ready, load_rules(None), TOPIC, late, second, Quiet(), send=False)
    assert rows(ready, "SELECT person, state FROM person_states ORDER BY person") == states
    assert (rebuilt.alerts_new, rebuilt.alerts_superseded) == (0, 0)
    with transaction(ready) as connection:
        connection.execute(text("DELETE FROM model_transfers"))
    assert compared(ready).differing["person_states"] > 0, "the curves decide what detectors hear"


def test_a_model_that_was_heard_as_it_is_needs_force_and_a_rebuild(ready: Engine, first: str, second: str) -> None:
    """It was chosen with `models use` for a while: what detectors heard then cannot be unheard by promoting it."""
    pipeline, batches = build_pipeline(read_settings(), ready), log()
    pipeline.process(batches[0])
    said = tideline("models", "use", "second").output
    assert "baselines are not carried over" in said
    pipeline.process(batches[1])
    tideline("models", "use", "first")
    pipeline.process(batches[2])
    decided(ready, first, second, "better")
    assert "while its scores were heard as they are" in tideline(*ASKED, code=1).output
    tideline(*ASKED, "--force")
    late = timedelta(minutes=read_settings().lateness_minutes)
    rebuild(ready, load_rules(None), TOPIC, late, second, Quiet(), send=False)
    for batch in batches[3:]:
        pipeline.process(batch)
    verdict = compared(ready)
    assert verdict.differences == 0, verdict.examples


def test_offsets_of_a_person_go_with_the_person(ready: Engine, first: str, second: str) -> None:
    pipeline = build_pipeline(read_settings(), ready)
    for batch in log()[:4]:
        pipeline.process(batch)
    tideline(*ASKED, "--force")
    person = pseudonym(DEMO_SECRET.encode(), "test", "author-3")
    with transaction(ready) as connection:
        row = f"('{second}', 'en', '{person}', 9, ARRAY[1,2,3,4,5,6,7])"
        connection.execute(text(f"INSERT INTO model_offsets VALUES {row}"))
    CliRunner().invoke(main, ["people", "opt-out", "--source", "test"], input="author-3")
    assert rows(ready, "SELECT 1 FROM model_offsets") == []


def test_a_rollback_goes_back_one_change_at_a_time(ready: Engine, first: str, second: str) -> None:
    tideline(*ASKED, "--force")
    tideline("models", "rollback", "--because", "too many alerts")
    assert in_use() == first
    assert f"{SHIPPED} is in use again, as before {first}" in tideline("models", "rollback", "--because", "x").output
    assert read_choice(MODELS) is None
    assert "nothing to go back to" in tideline("models", "rollback", "--because", "x", code=1).output
    again = asked(*ASKED, "--force")
    assert (again["baselines"], again["transfers"]) == ("kept", {}), "how it is heard is known already"


def test_a_database_that_is_away_keeps_nobody_from_choosing_a_model(
    second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", "postgresql+psycopg2://nobody:x@127.0.0.1:1/none")
    assert "this is not recorded: Postgres at 127.0.0.1:1/none" in tideline("models", "use", "second").output
    assert in_use() == second
