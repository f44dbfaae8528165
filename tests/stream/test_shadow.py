"""A rule on trial, from the rules file to the outbox: it runs, it is stored, and nobody is told."""

from datetime import timedelta

from sqlalchemy import Engine, text

from alerts.rules import Rules, parse_rules
from storage.database import transaction
from stream.progress import Quiet
from stream.stored import snapshot, stored_alerts
from tests.stream.helpers import LATENESS, NOW, TOPIC, batches, make_oracle, make_pipeline, tick, to_log
from tests.stream.test_cli_rules import RULES
from tests.stream.test_pipeline import history

END = NOW - timedelta(days=1)
LIVE = parse_rules(RULES)
TRIAL = parse_rules(RULES.replace("threshold", "shadow = true\nthreshold"))


def work(engine: Engine, log: list, rules: Rules) -> None:
    pipeline = make_pipeline(engine, rules=rules)
    for batch in batches(log, 256):
        pipeline.process(batch)


def rows(engine: Engine, query: str) -> dict[str, object]:
    with transaction(engine) as connection:
        return {str(row[0]): row[1] for row in connection.execute(text(query))}


STATES = "SELECT alert_id, state FROM outbox"


def test_alerts_of_a_rule_on_trial_are_stored_and_held_and_open_no_case(ready: Engine) -> None:
    log = to_log([*history(), tick(END)])
    work(ready, log, TRIAL)
    states = rows(ready, STATES)
    assert set(states) == set(make_oracle(rules=LIVE).run(log).alerts)
    assert set(states.values()) == {"held"}
    assert rows(ready, "SELECT 'cases', count(*) FROM cases") == {"cases": 0}


def test_the_same_rules_at_work_are_told(ready: Engine) -> None:
    log = to_log([*history(), tick(END)])
    work(ready, log, LIVE)
    assert "held" not in rows(ready, STATES).values()
    assert rows(ready, "SELECT 'cases', count(*) > 0 FROM cases") == {"cases": True}


def test_a_rule_that_ends_its_trial_in_mid_stream_goes_on_as_if_it_had_always_worked(ready: Engine) -> None:
    log = to_log([*history(), tick(END)])
    work(ready, log[:800], TRIAL)
    on_trial = rows(ready, STATES)
    work(ready, log[800:], LIVE)
    after = rows(ready, STATES)
    assert set(after) == set(make_oracle(rules=LIVE).run(log).alerts)
    assert {name for name, state in after.items() if state == "held"} == set(on_trial)
    with snapshot(ready) as connection:
        assert {alert.id for alert in stored_alerts(connection, LIVE, TOPIC, LATENESS, Quiet()).alerts} == set(after)
