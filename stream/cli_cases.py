"""`tideline alerts`: the moderators' desk. The list of cases, and one case with all that is known of it."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from storage.case_words import STATES
from stream.case_options import at_desk, by_option, id_argument, pseudonym_of
from stream.cli_case_moves import MOVES
from stream.cli_expected import expected
from stream.cli_silences import SILENCES
from stream.errors import StreamError
from stream.output import json_option, print_json
from stream.replay_options import Moment
from stream.settings import read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.case_history import Line
    from storage.case_reading import CaseAlert, Delivered, Wanted, Words
    from storage.cases import Case


@click.group()
def alerts() -> None:
    """The moderators' desk: cases to look at, claim and close, and silences.

    Each alert opens a case, or joins the one that stands for the same rule and subject. ID is the beginning of a
    case's or an alert's id, four characters or more. Whatever is done is written into the case's history.
    """


for command in (*MOVES, *SILENCES, expected):
    alerts.add_command(command)


@alerts.command("list")
@click.option(
    "--state",
    type=click.Choice(("standing", *STATES, "all")),
    default="standing",
    show_default=True,
    help="Which cases; standing ones are all but the closed.",
)
@click.option("--rule", metavar="NAME", help="Only cases of this rule.")
@click.option("--severity", type=click.Choice(["low", "medium", "high"]), help="Only cases of this severity.")
@click.option("--person", metavar="PSEUDONYM", help="Only cases about this person.")
@click.option("--since", type=Moment(), help="Only cases opened at or after this time.")
@click.option("--mine", is_flag=True, help="Only cases that you have claimed.")
@by_option
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000), help="How many at most.")
@json_option
def list_(by: str | None, mine: bool, person: str | None, limit: int, as_json: bool, **chosen: Any) -> None:
    """List cases, the longest open first, with who has them.

    \b
    Examples:
      tideline alerts list
      tideline alerts list --mine
      tideline alerts list --state all --severity high --since 2025-06-01 --json
    """
    from storage.case_reading import list_cases
    from stream.case_lines import list_lines
    from stream.desk import moderator

    who = moderator(by, read_settings()) if mine else None
    wanted = _wanted(who, pseudonym_of(person) if person else None, **chosen)
    with at_desk() as connection:
        cases, total = list_cases(connection, wanted, limit)
    if as_json:
        print_json({"total": total, "cases": [asdict(case) for case in cases]})
        return
    for line in list_lines(cases, datetime.now(UTC)) if cases else ["no such case"]:
        click.echo(line)
    if total > len(cases):
        click.echo(f"{total - len(cases):,} more: raise --limit, or narrow the list")


@alerts.command()
@id_argument
@click.option("--text", "words", is_flag=True, help="Also print what the posts say, while it is kept. This is noted.")
@by_option
@json_option
def show(given: str, words: bool, by: str | None, as_json: bool) -> None:
    """Show all that is known of a case.

    What was seen, how strong, since when, in which posts, who was told and what was done.

    With the id of an alert it shows that alert; with that of a case its newest. The words of the posts are shown
    only with --text, and each such look is written into the history of the case.

    \b
    Examples:
      tideline alerts show 3f2a
      tideline alerts show 3f2a --text
    """
    from stream.case_ids import find_named
    from stream.desk import moderator

    who = moderator(by, read_settings()) if words else None
    now = datetime.now(UTC)
    with at_desk() as connection:
        named = find_named(connection, given)
        shown = _read(connection, named.alert_id, named.case_id, who, now)
    if as_json:
        print_json(asdict(shown))
        return
    for line in shown.lines(now):
        click.echo(line)


@dataclass(frozen=True)
class Shown:
    """All that is known of a case, or of an alert that has none."""

    alert: "CaseAlert"
    case: "Case | None"
    alerts: "list[CaseAlert]" = field(default_factory=list)
    deliveries: "list[Delivered]" = field(default_factory=list)
    history: "list[Line]" = field(default_factory=list)
    words: "list[Words]" = field(default_factory=list)

    def lines(self, now: datetime) -> list[str]:
        from stream import case_lines

        head = case_lines.case_lines(self.case, self.alerts, now) if self.case else ()
        found = [*head, *case_lines.alert_lines(self.alert), *case_lines.post_lines(self.alert, self.words)]
        found += case_lines.told_lines(self.alert, self.deliveries)
        return [*found, *(case_lines.history_lines(self.history) if self.history else ())]


def _read(connection: "Connection", alert_id: str, case_id: str | None, who: str | None, now: datetime) -> Shown:
    from storage import case_reading
    from storage.case_history import read_history
    from storage.cases import read_case

    if case_id is None:
        if who:
            raise StreamError("this alert has no case whose history could tell who looked: leave out --text")
        return Shown(case_reading.one_alert(connection, alert_id), None)
    of_case = case_reading.case_alerts(connection, case_id)
    alert = next((each for each in of_case if each.id == alert_id != case_id), of_case[-1])
    keys = [post["key"] for post in alert.evidence.get("posts", ())]
    words = case_reading.read_words(connection, keys, now, who, case_id) if who else []
    deliveries = case_reading.read_deliveries(connection, [each.id for each in of_case], case_id)
    return Shown(alert, read_case(connection, case_id), of_case, deliveries, read_history(connection, case_id), words)


def _wanted(who: str | None, person: str | None, *, state: str, **chosen: Any) -> "Wanted":
    from storage.case_reading import Wanted

    states = {"standing": STATES[:-1], "all": None}.get(state, (state,))
    return Wanted(states=states, subject=person, claimed_by=who, **chosen)
