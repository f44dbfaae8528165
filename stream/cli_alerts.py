"""`tideline deliver`, `tideline receive` and `tideline rules`."""

import json
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from stream.errors import SettingsInvalid
from stream.settings import Settings, read_settings

UNHEALTHY = 3
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.option("--once/--forever", default=False, help="Deliver what is due and stop, or go on until SIGTERM.")
@click.option("--retry-failed", is_flag=True, help="First queue again what was given up.")
@_as_json
def deliver(once: bool, retry_failed: bool, as_json: bool) -> None:
    """Send the webhooks that wait in the outbox, signed, to TIDELINE_WEBHOOK_URL.

    Any number may run at once. A webhook that is not taken is tried again for two days, ever less often.
    Exit codes: 0 all is well, 1 cannot start, 3 somebody should look at the receiver (410 Gone, given up,
    or not answering when a --once run ended); nothing is lost.

    \b
    Examples:
      tideline deliver                 until SIGTERM
      tideline deliver --once --json   from a timer
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from alerts.delivery import deliver as run
    from stream.faults import reach

    settings = read_settings().require_database().require_secrets()
    engine, config = _delivery(settings)
    if retry_failed:
        _queue_again(engine)
    with _stopping() as stop:
        summary = run(engine, config, once=once, stop=stop, taken=lambda: reach("delivering"))
    engine.dispose()
    _print_summary(asdict(summary), as_json)
    sys.exit(0 if summary.healthy else UNHEALTHY)


def _queue_again(engine: Any) -> None:
    from storage.database import transaction
    from storage.outbox import retry_failed

    with transaction(engine) as connection:
        count = retry_failed(connection, datetime.now(UTC))
    click.echo(f"{count:,} that were given up are queued again", err=True)


@click.command()
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@_as_json
def receive(port: int, as_json: bool) -> None:
    """Run the reference receiver on 127.0.0.1: verify each webhook, take each id once, print it.

    It shows what a real receiver must do; a moderation tool does the same and opens a case.
    """
    from alerts.receiver import Receiver, serving
    from alerts.webhook import split_secrets

    keys = split_secrets(read_settings().require_secrets().webhook_secret.get_secret_value())
    try:
        receiver = Receiver(keys, port, on_alert=lambda payload: click.echo(_line(payload, as_json)))
    except OSError as error:
        raise SettingsInvalid(f"port {port} is not free ({error.strerror}): choose another with --port") from error
    with serving(receiver), _stopping() as stop:
        click.echo(f"listening on {receiver.url}", err=True)
        stop.wait()
    click.echo(json.dumps(dict(receiver.counts)), err=True)


@click.group()
def rules() -> None:
    """Check and show the alert rules."""


@rules.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@_as_json
def check(file: Path | None, as_json: bool) -> None:
    """Check FILE, or the rules in use (TIDELINE_RULES, else the shipped ones); exit code 1 if wrong."""
    from alerts.rules import load_rules

    found = load_rules(file or read_settings().rules)
    report = {"ok": True, "rules": len(found.all), "version": found.version}
    click.echo(json.dumps(report) if as_json else f"ok: {len(found.all)} rules, version {found.version}")


@rules.command()
@_as_json
def show(as_json: bool) -> None:
    """Show the rules in use, each with its version and its numbers."""
    from alerts.rules import load_rules

    found = load_rules(read_settings().rules)
    listed = [{"version": rule.version, **rule.options.model_dump(mode="json")} for rule in found.all]
    if as_json:
        click.echo(json.dumps({"version": found.version, "rules": listed}, indent=2))
        return
    click.echo(f"version {found.version}")
    for rule in listed:
        click.echo(
            f"{rule['name']:<22} {rule['version']}  {rule['detector']:<6} {rule['subject']:<8} "
            f"{rule['emotion']:<9} threshold {rule['threshold']:g}"
        )


def _delivery(settings: Settings) -> tuple[Any, Any]:
    """The engine and the delivery config that these settings ask for."""
    from alerts.attempt import Endpoint
    from alerts.delivery import DeliveryConfig
    from alerts.webhook import split_secrets
    from storage.migrate import require_newest
    from stream.wiring import open_engine

    if not settings.webhook_url:
        raise SettingsInvalid("no receiver is configured: set TIDELINE_WEBHOOK_URL, or try `tideline receive`")
    endpoint = Endpoint(settings.webhook_url, split_secrets(settings.webhook_secret.get_secret_value()))
    engine = open_engine(settings)
    require_newest(engine)
    return engine, DeliveryConfig(endpoint)


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set. From a thread: a handler may interrupt `wait` itself."""
    stop = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_summary(summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary))
        return
    done, again, failed = (summary[name] for name in ("delivered", "retried", "failed"))
    click.echo(f"delivered {done}, to be tried again {again}, given up {failed}")
    if summary["gone"]:
        click.echo("the receiver wants no more webhooks (410 Gone): correct TIDELINE_WEBHOOK_URL", err=True)


def _line(payload: dict[str, Any], as_json: bool) -> str:
    if as_json:
        return json.dumps(payload)
    names = ("at", "severity", "rule", "subject_kind", "subject")
    return " ".join(str(payload["data"][name]) for name in names)
