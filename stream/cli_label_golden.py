"""`tideline label golden`: posts with an agreed label, by which labellers are measured."""

import uuid
from dataclasses import asdict
from datetime import UTC, datetime

import click

from models.labels import EMOTIONS
from stream.label_options import as_option, labeller, open_labels, reason_option
from stream.output import json_option, print_json
from stream.settings import read_settings


@click.group()
def golden() -> None:
    """Posts whose label is agreed on. Labellers meet them unmarked, and are weighed by how they answer."""


@golden.command()
@click.argument("key")
@click.argument("emotion", type=click.Choice(EMOTIONS))
@reason_option
@as_option
@json_option
def add(key: str, emotion: str, reason: str | None, name: str | None, as_json: bool) -> None:
    """Agree on the label of a post.

    \b
    Example:
      tideline label golden add 5b1c…-…-…-…-…a9 fear --reason "three of us agree"
    """
    from storage.database import transaction
    from storage.golden import Golden, add_golden
    from stream.labelling.judging import LabelRefused

    engine = open_labels()
    made = Golden(_key(key), emotion, labeller(name, read_settings()), datetime.now(UTC), reason)
    with transaction(engine) as connection:
        if not add_golden(connection, made):
            raise LabelRefused("known", f"post {key} is unknown, or golden already: see `tideline label golden list`.")
    engine.dispose()
    _tell({"key": made.key, "emotion": emotion}, f"post {made.key[:8]} is golden: {emotion}", as_json)


@golden.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show them, with who agreed and when.

    \b
    Example:
      tideline label golden list
    """
    from storage.database import transaction
    from storage.golden import list_golden
    from stream.case_lines import plain

    engine = open_labels()
    with transaction(engine) as connection:
        found = list_golden(connection)
    engine.dispose()
    if as_json:
        print_json({"golden": [asdict(each) for each in found]})
        return
    for each in found:
        click.echo(f"{each.key}  {each.emotion:<8}  {each.added_at:%Y-%m-%d}  {plain(each.added_by)}")
    if not found:
        click.echo("no golden posts yet: `tideline label golden add` makes one")


@golden.command()
@click.argument("key")
@json_option
def remove(key: str, as_json: bool) -> None:
    """Make a post one like any other; verdicts about it stay.

    \b
    Example:
      tideline label golden remove 5b1c…-…-…-…-…a9
    """
    from storage.database import transaction
    from storage.golden import remove_golden
    from stream.labelling.judging import LabelRefused

    engine = open_labels()
    with transaction(engine) as connection:
        if not remove_golden(connection, _key(key)):
            raise LabelRefused("unknown-post", f"no golden post has the key {key}: see `tideline label golden list`.")
    engine.dispose()
    _tell({"key": _key(key), "removed": True}, f"post {_key(key)[:8]} is golden no longer", as_json)


def _key(given: str) -> str:
    try:
        return str(uuid.UUID(given))
    except ValueError as error:
        raise click.BadParameter(
            "a key is a UUID: `tideline label golden list` shows them", param_hint="KEY"
        ) from error


def _tell(value: dict[str, object], sentence: str, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        click.echo(sentence)
