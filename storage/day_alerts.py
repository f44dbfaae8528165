"""The alerts about people that a day raised."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, text


class DayAlert(NamedTuple):
    """As much of an alert as a day's discovery control needs."""

    id: str
    rule: str  # name@version
    person: str


_OF_DAY = text(
    "SELECT id::text, rule || '@' || rule_version, subject FROM alerts WHERE subject_kind = 'person' "
    "AND superseded_at IS NULL AND at > :begin AND at <= :end ORDER BY id"
)


def alerts_of_day(connection: Connection, day: date) -> list[DayAlert]:
    """Those of hours that began on that day (UTC); an alert's time is the end of its hour."""
    begin = datetime.combine(day, time.min, UTC)
    rows = connection.execute(_OF_DAY, {"begin": begin, "end": begin + timedelta(days=1)})
    return [DayAlert(*row) for row in rows]
