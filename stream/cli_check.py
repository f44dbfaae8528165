"""`tideline verify` and `tideline rebuild`."""

import sys
from typing import Any

import click

from stream.output import json_option, print_json, print_lines
from stream.replay_options import build_options, file_options
from stream.settings import read_settings


@click.command()
@click.argument("files", nargs=-1, required=True)
@file_options
@json_option
def verify(files: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Compare Postgres with what these replayed FILES must have led to; exit code 1 on any difference.

    Computes points, series, states and alerts again from the files alone, with neither Kafka nor Postgres,
    and compares everything. Give the files and options exactly as they were given to `tideline replay`.
    Each post is scored with the model version that scored it in Postgres, so that a model chosen meanwhile
    makes no difference; if such a version is no longer here, that is said and nothing is compared.
    """
    from storage.database import transaction
    from storage.people import all_opt_outs
    from storage.progress import partition_count
    from stream.log_order import in_log
    from stream.progress import progress_bar
    from stream.sequence import messages, survey
    from stream.verify import verify as compare
    from stream.wiring import build_oracle, open_engine

    settings = read_settings()
    engine = open_engine(settings)
    with transaction(engine) as connection:
        partitions = partition_count(connection, settings.posts_topic) or settings.partitions
        away = frozenset(all_opt_outs(connection))
    chosen = build_options(settings, **options)
    found = survey(files, chosen)
    oracle = build_oracle(settings, engine, partitions, away)
    with progress_bar("verifying", found.rows, show=False if as_json else None) as bar:
        log = in_log(messages(files, chosen, surveyed=found, watch=bar.advance), partitions)
        verdict = compare(engine, settings.posts_topic, oracle.run(log))
    if as_json:
        print_json(verdict.as_dict())
    else:
        if len(verdict.models) > 1:
            click.echo("several models scored these points, and each post was compared with its own:")
            print_lines(verdict.models)
        for what, count in verdict.compared.items():
            click.echo(f"  {what:<15} {count:>9,} expected, {verdict.differing[what]:>6,} differ")
        click.echo("no difference" if not verdict.differences else f"{verdict.differences:,} differences")
        for example in verdict.examples:
            click.echo(f"  {example}")
    sys.exit(1 if verdict.differences else 0)


@click.command()
@click.option("--send", is_flag=True, help="Also send webhooks for alerts found anew (default: store and hold them).")
@json_option
def rebuild(send: bool, as_json: bool) -> None:
    """Recompute series, states and alerts from the stored points, in one transaction.

    For a new rules file, or doubt. Workers wait meanwhile. Alerts found anew are stored but held, so that
    nobody is woken for the past; alerts no longer found are kept and marked superseded.
    """
    from alerts.rules import load_rules
    from storage.migrate import require_newest
    from stream.progress import progress_bar
    from stream.rebuild import rebuild as run
    from stream.routes import signature_of
    from stream.wiring import lateness, open_engine

    settings = read_settings()
    engine = open_engine(settings)
    require_newest(engine)
    model = signature_of(settings)
    with progress_bar("rebuilding", unit=" people", show=False if as_json else None) as bar:
        rebuilt = run(
            engine,
            load_rules(settings.rules),
            settings.posts_topic,
            lateness(settings),
            model,
            bar,
            send=send,
        )
    if as_json:
        print_json(rebuilt.as_dict())
    else:
        print_lines({name.replace("_", " "): value for name, value in rebuilt.as_dict().items()})
