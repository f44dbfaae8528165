"""Bring a database to the newest schema, and tell whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from storage.dashboard_roles import make_roles
from storage.database import transaction
from storage.errors import SchemaTooOld

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_404_001  # advisory: two migrations never run at once


def newest_version() -> str:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def version_of(connection: Connection) -> str | None:
    """The schema version of a database, or None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Upgrade to the newest schema in one transaction; returns the version before and after.

    The roles that read the views are made as well, where this user may make roles.
    """
    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = version_of(connection)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        make_roles(connection)
    return before, newest_version()


def require_newest(engine: Engine) -> None:
    """Refuse to work on an old, empty or future schema."""
    with transaction(engine) as connection:
        found = version_of(connection)
    if found != newest_version():
        raise SchemaTooOld(
            f"the database schema is {found or 'empty'}, this code needs {newest_version()}: "
            "run `tideline migrate` (or upgrade the code if the database is newer)"
        )
