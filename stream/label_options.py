"""What the commands of `tideline label` share."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from storage.label_words import LONGEST_REASON
from stream.settings import Settings, read_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


def at_most(longest: int) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A check of an option: so many characters."""

    def checked(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
        if value and len(value) > longest:
            raise click.BadParameter(f"it has {len(value)} characters; {longest} at most")
        return value or None

    return checked


as_option = click.option(
    "--as",
    "name",
    metavar="NAME",
    help="The pseudonym you label under.  [default: TIDELINE_MODERATOR, else your login name]",
)
reason_option = click.option(
    "--reason", metavar="TEXT", callback=at_most(LONGEST_REASON), help="Why. Never paste what somebody posted."
)
consent_option = click.option(
    "--consent/--no-consent",
    default=None,
    help="Whether the words may be kept and learned from.  [default: TIDELINE_LABEL_CONSENT]",
)


def labeller(name: str | None, settings: Settings) -> str:
    """Who labels."""
    from stream.desk import moderator

    return moderator(name, settings)


def keep_of(settings: Settings) -> timedelta:
    """How long the words of labelled posts are kept."""
    return timedelta(days=settings.label_text_days)


def agreed(consent: bool | None, settings: Settings) -> bool:
    return settings.label_consent if consent is None else consent


def open_labels() -> "Engine":
    """The database of the settings, which must be of this version."""
    from storage.migrate import require_newest
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    require_newest(engine)
    return engine
