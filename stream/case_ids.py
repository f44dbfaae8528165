"""Cases and alerts named by the beginning of their ids."""

from dataclasses import dataclass

from sqlalchemy import Connection

from storage.case_reading import SHORTEST, find_ids
from stream.errors import StreamError

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Named:
    """What an id names: one alert, and the case it belongs to if it has one."""

    alert_id: str
    case_id: str | None


def find_named(connection: Connection, given: str) -> Named:
    """The one alert or case whose id begins so. The id of a case is that of its first alert."""
    try:
        found = find_ids(connection, given)
    except ValueError as error:
        raise StreamError(f"{given!r} is no id: give its first {SHORTEST} or more digits, 0 to 9 and a to f") from error
    if not found:
        raise StreamError(f"there is no case or alert {given}: see `tideline alerts list --state all`")
    targets = sorted({case or alert for alert, case in found})
    if len(targets) > 1:
        some = ", ".join(target[: max(8, len(given) + 2)] for target in targets[:SHOWN])
        raise StreamError(f"{len(targets)} ids begin with {given} ({some}): give more of it")
    return Named(*next((pair for pair in found if pair[0] == pair[1]), found[0]))


def find_case(connection: Connection, given: str) -> str:
    """The id of the case that is named, or whose alert is."""
    named = find_named(connection, given)
    if named.case_id is None:
        raise StreamError(
            f"alert {named.alert_id} has no case: its rule is on trial, its day has not closed yet, it came of a "
            "rebuild, or the case has expired; `tideline alerts show` shows the alert"
        )
    return named.case_id
