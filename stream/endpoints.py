"""Making, changing and trying endpoints: what `tideline endpoints` does, without the printing."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from alerts.delivery.attempt import Line, Outcome
from alerts.delivery.formats.body import Format
from alerts.delivery.guard import check_url, host_of
from alerts.delivery.webhook import new_secret
from alerts.delivery.wire import Net
from storage.claims import Claim
from storage.database import transaction
from storage.endpoint_secrets import put_secret, read_secrets, sealed_secrets, write_secret
from storage.endpoints import SETTINGS, NewEndpoint, add_endpoint, find_endpoint, list_endpoints, write_url
from stream.delivering import reach_of, refuse_inward, sealer_of, targets_of
from stream.errors import SettingsInvalid
from stream.settings import Settings

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


@dataclass(frozen=True, slots=True)
class Wish:
    """An endpoint that somebody wants to add."""

    name: str
    url: str
    format: Format
    audiences: tuple[str, ...]
    least_severity: str
    per_minute: int | None
    heartbeat_minutes: int | None


def add(engine: Engine, settings: Settings, wish: Wish, now: datetime) -> str:
    """Check and store an endpoint; returns its secret, which is shown this once."""
    if not NAME.fullmatch(wish.name) or wish.name == SETTINGS:
        raise SettingsInvalid(
            f"{wish.name!r} cannot be the name of an endpoint: use a-z, 0-9, - and _, and not `{SETTINGS}`, "
            "which TIDELINE_WEBHOOK_URL names"
        )
    sealer, host = sealer_of(settings), host_of(check_url(wish.url))
    refuse_inward(wish.url, reach_of(settings))
    secret = new_secret()
    new = NewEndpoint(
        wish.name, sealer.seal(wish.url), host, wish.format, wish.audiences, "", wish.least_severity,
        wish.per_minute, wish.heartbeat_minutes,
    )  # fmt: skip
    with transaction(engine) as connection:
        if not add_endpoint(connection, new, now):
            raise SettingsInvalid(
                f"there is an endpoint {wish.name!r} already: choose another name, or `tideline endpoints remove` it"
            )
        put_secret(connection, wish.name, sealer.seal(secret), now, now)
    return secret


def rotate(engine: Engine, settings: Settings, name: str, keep_old: timedelta, now: datetime) -> str:
    """A new secret, shown this once. Both sign until the old one expires."""
    if name == SETTINGS:
        raise SettingsInvalid(
            "the secret of this endpoint is TIDELINE_WEBHOOK_SECRET: put a new one in front of it with a space "
            "between, and take the old one out later"
        )
    secret = new_secret()
    sealed = sealer_of(settings).seal(secret)
    with transaction(engine) as connection:
        find_endpoint(connection, name)
        put_secret(connection, name, sealed, now, now + keep_old)
    return secret


def try_out(engine: Engine, settings: Settings, name: str, now: datetime) -> Outcome:
    """Send one signed message that says it is a test, at once and past the queue."""
    with transaction(engine) as connection:
        endpoint, secrets = find_endpoint(connection, name), read_secrets(connection, name, now)
    payload = {"type": "endpoint.test", "timestamp": now.isoformat(), "data": {"endpoint": name}}
    claim = Claim(0, f"test-{uuid.uuid4()}", "endpoint.test", "low", None, payload, 1, now)
    line = Line(targets_of(settings).target(endpoint, secrets), Net())
    try:
        return line.attempt(claim, now)
    finally:
        line.close()


def reseal(engine: Engine, settings: Settings) -> int:
    """Seal everything with the first key of TIDELINE_SEAL_KEY, so that the others can be taken out."""
    sealer = sealer_of(settings)
    with transaction(engine) as connection:
        endpoints = [(each.name, each.url) for each in list_endpoints(connection) if each.url is not None]
        for name, url in endpoints:
            write_url(connection, name, sealer.seal(sealer.open(url)))
        for number, secret in sealed_secrets(connection):
            write_secret(connection, number, sealer.seal(sealer.open(secret)))
    return len(endpoints)
