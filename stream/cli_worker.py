"""`tideline worker` and `tideline health`."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import click

from stream.errors import SettingsInvalid
from stream.settings import Settings, read_settings


@click.command()
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes in the group.")
@click.option("--quiet", is_flag=True, help="Say only what went wrong.")
def worker(workers: int, quiet: bool) -> None:
    """Score posts as they arrive and store what follows from them, exactly once.

    Start as many as there are partitions, here with --workers or on other machines: they form one group.
    SIGTERM finishes the batch in hand (at most TIDELINE_DRAIN_SECONDS, 30 by default) and leaves the group.
    A model chosen with `tideline models use` is taken up between two batches, unless TIDELINE_MODEL pins one;
    so is a challenger chosen with `tideline models shadow`, which can neither stop nor change what is stored.
    Rules (TIDELINE_RULES) are read once, at the start; `tideline rules show` tells which worker runs which.
    An outage of Postgres or the broker is waited out. Exit codes: 0 stopped, 1 cannot start or failed,
    3 too much was set aside, 4 the drain took too long (nothing is lost).

    \b
    Examples:
      tideline worker
      tideline worker --workers 2
      TIDELINE_METRICS_PORT=9100 tideline worker     /metrics, /live and /ready on that port
    """
    logging.basicConfig(
        level=logging.WARNING if quiet else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for noisy in ("kafka", "alembic", "stream"):  # ours are named tideline.*
        logging.getLogger(noisy).setLevel(logging.ERROR)
    for crying in (
        "aiokafka",
        "faust",
        "mode",
    ):  # they log tracebacks of crashes that `StreamWorker.run` raises as a sentence
        logging.getLogger(crying).setLevel(logging.CRITICAL + 1)
    if not click.get_current_context().find_root().params.get("debug"):
        threading.excepthook = _one_line
    if workers > 1:
        sys.exit(_supervise(workers))
    _work(read_settings().require_services())


def _one_line(args: threading.ExceptHookArgs) -> None:
    """Faust's own threads may end badly while the broker is away; a traceback would help nobody at three."""
    logging.getLogger("tideline.worker").warning("a background thread ended (%s)", args.exc_type.__name__)


def _work(settings: Settings) -> None:
    from models.registry.folder import Registry
    from storage.database import transaction
    from storage.migrate import require_newest
    from storage.progress import register_partitions
    from stream.dead_topic import DeadTopic
    from stream.health import Health, serve_health
    from stream.metrics import Metrics
    from stream.presence import Presence
    from stream.promotion.moving import settle_begun
    from stream.topics import ensure_topics
    from stream.tuning import bound_native_caches, tune_process
    from stream.version import code_version
    from stream.wiring import build_pipeline, open_engine
    from stream.worker import StreamWorker

    bound_native_caches()
    engine = open_engine(settings)
    require_newest(engine)
    settle_begun(engine, Registry(settings.models_folder))
    partitions = ensure_topics(settings.kafka, settings.posts_topic, settings.dead_topic, settings.partitions)
    with transaction(engine) as connection:
        register_partitions(connection, settings.posts_topic, partitions)
    pipeline = build_pipeline(settings, engine)
    _check_folder(settings.health_file)
    health, metrics = Health(settings.health_file), Metrics()
    metrics.watch_outbox(engine)
    routing = pipeline.reader.routing
    metrics.describe(code_version(), routing.main.version, pipeline.rules.version)
    metrics.describe_routes(routing.versions)
    metrics.describe_rules(pipeline.rules.version)
    health.model, health.models, health.rules = routing.main.version, routing.versions, pipeline.rules.version
    if settings.metrics_port:
        serve_health(settings.metrics_port, health, metrics.registry)
    tune_process()
    dead_topic = DeadTopic(engine, settings.kafka, settings.dead_topic)
    dead_topic.start()
    presence = Presence(engine, pipeline.rules, lambda: health.models, lambda: health.challenger)
    presence.start()
    log = logging.getLogger("tideline.worker")
    log.info("models %s, rules %s, %d partitions", _told(routing.versions), pipeline.rules.version, partitions)
    try:
        StreamWorker(settings, pipeline, dead_topic, health, metrics).run()
    finally:
        presence.stop()
        dead_topic.stop()
    log.info("stopped")


def _told(versions: Mapping[str, str]) -> str:
    """
    >>> _told({"en": "bilstm-en-1@1", "ko": "duo-ko-1@2"})
    'en bilstm-en-1@1, ko duo-ko-1@2'
    """
    return ", ".join(f"{language} {version}" for language, version in versions.items())


def _check_folder(health_file: Path | None) -> None:
    """Tell of a wrong path now; later a health file that cannot be written only goes stale."""
    if health_file and not health_file.parent.is_dir():
        raise SettingsInvalid(f"TIDELINE_HEALTH_FILE names a folder that is not there: make {health_file.parent}")


def _supervise(count: int) -> int:
    """Run `count` workers as processes of their own; the first to fail stops the rest."""
    settings = read_settings()
    base, health = settings.metrics_port, str(settings.health_file or "")
    children = [_spawn(number, base, health) for number in range(count)]

    def stop(_number: int, _frame: FrameType | None) -> None:
        for child in children:
            child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worst = 0
    while children:
        for child in list(children):
            if (code := child.poll()) is None:
                continue
            children.remove(child)
            if code:
                worst = worst or (code if code > 0 else 1)
                stop(0, None)
        time.sleep(0.1)
    return worst


def _spawn(number: int, base: int, health: str) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    if base:
        environment["TIDELINE_METRICS_PORT"] = str(base + number)
    if health:
        environment["TIDELINE_HEALTH_FILE"] = f"{health}.{number}" if number else health
    return subprocess.Popen([sys.executable, "-m", "stream.cli", "worker"], env=environment)


@click.command()
@click.option("--file", "path", type=click.Path(path_type=Path), help="The worker's TIDELINE_HEALTH_FILE.")
@click.option("--ready", is_flag=True, help="Also require that posts can be processed right now.")
def health(path: Path | None, ready: bool) -> None:
    """Tell whether the worker that writes this health file is alive; exit code 1 if not."""
    from stream.health import read_health

    path = path or read_settings().health_file
    if path is None:
        raise click.UsageError("give --file, or set TIDELINE_HEALTH_FILE for the worker and for this command")
    alive, reason = read_health(path, time.time())
    good = alive and not (ready and reason)
    click.echo("ok" if good else f"not {'ready' if alive else 'alive'}: {reason}")
    sys.exit(0 if good else 1)
