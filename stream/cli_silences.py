"""`tideline alerts silence | silences | unsilence`."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from stream.case_options import at_desk, by_option
from stream.durations import Duration
from stream.errors import StreamError
from stream.output import json_option, print_json
from stream.replay_options import Moment
from stream.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.silences import Silence


@click.command()
@click.argument("given", metavar="[ID]", required=False)
@click.option("--person", metavar="PSEUDONYM", help="Be silent about this person.")
@click.option("--channel", metavar="NAME", help="Be silent about this channel.")
@click.option(
    "--rule", metavar="NAME", help="Be silent about this rule; with a person or channel, about both together."
)
@click.option("--every-rule", is_flag=True, help="With ID: about every rule, not only that of the case.")
@click.option("--for", "lasting", type=Duration(), help="How long: 90m, 12h, 7d. 90 days at most.")
@click.option("--until", type=Moment(), help="Or until when.")
@click.option("--reason", required=True, help="Why, for others to see. Never paste what somebody posted.")
@by_option
@json_option
def silence(
    given: str | None,
    person: str | None,
    channel: str | None,
    rule: str | None,
    every_rule: bool,
    lasting: timedelta | None,
    until: datetime | None,
    reason: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Tell nobody of some alerts for a while.

    About a person, a channel, a rule, or a rule of one of them.

    With the ID of a case it is about that case's subject and rule. Alerts are stored all the same, as silenced; a
    case that they alone would open is closed at once as silenced. To acknowledge one alert, claim its case.

    \b
    Examples:
      tideline alerts silence 3f2a --for 7d --reason "in touch with them"
      tideline alerts silence --channel football --rule anger-spike-channel --for 6h --reason "cup final"
      tideline alerts silence --rule sadness-level --until 2025-07-01 --reason "threshold under review"
    """
    from storage.silences import NewSilence, add_silence
    from stream.desk import moderator

    if (lasting is None) == (until is None):
        raise click.UsageError("say how long: --for 7d, or --until 2025-07-01")
    now, who = datetime.now(UTC), moderator(by, read_settings())
    with at_desk() as connection:
        about = _about(connection, given, every_rule, _subject(person, channel), rule)
        new = NewSilence(who, reason, until or now + lasting, **about)  # type: ignore[operator]
        number = add_silence(connection, new, now)
    if as_json:
        print_json({"id": number, "created_at": now, **asdict(new)})
    else:
        click.echo(f"silence {number} until {new.expires_at:%Y-%m-%d %H:%M} UTC: {_shown(new.rule, new.subject)}")


@click.command()
@click.option("--all", "ended", is_flag=True, help="Also those that ended or were removed.")
@json_option
def silences(ended: bool, as_json: bool) -> None:
    """List the silences in force.

    With who made them, why, and how many alerts they kept back.
    """
    from storage.silences import list_silences

    with at_desk() as connection:
        found = list_silences(connection, datetime.now(UTC), ended=ended)
    if as_json:
        print_json({"silences": [asdict(each) for each in found]})
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("no silence is in force")


@click.command()
@click.argument("number", metavar="NUMBER", type=click.IntRange(min=1, max=2**62))
@by_option
@json_option
def unsilence(number: int, by: str | None, as_json: bool) -> None:
    """End a silence before its time. What it kept back stays kept back.

    \b
    Example:
      tideline alerts unsilence 12
    """
    from storage.silences import remove_silence
    from stream.desk import moderator

    who = moderator(by, read_settings())
    with at_desk() as connection:
        remove_silence(connection, number, who, datetime.now(UTC))
    if as_json:
        print_json({"id": number, "removed_by": who})
    else:
        click.echo(f"silence {number} is removed")


SILENCES = (silence, silences, unsilence)


def _subject(person: str | None, channel: str | None) -> tuple[str, str] | None:
    from stream.case_options import pseudonym_of

    if person and channel:
        raise click.UsageError("name a person or a channel, not both")
    if person:
        return "person", pseudonym_of(person)
    return ("channel", channel) if channel else None


def _about(
    connection: "Connection", given: str | None, every_rule: bool, subject: tuple[str, str] | None, rule: str | None
) -> dict[str, str | None]:
    if given is None:
        if every_rule:
            raise click.UsageError("--every-rule goes with the ID of a case: leave it out")
        _require_rule(connection, rule)
        kind, name = subject or (None, None)
        return {"rule": rule, "subject_kind": kind, "subject": name}
    if subject or rule:
        raise click.UsageError("a case says whom and which rule it is about: leave out --person, --channel and --rule")
    from storage.cases import read_case
    from stream.case_ids import find_case

    case = read_case(connection, find_case(connection, given))
    return {"rule": None if every_rule else case.rule, "subject_kind": case.subject_kind, "subject": case.subject}


def _require_rule(connection: "Connection", rule: str | None) -> None:
    """A silence about a misspelt rule would be silent about nothing."""
    from alerts.rules import load_rules
    from storage.overview import count_alerts

    known = {each.options.name for each in load_rules(read_settings().rules).all} | set(count_alerts(connection))
    if rule is not None and rule not in known:
        raise StreamError(f"there is no rule {rule!r}: use one of {', '.join(sorted(known))}")


def _line(each: "Silence") -> str:
    from stream.case_lines import moment, plain

    end = f"removed by {plain(each.removed_by)}" if each.removed_by else f"until {moment(each.expires_at)}"
    about = _shown(each.rule, each.subject)
    return f"{each.id:>4}  {end}  {about}  ({plain(each.author)}: {plain(each.reason)}; kept back {each.alerts:,})"


def _shown(rule: str | None, subject: str | None) -> str:
    from stream.case_lines import plain

    return " about ".join(filter(None, [rule or "every rule", subject and plain(subject)]))
