"""`tideline dashboards roles`: who may look at dashboards, and at how small a group."""

from typing import TYPE_CHECKING

import click

from stream.output import json_option, print_json
from stream.settings import Settings, read_settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

VARIABLES = {"tideline_dashboard": "TIDELINE_DASHBOARD_PASSWORD", "tideline_person": "TIDELINE_PERSON_PASSWORD"}


@click.command()
@click.option(
    "--smallest-group",
    "people",
    type=click.IntRange(min=1),
    metavar="K",
    help="Show no row about fewer than K people from now on.  [at first: 5]",
)
@json_option
def roles(people: int | None, as_json: bool) -> None:
    """Make the two database roles that look, let them log in, and say what they may see.

    tideline_dashboard reads the views of schema `dashboard`: sums over groups, never a person. tideline_person reads
    these and schema `person`: the series of one pseudonym. Neither can read a table, a text or an account name, and
    neither can write. A role can log in once its password is set, here and in the settings:
    TIDELINE_DASHBOARD_PASSWORD, TIDELINE_PERSON_PASSWORD. Safe to repeat; `tideline migrate` does the same.

    \b
    Examples:
      tideline dashboards roles
      tideline dashboards roles --smallest-group 10
    """
    from storage.dashboard_logins import read_roles, set_smallest_group, smallest_group
    from storage.dashboard_roles import make_roles
    from storage.database import transaction
    from storage.migrate import require_newest
    from stream.wiring import open_engine

    settings = read_settings()
    engine = open_engine(settings)
    require_newest(engine)
    with transaction(engine) as connection:
        statements = make_roles(connection) + open_roles(connection, settings)
        if people is not None:
            set_smallest_group(connection, people)
        found, k = read_roles(connection), smallest_group(connection)
    if as_json:
        print_json({"roles": found, "smallest_group": k, "to_run": statements})
    else:
        for role, login in found.items():
            click.echo(f"{role:<20} {'can log in' if login else f'cannot log in: set {VARIABLES[role]}'}")
        click.echo(f"smallest group shown: {k} people")
        tell_missing(statements)
    if statements:
        raise click.exceptions.Exit(1)


def open_roles(connection: "Connection", settings: Settings) -> list[str]:
    """Limits, and logins for the passwords of the settings; returns what an administrator must run instead."""
    from storage.dashboard_logins import let_log_in
    from storage.dashboard_roles import DASHBOARD, PERSON

    passwords = {DASHBOARD: settings.dashboard_password, PERSON: settings.person_password}
    return let_log_in(connection, {role: secret.get_secret_value() for role, secret in passwords.items()})


def tell_missing(statements: list[str]) -> None:
    if statements:
        click.echo(
            "this database user may not make or change roles: have an administrator run\n  "
            + "\n  ".join(statements)
            + "\nand then run `tideline dashboards roles` again",
            err=True,
        )
