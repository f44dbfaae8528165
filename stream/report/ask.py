"""Panels asked on one connection: each gets its rows, or a sentence in their place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from dashboards.errors import SqlUnfillable
from dashboards.fill import Values, filled
from dashboards.panel import Panel, Role
from stream.errors import StreamError
from stream.report.scene import Stretch

MOST_ROWS = 100_000
PATIENCE = "15s"  # for one panel; a page with a sentence is better than no page
Row = Mapping[str, Any]


class TooMuch(StreamError):
    """A question has more rows than a page has room for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A panel with the rows of each of its queries; `failed` says why there are none."""

    panel: Panel
    rows: tuple[Sequence[Row], ...] = ()
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks for one stretch of time, with the choices that a reader of the dashboard would make."""

    connection: Connection
    stretch: Stretch
    values: Values

    def choosing(self, **values: str) -> "Asker":
        """The same with other choices."""
        return replace(self, values={**self.values, **values})

    def ask(self, panel: Panel) -> Answer:
        """One panel; what fails loses this panel alone."""
        titled = replace(panel, title=self._words(panel.title))
        try:
            return Answer(titled, tuple(self.rows(query.sql) for query in panel.queries))
        except (SqlUnfillable, TooMuch) as error:
            return Answer(titled, failed=str(error))
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return Answer(titled, failed=f"Postgres refused the question (SQLSTATE {_code(error)})")

    def attempt(self, sql: str) -> list[Row] | None:
        """Rows, or None where Postgres refuses the question."""
        try:
            return self.rows(sql)
        except (SqlUnfillable, TooMuch):
            return None
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            return None

    def rows(self, sql: str) -> list[Row]:
        """Rows of one question, in a savepoint of its own."""
        plain = filled(sql, self.stretch.since, self.stretch.last, self.values)
        with self.connection.begin_nested():
            found = self.connection.exec_driver_sql(plain, execution_options={"no_parameters": True})
            rows: list[Row] = [dict(row) for row in found.mappings().fetchmany(MOST_ROWS + 1)]
        if len(rows) > MOST_ROWS:
            raise TooMuch("the time is too long for one page: ask for a shorter one")
        return rows

    def _words(self, title: str) -> str:
        for name, value in self.values.items():
            words = value if isinstance(value, str) else ", ".join(value)
            title = title.replace(f"${{{name}}}", words)
        return title


def take_role(connection: Connection, role: Role) -> bool:
    """Read with the rights of the dashboards from here on; False where the login may not, and keeps its own."""
    connection.exec_driver_sql("SET LOCAL ROLE NONE")
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{PATIENCE}'")
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return False
    return True


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "pgcode", None) or "unknown")
