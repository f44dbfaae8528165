"""`tideline status` and `tideline series`."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from models.labels import EMOTIONS
from stream.output import json_option, print_json, print_lines
from stream.settings import Settings, read_settings

CODE = re.compile("[a-z]{2,3}")


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Tell what was stored, what waits, what was set aside and raised, and how far behind the worker is.

    Also which workers live and which rules and models each runs, with a warning where they differ.
    """
    from stream.endpoints_shown import tell_endpoints
    from stream.workers_shown import tell_workers

    found = read_status()
    if as_json:
        print_json(found)
        return
    for part in ("points", "languages", "dead_letters", "alerts", "outbox", "cases", "waiting", "models"):
        click.echo(part.replace("_", " "))
        print_lines(found[part] or {"none": ""})
    click.echo(f"  in use: {found['model']}")
    for language, version in found["routes"].items():
        click.echo(f"  {language} goes to {version}")
    click.echo("endpoints")
    tell_endpoints(found["endpoints"])
    click.echo("partitions")
    for row in found["partitions"]:
        newest = row["newest"].isoformat() if row["newest"] else "nothing yet"
        behind = "unknown" if row["behind"] is None else f"{row['behind']:,} messages behind"
        click.echo(f"  {row['partition']:<3} event time {newest}, {behind}")
    click.echo(f"rules in use: {found['rules']}")
    tell_workers(found["workers"])
    points = found["points"]
    if points["points"] > 100 and points["late"] > points["points"] / 2:
        click.echo(
            "Most posts came late: they are older than what the stream had already seen, so no rule looked at "
            "them. Replay older history into a database of its own."
        )


def read_status() -> dict[str, Any]:
    """Everything `status` knows, as plain values."""
    from storage import overview
    from storage.dead_letters import count_dead_letters
    from stream.endpoints_shown import endpoint_rows
    from stream.log_ends import end_offsets
    from stream.stored import snapshot
    from stream.wiring import open_engine
    from stream.workers_shown import workers_of

    settings = read_settings()
    with snapshot(open_engine(settings)) as connection:
        found: dict[str, Any] = {
            "points": overview.count_points(connection),
            "languages": shown_languages(overview.count_languages(connection)),
            "dead_letters": count_dead_letters(connection),
            "alerts": overview.count_alerts(connection),
            "outbox": overview.count_outbox(connection),
            "cases": overview.count_cases(connection),
            "waiting": overview.count_waiting(connection),
            "endpoints": endpoint_rows(connection),
            "models": overview.count_versions(connection),
            "model": _model_in_use(settings),
            "routes": _routes(settings),
            "rules": _rules_in_use(settings),
        }
        found["workers"] = workers_of(connection).as_dict(found["rules"])
        watermarks = overview.read_watermarks(connection, settings.posts_topic)
    ends = end_offsets(settings.kafka, settings.posts_topic)
    found["partitions"] = [
        {"partition": p, "newest": newest, "behind": max(ends[p] - offset, 0) if p in ends else None}
        for p, newest, offset in watermarks
    ]
    return found


def _model_in_use(settings: Settings) -> str:
    """What a worker that starts now would score with."""
    from models.errors import ModelError
    from models.load import version_of

    try:
        return version_of(settings.model, settings.models_folder)
    except ModelError as error:
        return f"none: {error}"


def _rules_in_use(settings: Settings) -> str | None:
    """The version that a worker would start with now; none where the file is refused, which `rules check` tells."""
    from alerts.errors import RulesInvalid
    from alerts.rules import load_rules

    try:
        return load_rules(settings.rules).version
    except RulesInvalid:
        return None


def _routes(settings: Settings) -> dict[str, str]:
    """The version that would score each language; nothing where the settings are refused, which `doctor` tells."""
    from models.errors import ModelError
    from stream.errors import SettingsInvalid
    from stream.routes import versions_by_language

    try:
        return versions_by_language(settings)
    except (ModelError, SettingsInvalid):
        return {}


def shown_languages(counts: Mapping[str | None, int], most: int = 8) -> dict[str, int]:
    """The commonest, and all others together.

    >>> shown_languages({"en": 90, "ko": 50, None: 3, "x" * 16: 2, "es": 1}, most=2)
    {'en': 90, 'ko': 50, 'no text': 3, 'other': 3}
    """
    codes = [language for language in counts if language and CODE.fullmatch(language)][:most]
    shown = {language: counts[language] for language in codes}
    if None in counts:
        shown["no text"] = counts[None]
    rest = sum(counts.values()) - sum(shown.values())
    return shown | ({"other": rest} if rest else {})


@click.command()
@click.argument("person")
@click.option("--step", type=click.Choice(["hour", "day"]), default="day", show_default=True, help="Width of a line.")
@click.option("--since", type=click.DateTime(), help="Only from this time on (UTC).")
@json_option
def series(person: str, step: str, since: datetime | None, as_json: bool) -> None:
    """Print a PERSON's emotion series, by pseudonym: posts and mean scores by day or hour."""
    import uuid
    from datetime import UTC

    from storage.database import transaction
    from storage.series import person_series
    from stream.errors import StreamError
    from stream.wiring import open_engine

    try:
        person = str(uuid.UUID(person))
    except ValueError as error:
        raise StreamError(
            "a person is named by a pseudonym: alerts carry it, `tideline people pseudonym` makes it"
        ) from error
    with transaction(open_engine(read_settings())) as connection:
        rows = person_series(connection, person, step, since.replace(tzinfo=UTC) if since else None)  # type: ignore[arg-type]
    if as_json:
        print_json([{"start": r.start, "posts": r.posts} | dict(zip(EMOTIONS, r.means, strict=True)) for r in rows])
        return
    click.echo(f"{'start':<17}{'posts':>6}  " + "".join(f"{name:>9}" for name in EMOTIONS))
    for row in rows:
        click.echo(f"{row.start:%Y-%m-%d %H:%M} {row.posts:>6}  " + "".join(f"{mean:>9.3f}" for mean in row.means))
    if not rows:
        click.echo("no scored posts of this person")
