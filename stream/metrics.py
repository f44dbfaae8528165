"""The worker's figures for Prometheus. No label ever holds text, an author or a channel."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from storage.database import transaction
from storage.delivery_log import backlog
from storage.errors import StorageError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from stream.challenger.standing import Standing
    from stream.pipeline import BatchReport

OTHER = "other"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters and gauges of one worker process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.lag_seconds = Gauge("tideline_lag_seconds", "Append to commit, oldest of last batch", registry=registry)
        self.batch_posts = Histogram(
            "tideline_batch_messages",
            "Messages a batch",
            buckets=(1, 8, 32, 128, 256, 512, 1024),
            registry=registry,
        )
        self.batch_seconds = Histogram(
            "tideline_batch_seconds", "Time a batch", ["part"], buckets=SECONDS, registry=registry
        )
        self.posts = Counter("tideline_posts", "What became of posts", ["outcome"], registry=registry)
        self.alerts = Counter("tideline_alerts", "Alerts raised", registry=registry)
        self.paused_seconds = Counter("tideline_paused_seconds", "Time spent in outages", registry=registry)
        self.outbox_age = Gauge("tideline_outbox_age_seconds", "Age of the oldest unsent webhook", registry=registry)
        self.info = Gauge("tideline_worker_info", "What runs", ["code", "model", "rules"], registry=registry)
        self.rules_version = Gauge("tideline_rules_version", "Which rules run", ["version"], registry=registry)
        self.model_refused = Gauge(
            "tideline_model_refused", "1 while the model chosen last cannot be used", registry=registry
        )
        self.language_posts = Counter(
            "tideline_language_posts", "Posts stored, by language", ["language", "outcome"], registry=registry
        )
        self.language_model = Gauge(
            "tideline_language_model", "Which model scores a language", ["language", "model"], registry=registry
        )
        self.challenger_posts = Gauge(
            "tideline_challenger_posts", "Posts scored in shadow since it was taken up", registry=registry
        )
        self.challenger_dropped = Gauge(
            "tideline_challenger_dropped_batches", "Batches that went on without the challenger", registry=registry
        )
        self.challenger_off = Gauge(
            "tideline_challenger_off", "1 while a challenger that was chosen does not score", registry=registry
        )
        self._routes: Mapping[str, str] = {}
        self._runs: tuple[str, str, str] | None = None

    def describe(self, code: str, model: str, rules: str) -> None:
        """What runs, as one series: another model takes the place of the one before."""
        if self._runs != (code, model, rules):
            self._runs = (code, model, rules)
            self.info.clear()
            self.info.labels(code, model, rules).set(1)

    def describe_rules(self, version: str) -> None:
        """The version of the rules, as a label of one series that is always 1."""
        self.rules_version.clear()
        self.rules_version.labels(version).set(1)

    def describe_routes(self, versions: Mapping[str, str]) -> None:
        """Which version scores which language; a language appears here before its first post."""
        if self._routes != versions:
            self._routes = versions
            self.language_model.clear()
            for language, version in versions.items():
                self.language_model.labels(language, version).set(1)
                self.language_posts.labels(language, "scored")

    def watch_outbox(self, engine: "Engine") -> None:
        """Read the outbox's age from the database whenever somebody scrapes."""
        self.outbox_age.set_function(lambda: _outbox_age(engine))

    def note(self, report: "BatchReport") -> None:
        """Take in one committed batch."""
        if self._runs:
            self.describe(self._runs[0], report.model, self._runs[2])
        self.describe_routes(report.models)
        self._note_languages(report.written.languages)
        self.model_refused.set(report.model_refused is not None)
        self._note_challenger(report.challenger)
        self.batch_posts.observe(report.messages)
        for part in ("read", "score", "write"):
            self.batch_seconds.labels(part).observe(getattr(report, f"{part}_seconds"))
        for outcome in ("scored", "abstained", "duplicates", "late", "set_aside"):
            self.posts.labels(outcome).inc(getattr(report.written, outcome))
        self.alerts.inc(report.written.alerts)
        if report.newest_lag_seconds is not None:
            self.lag_seconds.set(report.newest_lag_seconds)

    def _note_challenger(self, standing: "Standing | None") -> None:
        self.challenger_posts.set(standing.scored if standing else 0)
        self.challenger_dropped.set(standing.dropped if standing else 0)
        self.challenger_off.set(standing is not None and standing.state == "off")

    def _note_languages(self, counts: Iterable[tuple[str | None, bool, int]]) -> None:
        """A post may declare any language, and anything for one, so all but the routed ones are `other`."""
        for language, scored, count in counts:
            label = language if language in self._routes else OTHER
            self.language_posts.labels(label, "scored" if scored else "abstained").inc(count)


def _outbox_age(engine: "Engine") -> float:
    try:
        with transaction(engine) as connection:
            return backlog(connection, datetime.now(UTC)).oldest_seconds
    except StorageError:
        return float("nan")  # unknown, not zero
