"""`tideline alerts claim | close | release | reopen | escalate`."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from storage.case_words import IMPLIED, REASONS
from storage.label_words import VERDICTS
from stream.case_options import at_desk, by_option, force_option, id_argument, note_option
from stream.output import json_option, print_json
from stream.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.cases import Case


@click.command()
@id_argument
@by_option
@force_option
@json_option
def claim(given: str, by: str | None, force: bool, as_json: bool) -> None:
    """Take a case, so that nobody else works on it.

    This is how an alert is acknowledged. Of two who claim at once one gets it and the other is told who.
    --force takes a case over from somebody.

    \b
    Examples:
      tideline alerts claim 3f2a
      tideline alerts claim 3f2a --by mia
    """
    from storage import case_moves

    who = _who(by)
    with at_desk() as connection:
        case = case_moves.claim(connection, _find(connection, given), who, datetime.now(UTC), force=force)
    _tell(case, f"yours, {who}", as_json)


@click.command()
@id_argument
@click.option("--reason", type=click.Choice(REASONS), required=True, help="How it ended.")
@click.option(
    "--verdict",
    type=click.Choice([*VERDICTS, "none"]),
    help="Whether its alerts were right.  [default: right if helped, wrong if false-alarm, else none]",
)
@note_option
@by_option
@force_option
@json_option
def close(
    given: str, reason: str, verdict: str | None, note: str | None, by: str | None, force: bool, as_json: bool
) -> None:
    """End a case, and say how.

    One that nobody has claimed may be closed at once; somebody else's only with --force. How it ended is a verdict
    about its alerts too, stored with it: precision is counted from those, and `tideline label alert` corrects one.

    \b
    Examples:
      tideline alerts close 3f2a --reason helped
      tideline alerts close 3f2a --reason false-alarm --note "quotes song lyrics every day"
      tideline alerts close 3f2a --reason other --verdict unsure
    """
    from storage import case_moves
    from storage.case_verdicts import judge_case

    who, now = _who(by), datetime.now(UTC)
    judged = verdict or IMPLIED.get(reason, "none")
    with at_desk() as connection:
        case_id = _find(connection, given)
        case = case_moves.close(connection, case_id, who, now, reason, said=note, force=force)
        if judged != "none":
            judge_case(connection, case_id, judged, who, now, f"closed: {reason}")
    _tell(case, f"closed: {reason}" + ("" if judged == "none" else f"; its alerts were {judged}"), as_json)


@click.command()
@id_argument
@note_option
@by_option
@force_option
@json_option
def release(given: str, note: str | None, by: str | None, force: bool, as_json: bool) -> None:
    """Give a claimed case back.

    It is open for others, and waits anew before it escalates.

    \b
    Example:
      tideline alerts release 3f2a --note "end of my shift"
    """
    from storage import case_moves

    who = _who(by)
    with at_desk() as connection:
        case_id = _find(connection, given)
        case = case_moves.release(connection, case_id, who, datetime.now(UTC), said=note, force=force)
    _tell(case, "open again", as_json)


@click.command()
@id_argument
@note_option
@by_option
@json_option
def reopen(given: str, note: str | None, by: str | None, as_json: bool) -> None:
    """Take up a closed case again.

    Refused where a newer case of the same rule and subject stands.

    \b
    Example:
      tideline alerts reopen 3f2a --note "they wrote again"
    """
    from storage import case_moves

    who = _who(by)
    with at_desk() as connection:
        case = case_moves.reopen(connection, _find(connection, given), who, datetime.now(UTC), said=note)
    _tell(case, "open again", as_json)


@click.command()
@id_argument
@note_option
@by_option
@click.option("--force", is_flag=True, help="Although somebody else has claimed it, or the lead was told already.")
@json_option
def escalate(given: str, note: str | None, by: str | None, force: bool, as_json: bool) -> None:
    """Hand a case to the lead.

    Nobody has claimed it then, and the endpoints for the lead are told. The note is not sent.
    Cases that nobody claims escalate by themselves: see TIDELINE_ESCALATE_MINUTES.

    \b
    Example:
      tideline alerts escalate 3f2a --note "needs somebody who speaks Korean"
    """
    from alerts.casework.escalation import escalate_by_hand
    from stream.desk import policy_of

    who, policy = _who(by), policy_of(read_settings())
    with at_desk() as connection:
        case_id = _find(connection, given)
        case, told = escalate_by_hand(connection, case_id, who, datetime.now(UTC), policy, note, force=force)
    heard = f"{told} endpoints will tell the lead" if told else "no endpoint takes messages for the lead: tell them"
    _tell(case, f"escalated; {heard}", as_json)


MOVES = (claim, close, release, reopen, escalate)


def _who(by: str | None) -> str:
    from stream.desk import moderator

    return moderator(by, read_settings())


def _find(connection: "Connection", given: str) -> str:
    from stream.case_ids import find_case

    return find_case(connection, given)


def _tell(case: "Case", what: str, as_json: bool) -> None:
    if as_json:
        print_json(asdict(case))
    else:
        click.echo(f"case {case.id[:8]} ({case.rule}, {case.severity}) is {what}")
