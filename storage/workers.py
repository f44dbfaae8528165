"""Which worker runs which rules and models: written by the workers, read by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

LIVE_SECONDS = 45  # several heartbeats; a worker not seen for so long is not counted as live
FORGET_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Running:
    """What one worker process runs."""

    id: str
    host: str
    pid: int
    code: str
    rules: str
    rule_keys: Sequence[str]
    models: Mapping[str, str]
    challenger: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class LiveWorker(Running):
    """A worker that was seen lately. Times are the database's."""

    started_at: datetime
    seen_at: datetime


_UPSERT = text(
    """
    INSERT INTO workers (id, host, pid, code, rules, rule_keys, models, challenger)
    VALUES (CAST(:id AS uuid), :host, :pid, :code, :rules, CAST(:rule_keys AS text[]), CAST(:models AS jsonb),
            CAST(:challenger AS jsonb))
    ON CONFLICT (id) DO UPDATE SET models = EXCLUDED.models, challenger = EXCLUDED.challenger, seen_at = now()
    """
)
_LIVE = text(
    """
    SELECT id::text, host, pid, code, rules, rule_keys, models, challenger, started_at, seen_at FROM workers
    WHERE seen_at > now() - make_interval(secs => :live) ORDER BY host, pid
    """
)


def note_worker(connection: Connection, running: Running) -> None:
    """Say that this worker lives; forget those that have not said so for long."""
    row = {name: getattr(running, name) for name in ("id", "host", "pid", "code", "rules")}
    models = orjson.dumps(dict(running.models)).decode()
    challenger = None if running.challenger is None else orjson.dumps(dict(running.challenger)).decode()
    more = {"rule_keys": list(running.rule_keys), "models": models, "challenger": challenger}
    connection.execute(_UPSERT, row | more)
    forget = text("DELETE FROM workers WHERE seen_at < now() - make_interval(secs => :old)")
    connection.execute(forget, {"old": FORGET_SECONDS})


def remove_worker(connection: Connection, worker: str) -> None:
    connection.execute(text("DELETE FROM workers WHERE id = CAST(:id AS uuid)"), {"id": worker})


def live_workers(connection: Connection) -> list[LiveWorker]:
    """The workers seen lately, in a fixed order."""
    return [LiveWorker(*row) for row in connection.execute(_LIVE, {"live": LIVE_SECONDS})]
