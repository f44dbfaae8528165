"""The moderators' desk as the settings describe it, and the round that a deliverer makes for it."""

import getpass
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from alerts.casework.dispatch import dispatch_due
from alerts.casework.escalation import escalate_due
from alerts.casework.policy import Policy
from storage.case_history import SYSTEM
from storage.database import transaction
from stream.errors import SettingsInvalid
from stream.settings import Settings

LONGEST_NAME = 80


def policy_of(settings: Settings) -> Policy:
    """How much the team is told, and how soon a case must be claimed."""
    minutes = settings.escalate_minutes
    return Policy(
        budget=settings.alert_budget,
        stretch=timedelta(hours=settings.alert_budget_hours),
        unclaimed={name: timedelta(minutes=least) for name, least in minutes.items() if least},
        link_base=settings.desk_url,
    )


def desk_round(engine: Engine, policy: Policy, clock: Callable[[], datetime]) -> Callable[[], None]:
    """What a deliverer does before each round: dispatch all that is due, then look for cases nobody claims."""

    def go() -> None:
        moved = True
        while moved:
            with transaction(engine) as connection:
                moved = dispatch_due(connection, clock(), policy).moved > 0
        with transaction(engine) as connection:
            escalate_due(connection, clock(), policy)

    return go


def moderator(named: str | None, settings: Settings) -> str:
    """Who acts: `--by`, else TIDELINE_MODERATOR, else the login name. Kept as given; a pseudonym will do."""
    name = (named or settings.moderator or _login()).strip()
    if name == SYSTEM:
        raise SettingsInvalid(f"{SYSTEM!r} is who does things by itself in the history of a case: use another name")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise SettingsInvalid(
            f"who does this must be named in at most {LONGEST_NAME} printable characters: use --by NAME"
        )
    return name


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no such user, as in some containers
        return ""
