"""Passwords and limits of the roles that look, and the smallest group that they are shown."""

from collections.abc import Mapping
from typing import cast

from psycopg2 import extensions
from sqlalchemy import Connection, text
from sqlalchemy.exc import InternalError, ProgrammingError

from storage.dashboard_roles import ROLES, missing_roles
from storage.errors import StorageError

LIMITS = (
    "CONNECTION LIMIT 20",
    "SET statement_timeout = '10s'",
    "SET idle_in_transaction_session_timeout = '60s'",
    "SET default_transaction_read_only = 'on'",
)
TRIES = 5
REFUSED = "42501"
_CONFIG = text("SELECT rolconnlimit = 20 AND cardinality(rolconfig) >= 3 FROM pg_roles WHERE rolname = :role")


def let_log_in(connection: Connection, passwords: Mapping[str, str]) -> list[str]:
    """Set the limits of each role that is there, and let those log in that have a password here.

    Postgres gets the password as a verifier (SCRAM) made here, so that no log of statements can hold it.
    Returns what an administrator must run instead.
    """
    missing, to_run = missing_roles(connection), []
    for role in (role for role in ROLES if role not in missing):
        if not connection.execute(_CONFIG, {"role": role}).scalar():
            to_run += [f"ALTER ROLE {role} {limit};" for limit in LIMITS if not _altered(connection, role, limit)]
        password = passwords.get(role)
        if password and not _altered(connection, role, f"LOGIN PASSWORD '{_verifier(connection, role, password)}'"):
            to_run += [] if read_roles(connection)[role] else [f"ALTER ROLE {role} LOGIN;", f"\\password {role}"]
    return to_run


def read_roles(connection: Connection) -> dict[str, bool]:
    """The roles that are there, and whether they may log in."""
    statement = text("SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname = ANY(:roles) ORDER BY rolname")
    return {row[0]: row[1] for row in connection.execute(statement, {"roles": list(ROLES)})}


def smallest_group(connection: Connection) -> int:
    return int(connection.execute(text("SELECT k FROM dashboard_policy")).scalar_one())


def set_smallest_group(connection: Connection, people: int) -> None:
    """Rows about fewer people are not shown from now on, of the past either."""
    connection.execute(text("UPDATE dashboard_policy SET k = :k"), {"k": people})


def _verifier(connection: Connection, role: str, password: str) -> str:
    raw = cast(extensions.connection, connection.connection.driver_connection)
    made: str = extensions.encrypt_password(password, role, raw, "scram-sha-256")
    return made


def _altered(connection: Connection, role: str, change: str) -> bool:
    """False if it is not for this user to do. If another database's migration is changing the same role: once more."""
    for _ in range(TRIES):
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"ALTER ROLE {role} {change}")  # a verifier has colons
            return True
        except ProgrammingError as error:
            if getattr(error.orig, "pgcode", None) == REFUSED:
                return False
            raise
        except InternalError:  # tuple concurrently updated
            continue
    raise StorageError(f"others keep changing the role {role}: try again when they have finished")
