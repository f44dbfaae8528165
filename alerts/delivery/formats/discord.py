"""A message for a Discord webhook.

Limits after https://discord.com/developers/docs/resources/webhook#execute-webhook and
https://discord.com/developers/docs/resources/message#embed-object-embed-limits (content 2000, title 256, 25 fields,
field name 256, value 1024, 6000 characters in all embeds together).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alerts.delivery.formats.words import facts, link, shortened, title

CONTENT, TITLE, VALUE, FIELDS = 2000, 256, 400, 12  # 256 + 12 · (256 + 400) would pass 6000; labels are short
COLOURS = {"low": 0x5B8DEF, "medium": 0xE8A33D, "high": 0xD64545}
_MARKUP = re.compile(r"([\\*_~`|>#\[\]()<:-])")


def discord(payload: Mapping[str, Any]) -> dict[str, Any]:
    """One embed. Discord itself is told to ping nobody, whatever the text looks like."""
    data = payload.get("data", {})
    embed: dict[str, Any] = {
        "title": shortened(escape(title(payload)), TITLE),
        "color": COLOURS.get(str(data.get("severity")), 0x808080),
        "fields": [
            {"name": label, "value": shortened(escape(value), VALUE), "inline": True}
            for label, value in facts(payload)[:FIELDS]
        ],
    }
    if (target := link(payload)).startswith(("https://", "http://")) and len(target) <= 2048:
        embed["url"] = target
    content = shortened(escape(title(payload)), CONTENT)
    return {"content": content, "embeds": [embed], "allowed_mentions": {"parse": []}}


def escape(value: str) -> str:
    r"""Nothing in a name may look like markup or a mention.

    >>> escape("@everyone *now*") == "@\u200beveryone \\*now\\*"
    True
    """
    return _MARKUP.sub(r"\\\1", value).replace("@", "@\u200b")
