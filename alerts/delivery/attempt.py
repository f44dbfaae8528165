"""One attempt to hand one message to one endpoint, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from alerts.delivery.formats.body import Format, body_for
from alerts.delivery.guard import Reach, check_url, host_of
from alerts.delivery.redaction import cut, secret_forms
from alerts.delivery.webhook import headers_of
from alerts.delivery.wire import Answer, Net, Wire
from alerts.errors import NoAnswer
from storage.claims import Claim

LONGEST_WAIT = 4 * 3600.0  # a Retry-After beyond the longest pause of our own schedule is not believed
THROTTLES = frozenset({429, 502, 503, 504})
GONE = 410


@dataclass(frozen=True, slots=True)
class Target:
    """Where webhooks go and how they are signed. The keys never print, nor does the path: it may be a secret.

    >>> Target("here", "https://example.org/hooks/a-secret-path", (b"key",))
    Target(here, example.org)
    """

    name: str
    url: str = field(repr=False)
    keys: Sequence[bytes] = field(repr=False)
    format: Format = "generic"
    reach: Reach = field(default_factory=Reach)

    def __repr__(self) -> str:
        return f"Target({self.name}, {host_of(check_url(self.url))})"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. `status` is None when there was no answer; `said` is fit to be shown."""

    claim: Claim
    at: datetime
    status: int | None
    milliseconds: int
    said: str
    retry_after: float | None = None  # seconds for which the receiver asked to be left alone

    @property
    def taken(self) -> bool:
        """Only a 2xx is a yes. It is one whatever becomes of the rest of the answer."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == GONE

    @property
    def throttles(self) -> bool:
        """The whole endpoint wants less, not this message alone."""
        return self.status in THROTTLES


class Line:
    """A connection to a target, for as many attempts as one likes."""

    def __init__(self, target: Target, net: Net, seconds: float = 15.0) -> None:
        self._target = target
        self._wire = Wire(target.url, target.reach, net)
        self._seconds = seconds

    def attempt(self, claim: Claim, now: datetime) -> Outcome:
        """Post one message. The id is the message's on every attempt; the timestamp is the attempt's."""
        target = self._target
        body = body_for(target.format, claim)
        headers = headers_of(target.keys, claim.message_id, int(now.timestamp()), body)
        began = time.monotonic()
        try:
            answer: Answer | None = self._wire.post(body, headers, self._seconds)
            said = cut(answer.start, self._secrets(headers)) if answer else ""
        except NoAnswer as silence:
            answer, said = None, str(silence)
        milliseconds = round((time.monotonic() - began) * 1000)
        if answer is None:
            return Outcome(claim, now, None, milliseconds, said)
        return Outcome(claim, now, answer.status, milliseconds, said, retry_after(answer.headers, now))

    def close(self) -> None:
        self._wire.close()

    def _secrets(self, headers: Mapping[str, str]) -> list[str]:
        return secret_forms(self._target.url, self._target.keys, headers["webhook-signature"])


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds asked for, given as a number or as a date.

    >>> retry_after({"retry-after": "120"}, datetime(2024, 1, 1, tzinfo=UTC))
    120.0
    >>> retry_after({"retry-after": "Mon, 01 Jan 2024 00:01:00 GMT"}, datetime(2024, 1, 1, tzinfo=UTC))
    60.0
    >>> retry_after({"retry-after": "soon"}, datetime(2024, 1, 1, tzinfo=UTC))
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return min(float(value), LONGEST_WAIT)
    try:
        date = parsedate_to_datetime(value)
        seconds = (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)
