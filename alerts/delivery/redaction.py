"""What is kept of a receiver's answer: a short cut for a person to read, without anything of ours that is secret."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlsplit

CUT = 120
HIDDEN = "[…]"
SHORTEST = 6  # characters; shorter ones are nobody's secret, and would blot out ordinary words


def secret_forms(url: str, keys: Iterable[bytes], signature: str) -> list[str]:
    """Everything an echo of our request could give away, the longest first."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    forms = {url, path, parts.query, *parts.path.split("/"), *signature.replace("v1,", "").split()}
    for key in keys:
        plain = base64.b64encode(key).decode()
        forms |= {plain, plain.rstrip("="), base64.urlsafe_b64encode(key).decode().rstrip("="), key.hex()}
        forms.add(key.decode("utf-8", "ignore"))
    forms |= {quote(form, safe="") for form in forms} | {form.replace("/", "\\/") for form in forms}
    return sorted((form for form in forms if len(form) >= SHORTEST), key=len, reverse=True)


def cut(start: bytes, secrets: Sequence[str]) -> str:
    """The first printable characters of an answer.

    >>> cut(b"no such\\nhook: whsec_c2VjcmV0IQ", ["c2VjcmV0IQ"])
    'no suchhook: whsec_[…]'
    >>> cut(b"ends in the midst of whsec_c2VjcmV", ["c2VjcmV0IQ"])
    'ends in the midst of whsec_[…]'
    """
    said = "".join(c for c in start.decode("utf-8", "replace") if c.isprintable())
    for secret in secrets:
        said = said.replace(secret, HIDDEN)
    return _without_tail(said, secrets)[:CUT]


def _without_tail(said: str, secrets: Sequence[str]) -> str:
    """A secret of which only the beginning was read is hidden too."""
    for secret in secrets:
        for length in range(min(len(secret) - 1, len(said)), 3, -1):
            if said.endswith(secret[:length]):
                return said[:-length] + HIDDEN
    return said
