"""The answer of a backtest as lines for people, with the first few examples."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

EXAMPLES = 12


def tell_backtest(found: Mapping[str, Any]) -> None:
    """Tell what `shown_backtest` found."""
    before, after = found["before"], found["after"]
    click.echo(f"{found['posts']:,} posts, alerts of {found['days']:,.1f} days ({found['posts_of']})")
    click.echo(f"rules {before['version']} now, {after['version']} new")
    click.echo(
        f"{'rule':<24}{'now':>6}{'new':>6}{'same':>6}{'moved':>7}{'came':>6}{'gone':>6}{'severer':>9}{'milder':>8}"
    )
    for row in found["rules"]:
        click.echo(
            f"{row['rule']:<24}{row['before']:>6,}{row['after']:>6,}{row['same']:>6,}{row['moved']:>7,}"
            f"{row['came']:>6,}{row['gone']:>6,}{row['severer']:>9,}{row['milder']:>8,}{_note(row)}"
        )
    _tell_workload(before, after)
    _tell_days(found["by_day"])
    _tell_examples(found["changes"])
    click.echo("nothing was written and nothing was sent")


def _note(row: Mapping[str, Any]) -> str:
    notes = []
    if row["later_hours"] is not None:
        later = row["later_hours"]
        notes.append(f"moved {abs(later):,.1f} h {'later' if later > 0 else 'earlier'} (median)")
    trials = {None: "absent", True: "on trial", False: "live"}
    if row["shadow"] != [False, False]:
        notes.append(" → ".join(trials[each] for each in dict.fromkeys(row["shadow"])))
    return f"  {'; '.join(notes)}" if notes else ""


def _tell_workload(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    for name, label in (
        ("a_day", "alerts a day"),
        ("a_moderator_hour", "alerts a moderator hour"),
        ("minutes_of_each_hour", "minutes of each moderator hour"),
    ):
        click.echo(f"{label:<31} {before[name]:>8,.2f} → {after[name]:,.2f}")
    for reason in sorted({*before["unsent"], *after["unsent"]}):
        counts = [side["unsent"].get(reason, 0) for side in (before, after)]
        click.echo(f"{f'not sent: {reason}':<31} {counts[0]:>8,} → {counts[1]:,}")


def _tell_days(days: Sequence[Mapping[str, Any]]) -> None:
    differing = [day for day in days if day["before"] != day["after"]]
    if differing:
        click.echo(f"{len(differing):,} days differ; the most:")
    most = sorted(differing, key=lambda day: -abs(day["after"] - day["before"]))[:EXAMPLES]
    for day in sorted(most, key=lambda day: str(day["day"])):
        click.echo(f"  {day['day']}  {day['before']:>4,} → {day['after']:,}")


def _tell_examples(found: Sequence[Mapping[str, Any]]) -> None:
    if len(found) > EXAMPLES:
        click.echo(f"the first {EXAMPLES} of {len(found):,} changes (--json has all):")
    for change in found[:EXAMPLES]:
        times = " → ".join(f"{at:%Y-%m-%d %H:%M}" for at in dict.fromkeys(change["at"]) if at)
        grades = " → ".join(dict.fromkeys(grade for grade in change["severity"] if grade))
        who = f"{change['subject_kind']} {change['subject']}"
        click.echo(f"  {change['kind']:<6}{change['rule']:<24}{who}  {times}  {grades}")
