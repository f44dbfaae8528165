"""`tideline reproduce`: published runs again, side by side with what they give here."""

from pathlib import Path

import click

from stream.output import json_option, print_json
from stream.training_page import compared


@click.command()
@click.option("--only", multiple=True, metavar="PRESET", help="This run alone; may be repeated. [default: all]")
@click.option("--seeds", type=click.IntRange(1, 100), default=1, show_default=True, help="Train each run so often.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reproduced"),
    show_default=True,
    help="The folder for the figures of each run, as JSON.",
)
@click.option(
    "--resume", is_flag=True, help="Keep the runs that are already in that folder, and go on with an interrupted one."
)
@click.option("--quiet", is_flag=True, help="Show no progress.")
@json_option
def reproduce(only: tuple[str, ...], seeds: int, out: Path, resume: bool, quiet: bool, as_json: bool) -> None:
    """Repeat the published runs on dair-ai/emotion and print published beside obtained.

    Each run is a preset (published-lstm, published-bert, …) that also says what was not published and why figures
    may differ. A run whose base weights are not here is listed as not run. Each
    finished run and each epoch is kept, so an interrupted grid goes on with --resume. Exit code 1 when no run gave
    a figure.

    \b
    Examples:
      tideline reproduce
      tideline reproduce --only published-lstm --only published-lstm-2-layers --seeds 3
      tideline reproduce --seeds 3 --resume --json
    """
    from models.training.reproduce import published_presets
    from models.training.reproduce import reproduce as repeat

    outcomes = repeat(
        published_presets(only),
        range(1, seeds + 1),
        out,
        resume,
        quiet,
        tell=lambda line: click.echo(line, err=True),
    )
    if as_json:
        print_json({"runs": [one.as_dict() for one in outcomes], "out": str(out)})
    else:
        click.echo("\n".join(compared(outcomes)))
        click.echo(f"\nfigures of each run: {out}")
    if all(one.obtained is None for one in outcomes):
        raise click.exceptions.Exit(1)
