"""What the challenger's rules remember of people, and the alerts they raise. Nothing here is ever told to anybody."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from storage.alerts import AlertLike
from storage.states import State, pack, unpack

_LOCK = text(
    "SELECT person::text, state FROM shadow_states "
    "WHERE trial = :trial AND person = ANY(CAST(:persons AS uuid[])) ORDER BY person FOR UPDATE"
)
_COPY = text(
    """
    INSERT INTO shadow_states (person, trial, since, through, heard, missed, state)
    SELECT s.person, :trial, e.since, e.since, 0, 0, s.state FROM person_states AS s
    JOIN unnest(CAST(:persons AS uuid[]), CAST(:since AS timestamptz[])) AS e(person, since) ON e.person = s.person
    ON CONFLICT DO NOTHING
    """
)
_SAVE = text(
    """
    UPDATE shadow_states AS s SET state = row.state, through = greatest(s.through, row.through),
           heard = s.heard + row.heard, missed = s.missed + row.missed
    FROM unnest(CAST(:persons AS uuid[]), CAST(:states AS bytea[]), CAST(:through AS timestamptz[]),
                CAST(:heard AS int[]), CAST(:missed AS int[])) AS row(person, state, through, heard, missed)
    WHERE s.person = row.person AND s.trial = :trial
    """
)
_FIELDS = ("id", "subject", "rule", "rule_version", "emotion", "at", "statistic", "threshold", "severity")
_TYPES = {"id": "uuid", "subject": "uuid", "at": "timestamptz", "statistic": "float8", "threshold": "float8"}
_ARRAYS = ", ".join(f"CAST(:{name} AS {_TYPES.get(name, 'text')}[])" for name in _FIELDS)
_RAISE = text(
    "INSERT INTO shadow_alerts "  # noqa: S608 fixed names
    "(trial, id, person, rule, rule_version, emotion, at, statistic, threshold, severity) "
    f"SELECT :trial, row.* FROM unnest({_ARRAYS}) AS row ON CONFLICT DO NOTHING"
)


@dataclass(slots=True)
class ShadowRun:
    """One person's state on its way through the hours of a batch."""

    state: State
    through: datetime | None = None
    heard: int = 0
    missed: int = 0
    entered: datetime | None = None  # the hour in which it entered, if that was in this batch


def lock_shadow_states(connection: Connection, trial: int, persons: Collection[str]) -> dict[str, ShadowRun]:
    """The states there are, locked in the order of the persons."""
    rows = connection.execute(_LOCK, {"trial": trial, "persons": sorted(persons)}) if persons else ()
    return {person: ShadowRun(unpack(state)) for person, state in rows}


def copy_states(connection: Connection, trial: int, since: Mapping[str, datetime]) -> None:
    """Let people enter with what the champion's rules remember of them before the batch has changed it."""
    persons = sorted(since)
    if persons:
        times = [since[person].isoformat() for person in persons]
        connection.execute(_COPY, {"trial": trial, "persons": persons, "since": times})


def save_shadow_states(connection: Connection, trial: int, runs: Mapping[str, ShadowRun]) -> None:
    moved = {person: run for person, run in sorted(runs.items()) if run.through is not None}
    if moved:
        values = {
            "trial": trial,
            "persons": list(moved),
            "states": [pack(run.state) for run in moved.values()],
            "through": [run.through.isoformat() for run in moved.values() if run.through],
            "heard": [run.heard for run in moved.values()],
            "missed": [run.missed for run in moved.values()],
        }
        connection.execute(_SAVE, values)


def insert_shadow_alerts(connection: Connection, trial: int, alerts: Iterable[AlertLike]) -> None:
    """Keep what would have been raised. No outbox row, no case: the tables that are told from are not touched."""
    ordered = sorted(alerts, key=lambda alert: alert.id)
    columns: dict[str, list[Any]] = {name: [getattr(alert, name) for alert in ordered] for name in _FIELDS}
    columns["at"] = [at.isoformat() for at in columns["at"]]
    if ordered:
        connection.execute(_RAISE, {**columns, "trial": trial})
