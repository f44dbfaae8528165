"""`tideline up`, `down` and `migrate`."""

import os
from pathlib import Path

import click

from stream.output import json_option, print_json
from stream.settings import read_settings


@click.command()
@json_option
def up(as_json: bool) -> None:
    """Start an embedded Postgres and Kafka-protocol broker, make tables and topics, and print where they are.

    Data lives under one directory (TIDELINE_DATA_DIR, default .tideline); ports are chosen free. Nothing
    else needs to be told: the other commands find the services there. The embedded broker forgets its
    messages at `tideline down`; what was stored in Postgres stays.
    """
    from storage.database import make_engine
    from storage.migrate import migrate as run_migrations
    from storage.progress import forget_offsets
    from stream.services import embedded
    from stream.topics import ensure_topics

    settings = read_settings()
    services = embedded.up(settings.data_dir)
    engine = make_engine(services.database)
    run_migrations(engine)
    partitions = ensure_topics(services.kafka, settings.posts_topic, settings.dead_topic, settings.partitions)
    if services.broker_fresh:
        forget_offsets(engine, settings.posts_topic)
    shown = engine.url.render_as_string(hide_password=True)
    if as_json:
        print_json(
            {
                "kafka": services.kafka,
                "database": shown,
                "partitions": partitions,
                "fresh": services.broker_fresh,
            }
        )
        return
    click.echo(f"broker    {services.kafka}  ({partitions} partitions of `{settings.posts_topic}`)")
    click.echo(f"postgres  {shown}")
    click.echo(f"data      {settings.data_dir.resolve()}")
    click.echo("Stop both with `tideline down`.")


@click.command()
@click.option("--delete", is_flag=True, help="Also delete the data directory: every point, alert and setting in it.")
def down(delete: bool) -> None:
    """Stop the embedded services. Data in Postgres stays unless --delete is given."""
    import shutil

    from stream.services import embedded

    directory = read_settings().data_dir
    stopped = embedded.down(directory)
    click.echo("stopped" if stopped else f"nothing was running under {directory}")
    if delete and _is_ours(directory):
        shutil.rmtree(directory)
        click.echo(f"deleted {directory}")


def _is_ours(directory: Path) -> bool:
    """Never delete a folder that Tideline did not fill."""
    return directory.is_dir() and not directory.is_symlink() and "postgres" in os.listdir(directory)


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database at TIDELINE_DATABASE to the newest schema, and make the topics. Safe to repeat.

    Also makes the roles that read dashboards; see `tideline dashboards roles`.
    """
    from storage.dashboard_roles import make_roles
    from storage.database import transaction
    from storage.migrate import migrate as run_migrations
    from stream.cli_dashboard_roles import open_roles, tell_missing
    from stream.topics import ensure_topics
    from stream.wiring import open_engine

    settings = read_settings().require_services()
    engine = open_engine(settings)
    before, after = run_migrations(engine)
    with transaction(engine) as connection:
        to_run = make_roles(connection) + open_roles(connection, settings)
    partitions = ensure_topics(settings.kafka, settings.posts_topic, settings.dead_topic, settings.partitions)
    if as_json:
        print_json({"before": before, "after": after, "partitions": partitions, "roles_to_run": to_run})
    elif before == after:
        click.echo(f"the schema is {after} already; `{settings.posts_topic}` has {partitions} partitions")
    else:
        click.echo(f"schema {before or 'empty'} → {after}; `{settings.posts_topic}` has {partitions} partitions")
    if not as_json:
        tell_missing(to_run)
