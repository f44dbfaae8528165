"""Everything at once, on the bundled sample: services, worker, replay, webhooks, check, report."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import orjson
from sqlalchemy import Engine

from stream.demo.folder import Beginning, alone, prepare
from stream.demo.isolation import demo_settings
from stream.demo.result import DemoResult
from stream.demo.scorers import Scorers, scoring
from stream.demo.steps import Steps
from stream.errors import FileUnreadable
from stream.progress import Quiet, progress_bar
from stream.settings import Settings

STEPS = 7
RECENT_DAYS = 28  # whoever wrote since is forecast


@dataclass(frozen=True)
class DemoOptions:
    """What may be chosen. `sample` and `truth` are the bundled ones unless a test brings its own."""

    folder: Path
    sample: Path
    truth: Path
    fresh: bool = False
    keep_running: bool = False
    workers: int = 2
    show: bool | None = None  # bars: None where a person watches, False nowhere


def run_demo(options: DemoOptions) -> DemoResult:
    """Run it all, stop what was started (unless asked not to), and tell what happened."""
    began = time.monotonic()
    truth = _read_truth(options)
    steps = Steps(STEPS, show=options.show is not False)
    folder = options.folder.resolve()
    with alone(folder):
        beginning = prepare(folder, _stamp(folder, options), options.fresh)
        with _services(folder, options.keep_running, steps) as (settings, engine):
            result = _work(settings, engine, options, steps, truth, beginning)
    result.step_seconds, result.seconds = steps.seconds, round(time.monotonic() - began, 1)
    return result


def _work(
    settings: Settings,
    engine: Engine,
    options: DemoOptions,
    steps: Steps,
    truth: Mapping[str, Any],
    beginning: Beginning,
) -> DemoResult:
    from storage.database import transaction
    from storage.dead_letters import count_dead_letters
    from storage.overview import count_alerts, count_points, count_versions
    from storage.report import read_alert_lines
    from stream.demo.truth import judge

    before = _counts(engine)
    sent, rates = _stream(settings, engine, options, steps)
    webhooks = _deliver(settings, engine, steps)
    verified = _verify(settings, engine, options, steps)
    _look_ahead(engine, truth, steps)
    report = _report(engine, options, steps)
    with transaction(engine) as connection:
        points = count_points(connection)
        alerts = read_alert_lines(connection)
        result = DemoResult(
            beginning=beginning,
            folder=options.folder,
            report=report,
            model=", ".join(count_versions(connection)) or settings.model,
            services_running=options.keep_running,
            workers=options.workers,
            sample={name: truth[name] for name in ("people", "first", "last")},
            sent=sent,
            points=points,
            set_aside=count_dead_letters(connection),
            posts_per_second=rates,
            alerts=count_alerts(connection),
            findings=judge(truth, settings.key, alerts),
            example=next((alert.subject for alert in alerts if alert.subject_kind == "person"), ""),
            webhooks=webhooks,
            verified=verified,
            labels=_labels(options),
        )
    result.new = {name: after - before[name] for name, after in _counts(engine).items()}
    return result


def _labels(options: DemoOptions) -> Path | None:
    """They lie beside the bundled sample; by the shorter path, to be typed."""
    found, here = options.sample.resolve().with_name("labels.csv.gz"), Path.cwd()
    if not found.is_file():
        return None
    return found.relative_to(here) if found.is_relative_to(here) else found


def _counts(engine: Engine) -> dict[str, int]:
    from storage.database import transaction
    from storage.dead_letters import count_dead_letters
    from storage.overview import count_alerts, count_points

    with transaction(engine) as connection:
        return {
            "posts": count_points(connection)["points"],
            "alerts": sum(count_alerts(connection).values()),
            "set_aside": sum(count_dead_letters(connection).values()),
        }


@contextmanager
def _services(folder: Path, keep_running: bool, steps: Steps) -> Iterator[tuple[Settings, Engine]]:
    """Both services with an empty log. They stop at the end, and whatever goes wrong."""
    from stream.services import embedded

    stay = False
    try:
        with steps("Starting Postgres and the broker, making tables"):
            settings, engine = _start(folder)
        with closing(_Disposing(engine)):
            yield settings, engine
        stay = keep_running
    finally:
        if not stay:
            embedded.down(folder)


@dataclass(frozen=True)
class _Disposing:
    engine: Engine

    def close(self) -> None:
        self.engine.dispose()


def _start(folder: Path) -> tuple[Settings, Engine]:
    """A log of its own for every run: then each message has the offset it had last time."""
    from storage.database import make_engine
    from storage.migrate import migrate
    from storage.progress import forget_offsets
    from stream.services import embedded
    from stream.services.broker import stop_broker
    from stream.topics import ensure_topics

    stop_broker(folder / "broker")
    services = embedded.up(folder)
    settings = demo_settings(folder, services, health_file=folder / "worker.health")
    engine = make_engine(services.database)
    migrate(engine)
    ensure_topics(settings.kafka, settings.posts_topic, settings.dead_topic, settings.partitions)
    forget_offsets(engine, settings.posts_topic)
    return settings, engine


def _stream(
    settings: Settings, engine: Engine, options: DemoOptions, steps: Steps
) -> tuple[dict[str, Any], dict[str, float]]:
    """The worker starts first: while it loads its model, the sample is read and sent."""
    with scoring(settings, options.workers) as scorers:
        began = time.monotonic()
        with steps("Replaying the sample into Kafka", bars=True):
            sent = _replay(settings, options)
        with steps(f"Scoring and storing ({options.workers} worker{'s' * (options.workers > 1)})", bars=True):
            share = _wait(settings, engine, scorers, options, sent)
            seconds = time.monotonic() - began
            scorers.stop()
    return sent, {"all": round(sent["posts"] / seconds, 1), "scoring": round(share, 1)}


def _replay(settings: Settings, options: DemoOptions) -> dict[str, Any]:
    from stream.replay import replay
    from stream.replay_options import build_options

    chosen = build_options(settings)
    summary = replay(settings, [str(options.sample)], chosen, show=options.show, restart=True)
    if summary.interrupted:
        raise click.Abort
    return {name: getattr(summary, name) for name in ("rows", "posts", "bad_rows", "ticks")}


def _wait(settings: Settings, engine: Engine, scorers: Scorers, options: DemoOptions, sent: Mapping[str, Any]) -> float:
    """Wait for the last commit; returns posts a second since the worker began to commit."""
    from stream.demo.catch_up import catch_up

    total = sent["posts"] + sent["bad_rows"] + sent["ticks"] * settings.partitions
    with progress_bar("Committed", total, " messages", show=options.show) as bar:
        pace = catch_up(engine, settings.posts_topic, total, bar, scorers.check)
    return float(sent["posts"] / pace.seconds)


def _deliver(settings: Settings, engine: Engine, steps: Steps) -> dict[str, int]:
    """Send what the outbox holds to a receiver on loopback that checks every signature."""
    from alerts.delivery.loop import deliver, utc_now
    from alerts.delivery.receiver import Receiver, serving
    from alerts.delivery.webhook import split_secrets
    from stream.delivering import delivery_config, keep_own_endpoint
    from stream.delivery_jobs import delivery_jobs
    from stream.drift.checking import check
    from stream.drift.watching import watch_or_past_alone

    keys = split_secrets(settings.webhook_secret.get_secret_value())
    with steps("Delivering signed webhooks to a receiver on 127.0.0.1"), serving(Receiver(keys)) as receiver:
        told = settings.model_copy(update={"webhook_url": receiver.url})
        keep_own_endpoint(engine, told, utc_now())
        check(engine, watch_or_past_alone(told), utc_now())  # all days at once; the deliverer judges a few an hour
        jobs = delivery_jobs(told, engine)
        summary = deliver(engine, delivery_config(told), once=True, before_round=jobs)
        counts = {name: receiver.counts[name] for name in ("verified", "repeated", "refused")}
    return {"delivered": summary.delivered, "retried": summary.retried, "failed": summary.failed} | counts


def _verify(settings: Settings, engine: Engine, options: DemoOptions, steps: Steps) -> dict[str, Any]:
    """The same numbers from the file alone, with neither Kafka nor Postgres, and what differs."""
    from storage.database import transaction
    from storage.people import all_opt_outs
    from stream.log_order import in_log
    from stream.replay_options import build_options
    from stream.sequence import messages, survey
    from stream.verify import verify
    from stream.wiring import build_oracle

    with steps("Computing everything again from the file, to compare", bars=True):
        chosen = build_options(settings)
        found = survey([str(options.sample)], chosen)
        with transaction(engine) as connection:
            away = frozenset(all_opt_outs(connection))
        oracle = build_oracle(settings, engine, settings.partitions, away)
        with progress_bar("Checked", found.rows, show=options.show) as bar:
            log = in_log(
                messages([str(options.sample)], chosen, surveyed=found, watch=bar.advance), settings.partitions
            )
            outcome = oracle.run(log)
        return verify(engine, settings.posts_topic, outcome).as_dict()


def _look_ahead(engine: Engine, truth: Mapping[str, Any], steps: Steps) -> None:
    """Forecasts from the day after the sample ends, for the charts."""
    from stream.forecasting import refresh

    day = date.fromisoformat(truth["last"][:10]) + timedelta(days=1)
    with steps("Looking ahead a day and a week"):
        for kind in ("channel", "person"):
            refresh(engine, kind, day, RECENT_DAYS, Quiet(), store=True)


def _report(engine: Engine, options: DemoOptions, steps: Steps) -> Path:
    from stream.report.write import write_report

    path = options.folder / "report.html"
    with steps("Writing the report"):
        write_report(engine, path)
    return path


def _read_truth(options: DemoOptions) -> dict[str, Any]:
    for path in (options.sample, options.truth):
        if not path.is_file():
            raise FileUnreadable(
                f"the bundled sample is missing ({path}): run the demo from a source checkout, "
                "or make the sample again with `python -m stream.sample`"
            )
    truth: dict[str, Any] = orjson.loads(options.truth.read_bytes())
    return truth


def _stamp(folder: Path, options: DemoOptions) -> dict[str, str]:
    """What the rows in the folder came from. When it changes, the demo starts over."""
    from alerts.rules import load_rules
    from models.load import version_of

    settings = demo_settings(folder)
    return {
        "model": version_of(settings.model, settings.models_folder),
        "rules": load_rules(settings.rules).version,
        "sample": hashlib.sha256(options.sample.read_bytes()).hexdigest(),
    }
