"""How endpoints stand, for `tideline endpoints list` and `tideline status`. Of the address only the host is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click
from sqlalchemy import Connection

from storage.delivery_log import Load, loads
from storage.endpoints import list_endpoints


def endpoint_rows(connection: Connection) -> list[dict[str, Any]]:
    """Each endpoint with what lies with it, as plain values."""
    lying = loads(connection)
    return [_row(asdict(endpoint), lying.get(endpoint.name)) for endpoint in list_endpoints(connection)]


def tell_endpoints(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        click.echo(f"  {endpoint_line(row)}")


def endpoint_line(row: Mapping[str, Any]) -> str:
    """One endpoint for a person to read."""
    last = f"{row['last_success_at']:%Y-%m-%d %H:%M} UTC" if row["last_success_at"] else "never"
    return (
        f"{row['name']:<16} {row['host']:<28} {row['format']:<12} {_state(row)}; {row['pending']:,} waiting, "
        f"{row['failed']:,} given up, last taken {last}"
    )


def _state(row: Mapping[str, Any]) -> str:
    if not row["enabled"]:
        return f"DISABLED ({row['disabled_why']})"
    if row["failures"]:
        return f"FAILING since {row['failing_since']:%Y-%m-%d %H:%M} UTC, {row['failures']} in a row"
    return "enabled"


def _row(endpoint: dict[str, Any], lying: Load | None) -> dict[str, Any]:
    counts = {"pending": lying.pending if lying else 0, "failed": lying.failed if lying else 0}
    return {name: value for name, value in endpoint.items() if name != "url"} | counts
