"""The outbox: one row an alert, and what may become of it."""

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from alerts.types import Alert
from storage.alerts import insert_alerts
from storage.case_opening import open_cases
from storage.outbox import hold_waiting, release_waiting


def an_alert(number: int = 1) -> Alert:
    at = datetime(2024, 1, 1, number % 24, tzinfo=UTC)
    return Alert(
        str(uuid.UUID(int=number)), "sadness-trend", "abcd1234", "person", str(uuid.UUID(int=7)), "sadness",
        at, 2.5, 2.0, "medium", {"now": 0.5, "posts": []},
    )  # fmt: skip


def put(engine: Engine, *numbers: int, state: str = "pending") -> int:
    """Alerts of one person, with their case unless they are kept back; how many were new."""
    with engine.begin() as connection:
        new = insert_alerts(connection, [an_alert(number) for number in numbers], "model-1", state)
        if state == "pending":
            open_cases(connection, new)
    return len(new)


def later(**delta: float) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_an_alert_and_its_outbox_row_are_written_once_however_often_they_come(engine: Engine) -> None:
    assert put(engine, 2, 1) == 2
    assert put(engine, 1, 2, 3) == 1
    assert (count(engine, "alerts"), count(engine, "outbox")) == (3, 3)


def test_an_alert_and_its_outbox_row_vanish_together(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        insert_alerts(connection, [an_alert()], "model-1")
        transaction.rollback()
    assert (count(engine, "alerts"), count(engine, "outbox")) == (0, 0)


def test_alerts_that_waited_for_their_day_are_told_or_held_and_only_those_told_get_a_case(engine: Engine) -> None:
    put(engine, 1, 2, 3, state="waiting")
    put(engine, 4, state="held")
    ids = [an_alert(number).id for number in range(1, 5)]
    assert count(engine, "cases") == 0
    with engine.begin() as connection:
        release_waiting(connection, [ids[0], ids[3]])
        hold_waiting(connection, [ids[1]])
        states = connection.execute(text("SELECT state FROM outbox ORDER BY alert_id")).scalars().all()
    assert states == ["pending", "held", "waiting", "held"]
    assert count(engine, "case_alerts") == 1
