"""What a reader would have chosen: a range of time that holds posts, and a value for each variable."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, text

from dashboards.fill import filled
from dashboards.panel import Dashboard, Role, Variable

SPAN = timedelta(days=30)


class Range(NamedTuple):
    """From when until when."""

    since: datetime
    until: datetime


def read_as(connection: Connection, role: Role) -> None:
    """For the rest of the transaction, see only what this role may see."""
    connection.execute(text(f"SET LOCAL ROLE {role}"))
    connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))


def newest_range(connection: Connection, now: datetime, span: timedelta = SPAN) -> Range:
    """The newest stretch of event time; the one until now where nothing is stored."""
    newest = connection.execute(text("SELECT max(day) FROM dashboard.community_days")).scalar_one()
    until = newest.astimezone(UTC) + timedelta(days=1) if newest else now
    return Range(until - span, until)


def range_of(connection: Connection, dashboard: Dashboard, now: datetime, span: timedelta = SPAN) -> Range:
    """The newest stretch of the clock that this dashboard goes by."""
    return Range(now - span, now) if dashboard.clock == "wall" else newest_range(connection, now, span)


def run(connection: Connection, sql: str) -> list[tuple[object, ...]]:
    """The rows of a filled query. Nothing in it is a parameter, so a percent sign is itself."""
    plain = connection.execution_options(no_parameters=True)
    return [tuple(row) for row in plain.exec_driver_sql(sql)]


def choose(connection: Connection, dashboard: Dashboard, shown: Range) -> dict[str, str | list[str]]:
    """A value for each variable: all of several, the default, or the first that the database knows."""
    return {each.name: _choice(connection, each, shown) for each in dashboard.variables}


def _choice(connection: Connection, variable: Variable, shown: Range) -> str | list[str]:
    if variable.choices or not (variable.sql or variable.sample):
        return variable.default
    rows = run(connection, filled(variable.sql or variable.sample, *shown, {}))
    values = [str(row[0]) for row in rows]
    return values if variable.several else next(iter(values), "")
