"""`tideline label`: verdicts about posts and alerts, and the files they come and go in."""

import click

from stream.cli_label_files import export, import_
from stream.cli_label_golden import golden
from stream.cli_label_next import next_
from stream.cli_label_quality import quality
from stream.cli_label_verdicts import alert, post


@click.group()
def label() -> None:
    """Say whether the model and its alerts are right.

    Verdicts are only ever added: to correct one, give another; the newest of each labeller counts. Labellers are
    named by pseudonyms. What was labelled with consent is what `tideline retrain` learns from.
    """


for command in (next_, post, alert, golden, quality, import_, export):
    label.add_command(command)
