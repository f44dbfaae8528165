"""Ask the database what every panel would ask, as the role that would ask it, and say what is wrong."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from dashboards.checking.questions import Question, questions
from dashboards.choices import Range, choose, range_of, read_as
from dashboards.errors import DashboardError
from dashboards.fill import filled
from dashboards.panel import Dashboard
from storage.database import transaction

PATIENCE_MS = 30_000
Given = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one query did. `problem` is empty where nothing is wrong."""

    dashboard: str
    name: str
    rows: int = 0
    milliseconds: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Wants:
    """What counts as wrong."""

    limit_ms: float = 200.0
    allow_empty: bool = False


def check(engine: Engine, dashboards: Iterable[Dashboard], now: datetime, wants: Wants) -> Iterator[Finding]:
    """A finding for each query of these dashboards."""
    for dashboard in dashboards:
        with transaction(engine) as connection:
            yield from _check_dashboard(connection, dashboard, now, wants)


def _check_dashboard(connection: Connection, dashboard: Dashboard, now: datetime, wants: Wants) -> Iterator[Finding]:
    connection.execute(text("SET TRANSACTION READ ONLY"))
    connection.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
    try:
        read_as(connection, dashboard.role)
    except DBAPIError as error:
        raise DashboardError(
            f"this login cannot read as {dashboard.role} ({_first_line(error)}): run `tideline migrate` as the owner"
        ) from error
    shown = range_of(connection, dashboard, now)
    given = choose(connection, dashboard, shown)
    for question in questions(dashboard):
        yield _ask(connection, question, shown, given, wants)


def _ask(connection: Connection, question: Question, shown: Range, given: Given, wants: Wants) -> Finding:
    where = question.dashboard.title, question.name
    try:
        with connection.begin_nested():
            sql = filled(question.sql, *shown, given)
            names, rows = _answer(connection, sql)
            spent = _time(connection, sql)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return Finding(*where, problem=_first_line(error))
    except DashboardError as error:
        return Finding(*where, problem=str(error))
    return Finding(*where, len(rows), spent, _problem(question, names, rows, spent, wants))


def _answer(connection: Connection, sql: str) -> tuple[list[str], list[dict[str, Any]]]:
    result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
    return list(result.keys()), [dict(row) for row in result.mappings()]


def _time(connection: Connection, sql: str) -> float:
    """Milliseconds of planning and running it once more, as Postgres measures them."""
    explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}"
    plan = connection.execution_options(no_parameters=True).exec_driver_sql(explain).scalar_one()[0]
    return float(plan["Planning Time"] + plan["Execution Time"])


def _problem(
    question: Question, names: Sequence[str], rows: Sequence[Mapping[str, Any]], spent: float, wants: Wants
) -> str:
    if missing := question.columns - set(names):
        return f"has no column {', '.join(sorted(missing))}"
    if not (question.may_be_empty or wants.allow_empty) and _is_empty(question, rows):
        return "answers with nothing"
    return f"takes {spent:,.0f} ms, more than {wants.limit_ms:,.0f}" if spent > wants.limit_ms else ""


def _is_empty(question: Question, rows: Sequence[Mapping[str, Any]]) -> bool:
    """No row, or nothing but nulls in what is drawn."""
    return not any(row[name] is not None for row in rows for name in question.values or tuple(row))


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0]
