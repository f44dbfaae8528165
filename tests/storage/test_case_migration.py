"""A database from before there were cases, with alerts in every state, keeps them all and tells of what waited."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from storage.database import transaction
from storage.migrate import migrate
from tests.storage.old_databases import database_at

BEFORE = "0002"
STATES = ("pending", "delivered", "failed", "held")


@pytest.fixture
def old(postgres: str) -> Iterator[Engine]:
    with database_at(postgres, BEFORE) as engine:
        yield engine


def put(engine: Engine, number: int, person: str, state: str) -> str:
    alert_id = str(uuid.UUID(int=number))
    with transaction(engine) as connection:
        values = {"id": alert_id, "person": person, "state": state}
        connection.execute(
            text(
                "INSERT INTO alerts (id, rule, rule_version, subject_kind, subject, emotion, at, statistic, threshold, "
                "severity, evidence, model) VALUES (:id, 'r', 'v', 'person', :person, 'fear', now(), 1, 1, 'low', "
                "'{}', 'm')"
            ),
            values,
        )
        connection.execute(text("INSERT INTO outbox (alert_id, payload, state) VALUES (:id, '{}', :state)"), values)
    return alert_id


def test_old_alerts_stay_and_those_that_nobody_has_got_yet_become_cases(old: Engine) -> None:
    ids = [put(old, number, f"person-{number}", state) for number, state in enumerate(STATES, 1)]
    again = put(old, 9, "person-1", "pending")
    migrate(old)
    with transaction(old) as connection:
        states = connection.execute(text("SELECT alert_id::text, state FROM outbox ORDER BY alert_id")).all()
        cases = connection.execute(text("SELECT alert_id::text, case_id::text FROM case_alerts ORDER BY 1")).all()
        events = connection.execute(text("SELECT who, event FROM case_history")).all()
    assert dict(map(tuple, states)) == dict(
        zip([*ids, again], ["pending", "dispatched", "pending", "held", "pending"], strict=True)
    )
    assert dict(map(tuple, cases)) == {ids[0]: ids[0], ids[2]: ids[2], again: ids[0]}
    assert [tuple(event) for event in events] == [("tideline", "opened")] * 2
