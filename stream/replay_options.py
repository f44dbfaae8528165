"""The options that say what files mean, shared by `tideline replay` and `tideline verify`.

Both must be given the same ones: they decide which messages the files become.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from stream.errors import FileUnreadable
from stream.mapping import Mapping
from stream.posts import clean
from stream.rows import FIRST_TIME
from stream.sequence import ReplayOptions, Sort
from stream.settings import Settings
from stream.times import read_time

F = TypeVar("F", bound=Callable[..., Any])


class Moment(click.ParamType):
    """A time on the command line: ISO 8601; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return read_time(value)
        except ValueError:
            self.fail(f"{value!r} is not a time: write it like 2009-04-06 or 2009-04-06T22:19:45Z", param, ctx)


class Speed(click.ParamType):
    """How many times faster than life; `max` does not wait at all."""

    name = "speed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        if value == "max":
            return 0.0
        try:
            speed = float(value)
        except ValueError:
            speed = 0.0
        if not 0 < speed < math.inf:
            self.fail(
                f"{value!r} is not a speed: write max, or a number such as 60 (an hour in a minute)",
                param,
                ctx,
            )
        return speed


_OPTIONS = [
    click.option(
        "--map",
        "mapping",
        metavar="FIELD=COLUMN,…",
        help="Which column is what: text=…,user=…,time=…,id=…,channel=…,language=…; names (dotted for nested "
        "JSON) or 1-based numbers. Only text is needed.",
    ),
    click.option(
        "--source",
        default="",
        metavar="NAME",
        help="Where the posts are from. [default: twitter for tweets, else file]",
    ),
    click.option(
        "--channel",
        default="",
        metavar="NAME",
        help="The community of posts for which the file names none.",
    ),
    click.option("--from", "since", type=Moment(), help="Leave out posts before this time."),
    click.option("--to", "until", type=Moment(), help="Leave out posts at or after this time."),
    click.option("--limit", type=click.IntRange(min=0), help="At most this many posts, the earliest."),
    click.option(
        "--sort/--no-sort",
        "sort",
        default=None,
        help="Sort by time, on disk where memory would not do. [default: when a file is out of order by more "
        "than the lateness allowance; never for stdin]",
    ),
    click.option(
        "--start",
        type=Moment(),
        default=FIRST_TIME.isoformat(),
        show_default=True,
        help="The first time filled in when the file has none.",
    ),
    click.option(
        "--step",
        type=click.FloatRange(min=0, max=86400.0 * 365),
        default=1.0,
        show_default=True,
        metavar="SECONDS",
        help="The gap between times filled in.",
    ),
    click.option(
        "--close/--no-close",
        default=True,
        help="End with a tick that closes every open hour. [default: close] Use --no-close when more of the "
        "same period will follow.",
    ),
]


def file_options(command: F) -> F:
    """Add the options that decide what files mean; they arrive under the names `build_options` takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def build_options(
    settings: Settings,
    *,
    mapping: str | None = None,
    source: str = "",
    channel: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
    sort: bool | None = None,
    start: datetime = FIRST_TIME,
    step: float = 1.0,
    close: bool = True,
    speed: float = 0.0,
    rate: float = 0.0,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ReplayOptions:
    """What the command line and the settings say, as one value."""
    if since and until and since >= until:
        raise FileUnreadable("--from lies after --to, so no post could be between them: exchange them")
    how: Sort = "auto" if sort is None else "always" if sort else "never"
    return ReplayOptions(
        mapping=Mapping.parse(mapping) if mapping else None,
        source=clean(source),
        channel=clean(channel),
        start=start,
        step=timedelta(seconds=step),
        since=since,
        until=until,
        limit=limit,
        sort=how,
        lateness=timedelta(minutes=settings.lateness_minutes),
        close=close,
        not_after=now() + timedelta(minutes=settings.future_minutes),
        speed=speed,
        rate=rate,
    )
