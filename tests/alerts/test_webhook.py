import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.delivery.webhook import body_of, headers_of, split_secrets, thin_payload, verify
from alerts.errors import EndpointInvalid
from alerts.types import Alert

RAW = b"0123456789abcdef0123456789abcdef"
WHSEC = "whsec_" + base64.b64encode(RAW).decode()
ALERT = Alert(
    id="6f1c9a52-3e0f-5d0a-9a43-5a3c1f9f0c11", rule="fear-trend", rule_version="abcd1234",
    subject_kind="person", subject="11111111-2222-3333-4444-555555555555", emotion="fear",
    at=datetime(2024, 5, 1, 12, tzinfo=UTC), statistic=3.25, threshold=2.0, severity="high",
    evidence={"posts": [{"key": "canary-post-key"}]},
)  # fmt: skip


def now() -> int:
    return int(datetime.now(UTC).timestamp())


def test_the_reference_library_accepts_our_signature() -> None:
    body = body_of(thin_payload(ALERT))
    assert (
        Webhook(WHSEC).verify(body, headers_of(split_secrets(WHSEC), ALERT.id, now(), body))["type"] == "alert.raised"
    )


def test_while_rotating_a_receiver_may_know_either_secret() -> None:
    old = "whsec_" + base64.b64encode(b"another-secret-of-thirty-two-byte").decode()
    body = body_of(thin_payload(ALERT))
    headers = headers_of(split_secrets(f"{WHSEC} {old}"), ALERT.id, now(), body)
    for secret in (WHSEC, old):
        Webhook(secret).verify(body, headers)
    assert len(headers["webhook-signature"].split()) == 2


def test_a_changed_body_id_or_time_is_refused_by_both() -> None:
    body = body_of(thin_payload(ALERT))
    good = headers_of([RAW], ALERT.id, now(), body)
    assert verify([RAW], good, body, now())
    for headers, sent in (
        (good, body + b" "),
        ({**good, "webhook-id": "other"}, body),
        ({**good, "webhook-timestamp": str(now() + 1)}, body),
        (headers_of([RAW], ALERT.id, now() - 3600, body), body),
        ({}, body),
        ({**good, "webhook-timestamp": "²"}, body),
        ({**good, "webhook-signature": "v1,ü v1a,x"}, body),
    ):
        assert not verify([RAW], headers, sent, now())
    with pytest.raises(WebhookVerificationError):
        Webhook(WHSEC).verify(body + b" ", good)


def test_we_accept_what_the_reference_library_signs() -> None:
    moment = datetime.now(UTC)
    signature = Webhook(WHSEC).sign("msg_1", moment, "{}")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }
    assert verify(split_secrets(WHSEC), headers, b"{}", moment.timestamp())


def test_the_payload_is_thin() -> None:
    payload = thin_payload(ALERT, link_base="https://desk.example/alerts/")
    assert set(payload) == {"type", "timestamp", "data"}
    assert set(payload["data"]) == {
        "alert_id", "rule", "severity", "subject_kind", "subject", "emotion", "at",
        "statistic", "threshold", "link",
    }  # fmt: skip
    assert payload["data"]["link"] == f"https://desk.example/alerts/{ALERT.id}"
    assert b"canary" not in body_of(payload)


@pytest.mark.parametrize("secret", ["", "   ", "whsec_not base64!", "whsec_!"])
def test_an_unusable_secret_says_what_to_do(secret: str) -> None:
    with pytest.raises(EndpointInvalid, match="doctor --make-secrets"):
        split_secrets(secret)
