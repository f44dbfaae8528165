"""Live workers and what they run, for `tideline status` and `tideline rules show`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click
from sqlalchemy import Connection

from storage.database import transaction
from storage.errors import StorageError
from storage.workers import LiveWorker, live_workers
from stream.challenger.standing import told as challenger_told
from stream.settings import Settings
from stream.wiring import open_engine


@dataclass(frozen=True)
class Workers:
    """The workers seen lately; `unknown` says why nobody can tell."""

    live: Sequence[LiveWorker] = field(default=())
    unknown: str | None = None

    def as_dict(self, rules: str | None = None) -> dict[str, Any]:
        """Plain values; `rules` is the version that a worker would start with now."""
        told = {"live": [_shown(worker) for worker in self.live], "warnings": self.warnings(rules)}
        return told | ({"unknown": self.unknown} if self.unknown else {})

    def warnings(self, rules: str | None = None) -> list[str]:
        """Where workers differ from each other, or from the rules that they would start with now."""
        found = []
        for what, versions in (
            ("rules", {worker.rules for worker in self.live}),
            ("models", {_listed(worker.models) for worker in self.live}),
            ("code", {worker.code for worker in self.live}),
        ):
            if len(versions) > 1:
                found.append(f"workers run different {what} ({'; '.join(sorted(versions))}): restart the older")
        older = [worker for worker in self.live if rules and worker.rules != rules]
        if older:
            found.append(f"{len(older)} of {len(self.live)} workers do not run rules {rules}: start them again")
        return found


def read_workers(settings: Settings) -> Workers:
    """From the database, where there is one; never fails, because what asks can answer without."""
    if not settings.database_url:
        return Workers(unknown="no database is configured")
    try:
        engine = open_engine(settings)
        with transaction(engine) as connection:
            return workers_of(connection)
    except StorageError as error:
        return Workers(unknown=str(error))


def workers_of(connection: Connection) -> Workers:
    return Workers(live_workers(connection))


def tell_workers(told: Mapping[str, Any]) -> None:
    """`Workers.as_dict` as lines: one for each worker, and what does not fit together."""
    click.echo("workers")
    if not told["live"]:
        click.echo(f"  unknown: {told['unknown']}" if "unknown" in told else "  none is running")
    for worker in told["live"]:
        click.echo(
            f"  {worker['host']} {worker['pid']}: rules {worker['rules']}, models {_listed(worker['models'])}, "
            f"code {worker['code']}, since {worker['started_at']:%Y-%m-%d %H:%M}"
        )
        if worker["challenger"]:
            click.echo(f"    challenger {challenger_told(worker['challenger'])}")
    for warning in told["warnings"]:
        click.echo(f"  warning: {warning}")


def _shown(worker: LiveWorker) -> dict[str, Any]:
    return {
        "host": worker.host,
        "pid": worker.pid,
        "rules": worker.rules,
        "rule_versions": list(worker.rule_keys),
        "models": dict(worker.models),
        "challenger": worker.challenger,
        "code": worker.code,
        "started_at": worker.started_at,
        "seen_at": worker.seen_at,
    }


def _listed(models: Mapping[str, str]) -> str:
    return ", ".join(f"{language} {version}" for language, version in sorted(models.items()))
