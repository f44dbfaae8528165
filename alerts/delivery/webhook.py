"""What a webhook says and how it is signed, after the Standard Webhooks specification.

Thin on purpose: no text of a post, no author, no evidence. A moderator follows the link, and logs in there.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from hashlib import sha256
from secrets import token_bytes
from typing import Any

import orjson

from alerts.errors import EndpointInvalid
from alerts.types import Alert

TYPE = "alert.raised"
PREFIX = "whsec_"
TOLERANCE = 300.0  # seconds a signature stays good


def thin_payload(alert: Alert, link_base: str = "", case_id: str | None = None) -> dict[str, Any]:
    """The thin payload of an alert; the same alert and case give the same payload. The link leads to the case."""
    at = alert.at.astimezone(UTC).isoformat()
    data = {
        "alert_id": alert.id,
        "rule": alert.rule,
        "severity": alert.severity,
        "subject_kind": alert.subject_kind,
        "subject": alert.subject,
        "emotion": alert.emotion,
        "at": at,
        "statistic": alert.statistic,
        "threshold": alert.threshold,
    }
    if case_id:
        data["case_id"] = case_id
    if link_base:
        data["link"] = f"{link_base.rstrip('/')}/{case_id or alert.id}"
    return {"type": TYPE, "timestamp": at, "data": data}


def body_of(payload: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and sent, the same on every attempt.

    >>> body_of({"b": 1, "a": {"d": 2, "c": 3}})
    b'{"a":{"c":3,"d":2},"b":1}'
    """
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)


def new_secret() -> str:
    """A secret as Standard Webhooks wants it: 32 random bytes.

    >>> new_secret()[:6], len(split_secrets(new_secret())[0])
    ('whsec_', 32)
    """
    return PREFIX + base64.b64encode(token_bytes(32)).decode()


def split_secrets(secrets: str) -> tuple[bytes, ...]:
    """The signing keys in a setting: one, or two with a space between them while rotating.

    `whsec_…` is base64; anything else is taken as it stands.

    >>> split_secrets("whsec_c2VjcmV0 plain")
    (b'secret', b'plain')
    """
    keys = tuple(_key(secret) for secret in secrets.split())
    if not keys:
        raise EndpointInvalid("there is no webhook secret: run `tideline doctor --make-secrets`")
    return keys


def sign(keys: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: one signature per key, so that a receiver may know either."""
    return " ".join(f"v1,{_signature(key, message_id, timestamp, body)}" for key in keys)


def headers_of(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """All headers of one attempt. The id is the alert's on every attempt; the timestamp is the attempt's."""
    return {
        "content-type": "application/json",
        "user-agent": "tideline",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(keys, message_id, timestamp, body),
    }


def verify(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether a received webhook was signed with one of the keys, lately.

    >>> headers = headers_of([b"key"], "msg_1", 1000, b"{}")
    >>> [verify([b"key"], headers, b"{}", 1010), verify([b"other"], headers, b"{}", 1010)]
    [True, False]
    >>> verify([b"key"], headers, b"{}", 1000 + TOLERANCE + 1)
    False
    """
    timestamp = headers.get("webhook-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now - int(timestamp)) > TOLERANCE:
        return False
    given = headers.get("webhook-signature", "").split()
    message_id = headers.get("webhook-id", "")
    expected = [f"v1,{_signature(key, message_id, int(timestamp), body)}".encode() for key in keys]
    return any(hmac.compare_digest(one.encode(), good) for one in given for good in expected)


def _signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, sha256)).decode()


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise EndpointInvalid(
            f"the webhook secret starts with {PREFIX} but is not base64: run `tideline doctor --make-secrets`"
        ) from error
