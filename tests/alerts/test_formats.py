"""Each dialect against the limits its receiver publishes, and against names that want to be commands.

The schemas are written from https://docs.slack.dev/reference/block-kit/blocks,
https://discord.com/developers/docs/resources/webhook#execute-webhook with the embed limits of
https://discord.com/developers/docs/resources/message#embed-object-embed-limits, and `postableAlerts` of
https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml.
"""

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from standardwebhooks import Webhook

from alerts.delivery.formats.body import FORMATS, Format, body_for
from alerts.delivery.webhook import headers_of, new_secret, split_secrets
from storage.claims import Claim

PLAIN = {
    "type": "object",
    "properties": {
        "type": {"const": "plain_text"},
        "text": {"type": "string", "minLength": 1, "maxLength": 2000},
        "emoji": {"type": "boolean"},
    },
    "required": ["type", "text"],
    "additionalProperties": False,
}
SLACK = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 4000},
        "unfurl_links": {"const": False},
        "blocks": {
            "type": "array",
            "maxItems": 50,
            "items": {
                "oneOf": [
                    {
                        "properties": {
                            "type": {"const": "header"},
                            "text": {"allOf": [PLAIN, {"properties": {"text": {"maxLength": 150}}}]},
                        },
                        "required": ["type", "text"],
                        "additionalProperties": False,
                    },
                    {
                        "properties": {
                            "type": {"const": "section"},
                            "fields": {"type": "array", "items": PLAIN, "minItems": 1, "maxItems": 10},
                        },
                        "required": ["type", "fields"],
                        "additionalProperties": False,
                    },
                    {
                        "properties": {
                            "type": {"const": "section"},
                            "text": {
                                "properties": {
                                    "type": {"const": "mrkdwn"},
                                    "text": {"type": "string", "maxLength": 3000},
                                },
                                "required": ["type", "text"],
                            },
                        },
                        "required": ["type", "text"],
                        "additionalProperties": False,
                    },
                ]
            },
        },
    },
    "required": ["text", "blocks"],
    "additionalProperties": False,
}
DISCORD = {
    "type": "object",
    "properties": {
        "content": {"type": "string", "maxLength": 2000},
        "allowed_mentions": {"const": {"parse": []}},
        "embeds": {
            "type": "array",
            "maxItems": 10,
            "items": {
                "properties": {
                    "title": {"type": "string", "maxLength": 256},
                    "url": {"type": "string", "pattern": "^https?://"},
                    "color": {"type": "integer", "minimum": 0, "maximum": 0xFFFFFF},
                    "fields": {
                        "type": "array",
                        "maxItems": 25,
                        "items": {
                            "properties": {
                                "name": {"type": "string", "minLength": 1, "maxLength": 256},
                                "value": {"type": "string", "minLength": 1, "maxLength": 1024},
                                "inline": {"type": "boolean"},
                            },
                            "required": ["name", "value"],
                        },
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "required": ["content", "embeds", "allowed_mentions"],
    "additionalProperties": False,
}
LABELS = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "propertyNames": {"pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"},
}
ALERTMANAGER = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {
            "labels": {"allOf": [LABELS, {"required": ["alertname"]}]},
            "annotations": LABELS,
            "startsAt": {"type": "string", "format": "date-time"},
            "endsAt": {"type": "string", "format": "date-time"},
            "generatorURL": {"type": "string", "format": "uri"},
        },
        "required": ["labels"],
        "additionalProperties": False,
    },
}
SCHEMAS: dict[str, dict[str, Any]] = {"slack": SLACK, "discord": DISCORD, "alertmanager": ALERTMANAGER}
LONG = "<!channel> @everyone @here <@U1> [x](http://evil) `*_~ " * 300
DATA = {
    "alert_id": "a", "case_id": "c-1", "rule": "anger-spike", "severity": "high", "subject_kind": "channel",
    "subject": "town-square", "emotion": "anger", "at": "2024-05-01T12:00:00+00:00", "link": "https://desk.example/c-1",
}  # fmt: skip
PAYLOADS = {
    "an alert": {"type": "alert.raised", "timestamp": "2024-05-01T12:00:00+00:00", "data": DATA},
    "a long name": {"type": "alert.raised", "data": DATA | {"subject": LONG, "rule": LONG, "why": LONG, "host": LONG}},
    "a digest": {"type": "alerts.digest", "data": {"count": 12, "by_rule": {"a": 12}, "cases": ["x", "y"]}},
    "something new": {"type": "something.new", "data": {}},
    "a strange link": {"type": "alert.raised", "data": DATA | {"link": "javascript:" + LONG}},
}


def claim(payload: dict[str, Any]) -> Claim:
    return Claim(1, "message-1", payload["type"], "high", None, payload, 1, datetime(2024, 5, 1, 12, 5, tzinfo=UTC))


def made(style: Format, payload: dict[str, Any]) -> Any:
    return json.loads(body_for(style, claim(payload)))


@pytest.mark.parametrize("style", ["slack", "discord", "alertmanager"])
@pytest.mark.parametrize("name", PAYLOADS)
def test_every_message_keeps_to_the_published_limits(style: Format, name: str) -> None:
    jsonschema.validate(made(style, PAYLOADS[name]), SCHEMAS[style])


@pytest.mark.parametrize("name", PAYLOADS)
def test_all_text_of_a_discord_embed_stays_under_six_thousand_characters(name: str) -> None:
    [embed] = made("discord", PAYLOADS[name])["embeds"]
    texts = [embed["title"], *(part for field in embed["fields"] for part in (field["name"], field["value"]))]
    assert sum(map(len, texts)) <= 6000


def test_a_channel_name_cannot_call_everybody_in_slack() -> None:
    """In marked-up text its brackets are escaped; elsewhere it is plain text, where nothing is a command."""
    found = made("slack", PAYLOADS["a long name"])
    assert "<" not in found["text"].replace("&lt;", "")
    for block in found["blocks"]:
        for part in [*block.get("fields", []), block.get("text", {})]:
            if part.get("type") == "mrkdwn":
                assert part["text"] == "<https://desk.example/c-1|Open it>"


def test_a_channel_name_cannot_call_anybody_in_discord() -> None:
    found = json.dumps(made("discord", PAYLOADS["a long name"]), ensure_ascii=False)
    for call in ("@everyone", "@here", "<@U1>", "](http"):
        assert call not in found


def test_an_alert_says_who_what_and_where_in_every_dialect() -> None:
    for style in FORMATS:
        said = body_for(style, claim(PAYLOADS["an alert"])).decode()
        for fact in ("anger", "spike", "town", "high", "https://desk.example/c-1"):
            assert fact in said.replace("\\\\", ""), (style, fact)


def test_an_alertmanager_takes_a_repetition_for_the_same_alert() -> None:
    first, second = made("alertmanager", PAYLOADS["an alert"]), made("alertmanager", PAYLOADS["an alert"])
    assert first == second
    assert first[0]["endsAt"] > first[0]["startsAt"]


@pytest.mark.parametrize("style", FORMATS)
def test_every_dialect_is_signed_the_standard_way(style: Format) -> None:
    secret, body = new_secret(), body_for(style, claim(PAYLOADS["an alert"]))
    now = int(datetime.now(UTC).timestamp())
    Webhook(secret).verify(body, headers_of(split_secrets(secret), "message-1", now, body))
