"""Grafana's HTTP API through `grafana-api`, with answers that our callers can act on.

That package joins its address from parts, raises `TypeError` on an error page without JSON, and leaves what goes wrong
on the way to `requests`: all of it becomes one of our two errors here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from grafana_api.grafana_api import GrafanaClientError, GrafanaException, GrafanaServerError
from grafana_api.grafana_face import GrafanaFace

from dashboards.errors import DashboardError, GrafanaOutage, GrafanaRefused

TIMEOUT_SECONDS = 15.0
Json = dict[str, Any]


class Conflict(GrafanaRefused):
    """What was sent is not about what the server has now (409, 412)."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a Grafana is, in the parts that `grafana-api` wants."""

    protocol: str
    host: str
    port: int | None
    prefix: str  # with a slash behind it, none before

    @classmethod
    def parse(cls, url: str) -> "Address":
        """
        >>> Address.parse("https://watch.example.org/grafana")
        Address(protocol='https', host='watch.example.org', port=None, prefix='grafana/')
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise DashboardError("TIDELINE_GRAFANA_URL is no address: give one such as https://grafana.example.org")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise DashboardError(
                "TIDELINE_GRAFANA_URL holds more than an address: put the token in TIDELINE_GRAFANA_TOKEN"
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        path = parts.path.strip("/")
        return cls(parts.scheme, host, port, f"{path}/" if path else "")


class Client:
    """What we ask of one server. The token is in no error and no repr."""

    def __init__(self, url: str, token: str, timeout: float = TIMEOUT_SECONDS) -> None:
        at = Address.parse(url)
        self.url = url
        self._api = GrafanaFace(token, at.host, at.port, at.prefix, at.protocol, verify=True, timeout=timeout).api

    def find(self, path: str) -> Json | None:
        """What is there, or None."""
        try:
            return self._object(self._ask(self._api.GET, path))
        except _Absent:
            return None

    def rows(self, path: str) -> list[Json]:
        """A list that is always there."""
        found = self._ask(self._api.GET, path)
        if not isinstance(found, list):
            raise self._lost(TypeError())
        return [self._object(each) for each in found]

    def post(self, path: str, body: Json) -> None:
        self._object(self._ask(self._api.POST, path, body))

    def put(self, path: str, body: Json) -> None:
        self._object(self._ask(self._api.PUT, path, body))

    def _object(self, found: Any) -> Json:
        if not isinstance(found, dict):
            raise self._lost(TypeError())
        return found

    def _ask(self, call: Callable[..., Any], path: str, body: Json | None = None) -> Any:
        try:
            return call(path, json=body)
        except GrafanaServerError as error:
            raise GrafanaOutage(
                f"Grafana at {self.url} failed ({error.status_code}): see its log, and try again"
            ) from error
        except GrafanaClientError as error:
            raise self._refused(path, error) from error
        except (requests.RequestException, ValueError, TypeError) as error:
            raise self._lost(error) from error

    def _refused(self, path: str, error: GrafanaException) -> GrafanaRefused:
        said = _said(error)
        if error.status_code == 401:
            return GrafanaRefused(
                f"Grafana at {self.url} does not know the token: make one for a service account, "
                "and set TIDELINE_GRAFANA_TOKEN"
            )
        if error.status_code == 403:
            return GrafanaRefused(
                f"the token may not use {path.split('?')[0]} ({said}): give its service account the role Admin"
            )
        if error.status_code == 404:
            return _Absent(f"Grafana at {self.url} has no {path}: is it Grafana's own address?")
        if error.status_code in (409, 412):
            return Conflict(f"Grafana refuses, as something else is there by now ({said}): look at it, and push again")
        return GrafanaRefused(f"Grafana refuses {path} ({error.status_code}: {said}): see its log")

    def _lost(self, error: Exception) -> GrafanaOutage:
        if isinstance(error, requests.exceptions.SSLError):
            why = "its certificate is not trusted: set REQUESTS_CA_BUNDLE to the file of your authority"
        elif isinstance(error, requests.exceptions.Timeout):
            why = "it does not answer: try again, or look whether it is overloaded"
        elif isinstance(error, requests.exceptions.InvalidHeader):
            why = "the token holds characters that no token has: correct TIDELINE_GRAFANA_TOKEN"
        elif isinstance(error, requests.exceptions.ConnectionError):
            why = "nobody listens there: start it, or correct TIDELINE_GRAFANA_URL"
        else:
            why = "what answers there is no Grafana: correct TIDELINE_GRAFANA_URL"
        return GrafanaOutage(f"Grafana at {self.url} cannot be used; {why}")


class _Absent(GrafanaRefused):
    """404."""


def part(text: str) -> str:
    """A piece of a path."""
    return quote(text, safe="")


def _said(error: GrafanaException) -> str:
    response = error.response
    said = response.get("message", "") if isinstance(response, dict) else str(response)
    return " ".join(str(said).split())[:200] or "no reason given"
