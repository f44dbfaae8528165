"""`tideline dashboards`: build the JSON, bring it to a Grafana server, look at what is there, try every query."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stream.cli_dashboard_roles import roles
from stream.output import json_option, print_json
from stream.settings import read_settings

if TYPE_CHECKING:
    from dashboards.checking.check import Finding
    from dashboards.panel import Dashboard

NAMES = ("community", "alerts", "person", "operations", "model")
_FOLDER = click.Path(file_okay=False, path_type=Path)
_only = click.option("--only", multiple=True, type=click.Choice(NAMES), help="Only this dashboard; may be repeated.")


@click.group()
def dashboards() -> None:
    """Dashboards: build, push to Grafana, compare, and try every query on the database.

    They are written as code in dashboards/ and read views only. Person needs a role of its own, and lies in a folder of
    its own.
    """


dashboards.add_command(roles)


@dashboards.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 1 if a file is not what the code says.")
@click.option("--out", type=_FOLDER, help="The folder of the files.  [default: dashboards/json beside the code]")
@json_option
def build(only_check: bool, out: Path | None, as_json: bool) -> None:
    """Write each dashboard as the JSON that Grafana is provisioned with.

    The same code writes the same bytes. docker-compose.yml mounts the folder; restart nothing, Grafana looks again.

    \b
    Examples:
      tideline dashboards build
      tideline dashboards build --check
    """
    from dashboards.grafana import files

    folder = out or files.JSON
    if only_check:
        _tell_differing(files.differing(folder), as_json)
        return
    written = files.build(folder)
    if as_json:
        print_json({str(path): new for path, new in written.items()})
    for path, new in {} if as_json else written.items():
        click.echo(f"{'wrote' if new else 'same '}  {path}")


def _tell_differing(paths: Sequence[Path], as_json: bool) -> None:
    if as_json:
        print_json({"differing": [str(path) for path in paths]})
    for path in () if as_json else paths:
        click.echo(f"differs  {path}")
    if paths:
        click.echo("run `tideline dashboards build` and keep what it writes", err=True)
        raise click.exceptions.Exit(1)


@dashboards.command()
@_only
@click.option("--overwrite", is_flag=True, help="Replace what differs on the server; without it, it is left and told.")
@click.option("--passwords", is_flag=True, help="Send the passwords of the data sources again, as after a change.")
@json_option
def push(only: tuple[str, ...], overwrite: bool, passwords: bool, as_json: bool) -> None:
    """Bring folders, data sources and dashboards to the Grafana of TIDELINE_GRAFANA_URL.

    Safe to repeat: what is there already is left as it is. The folder of persons is closed to all but administrators
    when it is made; let people in by name, in Grafana. Exit code 1 when something differs and was left.

    \b
    Examples:
      tideline dashboards push
      tideline dashboards push --only community --only alerts
      tideline dashboards push --overwrite
    """
    from dashboards.server.push import LEFT, Manner
    from dashboards.server.push import push as bring
    from stream.grafana import open_grafana, target

    settings = read_settings()
    left, outcomes = 0, []
    for outcome in bring(open_grafana(settings), _chosen(only), target(settings), Manner(overwrite, passwords)):
        left += outcome.fate in LEFT
        outcomes.append({"kind": outcome.kind, "name": outcome.name, "fate": outcome.fate, "note": outcome.note})
        if not as_json:
            note = f"  ({outcome.note})" if outcome.note else ""
            click.echo(f"{outcome.fate:<11} {outcome.kind:<11} {outcome.name}{note}")
    if as_json:
        print_json({"left": left, "outcomes": outcomes})
    if left:
        click.echo(f"{left} left as they are: see `tideline dashboards pull`, or push with --overwrite", err=True)
        raise click.exceptions.Exit(1)


@dashboards.command()
@_only
@click.option("--out", type=_FOLDER, help="Write the server's dashboards into this folder.  [default: only compare]")
@json_option
def pull(only: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Compare the server's data sources and dashboards with the code; change nothing there.

    Names where they differ as paths into the JSON. Passwords are neither shown nor written.

    \b
    Examples:
      tideline dashboards pull
      tideline dashboards pull --out from-grafana
    """
    from dashboards.server.pull import pull as look
    from dashboards.server.pull import write
    from stream.grafana import open_grafana, target

    settings = read_settings()
    shown = []
    for seen in look(open_grafana(settings), _chosen(only), target(settings)):
        file = write(seen, out) if out else None
        shown.append({"kind": seen.kind, "name": seen.name, "state": seen.state, "paths": seen.paths, "file": file})
        if not as_json:
            click.echo(f"{seen.state:<10} {seen.kind:<11} {seen.name}{f'  → {file}' if file else ''}")
            for path in seen.paths[:20]:
                click.echo(f"             {path}")
    if as_json:
        print_json([{**each, "file": str(each["file"]) if each["file"] else None} for each in shown])


@dashboards.command()
@_only
@click.option("--limit-ms", default=200.0, show_default=True, help="Fail a query that takes longer.")
@click.option("--allow-empty", is_flag=True, help="Let a query answer with nothing, as on a young database.")
@json_option
def check(only: tuple[str, ...], limit_ms: float, allow_empty: bool, as_json: bool) -> None:
    """Ask the database what every panel, variable and annotation asks, as the role that will ask it.

    Variables are filled from the database, the range of time is its newest thirty days. Fails on an error, on an
    answer without a value, and on a query that takes too long; exit code 1 then.

    \b
    Examples:
      tideline dashboards check
      tideline dashboards check --only person --limit-ms 50
    """
    from dashboards.checking.check import Wants
    from dashboards.checking.check import check as ask
    from storage.migrate import require_newest
    from stream.wiring import open_engine

    engine = open_engine(read_settings())
    require_newest(engine)
    findings = list(ask(engine, _chosen(only), datetime.now(UTC), Wants(limit_ms, allow_empty)))
    engine.dispose()
    _tell_findings(findings, as_json)
    if any(finding.problem for finding in findings):
        raise click.exceptions.Exit(1)


def _tell_findings(findings: "Sequence[Finding]", as_json: bool) -> None:
    bad = sum(bool(finding.problem) for finding in findings)
    if as_json:
        names = ("dashboard", "name", "rows", "milliseconds", "problem")
        print_json({"bad": bad, "queries": [{name: getattr(each, name) for name in names} for each in findings]})
        return
    for each in findings:
        mark = "BAD " if each.problem else "ok  "
        click.echo(f"{mark} {each.dashboard:<11} {each.name:<28} {each.rows:>7,} rows {each.milliseconds:>8.1f} ms")
        if each.problem:
            click.echo(f"       {each.problem}")
    slowest = max((each.milliseconds for each in findings), default=0.0)
    click.echo(f"{len(findings)} queries, {bad} bad, the slowest took {slowest:.0f} ms")


def _chosen(only: tuple[str, ...]) -> "list[Dashboard]":
    from dashboards.pages import DASHBOARDS

    return [each for each in DASHBOARDS if not only or each.uid.removeprefix("tideline-") in only]
