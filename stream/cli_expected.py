"""`tideline alerts expected`: what chance alone is to raise in the population at hand."""

from dataclasses import asdict
from pathlib import Path

import click

from stream.output import json_option, print_json
from stream.settings import read_settings

DAYS = 28


@click.command()
@click.option("--people", type=click.FloatRange(0), help="So many people post a day, instead of those stored.")
@click.option(
    "--rules", type=click.Path(dir_okay=False, path_type=Path), help="This rules file instead of the one in use."
)
@json_option
def expected(people: float | None, rules: Path | None, as_json: bool) -> None:
    """Tell how many false alerts a day to expect: from people who did not change, by chance alone.

    The rates were measured once on composed people to whom nothing happens, decoys included, under the shipped
    rules; they are for trend rules. How many people post a day is counted over the last 28 days of event time
    that have closed. With `fdr` in a rule, what a day lets through is held to that share of chance findings.

    \b
    Examples:
      tideline alerts expected
      tideline alerts expected --people 50000 --json
    """
    from alerts.expected import expected_false
    from alerts.rules import load_rules

    settings = read_settings()
    days, counted = (0, people) if people is not None else _counted()
    found = [asdict(each) for each in expected_false(load_rules(rules or settings.rules), counted)]
    total = sum(each["a_day"] or 0.0 for each in found)
    if as_json:
        print_json({"people_a_day": counted, "days": days, "false_alerts_a_day": total, "rules": found})
        return
    click.echo(f"{counted:,.1f} people post a day" + (f" (the last {days} days)" if days else ""))
    click.echo(f"{'rule':<24}{'threshold':>10}{'a person-year':>15}{'a day here':>12}")
    for each in found:
        rates = ("not known" if value is None else f"{value:.3f}" for value in (each["a_person_year"], each["a_day"]))
        click.echo("{:<24}{:>10.2f}{:>15}{:>12}".format(each["rule"], each["threshold"], *rates))
    known = "" if all(each["a_day"] is not None for each in found) else ", of the rules for which chance was measured"
    click.echo(f"together {total:.3f} false alerts a day are to be expected{known}")


def _counted() -> tuple[int, float]:
    from storage.community import people_a_day
    from storage.database import transaction
    from stream.wiring import open_engine

    with transaction(open_engine(read_settings())) as connection:
        return people_a_day(connection, DAYS)
