"""Monthly partitions of `points`, made before they are needed, for any month from 2000 on."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Engine, text

from storage.database import transaction

LOCK = 7_404_002  # advisory: one maker at a time


class Months:
    """Remembers which months exist, so that a batch asks the database only about new ones."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: set[datetime] = set()

    def ensure(self, times: Iterable[datetime]) -> None:
        """Make the partitions of these times, and of the month after each, in a transaction of their own."""
        wanted = {month_of(time) for time in times} - self._known
        if not wanted:
            return
        wanted |= {month_after(month) for month in wanted}
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            for month in sorted(wanted):
                _create(connection.execute, month)
        self._known |= wanted


def _create(execute: object, month: datetime) -> None:
    """ATTACH, unlike PARTITION OF, lets other workers keep inserting meanwhile."""
    assert callable(execute)
    name = f"points_{month:%Y_%m}"
    if execute(text("SELECT to_regclass(:name)"), {"name": name}).scalar() is not None:
        return
    execute(text(f"CREATE TABLE {name} (LIKE points INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"))
    bounds = f"FROM ('{month.isoformat()}') TO ('{month_after(month).isoformat()}')"
    execute(text(f"ALTER TABLE points ATTACH PARTITION {name} FOR VALUES {bounds}"))


def month_of(time: datetime) -> datetime:
    """The first moment of a time's month in UTC.

    >>> month_of(datetime(2009, 4, 6, 22, tzinfo=UTC)).isoformat()
    '2009-04-01T00:00:00+00:00'
    """
    return time.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_after(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
