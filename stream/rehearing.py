"""Posts that wait, put on the scale as it is now: for a rebuild after a model was promoted that had scored before.

What waits was written with the scale of its moment. Transfers are stored before their model scores anything, so the
two differ only where somebody forced a promotion of a model that had been heard as it is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from storage.bulk import pg_array
from stream.transfers import Scale

_TABLES = ("waiting_posts", "waiting_channel_posts")
_READ = (
    "SELECT w.sent_at, w.key::text, w.person::text AS person, w.scores, p.scores AS own, p.model, p.language "
    "FROM {table} AS w JOIN points AS p ON p.sent_at = w.sent_at AND p.key = w.key WHERE p.scores IS NOT NULL"
)
_WRITE = (
    "UPDATE {table} AS w SET scores = CAST(r.scores AS smallint[]) FROM unnest(CAST(:times AS timestamptz[]), "
    "CAST(:keys AS uuid[]), CAST(:scores AS text[])) AS r(sent_at, key, scores) "
    "WHERE w.sent_at = r.sent_at AND w.key = r.key"
)


def rehear_waiting(connection: Connection, scale: Scale) -> int:
    """For who has stopped the writers; returns how many rows were heard otherwise."""
    return sum(_rehear(connection, scale, table) for table in _TABLES)


def _rehear(connection: Connection, scale: Scale, table: str) -> int:
    rows = connection.execute(text(_READ.format(table=table))).all()
    changed = [(row, heard) for row in rows if (heard := _heard(scale, row)) != tuple(row[3])]
    values = {
        "times": [row[0].isoformat() for row, _ in changed],
        "keys": [row[1] for row, _ in changed],
        "scores": [pg_array(heard) for _, heard in changed],
    }
    if changed:
        connection.execute(text(_WRITE.format(table=table)), values)
    return len(changed)


def _heard(scale: Scale, row: Row[Any]) -> Sequence[int]:
    return scale.heard(row.model, row.language, row.person, tuple(row.own))
