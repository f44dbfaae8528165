import uuid
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import Engine, text

from alerts.types import Alert
from alerts.webhook import thin_payload
from storage.alerts import insert_alerts
from storage.outbox import (
    FEWEST_ATTEMPTS,
    GIVE_UP_AFTER,
    LONGEST_DELAY,
    backlog,
    claim_due,
    mark_delivered,
    mark_failed,
    mark_retry,
    next_attempt,
    release,
)

LEASE = timedelta(minutes=5)


def an_alert(number: int = 1) -> Alert:
    at = datetime(2024, 1, 1, number % 24, tzinfo=UTC)
    return Alert(
        str(uuid.UUID(int=number)), "sadness-trend", "abcd1234", "person", str(uuid.UUID(int=7)), "sadness",
        at, 2.5, 2.0, "medium", {"now": 0.5, "posts": []},
    )  # fmt: skip


def put(engine: Engine, *numbers: int, state: str = "pending") -> int:
    alerts = [an_alert(number) for number in numbers]
    with engine.begin() as connection:
        return insert_alerts(connection, alerts, [thin_payload(a) for a in alerts], "model-1", state)


def later(**delta: float) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_an_alert_and_its_webhook_are_written_once_however_often_they_come(engine: Engine) -> None:
    assert put(engine, 2, 1) == 2
    assert put(engine, 1, 2, 3) == 1
    assert (count(engine, "alerts"), count(engine, "outbox")) == (3, 3)


def test_an_alert_and_its_webhook_vanish_together(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        insert_alerts(connection, [an_alert()], [{}], "model-1")
        transaction.rollback()
    assert (count(engine, "alerts"), count(engine, "outbox")) == (0, 0)


def test_two_claimers_never_hold_the_same_row_and_never_wait(engine: Engine) -> None:
    put(engine, *range(1, 8))
    with engine.begin() as one, engine.begin() as other:
        other.execute(text("SET LOCAL statement_timeout = '2s'"))
        first = claim_due(one, later(minutes=1), 4, LEASE)
        second = claim_due(other, later(minutes=1), 10, LEASE)
        assert (len(first), len(second)) == (4, 3)
        assert not {claim.id for claim in first} & {claim.id for claim in second}


def test_a_claim_whose_holder_died_is_due_again_after_its_lease(engine: Engine) -> None:
    put(engine, 1)
    now = later(minutes=1)
    with engine.begin() as connection:
        assert len(claim_due(connection, now, 10, LEASE)) == 1
        assert claim_due(connection, now + LEASE / 2, 10, LEASE) == []
        assert [claim.attempts for claim in claim_due(connection, now + LEASE, 10, LEASE)] == [2]


def test_who_comes_back_after_the_lease_changes_nothing(engine: Engine) -> None:
    put(engine, 1)
    now = later(minutes=1)
    with engine.begin() as connection:
        [dead] = claim_due(connection, now, 10, LEASE)
        [alive] = claim_due(connection, now + LEASE, 10, LEASE)
        assert mark_failed(connection, dead, 500, "late") is False
        assert mark_delivered(connection, alive, now, 204) is True
        assert mark_retry(connection, alive, now, 500, "twice") is False
        assert backlog(connection, now).pending == 0


def test_held_webhooks_are_never_claimed(engine: Engine) -> None:
    put(engine, 1, state="held")
    with engine.begin() as connection:
        assert claim_due(connection, later(days=9), 10, LEASE) == []


def test_a_released_claim_costs_no_attempt(engine: Engine) -> None:
    put(engine, 1)
    now = later(minutes=1)
    with engine.begin() as connection:
        release(connection, claim_due(connection, now, 10, LEASE), now)
        assert [claim.attempts for claim in claim_due(connection, now, 10, LEASE)] == [1]


def test_the_backlog_counts_what_waits_and_what_was_given_up(engine: Engine) -> None:
    put(engine, 1, 2, 3)
    now = later(hours=1)
    with engine.begin() as connection:
        claims = claim_due(connection, now, 2, LEASE)
        mark_delivered(connection, claims[0], now, 200)
        mark_failed(connection, claims[1], 500, "HTTP 500")
        found = backlog(connection, now)
    assert (found.pending, found.failed) == (1, 1)
    assert 3500 < found.oldest_seconds < 3700


def test_retries_go_on_for_two_days_with_growing_jittered_gaps_and_then_end(engine: Engine) -> None:
    put(engine, 1)
    with engine.begin() as connection:
        [claim] = claim_due(connection, later(minutes=1), 1, LEASE)
    now, random, gaps = claim.created_at, Random(4), []
    for attempt in range(1, 1000):
        due = next_attempt(type(claim)(1, claim.alert_id, {}, attempt, claim.created_at), now, random)
        if due is None:
            break
        gaps.append(due - now)
        now = due
    assert GIVE_UP_AFTER <= now - claim.created_at <= GIVE_UP_AFTER + LONGEST_DELAY
    assert FEWEST_ATTEMPTS <= len(gaps) < 100
    assert max(gaps) <= LONGEST_DELAY
    assert gaps[0] < timedelta(seconds=10)
