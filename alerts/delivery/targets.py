"""Stored endpoints opened for sending: the address and the keys, for as long as a turn takes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import cast

from alerts.delivery.attempt import Target
from alerts.delivery.formats.body import Format
from alerts.delivery.guard import Reach
from alerts.delivery.sealing import Sealer
from alerts.delivery.webhook import split_secrets
from alerts.errors import EndpointInvalid
from storage.endpoints import SETTINGS, StoredEndpoint

_log = logging.getLogger(__name__)


class Targets:
    """Opens what was sealed. `own` is the endpoint that TIDELINE_WEBHOOK_URL names; it is not in the database."""

    def __init__(self, sealer: Sealer | None, own: Target | None = None, reach: Reach = Reach()) -> None:  # noqa: B008 frozen
        self._sealer = sealer
        self._own = own
        self._reach = reach

    def known(self, name: str) -> bool:
        """Whether this process can send to an endpoint of that name at all."""
        return name != SETTINGS or self._own is not None

    def check(self, endpoints: Sequence[StoredEndpoint]) -> None:
        """Refuse to start where none of these can be opened; say so where some cannot."""
        wrong: list[EndpointInvalid] = []
        for endpoint in endpoints:
            try:
                self.target(endpoint, ())
            except EndpointInvalid as error:
                _log.error("endpoint %s: %s", endpoint.name, error)
                wrong.append(error)
        if wrong and len(wrong) == len(endpoints):
            raise wrong[0]

    def target(self, endpoint: StoredEndpoint, secrets: Sequence[bytes]) -> Target:
        if endpoint.name == SETTINGS and self._own is not None:
            return self._own
        if self._sealer is None or endpoint.url is None:
            raise EndpointInvalid(
                "the address of an endpoint is sealed and there is no key: set TIDELINE_SEAL_KEY to the one it was "
                "sealed with"
            )
        keys = [key for sealed in secrets for key in split_secrets(self._sealer.open(sealed))]
        url = self._sealer.open(endpoint.url)
        return Target(endpoint.name, url, keys, cast(Format, endpoint.format), self._reach)
