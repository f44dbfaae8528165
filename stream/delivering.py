"""How delivery is put together from the settings. `tideline deliver` and the demo both use it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address

from sqlalchemy import Engine

from alerts.delivery.attempt import Target
from alerts.delivery.guard import Reach, check_url, checked_addresses, host_of, look_up, port_of
from alerts.delivery.loop import DeliveryConfig
from alerts.delivery.mail import Mailbox, check_mailbox
from alerts.delivery.sealing import Sealer, fingerprint
from alerts.delivery.targets import Targets
from alerts.delivery.turn import TurnOptions
from alerts.delivery.webhook import split_secrets
from alerts.errors import EndpointInvalid, HostUnknown
from storage.database import transaction
from storage.endpoints import SETTINGS, UNSET, disable_endpoint, keep_settings_endpoint
from stream.errors import SettingsInvalid
from stream.settings import Settings

_log = logging.getLogger(__name__)


def reach_of(settings: Settings) -> Reach:
    return Reach(loopback=settings.mode == "demo", private=settings.allow_private_endpoints)


def sealer_of(settings: Settings) -> Sealer:
    """Refuses the public key, and short ones, anywhere but in demo mode."""
    return Sealer(settings.require_seal())


def own_target(settings: Settings) -> Target | None:
    """The receiver that TIDELINE_WEBHOOK_URL names. Who sets that owns this machine, so it may say loopback itself."""
    if not settings.webhook_url:
        return None
    try:
        host = str(check_url(settings.webhook_url).hostname)
    except EndpointInvalid as error:
        raise EndpointInvalid(f"TIDELINE_WEBHOOK_URL: {error}") from error
    reach = reach_of(settings)
    keys = split_secrets(settings.webhook_secret.get_secret_value())
    own = Reach(loopback=reach.loopback or _says_loopback(host), private=reach.private)
    return Target(SETTINGS, settings.webhook_url, keys, "generic", own)


def targets_of(settings: Settings) -> Targets:
    """Endpoints can be opened where there is a key; TIDELINE_WEBHOOK_URL alone needs none."""
    try:
        sealer: Sealer | None = sealer_of(settings)
    except SettingsInvalid:
        sealer = None
    return Targets(sealer, own_target(settings), reach_of(settings))


def mailbox_of(settings: Settings) -> Mailbox | None:
    url, to = settings.smtp_url.get_secret_value(), tuple(re.findall(r"[^\s,]+", settings.mail_to))
    if not url and not to:
        return None
    mailbox = Mailbox(url, to, settings.mail_from)
    check_mailbox(mailbox)
    return mailbox


def delivery_config(settings: Settings, taken: Callable[[], None] | None = None) -> DeliveryConfig:
    return DeliveryConfig(
        targets_of(settings),
        TurnOptions(taken=taken),
        dead_after=timedelta(hours=settings.dead_endpoint_hours),
    )


def keep_own_endpoint(engine: Engine, settings: Settings, now: datetime) -> None:
    """Make the endpoint `settings` what TIDELINE_WEBHOOK_URL says; an address that leads inward is refused."""
    own = own_target(settings)
    if own is not None:
        _refuse_own(own)
    with transaction(engine) as connection:
        if own is None:
            disable_endpoint(connection, SETTINGS, now, UNSET, report=False)
        else:
            host = host_of(check_url(own.url))
            keep_settings_endpoint(connection, host, fingerprint(own.url, settings.key), now)


def refuse_inward(url: str, reach: Reach) -> None:
    """A clear answer at once; the address is checked again at every attempt."""
    parts = check_url(url)
    checked_addresses(str(parts.hostname), port_of(parts), reach, look_up)


def _refuse_own(own: Target) -> None:
    """A name that cannot be looked up now must not keep the other endpoints from being served."""
    try:
        refuse_inward(own.url, own.reach)
    except HostUnknown as error:
        _log.warning("TIDELINE_WEBHOOK_URL: %s", error)
    except EndpointInvalid as error:
        raise EndpointInvalid(f"TIDELINE_WEBHOOK_URL: {error}") from error


def _says_loopback(host: str) -> bool:
    """
    >>> _says_loopback("127.0.0.1"), _says_loopback("localhost"), _says_loopback("127.0.0.1.example.org")
    (True, True, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
