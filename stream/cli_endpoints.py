"""`tideline endpoints`."""

import sys
from datetime import timedelta
from typing import Any

import click

from alerts.delivery.formats.body import FORMATS
from storage.deliveries import AUDIENCES, SEVERITIES
from stream.durations import Duration
from stream.output import json_option, print_json
from stream.settings import Settings, read_settings

NOT_TAKEN = 1


class Rate(click.ParamType):
    """`30/minute`, or `30`.

    >>> Rate().convert("30/minute", None, None)
    30
    """

    name = "N/minute"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        number = str(value).removesuffix("/minute")
        if not number.isdecimal() or not 1 <= int(number) <= 600:
            self.fail(f"{value!r} is no rate: write 1/minute to 600/minute", param, ctx)
        return int(number)


@click.group()
def endpoints() -> None:
    """Who is told: receivers of webhooks, their addresses and secrets sealed in the database.

    \b
    Examples:
      tideline endpoints add desk https://desk.example.org/hooks/7
      tideline endpoints add team https://hooks.slack.com/services/… --format slack --rate 30/minute
      tideline endpoints list
    """


@endpoints.command()
@click.argument("name")
@click.argument("url")
@click.option(
    "--audience", "audiences", multiple=True, type=click.Choice(AUDIENCES), help="Whom it reaches; default: all."
)
@click.option("--least-severity", type=click.Choice(SEVERITIES), default="low", show_default=True, help="No less.")
@click.option(
    "--format", "style", type=click.Choice(FORMATS), default="generic", show_default=True, help="Its dialect."
)
@click.option("--rate", type=Rate(), help="At most so many messages, as in 30/minute; default: no limit.")
@click.option("--heartbeat", type=Duration(), help="Send a sign of life this often, as in 15m; default: never.")
@json_option
def add(
    name: str,
    url: str,
    audiences: tuple[str, ...],
    least_severity: str,
    style: Any,
    rate: int | None,
    heartbeat: timedelta | None,
    as_json: bool,
) -> None:
    """Add the endpoint NAME at URL and print its secret, which nobody can read again.

    The address must lead out into the world: not to this machine or a private network, unless
    TIDELINE_ALLOW_PRIVATE_ENDPOINTS is set. It is looked up and checked again at every attempt.

    \b
    Examples:
      tideline endpoints add desk https://desk.example.org/hooks/7 --heartbeat 15m
      tideline endpoints add pager https://ops.example.org/page --audience lead --least-severity high
      tideline endpoints add watch http://alertmanager.example.org:9093/api/v2/alerts --format alertmanager
    """
    from alerts.delivery.loop import utc_now
    from stream import endpoints as work

    minutes = None if heartbeat is None else max(1, round(heartbeat.total_seconds() / 60))
    settings, engine = _opened()
    wish = work.Wish(name, url, style, audiences or AUDIENCES, least_severity, rate, minutes)
    secret = work.add(engine, settings, wish, utc_now())
    if as_json:
        print_json({"name": name, "secret": secret})
        return
    click.echo(f"added {name}; its secret, shown this once:\n{secret}")
    if url.startswith("http://"):
        click.echo("the address is not encrypted: whoever is on the way can read along; https:// is better", err=True)


@endpoints.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the endpoints: host only, how they stand, and what waits for them."""
    from storage.database import transaction
    from stream.endpoints_shown import endpoint_line, endpoint_rows

    _, engine = _opened()
    with transaction(engine) as connection:
        rows = endpoint_rows(connection)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(endpoint_line(row))
    if not rows:
        click.echo("no endpoints: `tideline endpoints add NAME URL` makes one")


@endpoints.command()
@click.argument("name")
@click.option("--keep-old", type=Duration(), default="24h", show_default=True, help="How long the old one signs too.")
@json_option
def rotate(name: str, keep_old: timedelta, as_json: bool) -> None:
    """Make a new secret for NAME and print it. Both sign until the old one expires."""
    from alerts.delivery.loop import utc_now
    from stream import endpoints as work

    settings, engine = _opened()
    secret = work.rotate(engine, settings, name, keep_old, utc_now())
    if as_json:
        print_json({"name": name, "secret": secret})
    else:
        click.echo(f"the new secret of {name}, shown this once:\n{secret}")


@endpoints.command()
@json_option
def reseal(as_json: bool) -> None:
    """Seal all addresses and secrets with the first key of TIDELINE_SEAL_KEY; the others can then be taken out."""
    from stream import endpoints as work

    settings, engine = _opened()
    count = work.reseal(engine, settings)
    _say(f"sealed {count:,} endpoints with the new key", {"sealed": count}, as_json)


@endpoints.command("test")
@click.argument("name")
@json_option
def try_out(name: str, as_json: bool) -> None:
    """Send NAME one signed message that says it is a test; exit code 1 if it was not taken."""
    from alerts.delivery.loop import utc_now
    from stream import endpoints as work

    settings, engine = _opened()
    outcome = work.try_out(engine, settings, name, utc_now())
    found = {
        "taken": outcome.taken,
        "status": outcome.status,
        "milliseconds": outcome.milliseconds,
        "said": outcome.said,
    }
    if as_json:
        print_json(found)
    else:
        answer = " ".join(filter(None, [f"HTTP {outcome.status}" if outcome.status else "", outcome.said]))
        click.echo(f"{'taken' if outcome.taken else 'not taken'} after {outcome.milliseconds:,} ms: {answer}")
    sys.exit(0 if outcome.taken else NOT_TAKEN)


@endpoints.command()
@click.argument("name")
@json_option
def disable(name: str, as_json: bool) -> None:
    """Send NAME nothing more for now. What waits for it is kept."""
    from alerts.delivery.loop import utc_now
    from storage.database import transaction
    from storage.endpoints import disable_endpoint, find_endpoint

    _, engine = _opened()
    with transaction(engine) as connection:
        find_endpoint(connection, name)
        changed = disable_endpoint(connection, name, utc_now(), "disabled by hand", report=False)
    _say(f"{name} is disabled" if changed else f"{name} was disabled already", {"changed": changed}, as_json)


@endpoints.command()
@click.argument("name")
@json_option
def enable(name: str, as_json: bool) -> None:
    """Send to NAME again, at once: what waited is due now.

    What others were sent meanwhile comes with `tideline deliveries recover --endpoint NAME --since TIME`.
    """
    from alerts.delivery.loop import utc_now
    from storage.database import transaction
    from storage.endpoints import enable_endpoint

    _, engine = _opened()
    with transaction(engine) as connection:
        enable_endpoint(connection, name, utc_now())
    _say(f"{name} is enabled", {"changed": True}, as_json)


@endpoints.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Also when messages wait for it, which are then not delivered.")
@json_option
def remove(name: str, yes: bool, as_json: bool) -> None:
    """Forget NAME with its secrets and its deliveries."""
    from storage.database import transaction
    from storage.delivery_log import loads
    from storage.endpoints import remove_endpoint
    from stream.errors import StreamError

    _, engine = _opened()
    with transaction(engine) as connection:
        lying = loads(connection).get(name)
        if lying and lying.pending and not yes:
            raise StreamError(f"{lying.pending:,} messages wait for {name}: say --yes if they are not to be delivered")
        remove_endpoint(connection, name)
    _say(f"removed {name}", {"removed": name}, as_json)


def _opened() -> tuple[Settings, Any]:
    from stream.wiring import open_engine

    settings = read_settings().require_database()
    return settings, open_engine(settings)


def _say(said: str, found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        click.echo(said)
