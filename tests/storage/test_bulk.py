"""COPY goes past SQLAlchemy; what goes wrong in it must be told apart all the same."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from storage.bulk import copy_rows
from storage.database import transaction
from storage.errors import RowRefused, StorageOutage

COLUMNS = ("key", "sent_at")
ROW = ("00000000-0000-0000-0000-000000000001", "2025-03-01T10:00:00+00:00")


def copy(engine: Engine, *rows: tuple[str | None, str], first: Callable[[Connection], object] | None = None) -> None:
    with transaction(engine) as connection:
        if first:
            first(connection)
        copy_rows(connection, "post_keys", COLUMNS, rows)


def stored(engine: Engine) -> int:
    with transaction(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM post_keys")).scalar_one())


def test_a_server_that_goes_away_before_a_copy_is_an_outage_and_the_next_try_works(engine: Engine) -> None:
    def die(connection: Connection) -> None:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    with pytest.raises(StorageOutage, match="cannot be used"):
        copy(engine, ROW, first=die)
    copy(engine, ROW)
    assert stored(engine) == 1


def test_a_copy_that_postgres_gives_up_is_an_outage(engine: Engine) -> None:
    """As with a full disk or a deadlock, the connection lives on."""

    def hurry(connection: Connection) -> None:
        connection.execute(text("SET LOCAL lock_timeout = '50ms'"))

    with transaction(engine) as holder:
        holder.execute(text("LOCK TABLE post_keys"))
        with pytest.raises(StorageOutage, match="lock timeout"):
            copy(engine, ROW, first=hurry)


def test_a_row_that_postgres_refuses_is_no_outage_and_writes_nothing(engine: Engine) -> None:
    with pytest.raises(RowRefused):
        copy(engine, ROW, (None, ROW[1]))
    assert stored(engine) == 0


def test_copying_nothing_asks_nothing(engine: Engine) -> None:
    with transaction(engine) as connection:
        copy_rows(connection, "no_such_table", COLUMNS, [])
