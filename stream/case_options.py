"""What the commands of the moderators' desk share: who acts, why, and the open database."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from storage.case_words import LONGEST_NOTE
from stream.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _short(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value and len(value) > LONGEST_NOTE:
        raise click.BadParameter(f"it has {len(value)} characters; {LONGEST_NOTE} at most")
    return value or None


id_argument = click.argument("given", metavar="ID")
by_option = click.option(
    "--by", metavar="NAME", help="Who you are, stored as given.  [default: TIDELINE_MODERATOR, else your login name]"
)
note_option = click.option(
    "--note", metavar="TEXT", callback=_short, help="Why, for the history. Never paste what somebody posted."
)
force_option = click.option("--force", is_flag=True, help="Although somebody else has claimed it.")


@contextmanager
def at_desk() -> "Iterator[Connection]":
    """A transaction on the database of the settings."""
    from storage.database import transaction
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    try:
        with transaction(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def pseudonym_of(given: str) -> str:
    """A person on the command line, by pseudonym, in the one way in which it is stored."""
    try:
        return str(uuid.UUID(given))
    except ValueError as error:
        raise click.BadParameter(
            "a person is named by a pseudonym: alerts carry it, `tideline people pseudonym` makes it"
        ) from error
