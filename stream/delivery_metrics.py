"""What a deliverer tells Prometheus: what waits, how attempts ended, and which endpoints are in trouble."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from alerts.delivery.loop import utc_now
from alerts.delivery.settling import DeliverySummary
from storage.database import transaction
from storage.delivery_log import backlog, loads
from storage.endpoints import list_endpoints
from storage.errors import StorageError
from stream.errors import SettingsInvalid


class DeliveryCollector(Collector):
    """Read when somebody scrapes; the database is asked for what it holds, this process for what it did."""

    def __init__(self, engine: Engine, summary: DeliverySummary) -> None:
        self._engine = engine
        self._summary = summary

    def collect(self) -> Iterable[Metric]:
        yield self._attempts()
        try:
            yield from self._stored()
        except StorageError:
            return  # an outage: the age then stands still, and the absence tells

    def _attempts(self) -> Metric:
        found = CounterMetricFamily("tideline_deliveries", "Deliveries by how they ended", labels=["result"])
        for result in ("delivered", "retried", "failed"):
            found.add_metric([result], getattr(self._summary, result))
        return found

    def _stored(self) -> Iterable[Metric]:
        with transaction(self._engine) as connection:
            behind, endpoints, lying = backlog(connection, utc_now()), list_endpoints(connection), loads(connection)
        yield GaugeMetricFamily(
            "tideline_outbox_age_seconds", "Age of the oldest unsent message", behind.oldest_seconds
        )
        enabled = GaugeMetricFamily("tideline_endpoint_enabled", "1, or 0 when disabled", labels=["endpoint"])
        failures = GaugeMetricFamily("tideline_endpoint_failures", "Failures in a row", labels=["endpoint"])
        pending = GaugeMetricFamily("tideline_endpoint_pending", "Messages that wait for it", labels=["endpoint"])
        for each in endpoints:
            enabled.add_metric([each.name], float(each.enabled))
            failures.add_metric([each.name], each.failures)
            pending.add_metric([each.name], lying[each.name].pending if each.name in lying else 0)
        yield from (enabled, failures, pending)


def serve_delivery_metrics(port: int, engine: Engine, summary: DeliverySummary) -> None:
    """Serve /metrics until the process ends."""
    registry = CollectorRegistry()
    registry.register(DeliveryCollector(engine, summary))
    try:
        start_http_server(port, registry=registry)
    except OSError as error:
        raise SettingsInvalid(f"port {port} for metrics is in use: choose another with --metrics-port") from error
