"""Lengths of time and moments, as people type them."""

import re
from datetime import UTC, datetime, timedelta

import click

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Duration(click.ParamType):
    """`90s`, `30m`, `24h`, `2d`.

    >>> Duration().convert("24h", None, None)
    datetime.timedelta(days=1)
    """

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,6})([smhd])", str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not a length of time: write 90s, 30m, 24h or 2d", param, ctx)
        return timedelta(**{UNITS[found[2]]: int(found[1])})


class Moment(click.ParamType):
    """A date and time, UTC unless it says otherwise, or how long ago: `2024-05-01T12:00` or `24h`.

    >>> Moment().convert("2024-05-01", None, None)
    datetime.datetime(2024, 5, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        if re.fullmatch(r"\d{1,6}[smhd]", str(value).strip()):
            return datetime.now(UTC) - Duration().convert(value, param, ctx)
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is no time: write 2024-05-01T12:00, or 24h for a day ago", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
