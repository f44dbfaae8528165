from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text

from storage.database import make_engine, transaction
from storage.migrate import migrate, newest_version
from storage.schema import METADATA


def test_migrations_make_exactly_the_typed_tables(engine: Engine) -> None:
    with transaction(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [d for d in compare_metadata(context, METADATA) if "alembic_version" not in repr(d)]
    assert differences == []


def test_migrating_twice_changes_nothing_and_keeps_the_rows(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("INSERT INTO opt_outs (person) VALUES (gen_random_uuid())"))
    assert migrate(engine) == (newest_version(), newest_version())
    with transaction(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM opt_outs")).scalar_one() == 1


def test_the_password_is_in_no_repr_of_the_engine(database_url: str) -> None:
    engine = make_engine(database_url)
    assert engine.url.password
    assert engine.url.password not in repr(engine)
