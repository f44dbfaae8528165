"""What commands print: JSON for scripts, aligned lines for people."""

from collections.abc import Mapping
from typing import Any

import click
import orjson

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")


def print_json(value: Any) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())


def print_lines(values: Mapping[str, Any]) -> None:
    """Names and values in two columns."""
    width = max((len(name) for name in values), default=0)
    for name, value in values.items():
        click.echo(f"  {name:<{width}}  {_shown(value)}")


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
