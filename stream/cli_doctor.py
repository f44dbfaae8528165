"""`tideline doctor`."""

import sys
from pathlib import Path

import click

from stream.output import json_option, print_json
from stream.settings import read_settings


@click.command()
@click.option("--make-secrets", is_flag=True, help="Write missing secrets to .env and do nothing else.")
@click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    default=Path(".env"),
    show_default=True,
    help="Where --make-secrets writes.",
)
@json_option
def doctor(make_secrets: bool, env_file: Path, as_json: bool) -> None:
    """Check Python, settings, ports, Postgres, schema, clock, broker, model, rules and endpoints.

    Each line says ok, or what to do. Exit code 1 if anything is wrong.
    """
    if make_secrets:
        _make_secrets(env_file, as_json)
        return
    from stream.doctor import examine

    findings = []
    for finding in examine(read_settings()):
        findings.append(finding)
        if not as_json:
            click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.what:<9} {finding.says}")
    good = all(finding.ok for finding in findings)
    if as_json:
        print_json({"ok": good, "checks": [{"what": f.what, "ok": f.ok, "says": f.says} for f in findings]})
    sys.exit(0 if good else 1)


def _make_secrets(env_file: Path, as_json: bool) -> None:
    from stream import secrets_file

    added = secrets_file.make_secrets(env_file)
    if as_json:
        print_json({"file": str(env_file), "added": added})
    elif added:
        click.echo(f"wrote {', '.join(added)} to {env_file}; keep it safe, and back it up: without the pseudonym key")
        click.echo("nobody can tell again which series is whose.")
    else:
        click.echo(f"{env_file} has every secret already; nothing was changed")
