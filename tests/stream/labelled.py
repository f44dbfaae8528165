"""A database with a few posts to label, and the commands of `tideline label` as somebody runs them."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from storage.database import make_engine, transaction
from storage.progress import register_partitions
from stream.cli import main
from stream.posts import post_key
from tests.stream.helpers import PARTITIONS, TOPIC, batches, make_pipeline, record, to_log

POSTS = 60


def key(number: int) -> str:
    return post_key("test", str(number))


@contextmanager
def database(postgres: str, template: str) -> Iterator[str]:
    """A copy of a database, by its name; nobody may be using the one that is copied."""
    name = f"labels_{uuid.uuid4().hex[:12]}"
    _admin(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield name
    _admin(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def url_of(postgres: str, name: str) -> str:
    return make_url(postgres).set(database=name).render_as_string(hide_password=False)


def fill(url: str) -> None:
    """Posts by the dozen authors of `record`, scored with the keyword double, whose words are kept still."""
    engine = make_engine(url)
    with transaction(engine) as connection:
        register_partitions(connection, TOPIC, PARTITIONS)
    pipeline = make_pipeline(engine)
    for batch in batches(to_log([record(number) for number in range(POSTS)]), 256):
        pipeline.process(batch)
    keep_words(engine)
    engine.dispose()


def keep_words(engine: Engine) -> None:
    """The pipeline of the tests has a clock of its own; commands have the real one."""
    with transaction(engine) as connection:
        connection.execute(text("UPDATE post_texts SET expires_at = now() + interval '10 days'"))


def label(*arguments: str, said: str | bytes | None = None, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["label", *arguments], input=said)
    assert result.exit_code == code, result.output
    return result


def told(*arguments: str, said: str | bytes | None = None, code: int = 0) -> Any:
    return json.loads(label(*arguments, "--json", said=said, code=code).stdout)


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with transaction(engine) as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def write(path: str, *lines: str, header: str = "source,id,emotion,labeller,at,consent") -> str:
    Path(path).write_text("\n".join([header, *lines]) + "\n")
    return path


def _admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
