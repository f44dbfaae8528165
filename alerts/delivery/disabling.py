"""An endpoint was disabled: the operators hear of it through every other way there is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerts.delivery.mail import Mailbox, send_mail
from alerts.errors import AlertError
from storage.deliveries import Message, enqueue
from storage.disabled import report_again, take_unreported
from storage.endpoints import StoredEndpoint

_log = logging.getLogger(__name__)
KIND = "endpoint.disabled"
AGAIN = timedelta(minutes=10)  # how often to try while nobody could be told


def report_disabled(connection: Connection, now: datetime, mailbox: Mailbox | None) -> int:
    """Tell of endpoints that were disabled, by the other endpoints and by mail; returns how many were told of.

    While nobody can be told, it is logged as an error again and again.
    """
    found = take_unreported(connection, now)
    if not found:
        return 0
    queued = enqueue(connection, [_message(each) for each in found], now)
    told = _mailed(mailbox, found) or bool(queued)
    if not told:
        names = ", ".join(each.name for each in found)
        _log.error("nobody could be told that an endpoint was disabled (%s): add an endpoint, or set "
                   "TIDELINE_SMTP_URL and TIDELINE_MAIL_TO", names)  # fmt: skip
    report_again(connection, [each.name for each in found], None if told else now + AGAIN)
    return len(found) if told else 0


def _message(endpoint: StoredEndpoint) -> Message:
    at = (endpoint.disabled_at or endpoint.created_at).isoformat()
    data = {"endpoint": endpoint.name, "host": endpoint.host, "why": endpoint.disabled_why, "at": at}
    payload = {"type": KIND, "timestamp": at, "data": data}
    return Message(f"disabled-{endpoint.name}-{at}", KIND, payload, "high", "operators")


def _mailed(mailbox: Mailbox | None, found: Sequence[StoredEndpoint]) -> bool:
    if mailbox is None:
        return False
    lines = [f"{each.name} ({each.host}): {each.disabled_why}" for each in found]
    text = (
        "Tideline no longer sends to these endpoints:\n\n  " + "\n  ".join(lines) + "\n\n"
        "What waits for them is kept. Once mended: tideline endpoints enable NAME\n"
    )
    try:
        send_mail(mailbox, f"Tideline: {len(found)} endpoint(s) disabled", text)
    except AlertError as error:
        _log.error("%s", error)
        return False
    return True
