"""`tideline deliver` and `tideline receive`."""

import logging
import sys
from dataclasses import asdict
from typing import Any

import click
import orjson

from stream.errors import SettingsInvalid
from stream.output import json_option
from stream.settings import Settings, read_settings

UNHEALTHY = 3
NOBODY = (
    "no receiver is configured: run `tideline endpoints add`, or set TIDELINE_WEBHOOK_URL, or try `tideline receive`"
)


@click.command()
@click.option("--once/--forever", default=False, help="Deliver what is due and stop, or go on until SIGTERM.")
@click.option("--retry-failed", is_flag=True, help="First queue again what was given up.")
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Serve /metrics there while it runs; 0 serves none.",
)
@json_option
def deliver(once: bool, retry_failed: bool, metrics_port: int, as_json: bool) -> None:
    """Send what is to be told, signed, to every endpoint that wants it, and escalate cases nobody claims.

    Endpoints are those of `tideline endpoints list` and TIDELINE_WEBHOOK_URL. Any number of deliverers may run at
    once. A message that is not taken is tried again for two days, ever less often; an endpoint that asks for peace
    or seems dead is left alone for a while, and disabled when it took nothing for TIDELINE_DEAD_ENDPOINT_HOURS or
    answers 410. Exit codes: 0 all is well, 1 cannot start, 3 somebody should look at a receiver (disabled, given
    up, or being left alone when a --once run ended); nothing is lost.

    \b
    Examples:
      tideline deliver                          until SIGTERM
      tideline deliver --metrics-port 9101      with numbers for Prometheus
      tideline deliver --once --json            from a timer
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from alerts.delivery.loop import deliver as run
    from alerts.delivery.settling import DeliverySummary
    from stream.delivering import delivery_config
    from stream.delivery_jobs import delivery_jobs
    from stream.faults import reach
    from stream.signals import stopping

    settings = read_settings().require_database().require_secrets()
    engine = _ready(settings, once)
    summary = DeliverySummary()
    config = delivery_config(settings, taken=lambda: reach("delivering"))
    if retry_failed:
        _queue_again(engine)
    if metrics_port:
        from stream.delivery_metrics import serve_delivery_metrics

        serve_delivery_metrics(metrics_port, engine, summary)
    before = delivery_jobs(settings, engine)
    with stopping() as stop:
        run(engine, config, once=once, stop=stop, before_round=before, summary=summary)
    engine.dispose()
    _print_summary(asdict(summary), as_json)
    sys.exit(0 if summary.healthy else UNHEALTHY)


def _ready(settings: Settings, once: bool) -> Any:
    """The database with the endpoint that the settings name; refuses to start where there is nobody to tell."""
    from alerts.delivery.loop import utc_now
    from storage.database import transaction
    from storage.endpoints import UNSET, list_endpoints
    from storage.migrate import require_newest
    from stream.delivering import keep_own_endpoint, targets_of
    from stream.wiring import open_engine

    engine = open_engine(settings)
    require_newest(engine)
    keep_own_endpoint(engine, settings, utc_now())
    with transaction(engine) as connection:
        found = list_endpoints(connection)
    targets_of(settings).check([each for each in found if each.enabled])
    if not any(endpoint.enabled for endpoint in found):
        _nobody(once, [endpoint.name for endpoint in found if endpoint.disabled_why != UNSET])
    return engine


def _nobody(once: bool, disabled: list[str]) -> None:
    """What waits is kept; a process that goes on waits for an endpoint."""
    said = f"every endpoint is disabled ({', '.join(disabled)}): mend it, then `tideline endpoints enable NAME`"
    if not once:
        logging.getLogger("tideline.deliver").error("%s; waiting for an endpoint", said if disabled else NOBODY)
    elif disabled:
        click.echo(f"tideline: {said}", err=True)
        sys.exit(UNHEALTHY)
    else:
        raise SettingsInvalid(NOBODY)


def _queue_again(engine: Any) -> None:
    from alerts.delivery.loop import utc_now
    from storage.database import transaction
    from storage.delivery_log import retry_all_failed

    with transaction(engine) as connection:
        count = retry_all_failed(connection, utc_now())
    click.echo(f"{count:,} that were given up are queued again", err=True)


@click.command()
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@json_option
def receive(port: int, as_json: bool) -> None:
    """Run a receiver on 127.0.0.1: verify each webhook, take each id once, print it.

    It knows TIDELINE_WEBHOOK_SECRET: to try an endpoint of `tideline endpoints add`, set that to the secret which was
    printed. It shows what a real receiver must do; a moderation tool does the same and opens a case.
    """
    from alerts.delivery.receiver import Receiver, serving
    from alerts.delivery.webhook import split_secrets
    from stream.signals import stopping

    keys = split_secrets(read_settings().require_secrets().webhook_secret.get_secret_value())
    try:
        receiver = Receiver(keys, port, on_alert=lambda payload: click.echo(_line(payload, as_json)))
    except OSError as error:
        raise SettingsInvalid(f"port {port} is not free ({error.strerror}): choose another with --port") from error
    with serving(receiver), stopping() as stop:
        click.echo(f"listening on {receiver.url}", err=True)
        stop.wait()
    click.echo(orjson.dumps(dict(receiver.counts)).decode(), err=True)


def _print_summary(summary: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(summary).decode())
        return
    done, again, failed = (summary[name] for name in ("delivered", "retried", "failed"))
    click.echo(f"delivered {done}, to be tried again {again}, given up {failed}")
    if summary["paused"]:
        click.echo("an endpoint is left alone for a while: `tideline endpoints list` says which", err=True)
    if summary["gone"]:
        click.echo("a receiver wants no more webhooks (410 Gone): correct its address", err=True)
    for name in summary["disabled"]:
        click.echo(f"endpoint {name} is disabled: `tideline endpoints list` says why", err=True)


def _line(payload: Any, as_json: bool) -> str:
    """One webhook. What is in the dialect of some other receiver is shown as it came."""
    if as_json or not isinstance(payload, dict) or "type" not in payload:
        return orjson.dumps(payload).decode()
    data = payload.get("data", {})
    names = ("at", "severity", "rule", "subject_kind", "subject", "why")
    return " ".join([str(payload.get("type", "")), *(str(data[name]) for name in names if name in data)])
