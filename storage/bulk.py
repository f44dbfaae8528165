"""Many rows in one statement."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg2
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def copy_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table. Only for rows that cannot conflict. `table` and `columns` are never user input."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    if not buffer.tell():
        return
    buffer.seek(0)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv)"
    try:
        connection.connection.cursor().copy_expert(statement, buffer)
    except psycopg2.Error as error:  # a full disk, say: SQLAlchemy does not see it, and `transaction` must
        raise DBAPIError.instance(statement, None, error, psycopg2.Error) from error


def pg_array(values: Sequence[int] | None) -> str | None:
    """Write whole numbers as a Postgres array.

    >>> pg_array([1, 2])
    '{1,2}'
    """
    return None if values is None else "{" + ",".join(map(str, values)) + "}"
