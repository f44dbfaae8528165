"""The one place that makes engines and opens transactions."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from storage.errors import RowRefused, SchemaTooOld, StorageError, StorageOutage

READ_ONLY = "25006"  # a standby, right after a failover
DEADLOCK = "40P01"
UNDEFINED = {"42P01", "42703"}  # table, column
WRONG_LOGIN = ("password authentication failed", "role ", "no pg_hba.conf entry")


def make_engine(url: str, *, pool_size: int = 3) -> Engine:
    """An engine that notices a dead server within seconds and never prints its password."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(
            "TIDELINE_DATABASE is not a database URL: use postgresql+psycopg2://user:password@host:port/name"
        ) from error
    if parsed.get_backend_name() != "postgresql":
        raise StorageError(f"TIDELINE_DATABASE names {parsed.get_backend_name()}; only postgresql works")
    return create_engine(
        parsed.set(drivername="postgresql+psycopg2"),
        pool_size=pool_size,
        pool_pre_ping=True,
        hide_parameters=True,  # an error must not quote somebody's words
        connect_args={
            "connect_timeout": 5,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 15_000,
        },
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """All or nothing. An outage is told apart from a mistake, because only an outage is worth a retry."""
    try:
        with engine.begin() as connection:
            yield connection
    except (OperationalError, InterfaceError) as error:
        raise StorageOutage(_sentence(engine, error)) from error
    except ProgrammingError as error:
        if getattr(error.orig, "pgcode", None) in UNDEFINED:
            raise SchemaTooOld("the database has no tables of this version: run `tideline migrate`") from error
        raise
    except (DataError, IntegrityError) as error:
        code = getattr(error.orig, "pgcode", None)
        raise RowRefused(f"Postgres refused a row (SQLSTATE {code}): nothing was written") from error
    except DBAPIError as error:
        if error.connection_invalidated or getattr(error.orig, "pgcode", None) == READ_ONLY:
            raise StorageOutage(_sentence(engine, error)) from error
        raise


def _sentence(engine: Engine, error: DBAPIError) -> str:
    where = f"{engine.url.host}:{engine.url.port or 5432}/{engine.url.database}"
    said = str(error.orig).strip()
    if any(mark in said for mark in WRONG_LOGIN):
        return f"Postgres at {where} refused the login: check user and password in TIDELINE_DATABASE"
    if getattr(error.orig, "pgcode", None) == "53100":
        return f"Postgres at {where} has no disk space left: free some and the worker goes on by itself"
    if getattr(error.orig, "pgcode", None) == DEADLOCK:
        return f"Postgres at {where} broke a deadlock between two of us: nothing was written, run it again"
    if "does not exist" in said and "database" in said:
        return f"Postgres at {where} has no such database: create it or correct TIDELINE_DATABASE"
    first = said.splitlines()[0] if said else type(error).__name__
    return f"Postgres at {where} cannot be used ({first[:160]}): start it with `tideline up` or check TIDELINE_DATABASE"
