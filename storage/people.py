"""People: opt-out and erasure."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from storage.case_history import erase_person
from storage.challenger_points import leave_shadow
from storage.community import lock_community
from storage.label_erasure import erase_labels
from storage.leaving import leave_crowds
from storage.points import ERASURE_LOCK
from storage.rollups import leave_rollups

CHANNELS_LOCK = 7_404_004  # advisory: whoever changes channel states holds it

_OF_PERSON = ("waiting_posts", "waiting_channel_posts", "person_states", "day_tests", "model_offsets")
_BY_KEY = ("post_texts", "post_keys")


def opted_out(connection: Connection, persons: Iterable[str]) -> set[str]:
    """Which of these people asked not to be read."""
    statement = text("SELECT person FROM opt_outs WHERE person = ANY(CAST(:persons AS uuid[]))")
    return set(map(str, connection.execute(statement, {"persons": list(persons)}).scalars()))


def opt_out(connection: Connection, person: str) -> int:
    """Note the wish and erase what was kept; returns the number of points erased.

    Waits for batches under way, so that none can store the person afterwards.
    What dashboards show of hours and days is what the points of the others say. The voices of everybody stay:
    they name nobody.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ERASURE_LOCK})
    lock_community(connection)
    who = {"person": person}
    connection.execute(text("INSERT INTO opt_outs (person) VALUES (:person) ON CONFLICT DO NOTHING"), who)
    leave_rollups(connection, person)
    for table in _OF_PERSON:
        connection.execute(text(f"DELETE FROM {table} WHERE person = :person"), who)  # noqa: S608 fixed names
    alerts = "SELECT id FROM alerts WHERE subject_kind = 'person' AND subject = :person"
    connection.execute(text(f"DELETE FROM outbox WHERE alert_id IN ({alerts})"), who)  # noqa: S608
    connection.execute(text("DELETE FROM alerts WHERE subject_kind = 'person' AND subject = :person"), who)
    connection.execute(text("DELETE FROM forecasts WHERE subject_kind = 'person' AND subject = :person"), who)
    erase_person(connection, person)
    erase_labels(connection, person)
    leave_shadow(connection, person)
    # after the cases, which it locks: an escalation that was under way has queued its message by then
    connection.execute(text("DELETE FROM deliveries WHERE subject = :person"), who)
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHANNELS_LOCK})
    leave_crowds(connection, person)
    for table in _BY_KEY:
        of_person = f"DELETE FROM {table} USING points WHERE points.key = {table}.key AND points.person = :person"  # noqa: S608
        connection.execute(text(of_person), who)
    return connection.execute(text("DELETE FROM points WHERE person = :person"), who).rowcount


def opt_in(connection: Connection, person: str) -> bool:
    """Take the wish back; says whether there was one."""
    return bool(connection.execute(text("DELETE FROM opt_outs WHERE person = :p"), {"p": person}).rowcount)


def all_opt_outs(connection: Connection) -> list[str]:
    return [str(person) for person in connection.execute(text("SELECT person FROM opt_outs ORDER BY 1")).scalars()]
