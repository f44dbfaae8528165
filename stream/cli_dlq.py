"""`tideline dlq`: look at what was set aside, send it again, or throw it away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import click

from stream.errors import StreamError
from stream.output import json_option, print_json
from stream.settings import read_settings

reason_option = click.option(
    "--reason", help="Only this reason, e.g. not_json, bad_field, bad_row, future, unscorable."
)


@click.group()
def dlq() -> None:
    """Dead letters: messages set aside because they can never work as they are.

    Nothing shown here holds the words of a post or the name of an author.
    """


@dlq.command("list")
@reason_option
@click.option("--all", "everything", is_flag=True, help="Also those that were sent again.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="How many at most.")
@json_option
def list_letters(reason: str | None, everything: bool, limit: int, as_json: bool) -> None:
    """List dead letters, oldest first, with reason and place of origin."""
    from storage.database import transaction
    from storage.dead_letters import count_dead_letters, list_dead_letters
    from stream.wiring import open_engine

    with transaction(open_engine(read_settings())) as connection:
        counts = count_dead_letters(connection)
        letters = list_dead_letters(connection, reason=reason, state=None if everything else "open", limit=limit)
    if as_json:
        print_json({"open": counts, "letters": [_as_dict(letter) for letter in letters]})
        return
    click.echo(f"{sum(counts.values()):,} open" + "".join(f", {count:,} {name}" for name, count in counts.items()))
    for letter in letters:
        place = (
            f"{letter.file}:{letter.line}" if letter.file else f"{letter.topic}/{letter.partition}@{letter.log_offset}"
        )
        click.echo(f"  {letter.id[:8]}  {letter.reason:<13} {place:<28} tried {letter.attempts}×  {letter.advice[:80]}")


@dlq.command()
@click.argument("letter_id", metavar="ID")
@click.option("--payload", is_flag=True, help="Also print the message itself. It may hold somebody's words.")
@json_option
def show(letter_id: str, payload: bool, as_json: bool) -> None:
    """Show one dead letter; the beginning of its id is enough."""
    from storage.database import transaction
    from storage.dead_letters import payload_of
    from stream.wiring import open_engine

    with transaction(open_engine(read_settings())) as connection:
        letter = _find(connection, letter_id)
        raw = payload_of(connection, letter.id) if payload else None
    values = _as_dict(letter)
    if raw is not None:
        values["payload"] = raw.decode("utf-8", "backslashreplace")
    if as_json:
        print_json(values)
        return
    for name, value in values.items():
        click.echo(f"  {name:<12} {'' if value is None else value}")


@dlq.command()
@click.argument("letter_ids", metavar="[ID]...", nargs=-1)
@reason_option
@click.option("--all", "everything", is_flag=True, help="Every open dead letter.")
@json_option
def redrive(letter_ids: tuple[str, ...], reason: str | None, everything: bool, as_json: bool) -> None:
    """Send dead letters to the posts topic again, after what was wrong has been mended.

    Safe to repeat: a post that is already stored is not stored twice, and one that fails again comes back
    to the same dead letter with its count of attempts raised.
    """
    from stream.redrive import redrive as run
    from stream.wiring import open_engine

    if not (letter_ids or reason or everything):
        raise click.UsageError("say which: one or more IDs, --reason, or --all")
    settings = read_settings().require_services()
    count = run(settings, open_engine(settings), letter_ids, reason)
    if as_json:
        print_json({"redriven": count})
    else:
        click.echo(f"{count:,} sent again; `tideline dlq list` shows any that come back")


@dlq.command()
@reason_option
@click.option("--older-than", "days", type=click.FloatRange(min=0), help="Only those set aside more than DAYS ago.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def purge(reason: str | None, days: float | None, yes: bool, as_json: bool) -> None:
    """Delete dead letters for good, with the messages in them."""
    from storage.database import transaction
    from storage.dead_letters import purge_dead_letters
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    if not yes:
        click.confirm("Delete these dead letters for good?", abort=True)
    before = None if days is None else datetime.now(UTC) - timedelta(days=days)
    with transaction(engine) as connection:
        count = purge_dead_letters(connection, reason=reason, before=before)
    if as_json:
        print_json({"purged": count})
    else:
        click.echo(f"{count:,} deleted")


def _find(connection: Any, letter_id: str) -> Any:
    from storage.dead_letters import find_dead_letter

    found = find_dead_letter(connection, letter_id)
    if not found:
        raise StreamError(f"there is no dead letter {letter_id}: see `tideline dlq list --all`")
    if len(found) > 1:
        raise StreamError(f"several dead letters begin with {letter_id}: give more of the id")
    return found[0]


def _as_dict(letter: Any) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in letter.__slots__}
