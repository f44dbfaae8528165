"""A message for a Slack incoming webhook.

Limits after https://docs.slack.dev/reference/block-kit/blocks (header 150, section text 3000, field 2000 characters,
10 fields) and https://docs.slack.dev/messaging/formatting-message-text (escape &, < and >).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.delivery.formats.words import facts, link, shortened, title

HEADER, FIELD, TEXT, FIELDS, LINK = 150, 2000, 3000, 10, 2000


def slack(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A header, the facts as plain text, and a link. `text` is what a notification shows."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(title(payload), HEADER)}]
    fields = [_plain(f"{label}: {value}", FIELD) for label, value in facts(payload)][:FIELDS]
    if fields:
        blocks.append({"type": "section", "fields": fields})
    if (target := link(payload)) and len(target) <= LINK:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": f"<{escape(target)}|Open it>"}})
    return {"text": shortened(escape(title(payload)), TEXT), "blocks": blocks, "unfurl_links": False}


def escape(value: str) -> str:
    """Nothing in a name may be read as a command.

    >>> escape("<!channel> & co")
    '&lt;!channel&gt; &amp; co'
    """
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "¦")


def _plain(value: str, limit: int) -> dict[str, Any]:
    """Plain text is not marked up, but `:name:` would become a picture."""
    return {"type": "plain_text", "text": shortened(value, limit), "emoji": False}
