"""Grafana's SQL made plain: macros become moments, variables become quoted literals."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from dashboards.errors import SqlUnfillable

Values = Mapping[str, str | Sequence[str]]

_FILTER = re.compile(r"\$__timeFilter\(([\w.\"]+)\)")
_VARIABLE = re.compile(r"\$\{(\w+):sqlstring\}")
_LEFT = re.compile(r"\$\{?\w[\w:]*\}?")
_DOLLAR_QUOTE = re.compile(r"'(?:[^']|'')*'")


def filled(sql: str, since: datetime, until: datetime, variables: Values) -> str:
    """The SQL that Grafana would send for this range of time and these choices.

    Variables must be written `${name:sqlstring}`, which quotes: nothing that somebody types ends a literal. Grafana
    also puts a backslash before a double quote there, so that it does not find a channel with one in its name.

    >>> begin, end = datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 5, 1, tzinfo=UTC)
    >>> filled("SELECT * FROM v WHERE channel IN (${channel:sqlstring})", begin, end, {"channel": ["it's", "me"]})
    "SELECT * FROM v WHERE channel IN ('it''s','me')"
    >>> filled("WHERE $__timeFilter(hour)", begin, end, {})
    "WHERE hour BETWEEN '2025-04-01T00:00:00.000Z' AND '2025-05-01T00:00:00.000Z'"
    """
    first, last = _moment(since), _moment(until)
    plain = _FILTER.sub(rf"\1 BETWEEN {first} AND {last}", sql)
    plain = plain.replace("$__timeFrom()", first).replace("$__timeTo()", last)
    _refuse_leftovers(_VARIABLE.sub("", plain))
    return _VARIABLE.sub(lambda match: _literals(match.group(1), variables), plain)


def variables_of(sql: str) -> set[str]:
    """The names of the variables a query asks for."""
    return set(_VARIABLE.findall(sql))


def _moment(at: datetime) -> str:
    return f"'{at.astimezone(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z'"


def _refuse_leftovers(sql: str) -> None:
    left = _LEFT.search(_DOLLAR_QUOTE.sub("", sql))
    if left:
        raise SqlUnfillable(f"{left.group()} is no macro that is known here: write variables as ${{name:sqlstring}}")


def _literals(name: str, variables: Values) -> str:
    if name not in variables:
        raise SqlUnfillable(f"the variable {name} has no value: give it one")
    given = variables[name]
    return ",".join(_quoted(name, value) for value in ([given] if isinstance(given, str) else given)) or "''"


def _quoted(name: str, value: str) -> str:
    if "\0" in value:
        raise SqlUnfillable(f"the value of {name} holds a zero byte, which Postgres has not: leave it out")
    return "'" + value.replace("'", "''") + "'"
