"""One attempt to hand one webhook to its receiver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
import urllib3

from alerts.errors import DeliveryFailed, EndpointInvalid
from alerts.webhook import body_of, headers_of
from storage.outbox import Claim

BODY_CUT = 120  # how much of a refusal is kept, for a person to read
LONGEST_WAIT = 24 * 3600.0  # a Retry-After beyond this is not believed
THROTTLED = {429, 503}


@dataclass(frozen=True)
class Endpoint:
    """Where webhooks go and how they are signed. The keys never print, nor does the path: it may be a secret.

    >>> Endpoint("https://example.org/hooks/a-secret-path", (b"key",))
    Endpoint(example.org)
    >>> Endpoint("file:///etc/passwd", (b"key",))
    Traceback (most recent call last):
    alerts.errors.EndpointInvalid: the webhook address must be http(s)://host/…: correct TIDELINE_WEBHOOK_URL
    """

    url: str = field(repr=False)
    keys: Sequence[bytes] = field(repr=False)
    timeout: float = 15.0

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise EndpointInvalid("the webhook address must be http(s)://host/…: correct TIDELINE_WEBHOOK_URL")

    def __repr__(self) -> str:
        return f"Endpoint({self.host})"

    @property
    def host(self) -> str:
        """Host and port, the only part of the address that may be shown."""
        return urlsplit(self.url).netloc.rpartition("@")[2]


def make_session() -> requests.Session:
    """A session that sends what it is told: no proxy and no netrc login from the environment."""
    session = requests.Session()
    session.trust_env = False
    return session


def attempt(endpoint: Endpoint, claim: Claim, now: datetime, http: requests.Session) -> int:
    """Post one webhook; the status if it was taken, else `DeliveryFailed`. Redirects are never followed."""
    body = body_of(claim.payload)
    headers = headers_of(endpoint.keys, claim.alert_id, int(now.timestamp()), body)
    try:
        response = http.post(
            endpoint.url,
            data=body,
            headers=headers,
            timeout=endpoint.timeout,
            allow_redirects=False,
            stream=True,
        )
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        raise DeliveryFailed(f"no answer ({type(error).__name__})") from error
    with response:
        if 200 <= response.status_code < 300:
            return response.status_code  # a 2xx is a yes, whatever becomes of the rest of the answer
        raise _refusal(response, now)


def _refusal(response: requests.Response, now: datetime) -> DeliveryFailed:
    status = response.status_code
    wait = _retry_after(response.headers.get("retry-after"), now) if status in THROTTLED else None
    said = _cut(response)
    return DeliveryFailed(f"HTTP {status}{': ' + said if said else ''}", status, wait, gone=status == 410)


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds asked for, given as a number or as a date.

    >>> _retry_after("120", datetime(2024, 1, 1, tzinfo=UTC))
    120.0
    >>> _retry_after("Mon, 01 Jan 2024 00:01:00 GMT", datetime(2024, 1, 1, tzinfo=UTC))
    60.0
    >>> _retry_after("soon", datetime(2024, 1, 1, tzinfo=UTC))
    """
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        seconds = (parsedate_to_datetime(value).astimezone(UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _cut(response: requests.Response) -> str:
    """The first printable characters of an answer; one read, so that a dripping receiver cannot hold us."""
    try:
        start = response.raw.read1(BODY_CUT, decode_content=False)
    except (OSError, urllib3.exceptions.HTTPError):
        return ""
    return "".join(c for c in start[:BODY_CUT].decode("utf-8", "replace") if c.isprintable())
