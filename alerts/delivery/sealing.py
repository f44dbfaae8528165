"""Addresses and secrets at rest: sealed with a key that is not in the database."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alerts.errors import EndpointInvalid

PURPOSE = b"tideline endpoints 1"


class Sealer:
    """Seals with the first key, opens with any: put a new key in front, and the old one after a space.

    >>> sealer = Sealer("a new key that is long enough, an-old-key".split(", "))
    >>> sealer.open(sealer.seal("https://example.org/hook"))
    'https://example.org/hook'
    >>> Sealer(["another key"]).open(sealer.seal("x"))
    Traceback (most recent call last):
    alerts.errors.EndpointInvalid: an endpoint was sealed with another key: put the old TIDELINE_SEAL_KEY back \
(two keys with a space between them may be given), or remove the endpoint and add it again
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def __repr__(self) -> str:
        return "Sealer(…)"

    def seal(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise EndpointInvalid(
                "an endpoint was sealed with another key: put the old TIDELINE_SEAL_KEY back (two keys with a space "
                "between them may be given), or remove the endpoint and add it again"
            ) from error


def fingerprint(url: str, key: bytes) -> str:
    """Tells whether an address changed, and tells nobody without the key what it is."""
    return hmac.digest(key, url.encode(), sha256).hex()[:32]


def _derived(key: str) -> bytes:
    """A Fernet key from a setting of any length."""
    return base64.urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=PURPOSE).derive(key.encode()))
