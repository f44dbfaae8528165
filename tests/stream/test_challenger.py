"""A challenger in shadow, through the real pipeline: what it finds, and that nothing else moves by a bit."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from models.classifier import Classifier, Thousandths
from models.errors import ModelOutage, ModelUnusable
from storage.challenger import end_trial
from storage.database import transaction
from storage.dead_letters import count_dead_letters
from storage.states import unpack
from stream.challenger.chosen import is_chosen
from stream.messages import Message
from stream.offline import Oracle, Outcome
from stream.posts import pseudonym
from stream.progress import Quiet
from stream.rebuild import rebuild
from stream.verify import verify
from stream.writing import waits
from tests.stream.challengers import Gloomy, count, pipeline_with, rows, trial
from tests.stream.crowds import BEGIN, crowd, crowd_rules, moment
from tests.stream.helpers import (
    KEY,
    LATENESS,
    NOW,
    PARTITIONS,
    TOPIC,
    batches,
    make_oracle,
    make_reader,
    record,
    tick,
    to_log,
)

RULES = crowd_rules()
UNTIL = BEGIN + timedelta(days=4)
TABLES = {
    "shadow_points": "stored_at",
    "shadow_states": "",
    "shadow_alerts": "created_at",
    "shadow_hours": "",
}


def history() -> list[dict[str, Any]]:
    """A crowd for some days, with a repeat, a retweet, a foreign post and a straggler among them."""
    posts = [post for post in crowd(24) if moment(post) < UNTIL]
    sad = "i feel so sad and hopeless"
    odd = [
        record(800_001, author="odd", text=sad, sent_at=(BEGIN + timedelta(days=1)).isoformat()),
        record(800_002, author="odd", text=sad, sent_at=(BEGIN + timedelta(days=2)).isoformat()),
        record(800_003, author="odd", text="RT @a i feel so sad", sent_at=(BEGIN + timedelta(days=3)).isoformat()),
        record(800_004, author="odd", text="estoy muy triste hoy y no quiero ver a nadie",
               sent_at=(BEGIN + timedelta(days=4)).isoformat()),
    ]  # fmt: skip
    straggler = record(800_005, author="odd", text="what a happy day", sent_at=(BEGIN + timedelta(hours=1)).isoformat())
    return [*sorted([*posts, *odd], key=moment), straggler]


LOG = to_log([*history(), tick(UNTIL + timedelta(days=1))])


def work(engine: Engine, log: Sequence[Message] = LOG, size: int = 64, **how: Any) -> list[Any]:
    pipeline = pipeline_with(engine, **how)
    return [pipeline.process(batch) for batch in batches(log, size)]


def differences(engine: Engine) -> dict[str, int]:
    found = verify(engine, TOPIC, make_oracle(rules=RULES).run(LOG))
    assert found.compared["points"] > 200
    return {name: number for name, number in found.differing.items() if number}


def shadow(engine: Engine) -> dict[str, list[str]]:
    """All that the challenger led to, without the moments at which it was stored."""
    query = "SELECT to_jsonb(t) - 'trial' - :moment FROM {} AS t"
    found = {table: rows(engine, query.format(table), moment=moment) for table, moment in TABLES.items()}
    return {table: sorted(str(row[0]) for row in each) for table, each in found.items()}


def as_champion() -> Outcome:
    """What the oracle says would have come of the same posts with the challenger in use."""
    return Oracle(make_reader(Gloomy()), RULES, PARTITIONS, LATENESS).run(LOG)


def without_attendance(states: dict[Any, Any]) -> dict[Any, Any]:
    """Who was counted today, and under which model, is for dashboards; a post that nobody scored keeps its model."""
    return {person: {name: part for name, part in state.items() if name != "today"} for person, state in states.items()}


@pytest.mark.parametrize("size", [61, 2000])
def test_the_challenger_leads_to_what_it_would_lead_to_in_use_and_the_champion_is_not_touched(
    ready: Engine, size: int
) -> None:
    trial(ready)
    work(ready, size=size)
    assert differences(ready) == {}
    outcome = as_champion()
    states = {person: unpack(state) for person, state in rows(ready, "SELECT person::text, state FROM shadow_states")}  # type: ignore[arg-type, misc]
    assert without_attendance(states) == without_attendance(outcome.person_states)
    expected = {alert.id for alert in outcome.alerts.values() if alert.subject_kind == "person"}
    assert {row[0] for row in rows(ready, "SELECT id::text FROM shadow_alerts")} == expected
    told = {row[0] for row in rows(ready, "SELECT id::text FROM alerts WHERE subject_kind = 'person'")}
    assert told - expected, "the two find different people"
    assert expected - told
    scored = {key: point.scores for key, point in outcome.points.items() if point.scores and waits(point)}
    stored = rows(ready, "SELECT key::text, challenger_scores FROM shadow_points")
    assert {key: tuple(scores) for key, scores in stored} == scored  # type: ignore[arg-type, misc]


def test_outbox_and_cases_hold_the_champions_alerts_alone(ready: Engine) -> None:
    trial(ready)
    work(ready)
    assert count(ready, "shadow_alerts") > 3
    assert count(ready, "outbox") == count(ready, "alerts") == len(make_oracle(rules=RULES).run(LOG).alerts)
    named = "SELECT count(*) FROM case_alerts WHERE alert_id NOT IN (SELECT id FROM alerts)"
    assert rows(ready, named) == [(0,)]


def test_a_repeat_of_the_log_changes_nothing_in_shadow(ready: Engine) -> None:
    trial(ready)
    work(ready)
    before = shadow(ready)
    work(ready, size=100)
    assert shadow(ready) == before


def test_a_batch_that_is_undone_leaves_nothing_in_shadow_and_comes_again_whole(
    ready: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial(ready)
    pipeline = pipeline_with(ready)

    def die(moment: str) -> None:
        if moment == "in_transaction":
            raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("stream.pipeline.reach", die)
        with pytest.raises(RuntimeError):
            pipeline.process(LOG[:200])
    assert {table: count(ready, table) for table in TABLES} == dict.fromkeys(TABLES, 0)
    pipeline.process(LOG[:200])
    assert count(ready, "shadow_points") > 100


def test_a_share_takes_whole_people_by_hash_and_the_champion_stays_the_same(ready: Engine) -> None:
    trial(ready, share=0.5)
    work(ready)
    assert differences(ready) == {}
    scored = "SELECT person::text, count(*) FROM {} GROUP BY 1"
    ours = dict(rows(ready, scored.format("shadow_points")))
    everybody = dict(rows(ready, scored.format("points WHERE scores IS NOT NULL AND NOT retweet AND NOT late")))
    chosen = {person for person in everybody if is_chosen(Gloomy.version, 0.5, str(person))}
    assert ours == {person: everybody[person] for person in chosen}
    assert 0 < len(chosen) < len(everybody)
    assert {row[0] for row in rows(ready, "SELECT person::text FROM shadow_states")} == chosen


def test_the_sums_of_hours_are_those_of_the_points_also_after_somebody_has_gone(ready: Engine) -> None:
    from storage.people import opt_out

    trial(ready)
    work(ready)
    sums = (
        "SELECT hour, champion, sum(posts), sum(agree), sum(people) FROM shadow_hours "
        "GROUP BY 1, 2 HAVING sum(posts) > 0"
    )
    again = (
        "SELECT date_trunc('hour', s.sent_at, 'UTC'), champion, count(*), count(*) FILTER (WHERE "
        "array_position(champion_scores, (SELECT max(s) FROM unnest(champion_scores) AS s)) = "
        "array_position(challenger_scores, (SELECT max(s) FROM unnest(challenger_scores) AS s))), "
        "count(DISTINCT s.person) FROM shadow_points AS s GROUP BY 1, 2"
    )
    assert sorted(rows(ready, sums)) == sorted(rows(ready, again))
    with transaction(ready) as connection:
        opt_out(connection, pseudonym(KEY, "test", "neighbour-7"))
    assert sorted(rows(ready, sums)) == sorted(rows(ready, again))


def test_people_enter_with_what_the_rules_remember_of_them_and_later_posts_alone_are_heard_anew(ready: Engine) -> None:
    middle = len(LOG) // 2
    work(ready, LOG[:middle])
    pipeline = pipeline_with(ready)
    trial(ready)
    for batch in batches(LOG[middle:], 64):
        pipeline.process(batch)
    assert differences(ready) == {}
    fresh = {person: unpack(state) for person, state in rows(ready, "SELECT person::text, state FROM shadow_states")}  # type: ignore[arg-type, misc]
    outcome = as_champion()
    assert any(fresh[person] != outcome.person_states[person] for person in fresh), "their past is the champion's"
    assert sum(row[0] for row in rows(ready, "SELECT missed FROM shadow_states")) == 0  # type: ignore[misc]
    begun = moment(history()[middle]) - LATENESS - timedelta(hours=1)
    assert all(row[0] >= begun for row in rows(ready, "SELECT at FROM shadow_alerts"))  # type: ignore[operator]


class Broken(Gloomy):
    """Does what it is told to instead of answering."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.calls = 0

    def emotions(self, texts: list[str]) -> Thousandths:  # type: ignore[override]
        self.calls += 1
        self.act()
        return super().emotions(texts)


def raises(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        raise error

    return act


TROUBLE: dict[str, BaseException] = {
    "a bug": RuntimeError("of a text: i feel so sad"),
    "an outage": ModelOutage("no memory is left on the device: free some"),
    "no memory": MemoryError(),
    "an exit": SystemExit(1),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_a_challenger_that_fails_is_left_out_told_of_and_at_last_left_alone(
    ready: Engine, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    trial(ready)
    broken = Broken(raises(TROUBLE[name]))
    with caplog.at_level(logging.INFO, "tideline.challenger"):
        reports = work(ready, load=lambda _: broken)
    assert differences(ready) == {}
    assert count(ready, "shadow_points") == 0
    assert broken.calls == 3
    assert reports[0].challenger.state == "scoring"
    assert (reports[-1].challenger.state, reports[-1].challenger.dropped) == ("off", 3)
    warned = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert len(warned) == 2, warned
    assert "left out of a batch" in warned[0]
    assert "is off in this worker" in warned[1]
    assert "sad" not in caplog.text
    with transaction(ready) as connection:
        assert count_dead_letters(connection) == {}


def test_a_challenger_that_never_comes_back_is_not_waited_for(ready: Engine) -> None:
    trial(ready)
    release = threading.Event()
    stuck = Broken(lambda: release.wait(30))
    try:
        reports = work(ready, load=lambda _: stuck, seconds=0.01)
    finally:
        release.set()
    assert differences(ready) == {}
    assert stuck.calls == 1, "no second call is made while the first one hangs"
    assert reports[-1].challenger.state == "off"
    assert "earlier batch" in reports[-1].challenger.why


def missing(_: str) -> Classifier:
    raise ModelUnusable("There is no model of version gloomy-1 here: import it with `tideline models import`.")


def test_a_challenger_that_is_missing_on_this_machine_is_told_of_once_until_another_trial(
    ready: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    trial(ready)
    asked: list[str] = []

    def load(version: str) -> Classifier:
        asked.append(version)
        return missing(version) if len(asked) == 1 else Gloomy()

    pipeline = pipeline_with(ready, load)
    first, second, third = batches(LOG, 100)[:3]
    assert pipeline.process(first).challenger.why.startswith("There is no model")  # type: ignore[union-attr]
    pipeline.process(second)
    assert (len(asked), count(ready, "shadow_points")) == (1, 0)
    assert [each.levelname for each in caplog.records if each.name == "tideline.challenger"] == ["WARNING"]
    trial(ready)
    report = pipeline.process(third)
    assert report.challenger.state == "scoring"  # type: ignore[union-attr]
    assert count(ready, "shadow_points") > 0


def test_what_the_database_refuses_in_shadow_is_undone_alone(ready: Engine) -> None:
    trial(ready)
    with transaction(ready) as connection:
        connection.execute(text("ALTER TABLE shadow_states ADD CONSTRAINT fussy CHECK (heard < 2)"))
    reports = work(ready)
    assert differences(ready) == {}
    assert "off" in {report.challenger.state for report in reports}


def test_a_trial_is_taken_up_and_let_go_between_two_batches(ready: Engine) -> None:
    pipeline = pipeline_with(ready)
    some = batches(LOG, 100)
    assert pipeline.process(some[0]).challenger is None
    trial(ready)
    assert pipeline.process(some[1]).challenger.challenger == Gloomy.version  # type: ignore[union-attr]
    held = count(ready, "shadow_points")
    with transaction(ready) as connection:
        assert end_trial(connection) == 1
    assert pipeline.process(some[2]).challenger is None
    assert count(ready, "shadow_points") == held > 0


def test_a_challenger_that_is_in_use_by_now_scores_nothing_twice(ready: Engine) -> None:
    trial(ready, challenger="keywords-2")
    pipeline = pipeline_with(ready, lambda _: replace_version("keywords-2"))
    report = pipeline.process(LOG[:100])
    assert report.challenger.state == "in use"  # type: ignore[union-attr]
    assert count(ready, "shadow_points") == 0


def replace_version(version: str) -> Classifier:
    made = Gloomy()
    made.version = version  # type: ignore[misc]
    return made


def test_a_rebuild_lets_the_challengers_rules_begin_again_from_the_rebuilt_states(ready: Engine) -> None:
    trial(ready)
    work(ready)
    points = count(ready, "shadow_points")
    rebuild(ready, RULES, TOPIC, LATENESS, "keywords-2", Quiet(), send=False)
    assert (count(ready, "shadow_states"), count(ready, "shadow_alerts")) == (0, 0)
    assert count(ready, "shadow_points") == points
    more = [post for post in crowd() if UNTIL + timedelta(days=1, hours=1) < moment(post) < NOW]
    work(ready, to_log([*more, tick(NOW)]))
    assert count(ready, "shadow_states") > 0
