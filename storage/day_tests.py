"""The tests of an open day: each person's largest statistic under each rule, where it is worth keeping."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text


class DayKey(NamedTuple):
    """One person on one day under one rule (name@version)."""

    day: date
    rule: str
    person: str


_ADD = text(
    """
    INSERT INTO day_tests AS t (day, rule, person, statistic)
    SELECT * FROM unnest(CAST(:days AS date[]), CAST(:rules AS text[]), CAST(:persons AS uuid[]),
                         CAST(:statistics AS float8[]))
    ON CONFLICT (day, rule, person) DO UPDATE SET statistic = greatest(t.statistic, EXCLUDED.statistic)
    """
)


def add_tests(connection: Connection, tests: Mapping[DayKey, float]) -> None:
    """Keep the larger of what is there and what is given, in key order."""
    keys = sorted(tests)
    if keys:
        values = {
            "days": [key.day.isoformat() for key in keys],
            "rules": [key.rule for key in keys],
            "persons": [key.person for key in keys],
            "statistics": [tests[key] for key in keys],
        }
        connection.execute(_ADD, values)


def open_days(connection: Connection, before: date) -> list[date]:
    """Days before that one which still have tests, oldest first."""
    statement = text("SELECT DISTINCT day FROM day_tests WHERE day < :before ORDER BY day")
    return list(connection.execute(statement, {"before": before}).scalars())


def take_tests(connection: Connection, day: date) -> dict[str, dict[str, float]]:
    """Take a day's tests: rule → person → largest statistic."""
    statement = text("DELETE FROM day_tests WHERE day = :day RETURNING rule, person::text, statistic")
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for rule, person, statistic in connection.execute(statement, {"day": day}):
        found[rule][person] = statistic
    return found


def read_tests(connection: Connection) -> dict[DayKey, float]:
    """Everything, for verification."""
    rows = connection.execute(text("SELECT day, rule, person::text, statistic FROM day_tests"))
    return {DayKey(day, rule, person): statistic for day, rule, person, statistic in rows}
