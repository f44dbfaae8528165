"""Which challenger scores in shadow, and for which share of the people: one row in the database.

In the database and not in a file beside the models: the workers of one group, on however many machines, must choose
the same people, and a batch asks the database about opt-outs anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, text

from storage.errors import StorageError


@dataclass(frozen=True, slots=True)
class Trial:
    """A challenger's trial; `ended_at` is None while it runs. Another share is another trial.

    `transfer` holds, by language, the curves by which its scores are heard on the scale of the baselines.
    """

    id: int
    challenger: str
    share: float
    transfer: Mapping[str, Any] | None
    began_at: datetime
    ended_at: datetime | None


_COLUMNS = "id, challenger, share, transfer, began_at, ended_at"
_NEWEST = text(f"SELECT {_COLUMNS} FROM shadow_trials ORDER BY id DESC LIMIT 1")  # noqa: S608 fixed names
_RUNNING = text(
    f"SELECT {_COLUMNS} FROM shadow_trials WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1"  # noqa: S608
)
_ALL = text(f"SELECT {_COLUMNS} FROM shadow_trials ORDER BY id DESC")  # noqa: S608
_BEGIN = text(
    "INSERT INTO shadow_trials (challenger, share, transfer) "  # noqa: S608 fixed names
    f"VALUES (:challenger, :share, CAST(:transfer AS jsonb)) RETURNING {_COLUMNS}"
)
_OF_TRIAL = ("shadow_points", "shadow_states", "shadow_alerts", "shadow_hours")


def running_trial(connection: Connection) -> Trial | None:
    """The trial that workers take part in; None when no challenger scores."""
    row = connection.execute(_RUNNING).first()
    return Trial(*row) if row else None


def all_trials(connection: Connection) -> list[Trial]:
    """Every trial that is kept, the newest first."""
    return [Trial(*row) for row in connection.execute(_ALL)]


def begin_trial(
    connection: Connection, challenger: str, share: float, transfer: Mapping[str, Any] | None = None
) -> Trial:
    """End the trial that runs, if any, and begin this one."""
    connection.execute(text("LOCK TABLE shadow_trials IN SHARE ROW EXCLUSIVE MODE"))
    end_trial(connection)
    packed = None if transfer is None else orjson.dumps(dict(transfer)).decode()
    values = {"challenger": challenger, "share": share, "transfer": packed}
    return Trial(*connection.execute(_BEGIN, values).one())


def end_trial(connection: Connection) -> int:
    """Returns how many trials ran: one or none."""
    return connection.execute(text("UPDATE shadow_trials SET ended_at = now() WHERE ended_at IS NULL")).rowcount


def find_trial(connection: Connection, challenger: str | None) -> Trial:
    """The newest trial, or the newest of this challenger by version or by the name in front of it."""
    for trial in all_trials(connection):
        if challenger in (None, trial.challenger, trial.challenger.split("@")[0]):
            return trial
    who = "no challenger has" if challenger is None else f"{challenger} has not"
    raise StorageError(f"{who} scored in shadow here: begin with `tideline models shadow NAME --share 0.1`")


def expire_shadow(connection: Connection, now: datetime, keep: timedelta) -> int:
    """Forget shadow points and alerts stored longer ago than `keep`, and whole trials that ended before; the points."""
    oldest = {"oldest": now - keep}
    points = connection.execute(text("DELETE FROM shadow_points WHERE stored_at < :oldest"), oldest).rowcount
    connection.execute(text("DELETE FROM shadow_alerts WHERE created_at < :oldest"), oldest)
    gone = connection.execute(text("DELETE FROM shadow_trials WHERE ended_at < :oldest RETURNING id"), oldest)
    ids = {"ids": list(gone.scalars())}
    if ids["ids"]:
        for table in _OF_TRIAL:
            connection.execute(text(f"DELETE FROM {table} WHERE trial = ANY(:ids)"), ids)  # noqa: S608 fixed names
    return points


def forget_shadow_rules(connection: Connection) -> None:
    """A rebuild makes people's states anew; what the challenger's rules remember begins again as their copy."""
    running = "(SELECT id FROM shadow_trials WHERE ended_at IS NULL)"
    for table in ("shadow_states", "shadow_alerts"):
        connection.execute(text(f"DELETE FROM {table} WHERE trial IN {running}"))  # noqa: S608 fixed names
