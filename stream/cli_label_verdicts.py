"""`tideline label alert | post`: a verdict about one alert or one post."""

import uuid
from datetime import UTC, datetime

import click

from models.labels import EMOTIONS
from storage.label_words import VERDICTS
from stream.label_options import agreed, as_option, consent_option, keep_of, labeller, open_labels, reason_option
from stream.output import json_option, print_json
from stream.settings import read_settings

_VERDICT = click.Choice(VERDICTS)
_EMOTION = click.Choice(EMOTIONS)


@click.command()
@click.argument("given", metavar="ID")
@click.argument("verdict", type=_VERDICT)
@click.option("--emotion", type=_EMOTION, help="What it was instead.")
@reason_option
@as_option
@json_option
def alert(given: str, verdict: str, emotion: str | None, reason: str | None, name: str | None, as_json: bool) -> None:
    """Say whether an alert was right.

    ID is the beginning of an alert's id. Closing a case as helped or false-alarm says so of its alerts by itself:
    see `tideline alerts close`.

    \b
    Examples:
      tideline label alert 3f2a right
      tideline label alert 3f2a wrong --reason "quotes song lyrics every day"
    """
    from storage.database import transaction
    from storage.labels import AlertVerdict
    from stream.case_ids import find_named
    from stream.labelling.recording import store_alert_verdict

    who, engine = labeller(name, read_settings()), open_labels()
    with transaction(engine) as connection:
        alert_id = find_named(connection, given).alert_id
        made = AlertVerdict(alert_id, verdict, who, datetime.now(UTC), emotion, reason)
        store_alert_verdict(connection, made)
    engine.dispose()
    if as_json:
        print_json({"alert": alert_id, "verdict": verdict, "labeller": who})
    else:
        click.echo(f"alert {alert_id[:8]} is {verdict}, says {who}")


@click.command()
@click.argument("key")
@click.argument("answer", type=click.Choice([*EMOTIONS, *VERDICTS]))
@reason_option
@as_option
@consent_option
@json_option
def post(key: str, answer: str, reason: str | None, name: str | None, consent: bool | None, as_json: bool) -> None:
    """Say what one post shows, or whether the model is right about it.

    KEY is the post's key, as `tideline alerts show` names it.

    \b
    Examples:
      tideline label post 5b1c…-…-…-…-…a9 fear --reason "quotes a film"
      tideline label post 5b1c…-…-…-…-…a9 right
    """
    from stream.labelling.recording import Answer, record_verdict

    settings, engine = read_settings(), open_labels()
    given = Answer(
        labeller(name, settings),
        answer if answer in VERDICTS else None,
        answer if answer in EMOTIONS else None,
        reason,
        queue="desk",
        provenance="label post",
        consent=agreed(consent, settings),
    )
    stored = record_verdict(engine, _key(key), given, keep=keep_of(settings))
    engine.dispose()
    if as_json:
        print_json({"key": stored.verdict.key, "verdict": stored.verdict.verdict, "emotion": stored.verdict.emotion})
    else:
        beside = f"; the model says {stored.verdict.shown}" if stored.verdict.verdict == "wrong" else ""
        click.echo(f"post {stored.verdict.key[:8]}: {stored.verdict.emotion or stored.verdict.verdict}{beside}")


def _key(given: str) -> str:
    try:
        return str(uuid.UUID(given))
    except ValueError as error:
        raise click.BadParameter(
            "a key is a UUID: `tideline alerts show` names the posts of an alert by theirs"
        ) from error
