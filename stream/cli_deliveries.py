"""`tideline deliveries`."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from stream.durations import Moment
from stream.output import json_option, print_json
from stream.settings import read_settings

if TYPE_CHECKING:
    from storage.endpoints import StoredEndpoint

STATES = ("pending", "delivered", "failed")


@click.group()
def deliveries() -> None:
    """What was sent to whom, how it went, and sending it again.

    \b
    Examples:
      tideline deliveries list --state failed
      tideline deliveries recover --endpoint desk --since 2d
    """


@deliveries.command("list")
@click.option("--endpoint", help="Only to this one.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state; failed: given up.")
@click.option("--since", type=Moment(), help="Only from this time on (UTC), or so long ago, as in 24h.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many.")
@click.option("--attempts", is_flag=True, help="With every attempt: status, milliseconds, what was answered.")
@json_option
def list_(
    endpoint: str | None, state: str | None, since: datetime | None, limit: int, attempts: bool, as_json: bool
) -> None:
    """List deliveries, the newest first.

    \b
    Examples:
      tideline deliveries list --endpoint desk --since 24h --attempts
      tideline deliveries list --state failed --json
    """
    from storage.database import transaction
    from storage.delivery_log import attempts_of, list_deliveries
    from storage.endpoints import find_endpoint

    with transaction(_engine()) as connection:
        if endpoint:
            find_endpoint(connection, endpoint)
        found = list_deliveries(connection, endpoint, state, since, limit)
        log = attempts_of(connection, [each.id for each in found]) if attempts or as_json else {}
    rows = [asdict(each) | {"log": [asdict(one) for one in log.get(each.id, [])]} for each in found]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        _tell(row)
    if not rows:
        click.echo("no such deliveries")


@deliveries.command()
@click.argument("id_", metavar="ID", type=click.IntRange(1))
@json_option
def resend(id_: int, as_json: bool) -> None:
    """Send delivery ID again, whatever became of it. A receiver that has it already counts it once."""
    from alerts.delivery.loop import utc_now
    from storage.database import transaction
    from storage.delivery_log import resend as again
    from storage.endpoints import find_endpoint

    with transaction(_engine()) as connection:
        found = again(connection, id_, utc_now())
        endpoint = find_endpoint(connection, found.endpoint)
    if as_json:
        print_json({"id": found.id, "endpoint": found.endpoint})
    else:
        click.echo(f"delivery {found.id} to {found.endpoint} is queued again; {_sender(endpoint)}")


@deliveries.command()
@click.option("--endpoint", required=True, help="Whose deliveries.")
@click.option("--since", type=Moment(), required=True, help="From this time on (UTC), or so long ago, as in 2d.")
@json_option
def recover(endpoint: str, since: datetime, as_json: bool) -> None:
    """Queue again what an endpoint should have had: what was given up, and what others got while it was disabled."""
    from alerts.delivery.loop import utc_now
    from storage.database import transaction
    from storage.delivery_log import recover as again
    from storage.endpoints import find_endpoint

    with transaction(_engine()) as connection:
        stored = find_endpoint(connection, endpoint)
        failed, missed = again(connection, endpoint, since, utc_now())
    if as_json:
        print_json({"failed": failed, "missed": missed})
    else:
        counts = f"{failed:,} that were given up, {missed:,} that it never got"
        click.echo(f"queued again for {endpoint}: {counts}; {_sender(stored)}")


def _sender(endpoint: "StoredEndpoint") -> str:
    if endpoint.enabled:
        return "`tideline deliver` sends it"
    return f"it waits until `tideline endpoints enable {endpoint.name}`"


def _tell(row: dict[str, Any]) -> None:
    last = f", {row['last_error'] or 'HTTP ' + str(row['last_status'])}" if row["attempts"] else ""
    click.echo(
        f"{row['id']:<8} {row['created_at']:%Y-%m-%d %H:%M:%S} {row['endpoint']:<16} {row['kind']:<18} "
        f"{row['state']:<9} attempts {row['attempts']}{last}"
    )
    for one in row["log"]:
        click.echo(f"         {one['at']:%Y-%m-%d %H:%M:%S} after {one['milliseconds']:,} ms: {one['said']}")


def _engine() -> Any:
    from stream.wiring import open_engine

    return open_engine(read_settings().require_database())
