"""`tideline people` (opt-out and erasure) and `tideline expire` (retention)."""

from datetime import UTC, datetime, timedelta

import click

from stream.output import json_option, print_json
from stream.settings import read_settings


@click.group()
def people() -> None:
    """Opt people out of being read, and erase what was kept of them.

    The author id is read from standard input, so that it stays out of the shell's history:

      echo -n 'author id' | tideline people opt-out --source twitter
    """


def _pseudonym(source: str) -> str:
    from stream.posts import pseudonym

    author = click.get_text_stream("stdin").readline().rstrip("\n")
    if not author:
        raise click.UsageError("give the author id on standard input")
    return pseudonym(read_settings().require_secrets().key, source, author)


source_option = click.option("--source", required=True, help="Where the author posts: the `source` of the posts.")


@people.command("opt-out")
@source_option
@json_option
def opt_out(source: str, as_json: bool) -> None:
    """Never read this author again, and erase points, words, state, alerts and cases kept so far."""
    from storage.database import transaction
    from storage.people import opt_out as run
    from stream.wiring import open_engine

    person = _pseudonym(source)
    with transaction(open_engine(read_settings())) as connection:
        erased = run(connection, person)
    if as_json:
        print_json({"person": person, "erased_points": erased})
    else:
        click.echo(f"{person} is opted out; {erased:,} points erased")


@people.command("opt-in")
@source_option
@json_option
def opt_in(source: str, as_json: bool) -> None:
    """Read this author again from now on; what was erased stays erased."""
    from storage.database import transaction
    from storage.people import opt_in as run
    from stream.wiring import open_engine

    person = _pseudonym(source)
    with transaction(open_engine(read_settings())) as connection:
        was_out = run(connection, person)
    if as_json:
        print_json({"person": person, "was_opted_out": was_out})
    else:
        click.echo(f"{person} " + ("is read again" if was_out else "was not opted out"))


@people.command("pseudonym")
@source_option
def show_pseudonym(source: str) -> None:
    """Print the pseudonym under which an author's posts are kept."""
    click.echo(_pseudonym(source))


@click.command()
@click.option("--points-older-than", "days", type=click.FloatRange(min=1), help="Also delete points older than DAYS.")
@click.option("--cases-older-than", "case_days", type=click.FloatRange(min=1), help="Also delete cases closed earlier.")
@click.option(
    "--deliveries-older-than",
    "delivery_days",
    type=click.FloatRange(min=3),
    help="Also delete messages that were delivered or given up and are older than DAYS.",
)
@json_option
def expire(days: float | None, case_days: float | None, delivery_days: float | None, as_json: bool) -> None:
    """Delete the words whose time is over (TIDELINE_TEXT_DAYS after they arrived). Run it daily.

    Words of labelled posts stay for TIDELINE_LABEL_TEXT_DAYS after they were labelled with consent.

    A case goes with its history; silences and budgets that ended as long ago go with it. A message goes with the log
    of its attempts, and can then no longer be recovered. Alerts stay. What a challenger made of posts in shadow goes
    TIDELINE_SHADOW_DAYS after it was stored. Minutes of throughput become hours after two weeks.
    """
    from storage.case_history import expire_cases
    from storage.challenger import expire_shadow
    from storage.database import transaction
    from storage.delivery_log import expire_deliveries
    from storage.label_erasure import expire_label_texts
    from storage.points import drop_points_before, expire_texts
    from storage.throughput import fold_throughput
    from stream.wiring import open_engine

    now, settings = datetime.now(UTC), read_settings()
    with transaction(open_engine(settings)) as connection:
        texts = expire_texts(connection, now)
        labelled = expire_label_texts(connection, now)
        points = drop_points_before(connection, now, timedelta(days=days)) if days else 0
        cases = expire_cases(connection, now - timedelta(days=case_days)) if case_days else 0
        sent = expire_deliveries(connection, now - timedelta(days=delivery_days)) if delivery_days else 0
        fold_throughput(connection, now)
        shadow = expire_shadow(connection, now, timedelta(days=settings.shadow_days))
    if as_json:
        gone = {"texts": texts, "label_texts": labelled, "points": points, "cases": cases, "deliveries": sent}
        print_json(gone | {"shadow": shadow})
    else:
        rest = f"{points:,} points, {cases:,} cases, {sent:,} deliveries and {shadow:,} posts scored in shadow deleted"
        click.echo(f"{texts:,} texts, {labelled:,} texts of labels, {rest}")
