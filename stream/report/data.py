"""What the report is made of, read in one snapshot: pseudonyms, sums and alerts; no text, no author."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from storage.database import transaction
from storage.dead_letters import count_dead_letters
from storage.overview import count_alerts, count_outbox, count_points, count_versions
from storage.report import AlertLine, Slot, read_alert_lines, read_channel_slots, read_person_days

MOST_PEOPLE = 60
MOST_ALERTS = 300
MOST_CHANNELS = 12
CLOSE_UP = timedelta(hours=18)
SEVERITIES = ("high", "medium", "low")
Slots = dict[str, list[Slot]]


@dataclass(frozen=True, slots=True)
class ReportData:
    """Everything on the page. `left_out` says what a limit kept off it."""

    made_at: datetime
    since: datetime | None
    first: date | None
    last: date | None
    points: Mapping[str, Any]
    alerts: Sequence[AlertLine]
    by_rule: Mapping[str, int]
    outbox: Mapping[str, int]
    dead_letters: Mapping[str, int]
    models: Mapping[str, int]
    people: Mapping[str, Sequence[AlertLine]] = field(default_factory=dict)  # the worst first
    days: Slots = field(default_factory=dict)  # of those people
    channels: Slots = field(default_factory=dict)  # by day
    close_ups: Mapping[str, Sequence[Slot]] = field(default_factory=dict)  # alert: hours around it
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not self.points["points"]


def gather(engine: Engine, now: datetime, since: datetime | None = None) -> ReportData:
    """Read it all in one snapshot."""
    with transaction(engine) as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return _read(connection, now, since)


def _read(connection: Connection, now: datetime, since: datetime | None) -> ReportData:
    points = count_points(connection)
    alerts = read_alert_lines(connection, since)
    people = _worst_first(alerts)
    shown = dict(list(people.items())[:MOST_PEOPLE])
    first, last = points["first"], points["last"]
    return ReportData(
        made_at=now,
        since=since,
        first=max(filter(None, (first, since))).astimezone(UTC).date() if first else None,
        last=last.astimezone(UTC).date() if last else None,
        points=points,
        alerts=alerts[-MOST_ALERTS:],
        by_rule=count_alerts(connection),
        outbox=count_outbox(connection),
        dead_letters=count_dead_letters(connection),
        models=count_versions(connection),
        people=shown,
        days=read_person_days(connection, list(shown), since),
        channels=read_channel_slots(connection, "day", since),
        close_ups=_close_ups(connection, alerts),
        left_out={"people": len(people) - len(shown), "alerts": max(len(alerts) - MOST_ALERTS, 0)},
    )


def _worst_first(alerts: Sequence[AlertLine]) -> dict[str, list[AlertLine]]:
    """People with their alerts; the severest person first, then the newest."""
    found: dict[str, list[AlertLine]] = {}
    for alert in alerts:
        if alert.subject_kind == "person":
            found.setdefault(alert.subject, []).append(alert)

    def rank(item: tuple[str, list[AlertLine]]) -> tuple[int, float]:
        return min(SEVERITIES.index(a.severity) for a in item[1]), -max(a.at.timestamp() for a in item[1])

    return dict(sorted(found.items(), key=rank))


def _close_ups(connection: Connection, alerts: Sequence[AlertLine]) -> dict[str, list[Slot]]:
    """The hours around the newest channel alerts."""
    found = {}
    for alert in [alert for alert in alerts if alert.subject_kind == "channel"][-MOST_CHANNELS:]:
        hours = read_channel_slots(connection, "hour", alert.at - CLOSE_UP, alert.at + CLOSE_UP)
        found[alert.id] = hours.get(alert.subject, [])
    return found
