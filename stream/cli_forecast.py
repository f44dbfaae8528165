"""`tideline forecast`: what the next day and week may bring, for one subject or for all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from models.labels import EMOTIONS
from stream.output import json_option, print_json
from stream.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from stream.forecasting import Known

FIRST, LAST = date(1971, 1, 1), date(9998, 12, 31)


@click.command()
@click.argument("person", required=False)
@click.option("--channel", metavar="NAME", help="Forecast a channel instead of a person.")
@click.option("--all", "everybody", is_flag=True, help="Every channel and every person with a recent post.")
@click.option("--store", is_flag=True, help="Keep the forecast in the database, for dashboards.")
@click.option("--emotion", "emotions", multiple=True, type=click.Choice(EMOTIONS), help="Only this.  [default: all]")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Forecast from this day on (UTC), from the posts before it.  [default: the day after the newest post]",
)
@click.option(
    "--active-days", type=click.IntRange(1, 180), default=28, show_default=True, help="With --all: what is recent."
)
@json_option
def forecast(
    person: str | None,
    channel: str | None,
    everybody: bool,
    store: bool,
    emotions: tuple[str, ...],
    until: datetime | None,
    active_days: int,
    as_json: bool,
) -> None:
    """Forecast the mean scores of a PERSON (by pseudonym) or a channel: the next day and the next week.

    Each number comes with the intervals in which such means lie 80 and 95 times in 100. A person of whom too little
    is known gets a sentence and no number. It is a forecast, shown to people: no rule reads it, nothing is sent, and
    it is no diagnosis.

    --all goes through everybody, a thousand at a time. With --store it keeps the newest forecast of each and drops
    those of subjects that fell silent; run again, it changes nothing. Without --store it only counts.

    \b
    Examples:
      tideline forecast 8f14e45f-ceea-467f-ab41-1d2c3e4f5a6b
      tideline forecast 8f14e45f-ceea-467f-ab41-1d2c3e4f5a6b --emotion sadness --json
      tideline forecast --channel night-trains --until 2025-05-01
      tideline forecast --all --store          (daily, from cron)
    """
    if [person is not None, channel is not None, everybody].count(True) != 1:
        raise click.UsageError("name a PERSON by pseudonym, or a --channel, or say --all.")
    if everybody and emotions:
        raise click.UsageError("--emotion is for one subject: --all goes through every emotion.")
    day = _day(until)
    if everybody:
        _tell_all(day, active_days, store, as_json)
        return
    kind, subject = ("person", _pseudonym(person)) if person is not None else ("channel", channel or "")
    _tell_one(kind, subject, day, store, emotions or EMOTIONS, as_json)


def _day(until: datetime | None) -> date | None:
    day = until.date() if until else None
    if day and not FIRST <= day <= LAST:
        raise click.BadParameter(f"{day} is out of range: name a day from {FIRST} to {LAST}.", param_hint="--until")
    return day


def _pseudonym(person: str) -> str:
    import uuid

    from stream.errors import StreamError

    try:
        return str(uuid.UUID(person))
    except ValueError as error:
        raise StreamError(
            "a person is named by a pseudonym: alerts carry it, `tideline people pseudonym` makes it"
        ) from error


def _engine() -> Engine:
    from storage.migrate import require_newest
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    require_newest(engine)
    return engine


def _today() -> date:
    return datetime.now(UTC).date()


# --- one ----------------------------------------------------------------------------------------------------


def _tell_one(kind: str, subject: str, until: date | None, store: bool, emotions: Sequence[str], as_json: bool) -> None:
    from stream.forecast_words import page, record

    known = _known(kind, subject, until, store)
    if as_json:
        print_json(record(known, emotions, store and known.why is None))
        return
    click.echo("\n".join(page(known, emotions)))


def _known(kind: str, subject: str, until: date | None, store: bool) -> Known:
    from storage.database import transaction
    from storage.forecasts import forget_forecasts, save_forecasts
    from storage.people import opted_out
    from stream.errors import StreamError
    from stream.forecasting import first_day, know

    engine = _engine()
    with transaction(engine) as connection:
        if kind == "person" and opted_out(connection, [subject]):
            raise StreamError(f"the person {subject} asked not to be read: nothing of theirs is kept or forecast")
        known = know(connection, kind, subject, first_day(connection, until, _today()))
        if store and known.why is None:
            save_forecasts(connection, known.rows())
        elif store:
            forget_forecasts(connection, kind, subject, known.day)
    engine.dispose()
    return known


# --- everybody ----------------------------------------------------------------------------------------------


def _tell_all(until: date | None, active_days: int, store: bool, as_json: bool) -> None:
    found = _pass_over_all(until, active_days, store)
    if as_json:
        print_json(found)
        return
    for kind in ("channel", "person"):
        counts = found[f"{kind}s"]
        click.echo(
            f"{kind}s: {counts['foreseen']:,} forecast from {found['from_day']} on, {counts['too_little']:,} with too "
            f"little behind them, {counts['silent']:,} silent; {counts['posts']:,} posts read"
        )
    kept = "The newest forecasts are stored." if store else "Nothing was stored: add --store to keep them."
    click.echo(f"{kept} They are forecasts: no rule reads them and nothing was sent.")


def _pass_over_all(until: date | None, active_days: int, store: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from alerts.forecast.snapshot import load_snapshot
    from storage.daily import count_recent
    from storage.database import transaction
    from stream.forecasting import first_day, refresh
    from stream.progress import progress_bar

    engine = _engine()
    with transaction(engine) as connection:
        day = first_day(connection, until, _today())
        since = day - timedelta(days=active_days)
        totals = {kind: count_recent(connection, kind, since, day) for kind in ("channel", "person")}
    found: dict[str, Any] = {"from_day": day, "stored": store, "version": load_snapshot().version}
    for kind, total in totals.items():
        with progress_bar(f"{kind}s", total, f" {kind}s") as progress:
            found[f"{kind}s"] = asdict(refresh(engine, kind, day, active_days, progress, store))
    engine.dispose()
    return found
