"""Sending dead letters again: marked only once the broker has them, so that a crash is repaired by repeating."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from storage.database import transaction
from storage.dead_letters import Stored, find_dead_letter, list_dead_letters, mark_redriven, payload_of
from stream.errors import StreamError
from stream.messages import REDRIVE_HEADER
from stream.sending import Outgoing, send_all
from stream.settings import Settings

AT_ONCE = 500
MOST = 1_000_000


def redrive(settings: Settings, engine: Engine, ids: Sequence[str], reason: str | None) -> int:
    """Send the chosen dead letters to their partitions again; returns how many.

    They are chosen once: what fails again while this runs is not sent round and round.
    """
    with transaction(engine) as connection:
        letters = _by_id(connection, ids) if ids else list_dead_letters(connection, reason=reason, limit=MOST)
    for start in range(0, len(letters), AT_ONCE):
        _send_again(settings, engine, letters[start : start + AT_ONCE])
    return len(letters)


def _send_again(settings: Settings, engine: Engine, letters: Sequence[Stored]) -> None:
    """Marked first, so that a worker that sets one aside again waits for our commit and finds it redriven.

    A crash before the commit leaves them open, to be sent again: harmless.
    """
    with transaction(engine) as connection:
        mark_redriven(connection, [letter.id for letter in letters])
        payloads = [payload_of(connection, letter.id) for letter in letters]
        send_all(settings.kafka, settings.posts_topic, list(map(_again, letters, payloads)))


def _by_id(connection: Connection, ids: Sequence[str]) -> list[Stored]:
    found = [letter for prefix in ids for letter in find_dead_letter(connection, prefix)]
    if len(found) != len(ids):
        raise StreamError("an ID names no dead letter, or several: see `tideline dlq list --all`")
    return found


def _again(letter: Stored, payload: bytes) -> Outgoing:
    """To its old partition, with the name of its dead letter, so that a second failure comes back to it."""
    return Outgoing(payload, [(REDRIVE_HEADER, letter.id.encode())], partition=letter.partition)
