"""What may keep Tideline from working here: each check says ok, or what to do."""

import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, text

from alerts.errors import AlertError
from models.errors import ModelError
from storage.errors import StorageError
from stream.errors import StreamError
from stream.settings import Settings, unknown_names

OLDEST_PYTHON = (3, 11)
CLOCK_SECONDS = 5.0
PROBLEMS = (StreamError, StorageError, ModelError, AlertError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `tideline doctor`."""

    what: str
    ok: bool
    says: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Check one thing after another; a failed check never hides the next."""
    checks: dict[str, Callable[[Settings], str]] = {
        "python": _python,
        "settings": _settings,
        "ports": _ports,
        "postgres": _postgres,
        "schema": _schema,
        "clock": _clock,
        "broker": _broker,
        "model": _model,
        "routes": _routes,
        "rules": _rules,
        "endpoints": _endpoints,
    }
    for what, check in checks.items():
        try:
            yield Finding(what, True, check(settings))
        except PROBLEMS as problem:
            yield Finding(what, False, str(problem))


def _python(_: Settings) -> str:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        raise StreamError(f"Python {found} is too old: install 3.11 or newer and make a new environment")
    return found


def _settings(settings: Settings) -> str:
    settings.require_secrets()
    if unknown := unknown_names():
        raise StreamError(f"{', '.join(unknown)}: there is no such setting; see docs/settings.md")
    return f"{settings.mode} mode" + (", with public demo secrets" if settings.mode == "demo" else "")


def _ports(settings: Settings) -> str:
    if not settings.metrics_port:
        return "embedded services choose free ones; no metrics port is set"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", settings.metrics_port))  # noqa: S104 as the worker would
        except OSError as error:
            raise StreamError(
                f"port {settings.metrics_port} is in use (by a running worker?): "
                "if not, set TIDELINE_METRICS_PORT to a free one"
            ) from error
    return f"{settings.metrics_port} is free for metrics"


def _engine(settings: Settings) -> Engine:
    from stream.wiring import open_engine

    return open_engine(settings)


def _postgres(settings: Settings) -> str:
    from storage.database import transaction

    with transaction(_engine(settings)) as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
    return f"version {version}"


def _schema(settings: Settings) -> str:
    from storage.migrate import newest_version, require_newest

    require_newest(_engine(settings))
    return newest_version()


def _clock(settings: Settings) -> str:
    """A clock that is behind sets honest posts aside as coming from the future."""
    from storage.database import transaction

    with transaction(_engine(settings)) as connection:
        theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = (datetime.now(UTC) - theirs).total_seconds()
    if abs(apart) > CLOCK_SECONDS:
        raise StreamError(f"this clock and that of Postgres are {apart:+.0f} s apart: set both by NTP")
    return f"within {CLOCK_SECONDS:.0f} s of that of Postgres"


def _broker(settings: Settings) -> str:
    from stream.topics import ensure_topics

    settings.require_kafka()
    count = ensure_topics(settings.kafka, settings.posts_topic, settings.dead_topic, settings.partitions)
    note = (
        "" if count == settings.partitions else f" (TIDELINE_PARTITIONS says {settings.partitions}; the topic decides)"
    )
    return f"{settings.kafka}, `{settings.posts_topic}` has {count} partitions{note}"


def _model(settings: Settings) -> str:
    from models.load import load_classifier
    from models.registry.parts import PROBE

    classifier = load_classifier(settings.model, settings.models_folder, settings.how)
    classifier.emotions([PROBE])
    return f"{classifier.version}, {_whence(settings)}"


def _routes(settings: Settings) -> str:
    """Opens and tries the model of every language, as a worker would."""
    from models.registry.parts import PROBE
    from stream.routes import Router

    routing = Router(settings).route()
    for classifier in routing.by_version.values():
        classifier.emotions([PROBE])
    return ", ".join(f"{language} by {version}" for language, version in routing.versions.items())


def _whence(settings: Settings) -> str:
    """Who chose the model, and where it lies."""
    from models.load import KEYWORDS, SHIPPED, folder_of
    from models.registry.pointer import read_choice

    if settings.model == KEYWORDS:
        return "the double for tests"
    folder = folder_of(settings.model, settings.models_folder)
    where = "shipped" if folder.parent == SHIPPED else f"in {folder}"
    if settings.model != "default":
        return f"{where}, pinned by TIDELINE_MODEL"
    chosen = read_choice(settings.models_folder)
    return f"{where}, chosen by `tideline models use`" if chosen else f"{where}, the default"


def _rules(settings: Settings) -> str:
    from alerts.rules import load_rules

    return f"version {load_rules(settings.rules).version}"


def _endpoints(settings: Settings) -> str:
    """Whether what is sealed can be opened, whether the settings' own endpoint may be reached, and who is off."""
    from storage.database import transaction
    from storage.endpoints import list_endpoints
    from stream.delivering import mailbox_of, targets_of

    targets, mailbox = targets_of(settings), mailbox_of(settings)
    with transaction(_engine(settings)) as connection:
        found = [endpoint for endpoint in list_endpoints(connection) if targets.known(endpoint.name)]
    for endpoint in found:
        targets.target(endpoint, ())
    off = [endpoint.name for endpoint in found if not endpoint.enabled]
    if off:
        raise StreamError(f"disabled: {', '.join(off)}: mend the receiver, then `tideline endpoints enable NAME`")
    told = "mail tells of dead ones" if mailbox else "no mail is set for dead ones"
    return f"{len(found)} enabled, {told}"
