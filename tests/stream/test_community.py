"""Everybody together, on real Postgres: one alert for all, tags for each, and a day's discovery control."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text

from storage.community import through_of
from storage.database import transaction
from storage.people import opt_out
from stream.cli import main
from stream.messages import Message
from stream.posts import pseudonym
from stream.progress import Quiet
from stream.rebuild import Rebuilt, rebuild
from stream.verify import verify
from tests.stream.crowds import BEGIN, FDR, SAD, crowd, crowd_rules, moment
from tests.stream.helpers import (
    KEY,
    LATENESS,
    PARTITIONS,
    TOPIC,
    batches,
    make_oracle,
    make_pipeline,
    record,
    tick,
    to_log,
)

END = tick(BEGIN + timedelta(days=9))
RULES = crowd_rules()


def process(engine: Engine, log: Sequence[Message], size: int = 256) -> None:
    pipeline = make_pipeline(engine, rules=RULES)
    for batch in batches(log, size):
        pipeline.process(batch)


def assert_as_oracle(engine: Engine, log: Sequence[Message]) -> dict[str, int]:
    verdict = verify(engine, TOPIC, make_oracle(rules=RULES).run(log))
    assert verdict.differences == 0, verdict.examples
    return verdict.compared


def rows(engine: Engine, statement: str) -> list[Any]:
    with transaction(engine) as connection:
        return list(connection.execute(text(statement)).all())


def told(engine: Engine, rule: str) -> dict[tuple[str, bool, str], int]:
    """How many alerts of a rule by severity, whether tagged with a cohort, and what became of them."""
    found = rows(
        engine,
        f"SELECT severity, tags ? 'cohort', outbox.state, count(*) FROM alerts JOIN outbox ON alert_id = alerts.id "
        f"WHERE rule = '{rule}' GROUP BY 1, 2, 3",
    )
    return {(row[0], row[1], row[2]): row[3] for row in found}


@pytest.fixture
def log() -> list[Message]:
    return to_log([*crowd(), END])


@pytest.fixture
def done(ready: Engine, log: list[Message]) -> Engine:
    process(ready, log)
    return ready


def test_everybody_moved_is_one_alert_and_the_oracle_finds_the_same(done: Engine, log: list[Message]) -> None:
    compared = assert_as_oracle(done, log)
    assert len(told(done, "everybody-sad")) == 1
    assert compared["cohort_episodes"] == 1
    assert compared["tags"] > 30
    assert compared["community_hours"] > 400


def test_alerts_about_people_in_that_time_are_held_but_for_the_gravest(done: Engine) -> None:
    found = told(done, "somebody-sad")
    tagged = {(severity, state) for severity, cohort, state in found if cohort}
    assert tagged == {("low", "held"), ("medium", "held"), ("high", "pending")}
    assert {state for _, cohort, state in found if not cohort} == {"pending"}


def test_only_alerts_that_are_told_have_a_case_that_stands(done: Engine) -> None:
    standing = rows(
        done,
        "SELECT DISTINCT outbox.state FROM case_alerts JOIN cases ON cases.id = case_id "
        "JOIN outbox USING (alert_id) WHERE cases.state <> 'closed' AND NOT EXISTS "
        "(SELECT 1 FROM case_alerts AS c JOIN outbox AS o USING (alert_id) WHERE c.case_id = cases.id "
        "AND o.state = 'pending')",
    )
    assert standing == []


def until_noon() -> list[Message]:
    noon = datetime.fromisoformat("2026-05-16T12:15:00+00:00")
    return to_log([*(post for post in crowd() if moment(post) < noon), tick(noon)])


def test_an_open_day_keeps_its_tests_and_lets_its_alerts_wait(ready: Engine) -> None:
    log = until_noon()
    process(ready, log)
    assert told(ready, "somebody-afraid") == {
        ("low", False, "pending"): 1,  # of the day before, which has closed
        ("low", False, "waiting"): 1,
        ("medium", False, "waiting"): 1,
    }
    assert assert_as_oracle(ready, log)["day_tests"] > 0


def test_a_closed_day_releases_the_likely_and_holds_the_rest_back(done: Engine) -> None:
    assert told(done, "somebody-afraid") == {
        ("low", False, "held"): 1,
        ("low", False, "pending"): 3,
        ("medium", False, "pending"): 1,
    }
    day = rows(
        done,
        "SELECT tags, outbox.state FROM alerts JOIN outbox ON alert_id = alerts.id "
        "WHERE rule = 'somebody-afraid' AND at::date = '2026-05-16' ORDER BY statistic DESC",
    )
    assert [(tags["rank"], tags["tested"], state) for tags, state in day] == [(1, 70, "pending"), (2, 70, "held")]
    assert day[0][0]["q"] <= FDR < day[1][0]["q"]
    cases = "SELECT count(*) FROM case_alerts JOIN alerts ON alert_id = alerts.id WHERE rule = 'somebody-afraid'"
    assert rows(done, cases) == [(4,)]


def split(log: Sequence[Message], at: datetime) -> tuple[list[Message], list[Message]]:
    """The log before and after all have reached that time."""
    for place, message in enumerate(log):
        if b"tick" not in message.value and message.value.find(at.strftime("%Y-%m-%dT%H").encode()) >= 0:
            return list(log[:place]), list(log[place:])
    raise AssertionError("no such time")


def test_what_was_told_before_the_cohort_alert_is_only_tagged(ready: Engine) -> None:
    """Two people's alerts lie in the episode, and were told before it was known."""
    early = [
        record(700_000 + n, author=f"neighbour-{n % 2 + 20}", text=f"{SAD} again {n}", sent_at=at.isoformat())
        for n, at in enumerate(BEGIN + timedelta(days=6, minutes=3 * step) for step in range(1, 8))
    ]
    posts = sorted([*crowd(), *early], key=lambda post: str(post["sent_at"]))
    log = to_log([*posts, END])
    before, after = split(log, BEGIN + timedelta(days=6, hours=1, minutes=30))
    process(ready, before, 32)
    process(ready, to_log([tick(BEGIN + timedelta(days=6, hours=1, minutes=15))]), 32)
    with transaction(ready) as connection:
        connection.execute(text("UPDATE outbox SET state = 'dispatched' WHERE state = 'pending'"))
    assert not any(cohort for _, cohort, _ in told(ready, "somebody-sad"))
    process(ready, after)
    found = told(ready, "somebody-sad")
    assert any(cohort for _, cohort, state in found if state == "dispatched")
    assert all(cohort for _, cohort, state in found if state == "held")


def test_a_second_reading_of_the_log_and_other_batches_change_nothing(done: Engine, log: list[Message]) -> None:
    before = rows(done, "SELECT alert_id, state FROM outbox ORDER BY 1")
    process(done, log, 100)
    assert rows(done, "SELECT alert_id, state FROM outbox ORDER BY 1") == before
    assert_as_oracle(done, log)


@pytest.mark.parametrize("size", [17, 400])
def test_workers_that_run_far_apart_agree(ready: Engine, log: list[Message], size: int) -> None:
    process(ready, [message for message in log if message.partition == 2], size)
    assert rows(ready, "SELECT count(*) FROM alerts WHERE subject_kind = 'community'") == [(0,)]
    process(ready, [message for message in log if message.partition != 2], size)
    compared = assert_as_oracle(ready, log)
    assert compared["tags"] > 30
    tagged = {(severity, state) for severity, cohort, state in told(ready, "somebody-sad") if cohort}
    assert tagged == {("low", "held"), ("medium", "held"), ("high", "pending")}


def test_workers_at_work_at_the_same_time_agree(ready: Engine, log: list[Message]) -> None:
    parts = [[message for message in log if message.partition == number] for number in range(PARTITIONS)]
    with ThreadPoolExecutor(PARTITIONS) as workers:
        for each in [workers.submit(process, ready, part, 40) for part in parts]:
            each.result(120)
    assert assert_as_oracle(ready, log)["tags"] > 30
    tagged = {(severity, state) for severity, cohort, state in told(ready, "somebody-sad") if cohort}
    assert tagged == {("low", "held"), ("medium", "held"), ("high", "pending")}


def test_a_worker_that_died_before_it_looked_at_the_community_left_nothing_undone(
    ready: Engine, log: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("stream.pipeline.close_community", lambda *_: 0)
        process(ready, log[:-3])
    process(ready, log[-3:])
    assert_as_oracle(ready, log)


def test_retweets_repeats_and_late_posts_have_no_voice(ready: Engine) -> None:
    base = crowd(days=2)
    moved = [
        record(800_000 + n, author=f"stranger-{n}", text=f"RT @all {SAD}", sent_at=base[200]["sent_at"])
        for n in range(40)
    ]
    late = [record(900_000 + n, author=f"late-{n}", text=SAD, sent_at=BEGIN.isoformat()) for n in range(40)]
    end = tick(BEGIN + timedelta(days=3))
    log = to_log([*base[:200], *moved, *base[200:], *late, end])
    process(ready, log)
    assert_as_oracle(ready, log)
    plain = make_oracle(rules=RULES).run(to_log([*base, end]))
    assert [row[0] for row in rows(ready, "SELECT sum(people) FROM community_hours")] == [
        sum(each.people for each in plain.gathered.voices.values())
    ]


def run_rebuild(engine: Engine) -> Rebuilt:
    return rebuild(engine, RULES, TOPIC, LATENESS, "keywords-2", Quiet(), send=False)


def test_a_rebuild_finds_the_same_and_repairs_what_was_damaged(done: Engine, log: list[Message]) -> None:
    before = rows(done, "SELECT alert_id, state FROM outbox ORDER BY 1")
    with transaction(done) as connection:
        connection.execute(text("UPDATE community_hours SET people = people + 1"))
        connection.execute(text("DELETE FROM community_state"))
        connection.execute(text("DELETE FROM cohort_episodes"))
        connection.execute(text('UPDATE alerts SET tags = \'{"cohort": "made up"}\''))
        connection.execute(text("INSERT INTO day_tests SELECT '2026-05-12', 'old', gen_random_uuid(), 3"))
    rebuilt = run_rebuild(done)
    assert (rebuilt.alerts_new, rebuilt.alerts_superseded) == (0, 0)
    assert_as_oracle(done, log)
    assert rows(done, "SELECT alert_id, state FROM outbox ORDER BY 1") == before


def test_a_rebuild_in_the_middle_of_a_day_goes_on_as_if_it_had_not_been(ready: Engine, log: list[Message]) -> None:
    middle = len(log) * 3 // 4
    process(ready, log[:middle])
    run_rebuild(ready)
    process(ready, log[middle:])
    assert_as_oracle(ready, log)


def test_who_opts_out_leaves_no_test_behind(ready: Engine) -> None:
    process(ready, until_noon())
    [(person,)] = rows(ready, "SELECT person::text FROM day_tests ORDER BY statistic DESC LIMIT 1")
    assert person in {pseudonym(KEY, "test", f"neighbour-{number}") for number in range(40)}
    with transaction(ready) as connection:
        opt_out(connection, person)
    assert rows(ready, f"SELECT 1 FROM day_tests WHERE person = '{person}'") == []


def test_the_expected_false_alerts_a_day_follow_the_population(
    done: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIDELINE_DATABASE", database_url)
    counted = json.loads(CliRunner().invoke(main, ["alerts", "expected", "--json"]).output)
    assert (counted["days"], counted["people_a_day"]) == (8, 40 + 30 / 8)  # thirty came once, for the spike
    given = json.loads(CliRunner().invoke(main, ["alerts", "expected", "--people", "80000", "--json"]).output)
    assert given["false_alerts_a_day"] == pytest.approx(
        counted["false_alerts_a_day"] * 80000 / counted["people_a_day"], rel=1e-6
    )
    assert "together" in CliRunner().invoke(main, ["alerts", "expected"]).output


def test_a_partition_that_was_never_heard_of_holds_the_community_back(ready: Engine, log: list[Message]) -> None:
    process(ready, [message for message in log if message.partition != 1])
    with transaction(ready) as connection:
        assert through_of(connection) is None
    assert_as_oracle(ready, [message for message in log if message.partition != 1])
