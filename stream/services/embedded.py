"""`tideline up` and `tideline down`: both embedded services under one data directory."""

import fcntl
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stream.services import process
from stream.services.broker import broker_running, start_broker, stop_broker
from stream.services.postgres import postgres_running, start_postgres, stop_postgres


@dataclass(frozen=True)
class Services:
    """Where the embedded services listen. The database URL holds a password, so it is not shown.

    `broker_fresh` says that the broker was started just now and knows no topics: it keeps all in memory.

    >>> Services("127.0.0.1:9092", "postgresql+psycopg2://u:secret@127.0.0.1/d", True)
    Services(kafka='127.0.0.1:9092', database='postgresql+psycopg2://u:***@127.0.0.1/d', broker_fresh=True)
    """

    kafka: str
    database: str
    broker_fresh: bool

    def __repr__(self) -> str:
        head, _, tail = self.database.rpartition("@")
        shown = f"{head.rpartition(':')[0]}:***@{tail}" if head else self.database
        return f"Services(kafka={self.kafka!r}, database={shown!r}, broker_fresh={self.broker_fresh})"


def up(data_dir: Path) -> Services:
    """Start what does not run, and write the addresses where the settings find them."""
    with _alone(data_dir):
        broker_fresh = not broker_running(data_dir / "broker")
        kafka = start_broker(data_dir / "broker")
        database = start_postgres(data_dir / "postgres")
        addresses = f'kafka = "{kafka}"\ndatabase = "{database}"\n'
        with process.folder_errors("Tideline", data_dir):
            process.write_secretly(_addresses(data_dir), addresses)
        return Services(kafka, database, broker_fresh)


def down(data_dir: Path) -> bool:
    """Stop both and forget their addresses; False says that nothing was running."""
    if not data_dir.is_dir():
        return False
    with _alone(data_dir):
        stopped = [stop_broker(data_dir / "broker"), stop_postgres(data_dir / "postgres")]
        _addresses(data_dir).unlink(missing_ok=True)
        return any(stopped)


def running(data_dir: Path) -> Services | None:
    """The services written down by `up`, if both are alive now."""
    alive = broker_running(data_dir / "broker") and postgres_running(data_dir / "postgres")
    if not alive or not _addresses(data_dir).exists():
        return None
    written = tomllib.loads(_addresses(data_dir).read_text())
    return Services(written["kafka"], written["database"], broker_fresh=False)


def _addresses(data_dir: Path) -> Path:
    return data_dir / "services.toml"


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """One `up` or `down` at a time; the next waits. The kernel drops the lock of a process that dies."""
    with process.folder_errors("Tideline", data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("w")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
