"""Pieces of SQL that several panels share. Only views of the schemas `dashboard` and `person` are read.

Every query gives a row even where nothing happened: a day without posts is a row of its own, a list without entries
says so. An empty panel then always means that something is wrong.
"""

from collections.abc import Sequence

from dashboards.palette import EMOTIONS

FIRST = "date_trunc('day', $__timeFrom()::timestamptz, 'UTC')"
LAST = "$__timeTo()::timestamptz"
DAYS = f"generate_series({FIRST}, {LAST}, '1 day', 'UTC')"
IN_DAYS = f"day BETWEEN {FIRST} AND {LAST}"
STEP = "${step:sqlstring}::interval"
ORIGIN = "'2001-01-01T00:00:00Z'::timestamptz"  # a Monday, so that weeks begin there
FIRST_STEP = f"date_bin({STEP}, $__timeFrom()::timestamptz, {ORIGIN})"
STEPS = f"generate_series({FIRST_STEP}, {LAST}, {STEP}, 'UTC')"
CHANNEL = "coalesce(nullif(channel, ''), 'no channel')"
FELT = "CASE ${emotion:sqlstring} " + " ".join(f"WHEN '{name}' THEN {name}" for name in EMOTIONS) + " END"
"""The column of the chosen emotion."""
STEP_CHOICES = ("1 hour", "6 hours", "1 day", "7 days")


def day_of(moment: str) -> str:
    """The UTC day of a timestamptz; for many rows `date_bin` is several times as fast as `date_trunc`."""
    return f"date_bin('1 day', {moment}, {ORIGIN})"


def means(prefix: str = "", of: Sequence[str] = EMOTIONS) -> str:
    """Mean scores from sums of scores, a column for each emotion.

    >>> means("h.", ["anger"])
    'sum(h.anger) / nullif(sum(h.scored), 0) AS anger'
    """
    return ", ".join(f"sum({prefix}{emotion}) / nullif(sum({prefix}scored), 0) AS {emotion}" for emotion in of)


def or_none(query: str, columns: Sequence[str], said: str) -> str:
    """The query's rows; where it has none, one row whose first column says so."""
    first, *rest = columns
    shown = ", ".join([f"coalesce(found.{first}, '{said}') AS {first}", *(f"found.{name}" for name in rest)])
    return f"SELECT {shown} FROM (SELECT 1) AS one LEFT JOIN ({query}) AS found ON true"  # noqa: S608 ours alone
