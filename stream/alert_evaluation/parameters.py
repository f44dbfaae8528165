"""What options of `tideline evaluate-alerts` look like: lists between commas, and shares by name."""

from __future__ import annotations

from typing import Any

import click

from alerts.composed.tracks import TRACKS
from models.labels import EMOTIONS


class Numbers(click.ParamType):
    """Whole numbers between commas."""

    name = "N,N,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        try:
            found = value if isinstance(value, tuple) else tuple(dict.fromkeys(int(part) for part in value.split(",")))
        except ValueError:
            self.fail("give whole numbers between commas, such as 1,2,3", param, ctx)
        if min(found) < 0:
            self.fail("a seed cannot be negative", param, ctx)
        return found


class Tracks(click.ParamType):
    """Names of tracks between commas."""

    name = "NAME,NAME,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        found = value if isinstance(value, tuple) else tuple(dict.fromkeys(part.strip() for part in value.split(",")))
        if unknown := [track for track in found if track not in TRACKS]:
            self.fail(f"there is no track {unknown[0]!r}; use some of {', '.join(TRACKS)}", param, ctx)
        return found


class Mix(click.ParamType):
    """Shares by name: `neutral=.5,joy=.3,sadness=.2`; those not named are 0, and all together are made 1."""

    name = "EMOTION=SHARE,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            said = {name.strip(): float(share) for name, share in (part.split("=") for part in value.split(","))}
        except ValueError:
            self.fail("give emotions with their shares, such as neutral=.5,joy=.3,sadness=.2", param, ctx)
        if unknown := set(said) - set(EMOTIONS):
            self.fail(f"there is no emotion {min(unknown)!r}; use some of {', '.join(EMOTIONS)}", param, ctx)
        if min(said.values()) < 0 or not sum(said.values()) > 0:
            self.fail("shares cannot be negative, nor all be 0", param, ctx)
        return tuple(round(said.get(emotion, 0.0) / sum(said.values()), 9) for emotion in EMOTIONS)


class Setting(click.ParamType):
    """`NAME=NUMBER`, or `NAME=FROM:TO` for a number that is drawn between two."""

    name = "NAME=NUMBER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, list[float]]:
        name, _, numbers = value.partition("=")
        try:
            return name.strip().replace("-", "_"), [float(number) for number in numbers.split(":")]
        except ValueError:
            self.fail("give a name and a number, such as spikes=4, or a range, such as spike-volume=2:5", param, ctx)
