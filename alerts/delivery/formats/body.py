"""The bytes of a webhook, in the format its endpoint understands. The same message gives the same bytes each time."""

from __future__ import annotations

from typing import Literal, get_args

import orjson

from alerts.delivery.formats.alertmanager import alertmanager
from alerts.delivery.formats.discord import discord
from alerts.delivery.formats.slack import slack
from alerts.delivery.webhook import body_of
from storage.claims import Claim

Format = Literal["generic", "slack", "discord", "alertmanager"]
FORMATS: tuple[Format, ...] = get_args(Format)


def body_for(style: Format, claim: Claim) -> bytes:
    """What is signed and sent."""
    payload = claim.payload
    if style == "slack":
        return orjson.dumps(slack(payload))
    if style == "discord":
        return orjson.dumps(discord(payload))
    if style == "alertmanager":
        return orjson.dumps(alertmanager(payload, claim.message_id, claim.created_at))
    return body_of(payload)
